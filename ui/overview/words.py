"""What the Overview says. It imports little, for the first page of a new server waits for it."""

from collections.abc import Sequence

START = "Start: see the problem"
LESSON = "Take the lesson: guess, then see"
ORDER = "Tutorial's order (output reversed)"
TEN_MINUTES = (
    "**Ten minutes.** On The problem, see when a label flips. On Train, train a network and look at its mistakes. "
    "On Directions, find out whether reading both ways helps."
)
TEACH = (
    "**Teach it.** Project this picture and ask which inputs an output has read. Have everyone bet on a curve, "
    "then open Directions with ten starts."
)
OWN = (
    "**Try your own settings.** On Train, choose timesteps, units, cell and layers. Keep runs to compare them, "
    "and save any curve or table as CSV."
)
PICTURE = (
    "Each box is one timestep; all boxes in a row are the same network. The dots are its units: more units make "
    "the boxes richer, not the row longer."
)


def answer(read: Sequence[Sequence[int]]) -> str:
    """What every output has read. read: the values, from 1, of each output in order"""
    steps = list(range(1, len(read) + 1))
    rules = {
        "the **whole sequence**": [steps for _ in steps],
        "**its own value and those before it**, and nothing else": [steps[:t] for t in steps],
        "**its own value and those after it**, and nothing else": [steps[t - 1 :] for t in steps],
    }
    rule = next((words for words, values in rules.items() if values == read), None)
    if rule is None:
        return "Output t has read **the last t values**: outputs stay in the order of reading."
    return f"Every output has read {rule}. Choose an output to see which values reach it."


def output(number: int, read: Sequence[int]) -> str:
    """What one output has read: no sentence, but its line under the picture."""
    what = f"values {read[0]} to {read[-1]}" if len(read) > 1 else f"value {read[0]}"
    return f"output {number} has read {what}"


def alt(direction: str, timesteps: int, *, turned: bool) -> str:
    """What the picture shows. turned: whether the outputs come in reversed order"""
    order = ", its outputs reversed" if turned else ""
    return f"A {direction} network unrolled over {timesteps} timesteps, from inputs below to outputs above{order}."
