"""What the worker tells of a training at work, in as few messages as a page can follow."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bilstm_core.downsampling import Curve
from bilstm_core.runs import Progress
from bilstm_core.service.curve import CURVE_PARTS, no_points, thin, told
from bilstm_core.specs import RunSpec

MESSAGE_INTERVAL_S = 0.05


class Reporter:
    """Gathers what training reports and sends it on: at once, then at most twenty times a second, and at the end.

    curves: with the losses; else without any
    send: takes a list of {"run", "steps_done", "steps", "seen", "loss", "count", "last"}, plain numbers and lists
    """

    def __init__(
        self, specs: Sequence[RunSpec], send: Callable[[list[dict[str, Any]]], None], *, curves: bool = True
    ) -> None:
        self._specs = specs
        self._send = send
        self._curves = curves
        self._waiting: dict[int, list[Progress]] = {}
        self._sent = -MESSAGE_INTERVAL_S

    def __call__(self, progress: Progress) -> None:
        self._waiting.setdefault(progress.run, []).append(progress)
        if time.monotonic() - self._sent >= MESSAGE_INTERVAL_S:
            self.flush()

    def flush(self) -> None:
        """Send what is waiting."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, {}
        message = []
        for run, reports in waiting.items():
            curve = self._thinned(run, reports) if self._curves else no_points()
            last = reports[-1]
            numbers = {"run": int(run), "steps_done": int(last.steps_done), "steps": int(last.steps)}
            message.append(numbers | told(curve))
        self._send(message)
        self._sent = time.monotonic()

    def _thinned(self, run: int, reports: Sequence[Progress]) -> Curve:
        parts = (np.concatenate([getattr(report, part) for report in reports]) for part in CURVE_PARTS)
        return thin(*parts, training=self._specs[run].training)

    def __enter__(self) -> "Reporter":
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()
