"""`python -m benchmarks.sweep`: a map of 400 cells, three starts each, through the job service, beside a grid search.

The map: 1 to 40 units and 2 to 40 timesteps, twenty steps each, 1,000 sequences a run, one an epoch; every run is
evaluated on fresh sequences. The other side is KerasTuner's GridSearch over a few of the same cells, each trained with
`fit`, timed and multiplied; without KerasTuner (`pip install keras-tuner`) the same trainings in a plain loop.
`--write` puts what it prints into RESULTS.md, in the place of what stood there.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.__main__ import process
from benchmarks.timing import Row, compared
from bilstm_core.engine import mixing
from bilstm_core.evaluation import Evaluation
from bilstm_core.runs import Run
from bilstm_core.service.job_view import JobView
from bilstm_core.service.jobs import Jobs
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.store import Store

STEPS, STARTS, SEQUENCES = 20, 3, 1_000
UNITS = [round(1 + 39 * step / (STEPS - 1)) for step in range(STEPS)]
TIMESTEPS = range(2, 41, 2)
WITHIN_S, FIRST_WITHIN_S, LEAST_RATIO = 120.0, 3.0, 300
LOOK_S = 0.05
HEADING = "## A sweep"
RESULTS = Path(__file__).parent / "RESULTS.md"


class Swept(NamedTuple):
    """What one sweep took, in seconds from the press, and the longest that a call of the service took."""

    first: float
    half: float
    whole: float
    submit: float
    look: float
    compiling: float
    by_estimate: float


def cells(first_seed: int) -> list[RunSpec]:
    """The runs of the map, coarse first: every fourth step, then what lies between."""
    order = sorted(range(STEPS), key=lambda step: (step % 4 != 0, step % 2 != 0, step))
    return [
        RunSpec(
            problem=ProblemSpec(timesteps=TIMESTEPS[column]),
            model=ModelSpec(units=UNITS[row]),
            training=TrainingSpec(epochs=SEQUENCES, seed=first_seed + start),
        )
        for start in range(STARTS)
        for row in order
        for column in order
    ]


def look(jobs: Jobs, job: str) -> tuple[JobView, float]:
    """The job as it stands, and how long it took to be told."""
    begin = time.perf_counter()
    view = jobs.view(job, "benchmark")
    if view is None or view.state == "failed":
        raise RuntimeError(view.message if view else "the job is gone")
    return view, time.perf_counter() - begin


def sweep(jobs: Jobs, first_seed: int, scored: dict[str, Evaluation], kept: list[Run]) -> Swept:
    """Train the whole map; over once every run is evaluated and stored."""
    specs = cells(first_seed)
    scored.clear()
    kept.clear()
    begin = time.perf_counter()
    job = jobs.submit(specs, watcher="benchmark", sequences=SEQUENCES, mixed=True)
    submitted = time.perf_counter() - begin
    marks: dict[int, float] = {}
    slowest, view = 0.0, look(jobs, job)[0]
    while not view.over or len(kept) < len(specs):
        view, took = look(jobs, job)
        slowest = max(slowest, took)
        known = sum(run is not None and run.digest in scored for run in view.runs)
        for wanted in (1, len(specs) // 2, len(specs)):
            if known >= wanted:
                marks.setdefault(wanted, time.perf_counter() - begin)
        time.sleep(LOOK_S)
    whole = time.perf_counter() - begin
    runs = [run for run in view.runs if run is not None]
    compiles = {run.timing.compile_s for run in runs}
    half = marks[len(specs) // 2]
    return Swept(marks[1], half, whole, submitted, slowest, sum(compiles), mixing.seconds(specs))


def ours() -> list[Swept]:
    """One sweep in a worker that has never compiled its programs, then one of other seeds."""
    scored: dict[str, Evaluation] = {}
    kept: list[Run] = []
    store = Store(Path(tempfile.mkdtemp()))

    def keep(run: Run) -> None:
        store.put(run)
        kept.append(run)

    jobs = Jobs(keep=keep, evaluated=lambda run, evaluation: scored.update({run.digest: evaluation}))
    try:
        while jobs.state != "ready":
            if jobs.state == "failed":
                raise RuntimeError(jobs.problem)
            time.sleep(LOOK_S)
        return [sweep(jobs, first_seed, scored, kept) for first_seed in (0, STARTS)]
    finally:
        jobs.close()


def section(swept: Sequence[Swept], theirs: dict[str, Any]) -> str:
    """What was measured, as the section of RESULTS.md."""
    cold, warm = swept
    count = STEPS * STEPS * STARTS
    tuner = theirs["with"]
    rows = [
        Row(
            f"{count:,} runs of 400 cells, warm",
            [warm.whole],
            f"{tuner}, one `fit` a sequence, one run x {count:,}",
            [count * statistics.mean(theirs["each"])],
            LEAST_RATIO,
            2 * LEAST_RATIO,
        ),
        Row(
            "the same",
            [warm.whole],
            f"{tuner}, `fit(epochs={SEQUENCES:,})` of a fresh sequence each, one run x {count:,}",
            [count * statistics.mean(theirs["epochs"])],
            LEAST_RATIO,
            2 * LEAST_RATIO,
        ),
        Row(
            "the same",
            [warm.whole],
            f"{tuner}, one `fit` of {SEQUENCES:,} sequences, one run x {count:,}",
            [count * statistics.mean(theirs["at once"])],
        ),
    ]
    met = "met" if warm.whole <= WITHIN_S and warm.first <= FIRST_WITHIN_S else "NOT met"
    programs = len(mixing.programs_of(cells(0)))
    each = ", ".join(f"{units} units and {timesteps} timesteps" for units, timesteps in theirs["cells"])
    return f"""{HEADING}

