"""Every sentence of Your data, from values to text; what refuses a file stands in bilstm_core/datasets."""

from collections.abc import Mapping, Sequence
from datetime import date

from bilstm_core.analysis.both_ways import BACKWARD, BIDIRECTIONAL, FORWARD, PAST, SIDES, Verdict
from bilstm_core.analysis.held_out import BASE_RATE
from bilstm_core.analysis.statistics import listed
from bilstm_core.analysis.telling import Told
from bilstm_core.analysis.window_regression import NEIGHBORS
from bilstm_core.datasets.bounds import MAX_CATEGORIES, MAX_FILE, MAX_ROWS, MAX_TIMESTEPS
from bilstm_core.datasets.recipe import late
from bilstm_core.wording import counted
from ui import wording

TRAIN, AGAIN, YOUR_FILE, USE = "Train", "Train again", "Your file", "Use these columns"
SEQUENCES = "Sequences"
TRAINING = Told("Training. The answer comes with the runs.")
PRESS_TRAIN = Told("Press **Train** to find out.")
OTHERS_TRAIN = Told("Another training goes on, of other sequences or settings. Press **Train** once it has ended.")
OF_OTHERS = "The training is of other sequences or settings; its answer comes with those."
REGRESSION_LEFT = Told("The answer comes once the regressions beside the networks are fitted.")
STAY = (
    "Your file stays in the memory of this visit. Its sequences go to the training process and back, and are never "
    "stored or sent elsewhere."
)
GONE = "The sequences of that training were in the memory of another visit, and are kept nowhere else. Bring the file."
ELSEWHERE = "of your own stay in the memory of one visit, and are kept nowhere else. Bring the file again."
TRAIN_THERE = "Open in Train"
TRAIN_THERE_HELP = "One network on these sequences: how it learns, and where it still errs on those that are held out."
DIRECTIONS = "Compare on Directions"
DIRECTIONS_HELP = (
    "Forward, backward and bidirectional start by start while they learn, on these sequences. It begins with ten "
    "starts if they take little to train, else with three, which are too few to rank."
)
WHY = "Ask on Why"
WHY_HELP = "Where bidirectional gains on forward: is it the future, on these sequences? It begins with ten starts."
MERGE_MODES = "Compare on Merge modes"
MERGE_MODES_HELP = "Whether the merge matters on these sequences. It begins with as many starts as Directions would."
SWEEPS = "Map on How small?"
SWEEPS_HELP = "How few units and training sequences come near the best, on these sequences."
NO_SWEEPS = "How small? maps labels. Those of these sequences are numbers."
NETWORKS_ELSEWHERE = "stays in the memory of one visit, with the networks trained on it. Train them again there."
INSIDE = "Open in Inside"
INSIDE_HELP = "What the first start of each network reacts to, and what its units do, on the sequence below."
WHERE = (
    "Train, Directions, Why, Merge modes and How small? then have these sequences under Problem. Need both? does not "
    "take them: it varies a problem's rule."
)
AT_ONCE = "The other pages have networks that answer at once. What a look-ahead brings is compared here alone."
NO_FILES = "Files come once every network is trained."
CODE = "What this page shows, with this project's own core. The file is read from the folder that the script runs in."
SCRIPT = "How models tell the labels of held-out sequences."
NONE = "none"
ERROR = "mean squared error"
COLUMN_LABELS = {
    "form": "A row is",
    "sequence": "Sequence",
    "timestep": "Timestep",
    "features": "Features",
    "label": "Label",
    "split": "Held out",
    "answer": "Labels are",
    "cut": "Cut into pieces of",
}
COLUMN_HELPS = {
    "form": "A sequence a row needs numbered columns, such as x1, x2 and x3.",
    "sequence": "Which sequence a row belongs to. Without one, the table is one recording, which is cut into pieces.",
    "timestep": "What puts the rows of a sequence in order. Without one, they are in order.",
    "features": "What the label is told from.",
    "label": "What is to be told at each timestep.",
    "split": "A column that says test for the sequences that nothing is trained on. Without one, a quarter is drawn.",
    "answer": "Classes are told apart; of numbers the squared error counts.",
    "cut": f"Timesteps of a piece, at most {MAX_TIMESTEPS}. 0 leaves sequences whole.",
}
FORM_WORDS = {"long": "a timestep", "wide": "a sequence"}
ANSWER_WORDS = {"classes": "classes", "numbers": "numbers"}
BALANCED = "Rare labels count more"
BALANCED_HELP = "In the training each class counts alike, up to ten times. What is measured stays the same."
TABS = ("Expected and predicted", "Confusion matrix", "Score by timestep")
DETAILS_LEFT = "Press **Train** to see here what each network says of single sequences, and what it mixes up."
TIMESTEP, SEQUENCE, NETWORK, NEXT_MISTAKE, NO_LABEL, WRONG = "timestep", "sequence", "Network", "Next mistake", "–", "✗"
FIRST_START = f"What the first start of each network says. {WRONG} is wrong."
WHOLE_IS_READ = "Each sequence has one answer, which every model here gives once all is read, so none is marked."
PREVIEW = "**Some of the sequences**"
CHART_ALT = "How well each model tells the labels of held-out sequences."


