"""What several pages say: of a problem, a job, a run's origin, a sequence, and of what can be taken home.

What each page alone says stands in its own folder, in `words.py`; settings in `bilstm_core/settings.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from bilstm_core.analysis.statistics import listed
from bilstm_core.engine import cost
from bilstm_core.runs import Run
from bilstm_core.service.caretaker import State
from bilstm_core.service.job_view import JobView
from bilstm_core.specs import ProblemSpec, RunSpec
from bilstm_core.wording import SQUARED, classes, counted, loss_axis, loss_name

__all__ = ["SQUARED", "classes", "loss_axis", "loss_name", "outlined"]

SILENT_S = 5.0  # of a worker, before a page says so
AT_ONCE_S = 1.0  # of training, which is told as a second


# A problem


def outlined(problem: ProblemSpec) -> str:
    """What a value's outline in a reading grid says of it."""
    count, tried = problem.problem.enough, problem.problem.tried
    if tried:
        of = counted(tried(problem.timesteps), "sequence")
        return f"changed the label in at least one of {of} in which it was drawn anew"
    return f"helps with the answer, and any {count} neighbors give it" if count else "decides the label"


FORMULA = "Label 1 where"
FORMULA_HELP = """
A label is 1 where this is true. Values lie from 0 to below 1; outside the sequence a value is 0.

- `x[t]` is this timestep's value, `x[t - 1]` the one before, `x[T]` the last.
- `before`, `after`, `all` and `near(2)` (up to two timesteps away) are several values: ask for their `sum`, `mean`,
  `max` or `min`, as in `max(after) > x[t]`, or count them, as in `count(before > 0.5) >= 2`.
- Numbers go with `+ - * / // %` and `abs`, comparisons with `and`, `or`, `not`, and `a if .. else b` is one of two.
"""


def own_formula(text: str) -> str:
    """What a problem by a formula is called in a list: no sentence."""
    return f"Your formula: {text}"


def formula_refused(sentence: str) -> str:
    """That a text is no formula. sentence: where, and what to do"""
    return f"{sentence} The page is as it was."


def always(label: int, sequences: int, timesteps: int) -> str:
    """That a formula has the same label throughout."""
    return (
        f"Every label of {sequences:,} fresh sequences of {counted(timesteps, 'timestep')} is {label}, so there is "
        "nothing to learn. Change the formula."
    )


# A job

LOST = "The training was lost when the program changed. Start it again."
UNKNOWN = "The training that this link names is no longer known. What it finished is still found by its settings."
LEFT = "You have left this training. It goes on for another visitor who is watching."
BEST_LATER = "The best possible is being computed."
DIVERGED = "The training diverged: the weights are not numbers any more. Lower the learning rate and train again."


def doing(view: JobView, state: State, problem: str = "") -> str:
    """What a job that is not over is doing, or what it waits for.

    state: of the job service; problem: why it can train nothing, a sentence, or empty
    """
    if problem and not view.at_work:
        return problem
    if view.restarted:
        return "The training process stopped. It was started again, and so was this training."
    if view.at_work:
        return _at_work(view)
    done = f" {view.steps_done / view.steps:.0%} is done." if view.steps_done else ""
    if view.ahead:
        shorter = f" Up to {view.short:,} sequences a run go sooner." if view.short else ""
        return _waiting(view) + done + shorter
    if state in ("starting", "warming"):
        return f"Getting ready: TensorFlow is loading in the background. Training starts by itself.{done}"
    return f"Starting.{done}"


def _waiting(view: JobView) -> str:
    others = "another training" if view.ahead == 1 else f"{view.ahead} other trainings"
    seconds = f", about {view.waits_s:.0f} s" if view.waits_s >= 1 else ""
    return f"{'Giving way to' if view.steps_done else 'Waiting for'} {others}{seconds}."


def _at_work(view: JobView) -> str:
    if view.compiling:
        return "Compiling this network, once for all trainings of its shape."
    if view.silent_s > SILENT_S:
        return f"No word from the training process for {view.silent_s:.0f} s. If it has stopped, it is started again."
    left = "" if view.remaining_s is None else f", about {view.remaining_s:.0f} s left"
    return f"{view.steps_done:,} of {view.steps:,} weight updates, {view.elapsed_s:.1f} s{left}"


def elsewhere_failed(page: str) -> str:
    """That another page's job failed."""
    return f"{page}: the training failed. The reason stands there."


