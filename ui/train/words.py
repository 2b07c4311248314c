"""Every sentence of Train, from values to text, but those of its settings and of files."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bilstm_core.analysis.statistics import share_within
from bilstm_core.analysis.telling import Told, after, beside_best
from bilstm_core.evaluation import Evaluation, wilson_interval
from bilstm_core.wording import counted
from ui import wording

# The answer
WORSE_BY = 0.01  # of labels right: chance makes less of a difference on 10,000 sequences
EVALUATING = "Trained. The network is now tested on fresh sequences."
EVALUATING_DATA = "Trained. The network is now tested on held-out sequences."
TRAINING = "Training."
PRESS_TRAIN = "Press **Train** to find out."
MOST_NAMED = 3  # of the settings that differ: the line above the figure has room for them


def labels_right(seen: int, measured: Evaluation, best: float | None, every: Sequence[float] = ()) -> Told:
    """How good the network shown is, and where that stands among ten starts of its recipe, where they are known.

    best: the best possible share of sequences wholly right, where it is known; every: the shares of ten starts, its own
    among them
    """
    share, low, high = share_within(measured.exact, *measured.exact_interval)
    told, others = f"this network gets every label right in **{share}** of new sequences", ""
    if differ(every):
        median = _share(float(np.median(every)), measured.n_sequences)
        which = _end(every, measured.exact)
        told += f": the {which} of ten starts, whose median is {median}" if which else f"; ten starts: median {median}"
        others = f" {_others(every, measured.exact, measured.n_sequences)}"
    told += "."
    counts = f"This one network, on {measured.n_sequences:,} fresh sequences: {measured.exact_count:,} wholly right, "
    counts += f"95% interval {low} to {high}; {measured.accuracy:.1%} of single labels."
    told += _worst(measured.per_timestep)
    beside = beside_best(measured.exact, measured.exact_interval, best)
    if best is not None and measured.exact > best:  # whoever reads both numbers asks at once how that can be
        return Told(_after(seen, told) + beside, counts + others)
    return Told(_after(seen, told), counts + beside + others)


def differ(every: Sequence[float]) -> bool:
    """Whether ten starts are known, and do not all give the same: the answer then tells of them."""
    return bool(every) and min(every) < max(every)


def _end(every: Sequence[float], own: float) -> str:
    """Whether it is the lowest or the highest of starts that `differ`; empty for neither."""
    return {min(every): "lowest", max(every): "highest"}.get(own, "")


def _others(every: Sequence[float], own: float, of: int) -> str:
    """What the answer leaves out of the ten starts. of: how many sequences each share is of"""
    low, high = _share(min(every), of), _share(max(every), of)
    told = {"lowest": f"The highest of the ten: {high}.", "highest": f"The lowest of the ten: {low}."}
    return told.get(_end(every, own)) or f"The ten: {low} to {high}; {_between(every, own)}."


def _worst(by_timestep: pd.DataFrame) -> str:
    """At which timestep labels are least often right, where no other comes near."""
    if len(by_timestep) < 2:
        return ""
    ranked = by_timestep.sort_values("accuracy", ignore_index=True)
    apart = ranked["accuracy"][1] - ranked["accuracy"][0]
    return f" It errs most at timestep **{ranked['timestep'][0]}**." if apart > WORSE_BY else ""


def labels_of_data(seen: int, measured: Evaluation) -> Told:
    """How good one network is on sequences of Your data, whose labels are each asked for by itself."""
    share, low, high = share_within(measured.exact, *measured.exact_interval)
    told = f"this network gets **{measured.accuracy:.1%}** of held-out labels right."
    counts = (
        f"This one network, on {counted(measured.n_sequences, 'held-out sequence')}: in {share} of them every label,"
    )
    return Told(_after(seen, told), f"{counts} 95% interval {low} to {high}.")


def squared_error(seen: int, loss: float, name: str, of: int, *, fixed: bool = False) -> Told:
    """How good one network is that gives numbers. name: of the loss; fixed: whether they are of Your data"""
    told = _after(seen, f"this network's {name} is **{loss:.4f}**.")
    if fixed:
        return Told(
            told, f"On {counted(of, 'held-out sequence')}, with labels scaled: a guess of their mean loses about 1."
        )
    return Told(told, f"On {of:,} fresh sequences.")


def diverged(seen: int, why: str) -> Told:
    """That a network's weights are no numbers. why: and what to do"""
    return Told(_after(seen, f"nothing can be measured. **{why}**"))


