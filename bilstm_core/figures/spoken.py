"""What each figure shows, in words made from its data: what a screen reader says in place of the picture."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Matrix = npt.NDArray[Any]


def number(value: float, form: str = ".3f") -> str:
    """A number with a minus sign that is read as one."""
    return f"{value:{form}}".replace("-", "−")


def listed(parts: Sequence[str]) -> str:
    """Words in a row: "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else list(parts))


def stretches(steps: Sequence[int]) -> str:
    """Whole numbers that rise, neighbours taken together: "1 to 4, 7"."""
    runs: list[list[int]] = []
    for step in steps:
        if runs and step == runs[-1][1] + 1:
            runs[-1][1] = step
        else:
            runs.append([step, step])
    return ", ".join(f"{first} to {last}" if first < last else str(first) for first, last in runs)


def at_timesteps(steps: Sequence[int]) -> str:
    """Where something is: "at timestep 3", "at timesteps 1 to 4, 7"."""
    return f"at timestep{'s' if len(steps) > 1 else ''} {stretches(steps)}"


def loss_curves(ends: Mapping[str, tuple[float, float]], unit: str, levels: Mapping[str, float]) -> str:
    """ends: label -> (x, loss) at its curve's end; unit: what x counts; levels: losses that are marked, by name"""
    if not ends:
        return ""
    last = {x for x, _ in ends.values()}
    if len(last) == 1:
        where = f"At {unit} {last.pop():,.0f} the loss is "
        said = where + listed([f"{number(loss)} for {label}" for label, (_, loss) in ends.items()])
    else:
        said = "The loss is " + listed(
            [f"{number(loss)} for {label} at {unit} {x:,.0f}" for label, (x, loss) in ends.items()]
        )
    marked = [f"{name} at {number(value)}" for name, value in levels.items()]
    return said + (f"; marked: {listed(marked)}." if marked else ".")


def answers(label: str, right: npt.NDArray[np.bool_], steps: Sequence[int]) -> str:
    """How many labels of one sequence a model gets wrong, and where. right, steps: (timesteps,)"""
    wrong = [int(step) for step, met in zip(steps, right, strict=True) if not met]
    if not wrong:
        return f"{label}: all {len(right)} labels right."
    return f"{label}: {len(wrong)} of {len(right)} labels wrong, {at_timesteps(wrong)}."


def timeline(rows: pd.DataFrame, limits: Sequence[float], summed: str, classes: int) -> str:
    """rows: timestep, x, high and expected, in order; limits: of the sum; classes: 0 for a regression"""
    values = rows["x"]
    said = [f"{len(rows)} values from {number(values.min(), '.2f')} to {number(values.max(), '.2f')}."]
    if limits:
        said.append(f"The {summed} reaches at most {number(rows['high'].max(), '.2f')}; {_limits(limits)}.")
    if classes:
        steps = {label: part["timestep"].tolist() for label, part in rows.groupby("expected")}
        said.append(f"Expected: {'; '.join(f'{label!s} {at_timesteps(places)}' for label, places in steps.items())}.")
    return " ".join(said)


def _limits(limits: Sequence[float]) -> str:
    name = "the limit is" if len(limits) == 1 else "the limits are"
    return f"{name} {listed([f'{limit:.4g}' for limit in limits])}"


def wall(expected: Matrix, errors: Matrix, classes: int) -> str:
    """expected, errors: (sequences, timesteps), missing where a sequence has ended; classes: 0 for a regression"""
    there = ~np.isnan(expected)
    size = f"{len(expected)} sequence{'s' if len(expected) > 1 else ''} of up to {expected.shape[1]} timesteps"
    if not classes:
        return f"{size}; the mean absolute error is {number(float(np.nanmean(errors)))}."
    wrong = there & (errors > 0)
    return (
        f"{size}: {int(wrong.sum()):,} of {int(there.sum()):,} labels are wrong, in {int(wrong.any(1).sum())} of them."
    )


def reading(
    title: str, read: npt.NDArray[np.bool_], decides: npt.NDArray[np.bool_] | None, *, measured: bool = False
) -> str:
    """read, decides: (labels, values), the latter None where it is not known; measured: whether it was only sampled"""
    if decides is None:
        least, most = (int(end) for end in (read.sum(axis=1).min(), read.sum(axis=1).max()))
        many = f"{least} to {most} of the" if least < most else "all" if least == len(read) else f"{least} of the"
        return f"{title}: each output has read {many} {len(read)} values."
    whole = int((read | ~decides).all(axis=1).sum())
    what = "were found to change" if measured else "decide"
    return f"{title}: {whole} of {len(read)} outputs have read all values that {what} their label."


def labeled(number: int, labels: Sequence[int]) -> str:
    """Where the labels of a sequence are 1. number: of the sequence, from 1"""
    ones = [step for step, label in enumerate(labels, start=1) if label]
    return f"Sequence {number}: " + (f"label 1 {at_timesteps(ones)}." if ones else "every label is 0.")


def by_timestep(table: pd.DataFrame, labels: Sequence[str], column: str, form: str) -> str:
    """The lowest and the highest value of each line. table: label, timestep and the column"""
    said = []
    for label in labels:
        rows = table[table["label"] == label].dropna(subset=column).reset_index(drop=True)
        if len(rows):
            values, steps = rows[column].to_numpy(np.float64), rows["timestep"].to_numpy()
            low, high = int(values.argmin()), int(values.argmax())
            said.append(
                f"{label}: lowest {values[low]:{form}} at timestep {steps[low]:.0f},"
                f" highest {values[high]:{form}} at timestep {steps[high]:.0f}."
            )
    return " ".join(said)