def elsewhere_trained(page: str, share: str) -> str:
    """How far another page's job is. share: in per cent, or % for a number that the browser fills in"""
    return f"{page}: {share} trained. The result waits there."


# Sequences that somebody brought, on the pages that take them as a problem

DATA_GONE = (
    "The sequences that this page was on are in memory no longer, and they are kept nowhere else. Open them again from "
    "Your data."
)
DATA_ELSEWHERE = (
    "was made of a visitor's own file, which stays in the memory of that visit and is kept nowhere else. Open it from "
    "Your data."
)
DATA_STAYS = (
    "The sequences stay in the memory of this visit, with what is trained on them. Whoever opens this link is told so, "
    "and sees the page as it is at first."
)
NO_DATA_CODE = "Code comes for problems that any reader can draw. For these sequences it stands on Your data."
NO_BEST = "Nobody knows the best possible of data that were measured: only of problems whose rule is known."


def own_problem(title: str) -> str:
    """What sequences that somebody brought are called among the problems: no sentence."""
    return f"Your data: {title}"


def held_out(number: int) -> str:
    """What a sequence of Your data is called: no sentence."""
    return f"Held-out sequence {number:,}"


def sequence_of_data(classes: Sequence[str], text: str, *, bars: bool = True) -> str:
    """How the figure of such a sequence is read, as far as it does not say so itself.

    classes: what its labels are called, none of numbers; text: what its first column of text says, if there is one;
    bars: whether its values are drawn
    """
    labels = listed([f"{number} is {name}" for number, name in enumerate(classes)])
    parts = ["A bar is as high as the first feature, scaled."] if bars else []
    parts += [f"Labels: {labels}."] if classes else []
    return "\n\n".join(part for part in (text, " ".join(parts)) if part)


def fixed_by_data(training: int, held_out: int, *, whole: bool) -> str:
    """What the data decide. training, held_out: sequences; whole: whether each has one label"""
    one = " Each has one label, which is asked for at every timestep here." if whole else ""
    return (
        f"Timesteps and sequences are those of the data: {counted(training, 'sequence')} to learn from, and"
        f" {counted(held_out, 'sequence')} held out, on which all is tested.{one}"
    )


# Where runs come from

FROM_FILE = "Brought back from a file"


def origin(run: Run, *, recorded: date | None, stored: date | None) -> str:
    """Where a run comes from. recorded, stored: the days of the recorded results, and of this run in the store"""
    if run.origin == "recorded":
        where = f"Recorded{on_day(recorded)}"
    elif run.origin == "imported":
        where = FROM_FILE
    else:
        where = f"Stored{on_day(stored)}" if stored else "Trained"
    return f"{where}: seed {run.spec.training.seed}, {spent(run.timing.train_s)} of training, {_versions([run])}."


def spent(seconds: float) -> str:
    """How long something took: none took no time at all."""
    return f"{seconds:.1f} s" if seconds >= 0.1 else f"{seconds:.2f} s" if seconds >= 0.01 else "less than 0.01 s"


def origins(runs: Sequence[Run], recorded: date | None) -> str:
    """Where many runs come from. recorded: the day of the recorded results"""
    sources = []
    words = {"recorded": f"Recorded{on_day(recorded)}", "trained": "Trained here", "imported": FROM_FILE}
    for kind, where in words.items():
        group = [run for run in runs if run.origin == kind]
        if group:
            sources.append(f"{where}: {_seeds({run.spec.training.seed for run in group})}")
    return f"{'. '.join(sources)}, {_versions(runs)}."


def on_day(day: date | None) -> str:
    """A day within a sentence; empty where it is not known."""
    return f" on {day.day} {day:%B %Y}" if day else ""


def recorded_on(day: date, versions: Mapping[str, str]) -> str:
    """When something was recorded, and by which versions."""
    return f"Recorded{on_day(day)}, {named_versions(versions)}."


def named_versions(versions: Mapping[str, str]) -> str:
    """Packages by their names, each with its version."""
    names = {"keras": "Keras", "tensorflow": "TensorFlow"}
    return ", ".join(f"{names.get(name, name)} {version}" for name, version in sorted(versions.items()))


def _versions(runs: Sequence[Run]) -> str:
    return "; ".join(sorted({named_versions(run.versions) for run in runs}))