def _after(seen: int, sentence: str) -> str:
    return after(seen, sentence).replace(" sequence", " training sequence", 1)


def meanwhile(differs: Sequence[str] = ()) -> str:
    """What stands on the page while another run is trained. differs: settings of the run shown that the other lacks"""
    named = f": **{_first(differs)}**" if differs else ""
    return f"Training. Numbers and sequences are still those of the run before{named}."


def _first(settings: Sequence[str]) -> str:
    """Settings in a row; of many the first, and how many more there are."""
    told = [*settings[:MOST_NAMED]]
    if len(settings) > MOST_NAMED:
        told.append(f"and {len(settings) - MOST_NAMED} more")
    return ", ".join(told)


# Its numbers
WHOLE_RIGHT, SQUARED = "Whole sequence right", "Mean squared error"
NO_NUMBER = "diverged"


def whole_right_help(drawing: str) -> str:
    """What the large number is. drawing: what the sequences are called that it is measured on"""
    return f"Exact-sequence accuracy: the share of {drawing} sequences with every label right."


def squared_help(drawing: str) -> str:
    """As `whole_right_help`, of a regression."""
    return f"The loss, on {drawing} sequences."


def share(exact: float, ends: tuple[float, float]) -> str:
    """The large number, as in the answer."""
    return share_within(exact, *ends)[0]


def interval(exact: float, ends: tuple[float, float]) -> str:
    """What lies beside the large number."""
    _, low, high = share_within(exact, *ends)
    return f"This one network: {low} to {high} (95%)"


def of_numbers(sequences: int, drawing: str = "fresh") -> str:
    """What stands beside a regression's error. drawing: as of `whole_right_help`"""
    return f"On {counted(sequences, f'{drawing} sequence')}. There are no labels to get right."


def facts(
    measured: tuple[float, float] | None,
    parameters: int,
    seconds: float,
    beside: int,
    compiled: float,
    *,
    drawing: str = "fresh",
) -> str:
    """Lines of numbers. measured: share of labels right, and loss; beside, compiled: 0 for none"""
    lines = []
    if measured:
        right, loss = measured
        lines += [f"Single labels right: **{right:.1%}**", f"Loss, {drawing} sequences: **{loss:.3f}** nats/label"]
    lines.append(f"Parameters: **{parameters:,}**")
    with_others = f", beside {counted(beside, 'other')}" if beside else ""
    compiling = f", compiled in {wording.spent(compiled)}" if compiled else ""
    lines.append(f"Trained in **{wording.spent(seconds)}**{with_others}{compiling}")
    return "  \n".join(lines)


# Ten starts of the recipe
TRY_STARTS = "Train ten starts"
TRY_STARTS_HELP = "Trains this recipe from ten seeds: how much of the result is luck?"
TEN = "ten starts"
OF_TEN = "**This one among ten starts**"


def standing(values: Sequence[float], own: float, of: int) -> str:
    """Where a network stands among the starts of its recipe. values: of all of them, as shares of `of` sequences"""
    return _standing(
        values, own, *(_share(value, of) for value in (min(values), max(values), float(np.median(values))))
    )


def _share(share: float, of: int) -> str:
    return share_within(share, *wilson_interval(round(share * of), of))[0]


