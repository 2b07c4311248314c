"""A running job as the browser follows it: the lines that its runs fill in, and what is known when the page is drawn.

The chart's component listens to the job (ui/chart/listen.js) and draws its lines (ui/chart/growing.js) without another
run of the page. It reports the job's end, once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bilstm_core.analysis import frames
from bilstm_core.downsampling import Curve, curve_steps
from bilstm_core.figure_inputs import extent
from bilstm_core.figures.loss_plot import X
from bilstm_core.runs import Run
from bilstm_core.service.curve import no_points
from bilstm_core.service.job_view import JobView
from bilstm_core.specs import RunSpec

DIGITS = 7  # of a loss that is sent to the browser

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Watch:
    """A job that a page waits for, and what its chart is told of it.

    watcher: the session's name; text: what the job is doing, a sentence
    polled: the server tells nothing of jobs, so the page is run again and again instead
    ended, deaf: called with what the browser sent, when the job is over, and when the server tells nothing of jobs
    """

    view: JobView
    watcher: str
    text: str
    polled: bool
    ended: Callable[[Any], bool]
    deaf: Callable[[Any], bool]

    def data(self, lines: Sequence[Line] = ()) -> dict[str, Any]:
        """What the chart's component needs, JSON-ready. lines: those that the job fills in, from `line`"""
        view = self.view
        message = {
            "over": view.over,
            "text": self.text,
            "share": view.steps_done / view.steps,
            "runs": changes({}, view.curves),
        }
        return {
            "job": view.id,
            "watcher": self.watcher,
            "polled": self.polled,
            "lines": list(lines),
            "message": message,
        }


def line(
    label: str,
    growing: Mapping[int, RunSpec],
    *,
    stored: Sequence[Run] = (),
    earlier: Run | None = None,
    x: X = "sequences_seen",
) -> Line:
    """A line of the figure that a job fills in.

    growing: its runs, by their place in the job; stored: runs of it that are trained already; earlier: the run that
    the one that is growing goes on from
    """
    runs = [_run(place, spec, frames.learnt(spec, earlier), x) for place, spec in growing.items()]
    runs += [_run(None, run.spec, frames.learnt(run.spec, run), x) for run in stored]
    longest = max((*growing.values(), *(run.spec for run in stored)), key=lambda spec: spec.training.sequences)
    return {
        "label": label,
        "end": extent(longest, x),
        "total": len(curve_steps(longest.training.steps)),
        "runs": runs,
    }


def _run(place: int | None, spec: RunSpec, before: pd.DataFrame, x: X) -> dict[str, Any]:
    training = spec.training
    return {
        "place": place,
        "training": {
            "sequences_per_epoch": training.sequences_per_epoch,
            "batch_size": training.batch_size,
            "steps_per_epoch": training.steps_per_epoch,
        },
        "before": {
            "seen": before["sequences_seen"].tolist(),
            "x": before[x].tolist(),
            "mean": _plain(before["mean"].to_numpy()),
            "loss": _plain(before["loss"].to_numpy()),
            "between": frames.ends_between(spec, before),
        },
    }


def changes(before: Mapping[int, Curve], now: Mapping[int, Curve]) -> list[dict[str, Any]]:
    """What takes a job's curves from before to now: from the point `from` on, these take the place of what was there.

    before, now: by the run's place in the job
    """
    runs = []
    for place in sorted({*before, *now}):
        old, new = before.get(place), now.get(place)
        if old is new:
            continue
        start = 0
        if old and new:
            both = min(len(old[0]), len(new[0]))
            same = np.all([was[:both] == stands[:both] for was, stands in zip(old, new, strict=True)], axis=0)
            start = both if same.all() else int(np.argmin(same))
        seen, loss, _, last = (part[start:] for part in new) if new else no_points()
        if len(loss) or old is None or start < len(old[0]):
            points = {"seen": seen.tolist(), "loss": _plain(loss), "last": _plain(last)}
            runs.append({"run": place, "from": start, **points})
    return runs


def _plain(losses: Any) -> list[float | None]:
    values = np.asarray(losses, np.float64)
    return [round(value, DIGITS) if np.isfinite(value) else None for value in values.tolist()]