def take_file(megabytes: int) -> str:
    """The label of the uploader."""
    return f"CSV or Parquet, up to {min(megabytes, MAX_FILE // 10**6)} MB and {MAX_ROWS:,} rows"


def too_large(size: int, megabytes: int) -> str:
    """That a file is more than is taken."""
    return f"The file has {size / 1e6:,.0f} MB, and at most {megabytes} MB are taken. Bring a part of its sequences."


def refused(why: str) -> str:
    """That nothing was made of a file, and why."""
    return f"{why} The page shows what it showed before."


def taken(name: str, found: str) -> str:
    """That a file is shown."""
    return f"{name}: {found}."


def text_columns(names: Sequence[str]) -> str:
    """That columns of text become features of yes and no."""
    if not names:
        return ""
    one = len(names) == 1
    return (
        f"{listed(list(names))} {'is' if one else 'are'} text: each of the {MAX_CATEGORIES} commonest values "
        f"{'' if one else 'of each '}becomes a feature: 1 where it occurs, 0 elsewhere."
    )


def score(value: float, *, classes: bool) -> str:
    """A model's score in a sentence."""
    return f"{value:.1%}" if classes else f"{value:.3g}"


def axis(*, classes: bool, whole: bool) -> str:
    """What the axis of the chart counts, with its unit."""
    if not classes:
        return "mean squared error on held-out sequences (unit of the label, squared)"
    return "held-out sequences right (%)" if whole else "labels of held-out sequences right (%)"


def right(*, classes: bool, whole: bool) -> str:
    """What follows the first score of a sentence."""
    if not classes:
        return ERROR
    return "of held-out sequences right" if whole else "of held-out labels right"


def answer(verdict: Verdict, *, available: bool, classes: bool, whole: bool, starts: int, sequences: int) -> Told:
    """What the answers carry. sequences: that are held out"""
    told = {label: score(value, classes=classes) for label, value in verdict.scores.items()}
    unit = right(classes=classes, whole=whole)
    if verdict.kind == "nothing":
        best = told[verdict.best]
        said = (
            f"**Nothing here beats the base rate.** It {_reaches(told[BASE_RATE], unit)}; the best network, "
            f"{verdict.best}, {best}."
        )
    elif verdict.ahead:
        said = f"{_waited(verdict, told, unit)} {_beside(verdict, told)} {_with_the_end(told)}"
    elif available:
        said = f"{_helps(verdict, told, unit)} {_beside(verdict, told)}"
    else:
        said = f"{_without_future(verdict, told, unit)} {_waiting(verdict, told)}"
    return Told(said, counts(verdict, classes=classes, starts=starts, sequences=sequences))


def _reaches(score_: str, unit: str) -> str:
    """What a model reaches, after its name."""
    return f"has a {unit} of {score_}" if unit == ERROR else f"gets {score_} {unit}"


def _helps(verdict: Verdict, told: Mapping[str, str], unit: str) -> str:
    pair = f"bidirectional {_reaches(told[BIDIRECTIONAL], unit)}, forward {told[FORWARD]}"
    if verdict.kind == "both":
        return f"**Both ways help here:** {pair}, backward {told[BACKWARD]}."
    if verdict.kind == "future":
        return f"**The future helps, and is enough:** {pair}, backward {told[BACKWARD]}."
    if verdict.kind == "past":
        return f"**The past is enough here:** {pair}."
    return f"**These sequences leave it open:** {pair}, a difference that chance could make."


def _beside(verdict: Verdict, told: Mapping[str, str]) -> str:
    what = f"a regression over {NEIGHBORS} neighbors a side" if verdict.regression == SIDES else "one over the past"
    score_ = told[verdict.regression]
    if verdict.ahead:
        what = f"a regression over {NEIGHBORS} timesteps before and {verdict.ahead} after it"
    if verdict.regression == SIDES and _regression_of_past_is_best(verdict):
        what, score_ = f"a regression over this timestep and {NEIGHBORS} before it", told[PAST]
    if verdict.against_regression == "above":
        return f"No {what.removeprefix('a ')} does as well: {score_}."
    if verdict.against_regression == "below":
        return f"But {what} beats every network: {score_}."
    return f"But {what} does about as well: {score_}."


def _regression_of_past_is_best(verdict: Verdict) -> bool:
    """Whether the regression over the past is no worse than the one that reads both sides."""
    return verdict.kind == "past" and abs(verdict.scores[PAST] - verdict.scores[SIDES]) < verdict.margin


def _without_future(verdict: Verdict, told: Mapping[str, str], unit: str) -> str:
    best = f"forward {_reaches(told[FORWARD], unit)}"
    regression = f"a regression over this timestep and {NEIGHBORS} before it"
    how = {
        "above": f"more than {regression}: {told[PAST]}.",
        "below": f"but {regression} is better: {told[PAST]}.",
        "level": f"and {regression} does about as well: {told[PAST]}.",
    }[verdict.against_regression]
    return f"**From the past alone,** {best}, {how}"