def standing_of_errors(values: Sequence[float], own: float) -> str:
    """As `standing`, by the squared error."""
    return _standing(values, own, f"{min(values):.4f}", f"{max(values):.4f}", f"{float(np.median(values)):.4f}")


def _standing(values: Sequence[float], own: float, low: str, high: str, median: str) -> str:
    if not differ(values):
        return f"Ten starts of this recipe all give {low}."
    end = _end(values, own)
    place = f"this one is the {end}" if end else _between(values, own)
    return f"Ten starts of this recipe: {low} to {high}, median {median}; {place}."


def _between(values: Sequence[float], own: float) -> str:
    lower, higher = sum(value < own for value in values), sum(value > own for value in values)
    return f"{lower} {'is' if lower == 1 else 'are'} lower than this one, {higher} higher"


# Around the curve
AGAIN, NEW_SEED, FURTHER = "Train again", "New seed", "Train further"
NOTHING_YET = "Nothing trained yet. Press Train."
TRAINED_ALREADY = f"Trained already, and shown here. Change a setting, or press {NEW_SEED}."
REPLAY = "Replay shows one probe sequence while it is learned."
STANDS_STILL = "The probe sequence stands still in the replay: what is recorded of it is the end alone."
GROWING_ALT = "Loss of the network while it trains, by sequences seen."
CURVE_ALT = "Loss by sequences seen."


def other_settings(differs: Sequence[str]) -> str:
    """That figure and numbers are of other settings than the controls. differs: which these are"""
    return f"Figure and numbers are of other settings: {_first(differs)}. Press Train."


# Ten fresh sequences, and the tabs
TABS = (
    "Ten fresh sequences", "Confusion matrix", "Accuracy by timestep", "Error by timestep", "Model summary",
    "Ten held-out sequences",
)  # fmt: skip
CONFUSION_ALT = "Confusion matrix of single labels."
ASK_SUMMARY = "Ask Keras for model.summary()"
BUILDING = "Keras is building the model. Right after the start that takes some seconds."


def ten_right(right: int, of: int = 10) -> str:
    """How many of the ten are, or of as many as there are."""
    return f"{right} of {counted(of, 'sequence')} wholly right."


# The tray
COMPARE = "Compare"
KEEP, KEEP_HELP = "Keep this run", "Keeps its curve in the figure while you train others."
OTHER_KIND = "Runs with another number of labels are not drawn: their losses can't be compared."
SMOOTHING_HELP = "Each point of a curve is the mean loss of this many sequences before it."


def tray_full(most: int) -> str:
    """That nothing more can be kept."""
    return f"The tray is full ({most} {'run' if most == 1 else 'runs'}). Remove one to keep another."


def first_drawn(most: int) -> str:
    """That not all are drawn."""
    return f"Only the first {most} of those shown are drawn."


# Files that come back
BRING_BACK = "Bring back a file"
CHECKED = "It is checked before it is opened: nothing in it is run."
ALL_THERE = "What is in this file is in the tray already."


def take_file(megabytes: int) -> str:
    """What can be brought back."""
    return f"A ZIP or .keras file that was saved here, of at most {megabytes} MB"


def refused(why: str) -> str:
    """That a file cannot be brought back."""
    return f"This file can't be brought back. {why}"


def too_large(size: int, megabytes: int) -> str:
    """That it has too many bytes."""
    return f"It has {size / 1e6:,.1f} MB; at most {megabytes} MB are taken."


def no_room(runs: int, room: int) -> str:
    """That the tray has too little room."""
    return f"It has {counted(runs, 'run')} for the tray, which has room for {room}. Remove some first."


def brought(new: int, of: int, chosen: int) -> str:
    """What came into the tray. of: runs of the file; chosen: those that were to be"""
    if chosen < of:
        return f"Of the file's {of} runs the first start of each model is in the tray: {new}."
    return f"In the tray now: {'the run' if new == 1 else f'the {new} runs'} of the file."
