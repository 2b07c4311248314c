"""The functions that Dask calls in the worker process, and what the worker does as it starts.

What comes and goes is plain: codec dicts, JSON-ready dicts, NumPy arrays. TensorFlow is imported inside functions.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psutil

from bilstm_core import codec
from bilstm_core.choices import DIRECTIONS
from bilstm_core.evaluation import evaluate, evaluation_size
from bilstm_core.evaluation import to_parts as evaluation_parts
from bilstm_core.problems import given
from bilstm_core.runs import Arrays, Run, from_parts, to_parts
from bilstm_core.service import recycling
from bilstm_core.service.fitness import PAPERS, papers
from bilstm_core.service.reporter import Reporter
from bilstm_core.service.source import fingerprint
from bilstm_core.specs import ModelSpec, RunSpec, TrainingSpec

Parts = tuple[dict[str, Any], Arrays]  # a run, as runs.to_parts takes it apart

TOPIC = "bilstm-explorer"
BESIDE = 2  # threads that evaluate mixed runs: one has a core beside the training, and both have one after it

_stopped: deque[str] = deque(maxlen=1_000)  # jobs that were asked to stop
_paused: deque[str] = deque(maxlen=1_000)  # tasks that were asked to give way
_training = threading.Lock()  # held by the training at work, or by the warming of one program


class SourceMismatchError(RuntimeError):
    """The app and the worker run different versions of this project's source."""


LOADED = fingerprint()  # of the sources that this process runs


def train_job(
    task: tuple[str, int, str],
    flats: Sequence[Mapping[str, str]],
    source: str,
    resume: Sequence[Parts] = (),
    *,
    mixed: bool = False,
    on_run: Callable[[int, Run], None] | None = None,
) -> list[Parts]:
    """Train the specs of one part of a job, all of them abreast unless they are mixed.

    task: the job, the number of its part and the key that `request_pause` names, all sent along with each message on
    TOPIC
    flats: specs, as codec.encode writes them
    source: the app's fingerprint
    resume: runs to go on from: of one spec, or of all, as this returned them when it was asked to stop or to pause
    mixed, on_run: as train_many takes them; of mixed runs no losses are sent
    Returns the runs in the order of the specs, unfinished ones if it was asked to stop or to pause; none if it was
    asked before its training began. Raises SourceMismatchError, and what training raises.
    """
    _check_source(source)
    send, cancelled = _connections()
    job, part, key = task

    def should_stop() -> bool:
        return job in _stopped or key in _paused or cancelled()

    specs = [codec.decode(flat) for flat in flats]
    while not _training.acquire(timeout=0.05):
        if should_stop():
            return []
    try:
        if should_stop():
            return []
        send({"event": "started", "job": job, "part": part, "key": key})
        from bilstm_core.training import train_many

        def tell(runs: list[dict[str, Any]]) -> None:
            send({"event": "progress", "job": job, "part": part, "key": key, "runs": runs})

        with Reporter(specs, tell, curves=not mixed) as seen:
            earlier = [from_parts(*parts) for parts in resume] or None
            runs = train_many(
                specs,
                resume=earlier,
                on_progress=seen,
                should_stop=should_stop,
                abreast=not mixed,
                mixed=mixed,
                on_run=on_run,
            )
        return [to_parts(run) for run in runs]
    finally:
        recycling.trim()
        _training.release()


def train_and_evaluate(
    task: tuple[str, int, str],
    flats: Sequence[Mapping[str, str]],
    source: str,
    resume: Sequence[Parts] = (),
    sequences: int = 0,
    *,
    mixed: bool = False,
    brought: Mapping[str, Any] | None = None,
) -> tuple[list[Parts], list[dict[str, Any]]]:
    """Train as `train_job` does, and evaluate what is finished, so that the pages' process need not.

    sequences: fresh ones for each run, scored alone; 0 for as many as its page asks for, evaluated whole
    mixed: many small models, which are evaluated beside what is still trained
    brought: a visitor's own sequences, as given.to_parts takes them apart; they are let go of when this returns
    Returns the runs, and of the first of them the evaluations, as evaluation.to_parts takes them apart: none of runs
    that are not finished, and no more once it was asked to stop or to pause, for others wait.
    """

    def scored(run: Run) -> dict[str, Any] | None:
        if not run.finished or task[0] in _stopped or task[2] in _paused:
            return None
        evaluation = evaluate(run, sequences or evaluation_size(run.spec))
        return evaluation_parts(evaluation, examples=not sequences)

    with given.lent(brought):
        if not mixed:
            trained = train_job(task, flats, source, resume)
            return trained, _first_of(scored(from_parts(*parts)) for parts in trained)
        with ThreadPoolExecutor(BESIDE, "evaluating") as beside:
            under_way: dict[int, Future[dict[str, Any] | None]] = {}

            def evaluate_beside(place: int, run: Run) -> None:
                under_way[place] = beside.submit(scored, run)

            trained = train_job(task, flats, source, resume, mixed=True, on_run=evaluate_beside)
            return trained, _first_of(under_way[place].result() for place in range(len(trained)))


