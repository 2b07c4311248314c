"""Every sentence of Directions and Merge modes, from values to text; Why shares those about its runs and controls.

What a report and the command line say, too, stands in bilstm_core/analysis: telling.py and falls.py.
"""

from collections.abc import Mapping, Sequence

from bilstm_core.analysis.statistics import FEWEST, listed
from bilstm_core.analysis.telling import Told, capital
from bilstm_core.wording import counted

# The answer
EVALUATING = Told("Trained. The runs are now tested on fresh sequences.")
EVALUATING_DATA = Told("Trained. The runs are now tested on held-out sequences.")
PRESS_TRAIN = Told("Press **Train** to find out.")
NO_CURVE = Told("Switch on a curve to see its result.")


def training(ours: int, every: int, models: int, starts: int, hidden: Sequence[str] = ()) -> Told:
    """What is being trained; how far it is says the line above the curves, which is drawn more often.

    ours, every: runs that are trained, and of the comparison, which has so many models of so many starts
    hidden: models that are switched off in the figure
    """
    if not ours:
        return Told("Training.")
    if ours == every == models * starts and models > 1 and starts > 1:
        unseen = f"Among them, but switched off in the figure: {listed(hidden)}." if hidden else ""
        return Told(f"Training {models} models × {starts} starts: {ours} runs.", unseen)
    rest = "" if ours >= every else f" of {every}; the others are trained already"
    return Told(f"Training {counted(ours, 'run')}{rest}.")


def some_are_missing(trained: int, wanted: int) -> Told:
    """That a comparison is not complete."""
    return Told(f"Only {trained} of {wanted} runs are trained. Press **Train** for the rest.")


def and_then(ranked: Told, lead: str) -> Told:
    """The ranking with for how long one has led. lead: a sentence, or empty"""
    return ranked._replace(answer=f"{ranked.answer} {lead}".rstrip())


def in_place(told: Told, sentence: str, other: str) -> Told:
    """The answer with another sentence in place of one of its own."""
    return told._replace(answer=told.answer.replace(sentence, other))


def with_whole_sequences(told: Told, exact: Mapping[str, float]) -> Told:
    """Beside what the losses say, how many sequences the first two get wholly right: the gap may be another by that.

    exact: mean share over starts, by label, that of the lowest loss first; empty where answers are numbers
    """
    if not exact:
        return told
    shares = ", ".join(f"{label} {share:.1%}" for label, share in [*exact.items()][:2])
    return told._replace(counts=f"{told.counts} Whole sequences right: {shares}.".lstrip())


def above_best_possible(gaps: Mapping[str, float]) -> str:
    """How far above its best possible each model's loss is; "" where that is known of none."""
    told = listed([f"{gap:.3f} ({label})" for label, gap in gaps.items()])
    return f"Above the best possible: {told}." if told else ""


def of_a_long_run(ranked: Told, fall: str, gaps: str, verdict: str, starts: int) -> Told:
    """The answer of a run that goes on after the tutorial's stops, with what came of the guess.

    In one of too few starts to rank them, what still fell comes first where it answers a guess.
    """
    guessed = verdict and starts < FEWEST
    first, then = (fall, f"{ranked.answer} {ranked.counts}") if guessed else (ranked.answer, ranked.counts)
    answer = " ".join(part for part in (first, verdict) if part)
    return Told(answer, " ".join(part for part in ("" if guessed else fall, then, gaps) if part))


# The guess
STOPS = "Which curve will stop falling?"
NONE = "none of them"
GUESS_FIRST = "Guess first, above the curves."


def verdict(guess: str, stopped: Sequence[str]) -> str:
    """What came of the guess. stopped: the curves that stopped falling"""
    if guess == NONE:
        return f"You guessed {NONE}. {f'{capital(listed(stopped))} did.' if stopped else 'Right.'}"
    if guess in stopped:
        others = [label for label in stopped if label != guess]
        return f"You guessed {guess}. Right: it stopped{f', and so did {listed(others)}' if others else ''}."
    return f"You guessed {guess}. It was still falling; {listed(stopped) if stopped else 'none'} stopped."


# Above and below the curves
AGAIN, NEW_SEEDS = "Train again", "New seeds"
NOTHING_YET = "Nothing to draw yet."
TRAINED_ALREADY = "Trained already: here are the results."
TRAINED_NOW = "Trained just now."
ALREADY_COVERED = "Trained already: press P to watch, R for the answer."
NOW_COVERED = "Trained just now: press R for the answer."
EACH_START = "Draw every run, not the band."
CURVES_ALT = "Loss by sequences seen, median and band over the starts, with one probe sequence for each model."


def curves(starts: int, drawing: str = "fresh") -> str:
    """What the curves are of, and the dots right of them. drawing: what the sequences are called that runs meet"""
    ranked = f"Dots with numbers, as in the answer and the table: the loss on {drawing} sequences"
    if starts == 1:
        return f"Curves: the loss in training, of one run. {ranked}."
    return f"Curves: the loss in training, median and 10 to 90% band of {starts} runs. {ranked}, mean of the runs."


def stands_still(labels: Sequence[str]) -> str:
    """Whose answers stand still in the replay, or nothing."""
    return f"Recorded at the end alone, and still in the replay: the answers of {listed(labels)}." if labels else ""


def other_settings(press: str) -> str:
    """That the figure is of other settings than the controls. press: what to do"""
    return f"The figure shows other settings. {press}"


