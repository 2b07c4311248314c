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
AT_ONCE = 50_000  # values that are worked on together: a processor has them at hand
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
                return sums if word == "sum" else sums / np.maximum(held.last - held.first + 1, 1)
            case ast.Call(func=ast.Name(id=word), args=[group]):
                return self._extreme(EXTREMES[word], group, NOTHING[word])
            case ast.Call(func=ast.Name(id=word), args=parts):
                return reduce(EXTREMES[word], self._each(parts))
        raise TypeError(f"{ast.dump(node)} is no part of a formula that was checked.")

    def _each(self, parts: Iterable[ast.expr]) -> list[Any]:
        return [self.of(part) for part in parts]

    def _at(self, step: Any, outside: float = 0.0) -> Floats:
        """The values of timesteps, from 1, that are whole or no number: (sequences, timesteps)."""
        step = np.broadcast_to(step, self._t.shape)
        inside = (step >= 1) & (step <= len(step))
        return np.where(inside, self._values[:, np.where(inside, step, 1).astype(int) - 1], outside)

    def _extreme(self, extreme: np.ufunc, group: ast.expr, nothing: float) -> Floats:
        match group:
            case ast.Name(id="before"):
                return _so_far(extreme, self._values, nothing)
            case ast.Name(id="after"):
                return _so_far(extreme, self._values[:, ::-1], nothing)[:, ::-1]
            case ast.Call(args=[ast.Constant(value=int(reach))]):
                return reduce(extreme, [self._at(self._t + away, nothing) for away in range(-reach, reach + 1)])
        found: Floats = extreme.reduce(self._values, axis=1, keepdims=True)
        return found

    def _count(self, held: Spans, compare: Callable[..., Any], right: Any) -> Floats:
        if np.ndim(right) == 0 or (np.ndim(right) == 2 and np.shape(right)[1] == 1):  # the same at every timestep
            return _sums(compare(self._values, right), held)
        found, right = np.zeros(self._values.shape, np.uint16), np.broadcast_to(right, self._values.shape)
        for place, labels_of in enumerate(held.holds(len(self._t)).T):
            of = np.flatnonzero(labels_of)
            at = slice(of[0], of[-1] + 1) if len(of) else slice(0)  # they follow one another
            found[:, at] += compare(self._values[:, place, None], right[:, at])
        return found.astype(np.float64)


def _so_far(extreme: np.ufunc, values: Floats, nothing: float) -> Floats:
    """The extreme of all values before each timestep."""
    padded = np.pad(values, ((0, 0), (1, 0)), constant_values=nothing)
    found: Floats = extreme.accumulate(padded, axis=1)[:, :-1]
    return found


def _sums(values: npt.NDArray[Any], held: Spans) -> Floats:
    """The sum of a group, as the difference of two running sums; those of values as they are drawn are exact."""
    running = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1, dtype=np.float64)
    return running[:, held.last] - running[:, held.first - 1]
