"""train and train_many: a spec in, a Run out, the same to the last bit each time.

The data comes from `training_data`, weight updates run in chunks of a compiled program, and everything kept is
chosen by `downsampling`. How the work is cut into chunks follows the clock, and changes no number.
"""

import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from itertools import repeat

import numpy as np
import numpy.typing as npt

from bilstm_core.downsampling import grid_steps
from bilstm_core.engine.cost import seeds_of, stacks, step_seconds
from bilstm_core.engine.learning import Record
from bilstm_core.engine.programs import Chunk, Program, State, compile_program
from bilstm_core.engine.snapshots import Keeper
from bilstm_core.engine.training_data import TrainingData
from bilstm_core.network.initial_weights import branches, flattened, initial_weights
from bilstm_core.runs import Progress, Run, Timing
from bilstm_core.specs import RunSpec

OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]
Stack = Generator[float, None, list[Run]]  # a training that stands still after each chunk, and tells the share done

FIRST_CHUNK, FIRST_CHUNK_S = 25, 0.1  # weight updates at most, and seconds by estimate
CHUNK_SECONDS = (0.03, 0.08)  # shorter chunks are doubled, longer ones halved

Floats = npt.NDArray[np.float32]


def train(
    spec: RunSpec,
    *,
    resume: Run | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> Run:
    """Train one model; with `resume`, go on from where that run stands.

    on_progress is called several times a second, should_stop is asked as often; a stopped run is returned as far as
    it got, and can be resumed. Raises ValueError if `resume` is of another experiment, has done more than `spec` asks
    for, or did not keep its optimizer state.
    """
    earlier = None if resume is None else [resume]
    (run,) = train_many([spec], resume=earlier, on_progress=on_progress, should_stop=should_stop)
    return run


def train_many(
    specs: Sequence[RunSpec],
    *,
    resume: Sequence[Run] | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
    abreast: bool = False,
) -> list[Run]:
    """Train several models, in the order of `specs`; those that differ only in seed side by side.

    One after another otherwise; Progress.run is the place in `specs`. Stopped, it returns every run as far as it got.
    abreast: the models in turns, chunk by chunk, so that all are about as far at each moment, as in a race. It changes
    no number, and takes as long.
    resume: what it returned for the same specs when it was stopped; going on gives the numbers that it would have given
    without. Raises ValueError if these are not such runs.
    """
    canonical = [spec.canonical() for spec in specs]
    if resume is not None:
        for spec, run in zip(canonical, resume, strict=True):
            _check_resumable(spec, run)
    under_way: list[tuple[list[int], Stack]] = []
    runs: dict[int, Run] = {}
    with ExitStack() as begun:
        for spec, places in seeds_of(canonical).items():
            left, of_model = list(places), []
            for count, width in stacks(spec, len(places)):
                now, left = left[:count], left[count:]
                stack = [canonical[place] for place in now]
                earlier = None if resume is None else [resume[place] for place in now]
                part = _stack(stack, now, width, earlier, on_progress=on_progress, should_stop=should_stop)
                begun.callback(part.close)  # one that fails leaves the others standing, each with a thread
                of_model.append(part)
            under_way.append((places, _after_one_another(of_model)))
        shares = dict.fromkeys(range(len(under_way)), 0.0)
        while shares:
            number = min(shares, key=shares.__getitem__) if abreast else next(iter(shares))
            places, training = under_way[number]
            try:
                shares[number] = next(training)
            except StopIteration as ended:
                runs |= zip(places, ended.value, strict=True)
                del shares[number]
    return [runs[place] for place in range(len(canonical))]


def _after_one_another(parts: Sequence[Stack]) -> Stack:
    runs: list[Run] = []
    for number, stack in enumerate(parts):
        trained = False
        while not trained:
            try:
                yield (number + next(stack)) / len(parts)
            except StopIteration as ended:
                runs += ended.value
                trained = True
    return runs


def _check_resumable(spec: RunSpec, resume: Run) -> None:
    before = resume.spec.canonical()
    if replace(before, training=replace(before.training, epochs=spec.training.epochs)) != spec:
        raise ValueError("resume must be a run of the same experiment: only the number of epochs may differ.")
    if resume.steps_done > spec.training.steps:
        raise ValueError(
            f"resume has done {resume.steps_done:,} weight updates already, more than the {spec.training.steps:,}"
            " asked for: ask for more epochs."
        )
    if resume.steps_done and not resume.optimizer_state:
        raise ValueError("resume did not keep its optimizer state, so it cannot go on: train it again.")


def _stack(
    specs: list[RunSpec],
    places: list[int],
    width: int,
    resume: Sequence[Run] | None,
    *,
    on_progress: OnProgress | None,
    should_stop: ShouldStop | None,
) -> Stack:
    """Train specs that differ only in seed in one program `width` wide; seats that are left over idle along."""
    done = 0 if resume is None else resume[0].steps_done
    if resume is not None and any(run.steps_done != done for run in resume):
        raise ValueError("resume must be runs that were stopped together: those side by side are equally far.")
    if resume is not None and all(run.finished and run.spec == spec for run, spec in zip(resume, specs, strict=True)):
        return list(resume)
    problem, model, training = specs[0].problem, specs[0].model, specs[0].training
    with ThreadPoolExecutor(1, "snapshots") as beside:
        snapshots = Keeper(problem, model, len(specs), beside)
        begin = time.perf_counter()
        records = [Record(spec, run) for spec, run in zip(specs, resume or repeat(None, len(specs)), strict=True)]
        state = _starting_state(specs, width, resume)
        if done == 0:
            snapshots.take([0], state.weights[None])
        program: Program | None = None
        compile_s = elsewhere_s = 0.0
        data: list[TrainingData] = []
        pace = max(1, min(FIRST_CHUNK, int(FIRST_CHUNK_S / step_seconds(specs[0], width))))
        while done < training.steps and not (should_stop is not None and should_stop()):
            if program is None:
                program, compile_s = compile_program(problem, model, training.batch_size, width)
                noise = any(side.reads == "noise" for side in branches(model))
                data = [TrainingData(problem, spec.training, noise) for spec in specs]
                continue  # a compile takes seconds and can't be broken off: whoever asked meanwhile waits no longer
            chunk_begin = time.perf_counter()
            count = min(pace, program.capacity, training.steps - done)
            points = grid_steps(done, done + count)
            if len(points) >= program.slots:
                points = points[: program.slots - 1]
                count = int(points[-1]) - done
            chunk, labels = _chunk(program, width, data, done=done, points=points, count=count)
            state, loss, accuracy, slot_weights = program.run(
                state, chunk, steps_done=done, steps=count, learning_rate=training.learning_rate
            )
            snapshots.take(points.tolist(), slot_weights[: len(points)])
            for number, (record, place) in enumerate(zip(records, places, strict=True)):
                progress = record.add(done, loss[:, number], accuracy[:, number], labels[:, number])
                if on_progress is not None:
                    on_progress(progress._replace(run=place))
            done += count
            spent = time.perf_counter() - chunk_begin
            if spent > CHUNK_SECONDS[1]:
                pace = max(1, pace // 2)
            elif spent < CHUNK_SECONDS[0] and count == pace:
                pace *= 2
            left = time.perf_counter()
            yield done / training.steps
            elsewhere_s += time.perf_counter() - left
        for record, answers in zip(records, snapshots.answers(), strict=True):
            record.snapshots |= answers
        earlier = 0.0 if resume is None else resume[0].timing.train_s / resume[0].timing.stacked * len(specs)
        timing = Timing(earlier + time.perf_counter() - begin - compile_s - elsewhere_s, compile_s, len(specs))
        final_states = [State(*(part[number] for part in state)) for number in range(len(specs))]
        return [record.run(done, final, timing) for record, final in zip(records, final_states, strict=True)]


def _starting_state(specs: list[RunSpec], width: int, resume: Sequence[Run] | None) -> State:
    """Each (width, parameters), zeros in the seats that are left over."""
    if resume is not None and all(run.optimizer_state for run in resume):
        weights = [flattened(run.weights) for run in resume]
        moments = [[run.optimizer_state[name] for run in resume] for name in ("momentum", "velocity")]
        return State(*(_seated(rows, width) for rows in (weights, *moments)))
    weights = [flattened(initial_weights(spec.problem, spec.model, spec.training.seed)) for spec in specs]
    zeros = np.zeros((width, len(weights[0])), np.float32)
    return State(_seated(weights, width), zeros, zeros.copy())


def _seated(rows: Sequence[Floats], width: int) -> Floats:
    seats = np.zeros((width, len(rows[0])), np.float32)
    seats[: len(rows)] = rows
    return seats


def _chunk(
    program: Program, width: int, data: list[TrainingData], *, done: int, points: npt.NDArray[np.int64], count: int
) -> tuple[Chunk, npt.NDArray[np.float64]]:
    """The data of `count` weight updates, and how many labels count in each, (count, runs)."""
    batches = [stream.batches(done, count) for stream in data]
    parts = []
    for values in zip(*batches, strict=True):
        part = np.zeros((program.capacity, width, *values[0].shape[1:]), values[0].dtype)
        for number, value in enumerate(values):
            part[:count, number] = value
        parts.append(part)
    x, y, mask = parts
    slot = np.zeros(program.capacity, np.int32)
    slot[:count] = np.searchsorted(points, np.arange(done + 1, done + count + 1))
    labels = mask[:count, : len(data)].sum(axis=(2, 3), dtype=np.float64)
    return Chunk(x, y, mask, slot), labels