def _first_of(results: Iterable[dict[str, Any] | None]) -> list[dict[str, Any]]:
    """Those before the first that is None; nothing after it is asked for."""
    first = []
    for result in results:
        if result is None:
            break
        first.append(result)
    return first


def prepare_job(flat: Mapping[str, str], stack: int, source: str) -> float:
    """Compile the program that trains `stack` seeds of a spec side by side, unless it is compiled already.

    Returns the seconds that took. Raises SourceMismatchError, and what compiling raises.
    """
    _check_source(source)
    spec = codec.decode(flat).canonical()
    with _training:
        from bilstm_core.engine.programs import compile_program

        _, seconds = compile_program(spec.problem, spec.model, spec.training.batch_size, stack)
    recycling.trim()
    return seconds


def summary_job(flat: Mapping[str, str], source: str) -> str:
    """What Keras's model.summary() prints for the model of a spec. Raises SourceMismatchError."""
    _check_source(source)
    from bilstm_core.models import build_model

    spec = codec.decode(flat)
    lines: list[str] = []
    build_model(spec.problem, spec.model).summary(print_fn=lines.append, line_length=80)
    return "\n".join(lines)


def model_file_job(parts: Parts, source: str) -> bytes:
    """The `.keras` file of a run's network.

    Raises SourceMismatchError, and ValueError, with a sentence, for a network without such a file, or with a too large
    one.
    """
    _check_source(source)
    from bilstm_core.files.archive import MAX_FILE
    from bilstm_core.files.model_file import write_model_file

    data = write_model_file(from_parts(*parts))
    if len(data) > MAX_FILE:
        raise ValueError(
            f"The file would have {len(data) / 1e6:,.0f} MB; at most {MAX_FILE / 1e6:,.0f} MB are written."
        )
    return data


def regression_job(question: tuple[Mapping[str, Any], int, bool], source: str) -> bytes:
    """What a regression says of a visitor's sequences that are held out, as window_regression.answer packs it.

    question: the sequences as given.to_parts takes them apart, how many timesteps it reads of what follows, and whether
    each sequence has one label
    Raises SourceMismatchError.
    """
    _check_source(source)
    from bilstm_core.analysis.window_regression import answer

    brought, ahead, whole = question
    try:
        return answer(given.from_parts(brought), ahead=ahead, whole=whole)
    finally:
        recycling.trim()


def request_stop(job: str) -> None:
    """Make a job's training in this process end at its next chunk of steps."""
    _stopped.append(job)


def request_pause(key: str) -> None:
    """Make the training of one task in this process end at its next chunk of steps, to be gone on with later."""
    _paused.append(key)


def dask_setup(worker: Any) -> None:
    """Dask calls this before the worker joins: tell of itself, yield to the page's process, warm up beside requests."""
    worker.startup_information[PAPERS] = lambda _: papers(LOADED)
    process = psutil.Process()
    process.nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 10))
    threading.Thread(target=_warm, args=(worker,), name="warming", daemon=True).start()


def _warm(worker: Any) -> None:
    """Import TensorFlow and compile the default programs, giving way to trainings between two programs."""
    while worker.status.name != "running":
        time.sleep(0.01)
    worker.log_event(TOPIC, {"event": "warming"})
    try:
        with _training:
            from bilstm_core.training import train
        default = ModelSpec().direction
        for direction in sorted(DIRECTIONS, key=lambda direction: direction != default):  # the default first
            time.sleep(0.01)
            with _training:
                train(RunSpec(model=ModelSpec(direction=direction), training=TrainingSpec(epochs=1)))
    except Exception as error:
        worker.log_event(TOPIC, {"event": "broken", "message": f"{type(error).__name__}: {error}"})
        raise
    recycling.trim()
    worker.log_event(TOPIC, {"event": "ready"})


def _check_source(source: str) -> None:
    if source != LOADED:
        raise SourceMismatchError("The program's source has changed since the worker started.")


def _connections() -> tuple[Callable[[dict[str, Any]], None], Callable[[], bool]]:
    """How to send a message, and whether Dask has cancelled the task at work; outside Dask both do nothing."""
    from distributed import get_worker
    from distributed.worker import thread_state

    try:
        worker = get_worker()
        key = thread_state.key
    except (ValueError, AttributeError):
        return lambda _: None, lambda: False

    def cancelled() -> bool:
        task = worker.state.tasks.get(key)
        return task is None or task.state == "cancelled"

    return lambda message: worker.log_event(TOPIC, message), cancelled
