"""What a formula makes of sequences: their labels, and which values stand in each.

As NumPy has it, what is divided by zero is infinite, or no number, which is neither more nor less than any.
"""

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from bilstm_core.problems.formula.language import Formula

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

OPERATIONS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.FloorDiv: np.floor_divide,
    ast.Mod: np.mod,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.And: np.logical_and,
    ast.Or: np.logical_or,
    ast.USub: np.negative,
    ast.UAdd: np.positive,
    ast.Not: np.logical_not,
}
# Nanoseconds of a core for each (sequence, timestep), rather more than `benchmarks/formulas.py` measures: of a simple
# operation for each operand, one that rounds, a value, a choice, what is asked of a group, a comparison of a value
# with a timestep's own number, and a sequence without any of these.
SIMPLE, ROUNDED, VALUE, CHOICE, OF_GROUP, COMPARED, DRAWN = 0.75, 15.0, 2.5, 4.0, 14.0, 0.55, 10.0
ROUNDED_FURTHER = 8.0  # for each product or quotient in what is rounded, which may be as many digits more
AT_ONCE = 50_000  # values that are worked on together: a processor has them at hand
LEAST_TOO_MANY = 256  # to be counted in a byte
NOTHING: Mapping[str, float] = {"max": 0.0, "min": 1.0}  # of no values; no value is below the one, or above the other
EXTREMES: Mapping[str, np.ufunc] = {"max": np.maximum, "min": np.minimum}


def labels(formula: Formula, x: npt.NDArray[np.floating]) -> Flags:
    """Where a formula is true of values x, both (sequences, timesteps); worked out in double precision."""
    found = np.empty(x.shape, dtype=bool)
    step = max(1, AT_ONCE // x.shape[1])
    with np.errstate(all="ignore"):
        for start in range(0, len(x), step):
            part = slice(start, start + step)
            found[part] = _Evaluation(x[part].astype(np.float64)).of(formula.tree)
    return found


def work(formula: Formula, timesteps: int) -> float:
    """About how long a sequence and its labels take, in nanoseconds of a core: a count of operations, not of time."""
    counted = _Counted(np.zeros((1, timesteps)))
    with np.errstate(all="ignore"):
        counted.of(formula.tree)
    return DRAWN * timesteps + counted.work


def reads(formula: Formula, timesteps: int) -> Flags:
    """The values that stand in a formula, (labels, values): no other decides a label, and perhaps not all of these."""
    found = np.zeros((timesteps, timesteps), dtype=bool)
    for node in ast.walk(formula.tree):
        match node:
            case ast.Subscript(slice=step):
                found |= _asked(step, timesteps)[0][:, None] == np.arange(1, timesteps + 1)
            case ast.Name(id="before" | "after" | "all") | ast.Call(func=ast.Name(id="near")):
                found |= spans(node, timesteps).holds(timesteps)
    return found


def sides(formula: Formula, most: int) -> tuple[bool, bool]:
    """Whether values before a label's timestep stand in a formula, and values after it, of up to `most` timesteps."""
    earlier = later = False
    for node in ast.walk(formula.tree):
        match node:
            case ast.Subscript(slice=step):
                for timesteps in range(1, most + 1):
                    asked, t = _asked(step, timesteps)
                    inside = (asked >= 1) & (asked <= timesteps)
                    earlier |= bool((inside & (asked < t)).any())
                    later |= bool((inside & (asked > t)).any())
            case ast.Name(id="before"):
                earlier = True
            case ast.Name(id="after"):
                later = True
            case ast.Name(id="all" | "near"):
                earlier = later = True
    return earlier, later


def _asked(step: ast.expr, timesteps: int) -> tuple[Floats, Floats]:
    """The timestep that stands in the brackets of an x, and that of the label: (timesteps,) each, from 1."""
    t = np.arange(1.0, timesteps + 1)
    with np.errstate(all="ignore"):
        return np.broadcast_to(_Evaluation(np.zeros((1, timesteps))).of(step), t.shape), t


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """A group of values of each timestep: from `first` to `last`, (timesteps,), from 1; none where last < first."""

    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]

    def holds(self, timesteps: int) -> Flags:
        """Whether a group holds a value: (timesteps, values)."""
        each = np.arange(1, timesteps + 1)
        return (self.first[:, None] <= each) & (each <= self.last[:, None])