def press_train(cost: str = "", wished: str = "") -> str:
    """What Train costs, where it is worth saying. cost, wished: seconds in words, and what a wish would cost"""
    return f"Press Train for these{f': about {cost} of training' if cost else ''}{f'. {wished}' if wished else ''}."


def wish(starts: int, cost: str) -> str:
    """What the starts that were lowered would cost, as the rest of a sentence."""
    return f"{starts} starts would take about {cost}"


def lowered(wished: int, starts: int) -> str:
    """That choosing longer runs has lowered the starts."""
    return f"Longer runs, so fewer starts: {starts}, not {wished}. Choose more if you have the time."


def rounded(seconds: float) -> str:
    """A time in words, as exactly as it is known."""
    if seconds < 20:
        return f"{seconds:.0f} s"
    return f"{5 * round(seconds / 5)} s" if seconds < 120 else f"{seconds / 60:.0f} min"


ONE_SEQUENCE_EACH = "One fresh sequence each."
ALL_SEQUENCES_EACH = "All sequences that are not held out, in each."


# The race
def parameters(fewest: tuple[str, int], most: tuple[str, int], *, fair: bool, close: bool) -> str:
    """How even the race is; "" where all have as many. fewest, most: label and parameters; close: by units, they can"""
    if fewest[1] == most[1] and not fair:
        return ""
    if fair:
        near = "About the same number of parameters" if close else "As near as whole units allow"
        return f"{near}: {fewest[1]:,} to {most[1]:,}."
    return (
        f"Not quite a fair race: {most[0]} has {most[1]:,} parameters, {fewest[0]} {fewest[1]:,}. "
        "The switch above evens that out."
    )


# Directions
WHAT_IS_READ = "**What has each output read?**"
TUTORIALS_ORDER = "Tutorial's order (output reversed)"
READING_ALT = "For each model, which values each output has read, and which decide its label."


def reading(outlined: str, drawn: int | None = None) -> str:
    """What the reading grids show.

    outlined: what an outline says, empty where there is none; drawn: the timesteps, if not all
    """
    some = f" The first {drawn} timesteps are drawn." if drawn else ""
    decides = f" Outlined: that value {outlined}." if outlined else ""
    return (
        f"Filled: this output has read that value.{decides} "
        f"The switch changes the order of the outputs, not the network.{some}"
    )


# Merge modes
WHAT_THE_MERGE_DOES = "What the merge does"


def merge_alt(mode: str) -> str:
    """What the drawing of a merge shows."""
    return f"What {mode} makes of two outputs of four numbers."


# The table
WINS_BY_PAIR = "**Wins by pair**, run by run on the same data"
RIGHT_BY_TIMESTEP = "**Labels right at each timestep**"
BY_TIMESTEP_ALT = "Share of right labels at each timestep"
BEST, ABOVE = "Best possible", "Above best possible"
GOES_ON = "Swipe the table: it goes on to the right."
BEST_HELP = "The least loss that any model can have that reads what this one reads (Bayes risk)."
SECONDS_HELP = "Median of the runs."
INTERVAL_HELP = "95% interval of the mean (Student's t)."
P_HELP = "Two-sided sign test: how often a count this uneven would come of two equally good models."
SETTLED_HELP = (
    "Yes if the interval leaves out zero, the sign test is below 5%, and most runs go the same way as the mean."
)
NEEDED_HELP = (
    "With this many starts, four of five such comparisons would be settled, if further runs scatter as these do."
)


def right_by_timestep(*, best: bool) -> tuple[str, str]:
    """The heading of the figure, and what it shows. best: whether the best possible is known"""
    beside = ", and the best that any model can do that reads the same"
    return (
        f"{RIGHT_BY_TIMESTEP}{', beside the best possible' if best else ''}",
        f"{BY_TIMESTEP_ALT}{beside if best else ''}.",
    )


def loss(drawing: str) -> str:
    """The column of what is ranked. drawing: as of `curves`"""
    return f"Loss, {drawing} sequences"


def loss_help(unit: str, sequences: int, drawing: str = "fresh") -> str:
    """What is ranked. unit: the loss with its unit; drawing: as of `curves`"""
    return f"What is ranked: {unit}, on {sequences:,} {drawing} sequences, mean of the runs."


def above_help(sequences: int) -> str:
    """What the excess is."""
    return f"The loss on {sequences:,} fresh sequences minus the best possible, which is exact."


def mean_help(sequences: int, drawing: str = "fresh") -> str:
    """What a share is the mean of. drawing: as of `curves`"""
    return f"On {sequences:,} {drawing} sequences, mean of the runs."


def starts_needed(needed: int | None, most: int) -> str:
    """With how many starts a pair would be settled, if so many do; None where they don't."""
    return f"over {most:,}" if needed is None else f"{needed:,}"


TOO_FEW_TO_SAY = f"train {FEWEST} or more"


# Differences from a baseline
def differences(baseline: str, drawing: str = "fresh") -> str:
    """The heading of the figure. drawing: as of `curves`"""
    return f"**Loss on {drawing} sequences minus {baseline}'s, run by run** (left of zero: lower)"


def differences_alt(baseline: str, drawing: str = "fresh") -> str:
    """What the figure shows. drawing: as of `curves`"""
    return f"Loss on {drawing} sequences minus {baseline}'s: a dot for each run, the mean and its 95% interval."


def differences_legend(*, few: bool) -> str:
    """What dots and lines are. few: too few starts for an interval"""
    return f"Dots: runs. Upright line: their mean. Bar: {f'none below {FEWEST} runs.' if few else 'its 95% interval.'}"
