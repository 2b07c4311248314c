"""What the Problems page says; its headline is `bilstm_core.analysis.deciding.headline`, for commands say it, too."""

from collections.abc import Mapping, Sequence

from bilstm_core.analysis.deciding import KINDS, row_of
from bilstm_core.analysis.statistics import listed, share_within, shares
from bilstm_core.analysis.telling import beside_best
from bilstm_core.presets import LONG_ENOUGH
from bilstm_core.problems import PROBLEMS, formula
from bilstm_core.specs import ProblemSpec
from bilstm_core.wording import counted
from ui import wording

NOT_TRAINED = "Not trained yet. Press Train."
NO_FILES = "Files come once all nine squares are trained."
TRAIN, AGAIN, NEW_SEED, OPEN = "Train", "Train again", "New seed", "Open on Train"
MORE = "More problems"
OPEN_ONE = "Choose a problem above, or a square here, to open it."
EXAMPLES, COMPARE = "Examples", "Compare on Directions"
TRAIN_ALL = "Train all three"
TRAIN_ALL_HELP = "Forward, backward and bidirectional, on this formula."
COMPARE_HELP = "Their losses over the first 250 sequences, from 10 starts each."
STANDS: Mapping[str, str] = {
    "forward": "No value after a label's own timestep stands in it, so forward can know every label.",
    "backward": "No value before a label's own timestep stands in it, so backward can know every label.",
    "bidirectional": "Values on both sides of a label's timestep stand in it.",
}
OWN_ALT = "Three fresh sequences, and the labels that the formula gives."
LOSS_ALT = "Loss by sequences seen."
ERROR, ERROR_HELP, BEST = "Squared error", "Mean squared error on fresh sequences.", "Best possible"


def choice(name: str) -> str:
    """A problem's name in the list: what decides its labels, where it is one of the nine cells' three."""
    if formula.is_formula(name):
        return wording.own_formula(formula.text_of(name))
    title = PROBLEMS[name].title
    return f"{KINDS[name]}: {title.lower()}" if name in KINDS else title


def ones(share: float, sequences: int) -> str:
    """How many of a formula's labels are 1. sequences: on which that was counted"""
    return f"**{shares(share)[0]}** of the labels are 1, counted on {counted(sequences, 'fresh sequence')}."


def constant(label: int) -> str:
    """The answer to a formula that has one label throughout."""
    return f"Your formula is constant: every label is {label}, so there is nothing to learn."


TRAINING_OWN = "Training your formula."
TRAIN_OWN = f"Your formula: press **{TRAIN_ALL}** to find out."


def example(name: str, text: str) -> str:
    """An example in the list of them."""
    return f"{name} `{text}`"


CELLS_ALT = "Whole sequences right, and the best possible."


def origin(tested: int, recorded: str, here: int, runs: int) -> str:
    """How cells were trained, and where they come from.

    tested: fresh sequences; recorded: of those that come with the program, a sentence; here: how many do not, of `runs`
    """
    trained = (
        f"Each was trained on {LONG_ENOUGH.sequences:,} sequences in batches of {LONG_ENOUGH.batch_size}, and tested "
        f"on {tested:,} fresh ones. Best possible: the likelier label at each timestep, from what that direction has "
        "read. A model can land a little above it, by chance or with labels that fit together."
    )
    return " ".join(part for part in (trained, recorded, f"{here} of {runs} trained here." if here else "") if part)


def numbers(names: Sequence[str]) -> str:
    """What stands above the problems whose answers are numbers."""
    return f"**{listed([PROBLEMS[name].title for name in names])}**: the answers are numbers"


def opened(name: str, direction: str) -> str:
    """The open cell, and what its problem asks."""
    row = row_of(name)
    return f"**{row[0].upper()}{row[1:]}, {direction}.** {ProblemSpec(name=name).problem.question}"


def below(name: str, direction: str) -> str:
    """Which cell is open, where what is in it stands further down the screen."""
    return f"Open: **{row_of(name)}, {direction}**. What it has read, its loss and its sequences stand below."


def again(seconds: float) -> str:
    """What the buttons of a trained cell train. seconds: of the training that is there"""
    return (
        f"{AGAIN}: this cell, from the same start, {LONG_ENOUGH.steps:,} weight updates, {seconds:.0f} s when last "
        f"trained. {NEW_SEED}: its row, all three directions, from another start."
    )


def cost(networks: int) -> str:
    """What a press of Train trains. networks: of the cell's row, how many"""
    return f"{TRAIN}: {counted(networks, 'network')} of this row, {LONG_ENOUGH.steps:,} weight updates each."


def error(loss: float, best: float | None) -> str:
    """What the open cell reaches where answers are numbers. best: the best possible, if it is known"""
    return f"Mean squared error **{loss:.4f}**{f'; best possible {best:.4f}' if best is not None else ''}."


def right(exact: float, interval: tuple[float, float], sequences: int, best: float | None) -> str:
    """What the open cell reaches where answers are labels.

    sequences: that it was tested on; best: the best possible, if it is known
    """
    share, low, high = share_within(exact, *interval)
    beside = beside_best(exact, interval, best)
    return f"Whole sequence right: **{share}** ({low} to {high} on {sequences:,} fresh sequences).{beside}"


def grid(problem: ProblemSpec) -> str:
    """What the squares of the reading grid mean."""
    return f"Filled: this output has read that value. Outlined: that value {wording.outlined(problem)}."


def grid_alt(direction: str) -> str:
    """What the reading grid shows."""
    return f"Which values the outputs of {direction} have read, and which decide their labels."