`python -m benchmarks.sweep`: 1 to 40 units and 2 to 40 timesteps in 20 steps each, {STARTS} starts a cell,
{SEQUENCES:,} sequences a run, one an epoch, through the job service; each is evaluated on {SEQUENCES:,} fresh ones,
and stored. {programs} compiled programs serve all. Wanted, warm: all within {WITHIN_S:.0f} s, the first within
{FIRST_WITHIN_S:.0f} s: {met}.

| | first run shown | half of all | all of {count:,} | of it compiling | `submit` | longest look at the job |
|---|---|---|---|---|---|---|
{told("never compiled before", cold)}
{told("warm", warm)}

By estimate the trainings take {warm.by_estimate:.0f} s.

{compared(rows)}

The other side, {tuner}, is timed on {each}: the mean of {len(theirs["cells"])}, each
built, trained and evaluated. Where it takes one sequence at a time, {theirs["timed"]} epochs or {theirs["timed fits"]}
calls are timed, and the rest is multiplied.
"""


def told(name: str, swept: Swept) -> str:
    seconds = " | ".join(f"{value:.1f} s" for value in (swept.first, swept.half, swept.whole, swept.compiling))
    return f"| {name} | {seconds} | {swept.submit * 1e3:.0f} ms | {swept.look * 1e3:.0f} ms |"


def write(text: str, heading: str = HEADING) -> None:
    """Put a section into RESULTS.md: in the place of an earlier one under its heading, or at the end."""
    before, _, rest = RESULTS.read_text().partition(f"{heading}\n")
    _, _, after = rest.partition("\n## ")
    RESULTS.write_text(f"{before.rstrip()}\n\n{text.rstrip()}\n" + (f"\n## {after}" if after else ""))


def main() -> None:
    """Measure, print, and write if asked to."""
    swept = ours()
    print(*(f"{each}\n" for each in swept), file=sys.stderr)
    theirs = json.loads(process("benchmarks.grid_search").splitlines()[-1])
    text = section(swept, theirs)
    if "--write" in sys.argv:
        write(text)
    print(text)


if __name__ == "__main__":
    main()
