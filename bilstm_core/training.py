"""train and train_many: a spec in, a Run out, the same to the last bit each time.

The data comes from `training_data`, weight updates run in chunks of a compiled program, and everything kept is
chosen by `downsampling`. How the work is cut into chunks follows the clock, and changes no number.
"""

import itertools
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

from bilstm_core.downsampling import grid_steps
from bilstm_core.engine import mixing
from bilstm_core.engine.cost import seeds_of, stacks
from bilstm_core.engine.learning import Record
from bilstm_core.engine.seats import MixedSeats, Seats
from bilstm_core.engine.snapshots import Keeper
from bilstm_core.runs import Progress, Run, Timing
from bilstm_core.specs import RunSpec

OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]
OnRun = Callable[[int, Run], None]
Stack = Generator[float, None, list[Run]]  # a training that stands still after each chunk, and tells the share done

FIRST_CHUNK, FIRST_CHUNK_S = 25, 0.1  # weight updates at most, and seconds by estimate
CHUNK_SECONDS = (0.03, 0.08)  # shorter chunks are doubled, longer ones halved


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
    mixed: bool = False,
    on_run: OnRun | None = None,
) -> list[Run]:
    """Train several models, in the order of `specs`; those that differ only in seed side by side.

    One after another otherwise; Progress.run is the place in `specs`. Stopped, it returns every run as far as it got.
    mixed: as a sweep, with few programs for many models, side by side whatever their units and timesteps (mixing.py).
    Their runs have no snapshots.
    on_run: called with a place in `specs` and its run once nothing more is learnt there, while others may still learn
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
        for model in _mixed(canonical) if mixed else _by_model(canonical):
            of_model = []
            for places, seats in model:
                earlier = None if resume is None else [resume[place] for place in places]
                part = _stack(seats, places, earlier, on_progress=on_progress, should_stop=should_stop, lean=mixed)
                begun.callback(part.close)  # one that fails leaves the others standing, each with a thread
                of_model.append(part)
            under_way.append(([place for places, _ in model for place in places], _after_one_another(of_model)))
        shares = dict.fromkeys(range(len(under_way)), 0.0)
        while shares:
            number = min(shares, key=shares.__getitem__) if abreast else next(iter(shares))
            places, training = under_way[number]
            try:
                shares[number] = next(training)
            except StopIteration as ended:
                ended_with: list[Run] = ended.value
                runs |= zip(places, ended_with, strict=True)
                del shares[number]
                if on_run is not None:
                    for place, run in zip(places, ended_with, strict=True):
                        on_run(place, run)
    return [runs[place] for place in range(len(canonical))]


def _by_model(specs: Sequence[RunSpec]) -> Iterator[list[tuple[list[int], Seats]]]:
    """The stacks of each model, which are trained one after another: places in `specs`, and their seats."""
    for spec, places in seeds_of(specs).items():
        left, model = list(places), []
        for count, width in stacks(spec, len(places)):
            now, left = left[:count], left[count:]
            model.append((now, Seats([specs[place] for place in now], width)))
        yield model


def _mixed(specs: Sequence[RunSpec]) -> Iterator[list[tuple[list[int], Seats]]]:
    """The stacks of a mixed training, each by itself."""
    for stack in itertools.chain.from_iterable(mixing.stacks(specs)):
        yield [(list(stack.places), MixedSeats([specs[place] for place in stack.places], stack))]


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
    seats: Seats,
    places: list[int],
    resume: Sequence[Run] | None,
    *,
    on_progress: OnProgress | None,
    should_stop: ShouldStop | None,
    lean: bool,
) -> Stack:
    """Train the specs of a stack in one program; seats that are left over idle along. lean: without snapshots"""
    specs = seats.specs
    done = 0 if resume is None else resume[0].steps_done
    if resume is not None and any(run.steps_done != done for run in resume):
        raise ValueError("resume must be runs that were stopped together: those side by side are equally far.")
    if resume is not None and all(run.finished and run.spec == spec for run, spec in zip(resume, specs, strict=True)):
        return list(resume)
    problem, model, training = specs[0].problem, specs[0].model, specs[0].training
    with ThreadPoolExecutor(1, "snapshots") as beside:
        snapshots = Keeper(problem, model, len(specs), beside)
        begin = time.perf_counter()
        earlier_runs = resume or itertools.repeat(None, len(specs))
        records = [Record(spec, run, lean=lean) for spec, run in zip(specs, earlier_runs, strict=True)]
        state = seats.start(resume)
        if done == 0 and not lean:
            snapshots.take([0], state.weights[None])
        compile_s = elsewhere_s = 0.0
        pace = max(1, min(FIRST_CHUNK, int(FIRST_CHUNK_S / seats.step_seconds())))
        while done < training.steps and not (should_stop is not None and should_stop()):
            if not seats.compiled:
                compile_s = seats.compile()
                continue  # a compile takes seconds and can't be broken off: whoever asked meanwhile waits no longer
            chunk_begin = time.perf_counter()
            count = min(pace, seats.capacity, training.steps - done)
            points = grid_steps(done, done if lean else done + count)
            if len(points) >= seats.slots and not lean:
                points = points[: seats.slots - 1]
                count = int(points[-1]) - done
            chunk, labels = seats.chunk(done=done, points=points, count=count)
            state, loss, accuracy, slot_weights = seats.run(state, chunk, done=done, steps=count)
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
        return [record.run(done, own, timing) for record, own in zip(records, seats.own(state), strict=True)]