def spans(group: ast.expr, timesteps: int) -> Spans:
    """The values that before, after, all or near(..) stands for."""
    t = np.arange(1, timesteps + 1)
    match group:
        case ast.Name(id="before"):
            return Spans(np.ones_like(t), t - 1)
        case ast.Name(id="after"):
            return Spans(t + 1, np.full_like(t, timesteps))
        case ast.Call(args=[ast.Constant(value=int(reach))]):
            return Spans(np.maximum(t - reach, 1), np.minimum(t + reach, timesteps))
    return Spans(np.ones_like(t), np.full_like(t, timesteps))


class _Evaluation:
    """Works out the parts of a formula. values: (sequences, timesteps)"""

    def __init__(self, values: Floats) -> None:
        self._values = values
        self._t = np.arange(1.0, values.shape[1] + 1)

    def of(self, node: ast.expr) -> Any:
        """What a part comes to: a number or truth for each (sequence, timestep), or what can be spread to that."""
        match node:
            case ast.Constant(value=int() | float() as value):
                return np.float64(value)
            case ast.Name(id="t"):
                return self._t
            case ast.Name(id="T"):
                return np.float64(len(self._t))
            case ast.Subscript(slice=step):
                return self._at(self.of(step))
            case ast.UnaryOp(op=op, operand=operand):
                return OPERATIONS[type(op)](self.of(operand))
            case ast.BinOp(left=left, op=op, right=right):
                return OPERATIONS[type(op)](self.of(left), self.of(right))
            case ast.BoolOp(op=op, values=parts):
                return reduce(OPERATIONS[type(op)], self._each(parts))
            case ast.Compare(left=left, ops=ops, comparators=rights):
                sides = self._each([left, *rights])
                pairs = zip(ops, sides, sides[1:], strict=False)
                return reduce(np.logical_and, [OPERATIONS[type(op)](one, other) for op, one, other in pairs])
            case ast.IfExp(test=test, body=body, orelse=other):
                return np.where(*self._each([test, body, other]))
            case ast.Call(func=ast.Name(id="count"), args=[ast.Compare(left=group, ops=[op], comparators=[right])]):
                return self._count(spans(group, len(self._t)), OPERATIONS[type(op)], self.of(right))
            case ast.Call(func=ast.Name(id="abs"), args=[part]):
                return np.abs(self.of(part))
            case ast.Call(func=ast.Name(id="sum" | "mean" as word), args=[group]):
                held = spans(group, len(self._t))
                sums = _sums(self._values, held)
                sizes = np.maximum(held.last - held.first + 1, 1)[: sums.shape[1]]
                return sums if word == "sum" else sums / sizes
            case ast.Call(func=ast.Name(id=word), args=[group]):
                return self._extreme(EXTREMES[word], group, NOTHING[word])
            case ast.Call(func=ast.Name(id=word), args=parts):
                return reduce(EXTREMES[word], self._each(parts))
        raise TypeError(f"{ast.dump(node)} is no part of a formula that was checked.")

    def _each(self, parts: Iterable[ast.expr]) -> list[Any]:
        return [self.of(part) for part in parts]

    def _at(self, step: Any, outside: float = 0.0) -> Floats:
        """The values of timesteps, from 1, that are whole or no number: (sequences, timesteps)."""
        step = np.atleast_1d(step)  # one where it is the same at every timestep
        inside = (step >= 1) & (step <= len(self._t))
        return np.where(inside, self._values[:, np.where(inside, step, 1).astype(int) - 1], outside)

    def _extreme(self, extreme: np.ufunc, group: ast.expr, nothing: float) -> Floats:
        match group:
            case ast.Name(id="before"):
                return _so_far(extreme, self._values, nothing)
            case ast.Name(id="after"):
                return _so_far(extreme, self._values[:, ::-1], nothing)[:, ::-1]
            case ast.Call(args=[ast.Constant(value=int(reach))]):
                return _within(extreme, self._values, reach, nothing)
        found: Floats = extreme.reduce(self._values, axis=1, keepdims=True)
        return found

    def _count(self, held: Spans, compare: Callable[..., Any], right: Any) -> Floats:
        if np.ndim(right) == 0 or (np.ndim(right) == 2 and np.shape(right)[1] == 1):  # the same at every timestep
            return _sums(compare(self._values, right), held)
        return self._count_each(held, compare, np.broadcast_to(right, self._values.shape))

    def _count_each(self, held: Spans, compare: Callable[..., Any], right: Floats) -> Floats:
        """The count where each timestep has its own number: each value of a group is compared, for many sequences."""
        timesteps = len(self._t)
        values, right = np.ascontiguousarray(self._values.T), np.ascontiguousarray(right.T)
        found = np.zeros(values.shape, np.uint8 if timesteps < LEAST_TOO_MANY else np.uint16)
        for place, labels_of in enumerate(held.holds(timesteps).T):
            of = np.flatnonzero(labels_of)
            at = slice(of[0], of[-1] + 1) if len(of) else slice(0)  # they follow one another
            found[at] += compare(values[place], right[at]).view(np.uint8)
        return found.T.astype(np.float64)


