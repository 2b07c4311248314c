"""Every sentence of Why, from values to text.

What a report and the command line say, too, stands in bilstm_core/analysis/ablation.py and beside each change
(presets.WHY_STEPS).
"""

from collections.abc import Sequence

from bilstm_core.analysis.telling import Told
from bilstm_core.wording import counted

# The answer
TRAINING = Told("Training what was asked for.")
PRESS_TRAIN = Told("Press **Train** to find out.")
GUESS_FIRST = "Why? Guess first."
ASK = "Why does bidirectional learn faster? Your guess:"
ASK_OF_DATA = "What would let bidirectional tell more of these labels than forward? Your guess:"


def answer(told: Told, more: Sequence[str]) -> Told:
    """What came of the last press, and what follows for the guess. more: further conclusions"""
    return told._replace(answer=" ".join(part for part in (told.answer, *more) if part))


def only_here(conclusion: Told, timesteps: int) -> Told:
    """What is left, and what it was measured at."""
    return conclusion._replace(counts=f"{conclusion.counts} Measured at T={timesteps} and with one learning rate only.")


def only_data(conclusion: Told, epochs: int) -> Told:
    """The same of sequences that somebody brought. epochs: of each run"""
    what = f"Measured on these sequences only, after {counted(epochs, 'epoch')} at one learning rate."
    return conclusion._replace(counts=f"{conclusion.counts} {what}")


NO_FRACTION = (
    "The clock t/T is left out: these sequences are of different lengths, so t/T would not say how far along one is."
)

# What a class is asked while the answer is covered
COVERED = "How it ends and what the runs say is covered: Reveal (R) shows it."


def asks_of(now: str) -> str:
    """Of the change that is shown. now: what is done, as a clause"""
    return f"**Now:** {now}. **Where will its curve go?** {COVERED}"


def asks_of_long_run(sequences: int) -> str:
    """Of the long run."""
    return f"**Now:** {sequences:,} sequences. **Will bidirectional stay ahead?** {COVERED}"


# The presses
ALL_TRIED = "All changes have been tried."
TRAIN_THESE = "Train these settings"
BACK = "Back to where the tutorial stops"
START_AGAIN = "Start again"


def give_forward(units: int) -> str:
    """The press that brings forward as near to bidirectional's parameters as it can come."""
    return f"Give forward {units} units"


def place(number: int, of: int) -> str:
    """Which press is next."""
    return f"{number} of {of}"


def long_run(sequences: int) -> str:
    """The last press."""
    return f"The long run: {sequences:,} sequences"


def long_run_help(seconds: float, followed: Sequence[str]) -> str:
    """What the long run costs."""
    return f"At most about {seconds:.0f} s of training; follows {', '.join(followed)}."


def refused(why: str) -> str:
    """That there can be no long run."""
    return f"The long run: {why}"


# What came out so far
def so_far(findings: Sequence[Told], sequences: int) -> str:
    """What came of every press. sequences: that each run was trained on"""
    lines = [f"- **{told.answer}** {told.counts}" for told in findings]
    return "\n".join([f"**What came out so far**, after {sequences:,} sequences", "", *lines])


# The same elsewhere
ELSEWHERE = "**Does it hold elsewhere?** Loss minus forward's, mean of the runs and its 95% interval"
TRY_ELSEWHERE = "Try two other learning rates and another T"
ELSEWHERE_HELP = "Trains forward, bidirectional, no future and both clocks again, from the same starts."


def setting(timesteps: int, rate: float) -> str:
    """A row of the table: where it was measured."""
    return f"T={timesteps}, learning rate {rate:g}"


def difference(mean: str, low: str, high: str) -> str:
    """A cell of the table."""
    return f"{mean} ({low} to {high})" if "nan" not in low else mean
