"""What a training costs, before it is begun: seconds, and how many seeds go side by side. No TensorFlow.

The seconds are those of one core of a 2-core machine of today, with factors fitted to what `benchmarks/estimate.py`
measures there; on another machine all are longer or shorter alike.
"""

import functools
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bilstm_core.engine.sharing import padded
from bilstm_core.limits import limits
from bilstm_core.network.initial_weights import branches, parameter_count
from bilstm_core.specs import GATES, ModelSpec, RunSpec
from bilstm_core.wording import counted

WIDTHS = (1, 4, 8, 16, 32)  # seeds in one program: few shapes, so that few programs serve every count
# Bytes of a stack, so that it stays in a core's caches: beyond them seeds side by side take longer than one after
# another. Weights, their gradient and Adam's moments are gone through at each timestep, what is kept for the gradient
# once there and once back.
STACK_WEIGHT_BYTES = 2.3e6
STACK_STEP_BYTES = 16e6
LONE_WIDTH = 4  # for one branch that reads one sequence: alone, XLA's product for it takes up to ten times as long
# Seconds for each of: a weight update, a timestep of a layer, that times the branches side by side, a product of a
# weight, a gate of a unit, a timestep's weight that is in no near cache any more, one of a large branch alone.
FACTORS = (7.2e-6, 4.5e-7, 6.5e-8, 7.9e-11, 5.6e-9, 1.9e-10, 2.9e-9)
NEAR, LONE = 1e5, 4e4  # weights of a layer, and of a recurrent kernel
LONG_UNITS = (("hour", 3600.0), ("minute", 60.0))  # and their seconds
PART_S = 2.0  # of training in one task, which others wait for and which hands over its runs together


class TooMuchError(ValueError):
    """More training than one job may be. share: of it, that would be allowed"""

    def __init__(self, sentence: str, share: float) -> None:
        super().__init__(sentence)
        self.share = share


def allowed_share(error: ValueError) -> float:
    """The share that would be allowed of what was refused; 0 where it was refused for something else."""
    return error.share if isinstance(error, TooMuchError) else 0.0