class _Counted(_Evaluation):
    """Adds up the work on the parts that differ from sequence to sequence, while it is done for one."""

    def __init__(self, values: Floats) -> None:
        super().__init__(values)
        self.work = 0.0

    def of(self, node: ast.expr) -> Any:
        found = super().of(node)
        if np.ndim(found) == 2:
            weight = _weight(node)
            self.work += weight * (len(self._t) if weight == OF_GROUP else np.size(found))
        return found

    def _count_each(self, held: Spans, compare: Callable[..., Any], right: Floats) -> Floats:
        self.work += COMPARED * float(held.holds(len(self._t)).sum())
        return super()._count_each(held, compare, right)


def _weight(node: ast.expr) -> float:
    match node:
        case ast.Subscript():
            return VALUE
        case ast.IfExp():
            return CHOICE
        case ast.BinOp(op=ast.FloorDiv() | ast.Mod()):
            return ROUNDED + ROUNDED_FURTHER * sum(isinstance(part, ast.Mult | ast.Div) for part in ast.walk(node))
        case ast.Call(func=ast.Name(id="abs")) | ast.Call(args=[_, _, *_]):
            return SIMPLE * len(node.args)
        case ast.Call():
            return OF_GROUP
        case ast.BoolOp(values=parts):
            return SIMPLE * len(parts)
        case ast.Compare(comparators=rights):
            return 2 * SIMPLE * len(rights)
    return SIMPLE


def _so_far(extreme: np.ufunc, values: Floats, nothing: float) -> Floats:
    """The extreme of all values before each timestep."""
    padded = np.pad(values, ((0, 0), (1, 0)), constant_values=nothing)
    found: Floats = extreme.accumulate(padded, axis=1)[:, :-1]
    return found


def _within(extreme: np.ufunc, values: Floats, reach: int, nothing: float) -> Floats:
    """The extreme of all values at most so many timesteps away: of 1, 2, 4 .. that follow one another, and the rest."""
    reach = min(reach, values.shape[1] - 1)
    found, length, wanted = np.pad(values, ((0, 0), (reach, reach)), constant_values=nothing), 1, 2 * reach + 1
    while length < wanted:
        further = min(length, wanted - length)
        found, length = extreme(found[:, :-further], found[:, further:]), length + further
    return found


def _sums(values: npt.NDArray[Any], held: Spans) -> Floats:
    """The sum of a group, as the difference of two running sums; those of values as they are drawn are exact."""
    first, last = held.first, held.last
    if (first == first[0]).all() and (last == last[0]).all():  # the same at every timestep
        first, last = first[:1], last[:1]
    running = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1, dtype=np.float64)
    return running[:, last] - running[:, first - 1]
