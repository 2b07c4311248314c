"""What the lesson asks on each page, and what it says once the runs of the page have answered.

It imports nothing, for the Overview is shown before the core is there. An answer is made of numbers that its page has
measured: the options that are right, and a sentence that says what came out and why.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Question(NamedTuple):
    """A guess that is asked for. options: what can be guessed; none where the page asks for a guess itself"""

    text: str
    options: tuple[str, ...] = ()


class Answer(NamedTuple):
    """What came out. right: those options that it makes right"""

    right: tuple[str, ...]
    sentence: str


SHARES = ("under 25%", "25 to 50%", "50 to 75%", "over 75%")
READERS = ("forward alone", "backward alone", "both of these", "none")
MOMENTS = ("before the label turns", "where the label turns", "after it has turned")
REACTIONS = ("its own alone", "its own and earlier ones", "its own and later ones", "all of them")

QUESTIONS: Mapping[str, Question] = {  # by the page's name
    "Problem": Question("At which timestep does the label turn most often?", ("3", "4", "5", "6", "7")),
    "Train": Question("What share of new sequences does this network get wholly right?", SHARES),
    "Directions": Question("Which direction ends with the lowest loss?", ("forward", "backward", "bidirectional")),
    "Why": Question("This page asks for your guess itself. Then press one change at a time."),
    "Problems": Question("Past and future decide the label together. Who can't get everything right?", READERS),
    "Merge modes": Question("Which merge learns slowest?", ("concat", "sum", "mul", "ave")),
    "Cell": Question("Where does this unit's cell state change most?", MOMENTS),
    "Inside": Question("To which values does an output of this network react?", REACTIONS),
}


def turning(shares: Sequence[float], limit: float) -> Answer:
    """Problem. shares: of labels 1 by timestep; limit: that the running sum must reach"""
    turns = [share - before for share, before in zip(shares, [0.0, *shares], strict=False)]
    most = max(range(len(turns)), key=turns.__getitem__)
    return Answer(
        (str(most + 1),),
        f"It turns at timestep {most + 1} in {turns[most]:.0%} of sequences: a value is 0.5 on average, so it takes "
        f"about {limit / 0.5:g} of them to reach {limit:g}.",
    )


def wholly_right(exact: float, accuracy: float, timesteps: int) -> Answer:
    """Train. exact, accuracy: shares of sequences and of single labels that are right"""
    return Answer(
        (SHARES[min(int(exact * 4), 3)],),
        f"It gets {exact:.0%} wholly right, though {accuracy:.0%} of single labels: one wrong label of {timesteps} "
        "spoils a sequence.",
    )


def lowest(losses: Mapping[str, float], sequences: int) -> Answer:
    """Directions. losses: mean over starts, by label"""
    best, *others = sorted(losses, key=losses.__getitem__)
    said = ", ".join(f"{label} {losses[label]:.3f}" for label in others)
    why = " It has two states, one from each end; the next page asks why that helps." if best == "bidirectional" else ""
    return Answer((best,), f"After {sequences:,} sequences it is {best}, with {losses[best]:.3f} ({said}).{why}")


def slowest(losses: Mapping[str, float], sequences: int) -> Answer:
    """Merge modes. losses: mean over starts, by label"""
    *others, worst = sorted(losses, key=losses.__getitem__)
    said = ", ".join(f"{label} {losses[label]:.3f}" for label in others)
    why = " States begin near zero, and a product of two small numbers is smaller still." if worst == "mul" else ""
    return Answer(
        (worst,), f"After {sequences:,} sequences it is {worst}, with a loss of {losses[worst]:.3f} ({said}).{why}"
    )


def cannot(best: Mapping[str, float]) -> Answer:
    """Problems. best: the share of whole sequences that the best possible model gets right, by direction"""
    limited = [name for name in ("forward", "backward") if best[name] < 0.995]
    right = {0: READERS[3], 1: f"{limited[0]} alone" if limited else "", 2: READERS[2]}[len(limited)]
    said = " and ".join(f"{name} {best[name]:.0%}" for name in limited)
    why = f"At best, {said} of sequences: what they have not read decides, too." if limited else "All can."
    return Answer((right,), why)


def largest_step(changes: Sequence[float], flip: int | None) -> Answer:
    """Cell. changes: of the cell state, by timestep; flip: the timestep at which the label turns"""
    most = max(range(len(changes)), key=lambda place: abs(changes[place])) + 1
    if flip is None:
        return Answer(MOMENTS, f"Here the label never turns; the largest step is at timestep {most}.")
    right = MOMENTS[(most > flip) - (most < flip) + 1]
    why = "it goes on adding what it reads, like a counter" if most > flip else "it has found what it waited for"
    return Answer(
        (right,),
        f"The largest step is at timestep {most}, {changes[most - 1]:+.2f}; at timestep {flip}, where the label turns, "
        f"it is {changes[flip - 1]:+.2f}: {why}.".replace("-", "−"),
    )


def reacts(reached: Sequence[Sequence[bool]]) -> Answer:
    """Inside. reached: whether an output (row) reacts to a value (column)"""
    steps = range(len(reached))
    rules = {
        REACTIONS[0]: [[value == output for value in steps] for output in steps],
        REACTIONS[1]: [[value <= output for value in steps] for output in steps],
        REACTIONS[2]: [[value >= output for value in steps] for output in steps],
        REACTIONS[3]: [[True for _ in steps] for _ in steps],
    }
    found = [list(map(bool, row)) for row in reached]
    right = tuple(name for name, rule in rules.items() if rule == found)
    cells = sum(map(sum, found))
    why = "it reacts to whatever its branches have read, and to nothing else"
    return Answer(right, f"{cells} of {len(reached) ** 2} cells are not zero: {why}.")


def verdict(guess: str, answer: Answer) -> str:
    """The guess beside what came out."""
    came = "Right." if guess in answer.right else "Not quite."
    return f"You guessed **{guess}**. {came} {answer.sentence}"