def _with_the_end(told: Mapping[str, str]) -> str:
    return f"Waiting for the whole sequence would bring {told[BIDIRECTIONAL]}, with bidirectional."


def _waited(verdict: Verdict, told: Mapping[str, str], unit: str) -> str:
    """What an answer gains that comes late."""
    steps = counted(verdict.ahead, "step")
    pair = f"forward {_reaches(told[late(verdict.ahead)], unit)} when it answers {steps} late, {told[FORWARD]} at once"
    if verdict.kind in ("both", "future"):
        return f"**Waiting {steps} helps:** {pair}."
    if verdict.kind == "past" and verdict.gain.settled and verdict.gain.mean <= -verdict.margin:
        return (
            f"**Waiting {steps} costs more than it brings:** {pair}. Meanwhile it must remember what it is asked about."
        )
    if verdict.kind == "past":
        return f"**Waiting {steps} brings nothing:** {pair}."
    return f"**Whether waiting {steps} helps is open:** {pair}, a difference that chance could make."


def _waiting(verdict: Verdict, told: Mapping[str, str]) -> str:
    if verdict.kind in ("both", "future"):
        return _with_the_end(told)
    if verdict.kind == "past":
        return f"Waiting for the future would bring nothing: bidirectional has {told[BIDIRECTIONAL]}."
    return f"Whether waiting for the future would help is open: bidirectional has {told[BIDIRECTIONAL]}."


def counts(verdict: Verdict, *, classes: bool, starts: int, sequences: int) -> str:
    """What the answer rests on."""
    gain = verdict.gain
    if classes:
        mean, low, high = (f"{100 * value:+.1f}".replace("-", "−") for value in (gain.mean, gain.low, gain.high))
        lead = f"{mean} points (95% interval {low} to {high})"
    else:
        mean, low, high = (f"{value:+.3g}".replace("-", "−") for value in (gain.mean, gain.low, gain.high))
        lead = f"{mean} less squared error (95% interval {low} to {high})"
    waited = f"{counted(verdict.ahead, 'step')} late against at once"
    return (
        f"{waited if verdict.ahead else 'Bidirectional against forward'}: {lead}. {counted(starts, 'start')} of each"
        f" network; {counted(sequences, 'sequence')} held out: no model is trained on them."
    )


def cost(specs: int, updates: int) -> str:
    """What a press trains."""
    return f"{counted(specs, 'network')}, {counted(updates, 'weight update')} each"


def origin(day: date, versions: Mapping[str, str], starts: int, *here: str) -> str:
    """Where recorded answers come from. here: networks that were trained in this visit"""
    trained = wording.named_versions(versions)
    said = f"Recorded{wording.on_day(day)}: {counted(starts, 'start')} of each network, {trained}."
    return f"{said} Trained here: {listed(list(here))}." if here else said


def trained_here(starts: int) -> str:
    """Where answers come from that were trained in this visit."""
    return f"Trained here: {counted(starts, 'start')} of each network."


def shipped(source: str, license_: str, address: str, changed: str) -> str:
    """Where a data set comes from, and what was done to it."""
    return f"Source: [{source}]({address}), {license_}. {changed}"


def which(count: int) -> str:
    """The label of what chooses a sequence."""
    return f"Held-out sequence, 1 to {count:,}"


def mistakes_of(network: str, sequences: int) -> str:
    """In how many sequences a network errs."""
    if not sequences:
        return f"The first start of {network} makes no mistake."
    return f"The first start of {network} makes mistakes in {counted(sequences, 'sequence')}."


def wrong_of(wrong: Mapping[str, int], labels: int) -> str:
    """How many labels of one sequence each network gets wrong."""
    told = listed([f"{label} {count}" for label, count in wrong.items()])
    return f"Wrong of {counted(labels, 'label')}: {told}. {FIRST_START}"


def errors_of(errors: Mapping[str, float]) -> str:
    """The error of each network on one sequence."""
    if not errors:
        return "This sequence has no labels."
    told = listed([f"{label} {error:.3g}" for label, error in errors.items()])
    return f"Mean squared error on this sequence: {told}. The first start of each network."


def one_alt(number: int) -> str:
    """What the figure of one sequence is."""
    return f"What is expected of held-out sequence {number:,}, and what each network says."


def confusion_alt(network: str) -> str:
    """What the confusion matrix is."""
    return f"How often {network} tells each class as each."


def confused(starts: int) -> str:
    """What the confusion matrix counts."""
    return (
        f"Held-out labels over {counted(starts, 'start')}. "
        "A deeper color is a larger share of those expected in the row."
    )


def labels_at(first: int, labels: int, last: int, labels_last: int) -> str:
    """How many labels the score of a timestep rests on."""
    if labels == labels_last:
        return f"Each score rests on {counted(labels, 'held-out label')} a start."
    return (
        f"At timestep {first} the score rests on {counted(labels, 'held-out label')} a start, at timestep {last} on "
        f"{labels_last:,}."
    )