def two_digits(number: float) -> int:
    """A number as a person would choose it, no larger: its first two digits, and zeros."""
    number *= 1 + 1e-9  # what was divided and multiplied again is still what it was
    zeros = 10 ** max(0, math.floor(math.log10(max(1.0, number))) - 1)
    return int(number // zeros * zeros)


def stack_width(spec: RunSpec, count: int) -> int:
    """How wide a program for `count` seeds is: the narrowest that holds them, within what is quick side by side."""
    weights, step = 16.0 * parameter_count(spec.problem, spec.model), spec.step_memory()
    training = spec.training
    if not training.fresh_data:  # the same sequences in every epoch, which are held
        values = training.sequences_per_epoch * spec.problem.timesteps * (spec.problem.problem.features + 2)
        step = max(step, 4.0 * values)
    fitting = [
        width for width in WIDTHS if width * weights <= STACK_WEIGHT_BYTES and width * step <= STACK_STEP_BYTES
    ] or [1]
    if fitting[-1] < LONE_WIDTH and _lone(spec, 1):
        fitting = [1, LONE_WIDTH]
    return next((width for width in fitting if width >= count), fitting[-1])


def stacks(spec: RunSpec, count: int) -> Iterator[tuple[int, int]]:
    """How `count` seeds are trained: stack by stack, the number of seeds in it and its width."""
    while count > 0:
        width = stack_width(spec, count)
        yield min(width, count), width
        count -= width


def stack_memory(spec: RunSpec, count: int) -> float:
    """About how many bytes a stack of at most `count` seeds takes while it is trained."""
    weights = 4 * parameter_count(spec.problem, spec.model)
    return stack_width(spec, count) * (spec.step_memory() + 10.0 * weights)


def _lone(spec: RunSpec, width: int) -> bool:
    return len(branches(spec.model)) * width * spec.training.canonical().batch_size == 1


def step_seconds(spec: RunSpec, width: int) -> float:
    """About how long a weight update of a whole stack takes, with its sequences drawn and labeled."""
    return program_seconds(spec, padded(spec.model), width)


@functools.lru_cache(maxsize=1_024)
def program_seconds(spec: RunSpec, model: ModelSpec, width: int) -> float:
    """The same in a program for `model`."""
    training = spec.training.canonical()
    times, rows = spec.problem.timesteps * model.layers, width * len(branches(model))
    gates, weights = GATES[model.cell] * model.units, width * parameter_count(spec.problem, model)
    amounts = (
        1.0,
        times,
        times * rows,
        spec.problem.timesteps * training.batch_size * weights,
        times * rows * training.batch_size * gates,
        times * max(0.0, weights / model.layers - NEAR),
        times * max(0.0, gates * model.units - LONE) if _lone(spec, width) else 0.0,
    )
    drawn = 1e-9 * width * training.batch_size * spec.problem.problem.label_ns(spec.problem.timesteps)
    return drawn + sum(factor * amount for factor, amount in zip(FACTORS, amounts, strict=True))


def parts(spec: RunSpec, count: int) -> Iterator[int]:
    """How many of `count` seeds are trained as one task: whole stacks, of PART_S together unless one takes longer."""
    seeds, spent = 0, 0.0
    for fitting, width in stacks(spec, count):
        needed = spec.training.steps * step_seconds(spec, width)
        if seeds and spent + needed > PART_S:
            yield seeds
            seeds, spent = 0, 0.0
        seeds, spent = seeds + fitting, spent + needed
    if seeds:
        yield seeds


def seeds_of(specs: Sequence[RunSpec]) -> dict[RunSpec, list[int]]:
    """The places of specs that differ in their seed only, by the spec with seed 0, in the order of their first."""
    groups: dict[RunSpec, list[int]] = {}
    for place, spec in enumerate(specs):
        groups.setdefault(replace(spec, training=replace(spec.training, seed=0)), []).append(place)
    return groups


def seconds(specs: Sequence[RunSpec]) -> float:
    """About how long these take to train, one stack after the other. Compiling comes on top."""
    return sum(
        spec.training.steps * step_seconds(spec, width)
        for spec, places in seeds_of(specs).items()
        for _, width in stacks(spec, len(places))
    )


def check(specs: Sequence[RunSpec], *, others_wait: bool = False, needed_s: float | None = None) -> None:
    """Raise TooMuchError, with a sentence, if these are too much for one job, which is less while others wait.

    needed_s: what they take where that is not `seconds`
    """
    needed, most_s = seconds(specs) if needed_s is None else needed_s, limits().max_job_s
    if others_wait:
        most_s = min(most_s, limits().max_job_busy_s)
    if needed > most_s:
        sequences = max(spec.training.sequences for spec in specs)
        starts = max(map(len, seeds_of(specs).values()))
        raise TooMuchError(_too_much(needed, most_s, others_wait, sequences, starts), most_s / needed)


def _too_much(needed_s: float, most_s: float, others_wait: bool, sequences: int, starts: int) -> str:
    needed, most = lasting(needed_s), lasting(most_s)
    takes = f"a little over {most}" if needed == most else f"about {needed}"
    fitting = two_digits(sequences * most_s / needed_s)
    fewer = "fewer starts, units or timesteps" if starts > 1 else "fewer units or timesteps"
    would_fit = f"Up to {fitting:,} sequences a run would fit. Or choose {fewer}." if fitting else f"Choose {fewer}."
    at_once = " while others wait" if others_wait else ""
    return f"This takes {takes} of training, and {most} is the most at once{at_once}. {would_fit}"


def lasting(seconds: float) -> str:
    """A time in words, as exactly as people say it."""
    unit, length = next((each for each in LONG_UNITS if seconds == each[1] or seconds >= 2 * each[1]), ("second", 1.0))
    return counted(round(seconds / length), unit)