def _seeds(seeds: Iterable[int]) -> str:
    """Seeds in a few words: those that follow one another as one span."""
    spans: list[list[int]] = []
    for seed in sorted(seeds):
        if spans and seed == spans[-1][1] + 1:
            spans[-1][1] = seed
        else:
            spans.append([seed, seed])
    words = [f"{first} to {last}" if last > first else str(first) for first, last in spans]
    return f"{'seed' if words == [str(spans[0][0])] else 'seeds'} {listed(words)}"


# A sequence

FIXED = "Values can't be changed here: the answers follow from the whole wave."
BLOCK_HELP = "Or click a block in the figure, or drag it."
UNDO, TYPE, USE = "Undo edits", "Type or paste a sequence", "Use these values"


def sequence(number: int, *, edited: bool) -> str:
    """What a sequence is called: no sentence."""
    return "Your sequence" if edited else f"Fresh sequence {number}"


def wrong(count: int, labels: int) -> str:
    """How many of a sequence's labels are wrong: no sentence."""
    return f"{count} of {labels} labels wrong"


def sequence_alt(sentence: str) -> str:
    """What a timeline shows. sentence: which sequence, and how good the answers are"""
    return f"{sentence}. Its values, what the model answers, and what is expected."


def values_wanted(timesteps: int) -> str:
    """What a box for a whole sequence takes."""
    return (
        f"{counted(timesteps, 'value')}, each at least 0 and less than 1"
        if timesteps > 1
        else "1 value, from 0 to below 1"
    )


def values_of_link(given: int, timesteps: int) -> str:
    """That a link has another number of values than the sequence."""
    return f"The link has {counted(given, 'value')}, but this sequence needs {timesteps}. It is shown as it was drawn."


def mistakes_help(mistaken: int, of: int = 100, drawing: str = "fresh") -> str:
    """How many of the wall's sequences have a mistake. drawing: what they are called"""
    return f"{mistaken} of {counted(of, f'{drawing} sequence')} {_have(mistaken)} a wrong label."


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def wall(mistaken: int, of: int = 100, drawing: str = "fresh", *, labels: bool) -> str:
    """What stands above the wall of so many sequences. drawing: what they are called; labels: whether answers are"""
    what = f"{of - mistaken} wholly right" if labels else "by their error"
    return f"**{counted(of, f'{drawing} sequence')}: {what}.** Choose a row to see it."


def wall_alt(mistaken: int, of: int = 100, drawing: str = "fresh", *, labels: bool) -> str:
    """What the wall shows. of, drawing, labels: as of `wall`"""
    sequences = counted(of, f"{drawing} sequence")
    if labels:
        return f"Answers to {sequences}; {mistaken} {_have(mistaken)} a wrong one."
    return f"Errors of the answers to {sequences}."


# What can be taken home

CODE = "What this page shows, as code that stands alone: the same seeds give the same numbers."
NO_CODE = "There is no run yet, so there is no code."
WITH_CORE = "With this project's own core:"
WRITING_MODEL = "Keras is writing the file. The first one takes some seconds."
MODEL = "**The trained network**, for plain Keras"
LONG_LINK = "This link is too long for a QR code that a phone can read. Copy it."


def files(networks: int, *, too_many: bool) -> str:
    """What report and ZIP are. networks: trained ones of the page; too_many: whether they are too large for the ZIP"""
    report = "The report is one file: it opens offline, shows numbers on hover, and prints. The ZIP has the report, all"
    if too_many:
        large = "trained network is" if networks == 1 else f"{networks} trained networks are"
        return f"{report} tables and all figures. The {large} too large for it: choose fewer starts or units."
    if not networks:
        return f"{report} tables and all figures."
    which = f"{networks} trained networks" if networks > 1 else "the trained network"
    return f"{report} tables, all figures and {which}, which Train can bring back."


def shared(specs: Sequence[RunSpec], to_train: Sequence[RunSpec]) -> str:
    """What whoever opens a link waits for. specs: of the runs that it shows; to_train: those that are not recorded"""
    if not to_train:
        return "It opens at once." + (" Its results come with the program." if specs else "")
    seconds = cost.seconds(to_train)
    runs = f"{len(to_train):,} runs" if len(to_train) > 1 else "1 run"
    how_long = "a second" if seconds < AT_ONCE_S else f"{seconds:.0f} s"
    return f"It opens at once here. Elsewhere it first trains {runs}, about {how_long}."