def label_shares(table: pd.DataFrame) -> str:
    """table: timestep, label, share; the label that is most frequent at each timestep"""
    table = table.reset_index(drop=True)
    best = table.loc[table.groupby("timestep")["share"].idxmax()]
    steps = {label: part["timestep"].astype(int).tolist() for label, part in best.groupby("label")}
    most = "; ".join(f"{label!s} {at_timesteps(places)}" for label, places in steps.items())
    share, steps_of = best["share"].to_numpy(np.float64), best["timestep"].to_numpy()
    surest, least = int(share.argmax()), int(share.argmin())
    return (
        f"The most frequent label is {most}. It has {share[surest]:.1%} of sequences at timestep"
        f" {steps_of[surest]:.0f}, and {share[least]:.1%} at timestep {steps_of[least]:.0f}."
    )


def differences(label: str, values: Matrix, mean: float, low: float, high: float) -> str:
    """values: (starts,); mean with its 95% interval"""
    said = f"{label}: mean {number(mean, '+.3f')}"
    if low < high:
        said += f", 95% interval {number(low, '+.3f')} to {number(high, '+.3f')}"
    return f"{said}, below zero in {int((values < 0).sum())} of {len(values)} starts."


def confusion(labels: Sequence[Any], counts: Matrix) -> str:
    """counts: (expected, predicted)"""
    said = []
    for row, label in enumerate(labels):
        total = counts[row].sum()
        if total:
            others = np.where(np.arange(len(labels)) == row, -1, counts[row])
            most = f", {others.max():,.0f} taken for {labels[int(others.argmax())]}" if others.max() > 0 else ""
            said.append(f"Expected {label}: {counts[row, row]:,.0f} of {total:,.0f} right{most}.")
    return " ".join(said)


def sensitivity(title: str, matrix: Matrix, first: int) -> str:
    """matrix: (outputs, values), of which the first is number `first`"""
    row, column = np.unravel_index(int(matrix.argmax()), matrix.shape)
    said = f"{title}: {int((matrix == 0).sum())} of {matrix.size} squares are exactly zero"
    if matrix.max() == 0:
        return f"{said}."
    return f"{said}; output {row + first} reacts most, to value {column + first} ({matrix.max():.2g})."


def spans(parts: Mapping[str, Matrix]) -> str:
    """The lowest and the highest value of each part, by its name."""
    return " ".join(
        f"{name}: from {number(float(np.nanmin(values)), '.2f')} to {number(float(np.nanmax(values)), '.2f')}."
        for name, values in parts.items()
    )


def cell(numbers: Mapping[str, float], known: Sequence[str], gates: Mapping[str, str]) -> str:
    """What goes into a cell, and what has been worked out. numbers, known: as `figures.cell` has them; gates: names"""
    names = {**gates, "c": "cell state", "h": "hidden state"}
    given = {"x": "input", "h_before": "hidden state before", "c_before": "cell state before"}
    said = [f"{name} {number(numbers[key])}" for key, name in given.items()]
    said += [f"{name} {number(numbers[key])}" for key, name in names.items() if key in known]
    left = [name for key, name in names.items() if key not in known]
    open_ = f" Not known yet: {listed(left)}." if left else ""
    return f"{listed(said).capitalize()}.{open_}"


def starts(values: Mapping[int, float], own: int, form: str) -> str:
    """values: by seed; own: the seed that is looked at"""
    low, high = min(values.values()), max(values.values())
    return f"Seed {own}: {values[own]:{form}}; {len(values)} starts from {low:{form}} to {high:{form}}."


def sweep(
    right: Matrix, columns: Sequence[str], rows: Sequence[str], names: tuple[str, str], goal: float, *, what: str
) -> str:
    """right: (rows, columns), missing where nothing is measured; columns, rows: values; names: of columns and rows

    what: the shares are of
    """
    across, up = names
    known = ~np.isnan(right)
    said = f"{int(known.sum())} of {right.size} squares are measured, {across} {columns[0]} to {columns[-1]},"
    said += f" {up} {rows[0]} to {rows[-1]}."
    if not known.any():
        return said
    row, column = divmod(int(np.nanargmax(right)), right.shape[1])
    reach = int((right[known] >= goal).sum())
    return (
        f"{said} {reach} of them reach {goal:.0%} of {what}. The highest share is"
        f" {right[row, column]:.1%}, at {across} {columns[column]} and {up} {rows[row]}."
    )


def board(kinds: Sequence[str], own: int) -> str:
    """kinds: of each square, as `figures.board` has them; own: how many of them say what this visitor found"""
    found, none, impossible = (list(kinds).count(kind) for kind in ("found", "none", "impossible"))
    tried = f"Of {len(kinds)} squares {found} name a smallest model; in {none} none was found"
    yours = f" {own} say what you found, which is smaller." if own else ""
    return f"{tried}, and in {impossible} the best possible, label by label, is too low.{yours}"


def reached(right: Matrix, goal: float) -> str:
    """right: (rows, columns), missing where nothing is measured"""
    known = right[~np.isnan(right)]
    return f"{int((known >= goal).sum())} of {len(known)} measured squares reach {goal:.0%}."


def front(best: Mapping[str, float], models: int, cost: str, what: str) -> str:
    """best: the share that each unbeaten model gets right, by its name, from the cheapest on; cost: what is paid

    what: the shares are of
    """
    said = listed([f"{name} with {share:.1%}" for name, share in best.items()])
    return f"Of {models} models nobody beats {len(best)} in {cost}: {said} of {what}."


def standing(label: str, middle: float, low: float, high: float, form: str) -> str:
    """A model's score with its 95% interval."""
    return f"{label}: {middle:{form}}, 95% interval {low:{form}} to {high:{form}}."
