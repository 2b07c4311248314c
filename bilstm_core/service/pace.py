"""How long trainings and compiles take on this machine: estimates, corrected by what was measured. Arithmetic only."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bilstm_core.runs import Run

COMPILE_S = 1.5  # of a program, until one was measured
TASK_S = 0.1  # of what else a part takes, until it was measured
WEIGHT = 0.25  # of what was measured last
SHORTEST_S = 0.02  # a training that took less says nothing of the machine


@dataclass(slots=True)
class Pace:
    """How many times as long as `cost.seconds` says a training takes here, and how long the compile of a program.

    task_s: what else a part takes, such as the evaluation of its runs
    """

    factor: float = 1.0
    compile_s: float = COMPILE_S
    task_s: float = TASK_S

    def measure(self, runs: Sequence[Run], took_s: float, estimated: float) -> None:
        """Take in the runs of a part that was trained in one go: all of them, stack by stack.

        took_s: from its beginning until they came; estimated: seconds of training that it needs by estimate
        """
        measured = sum(run.timing.train_s / run.timing.stacked for run in runs)
        if min(estimated, measured) > SHORTEST_S:
            self.factor = math.exp((1 - WEIGHT) * math.log(self.factor) + WEIGHT * math.log(measured / estimated))
        compiles = {run.timing.compile_s for run in runs if run.timing.compile_s}
        for seconds in compiles:
            self.measure_compile(seconds)
        self.task_s += WEIGHT * (max(0.0, took_s - measured - sum(compiles)) - self.task_s)

    def measure_compile(self, seconds: float) -> None:
        """Take in how long the compile of one program took."""
        if seconds:
            self.compile_s += WEIGHT * (seconds - self.compile_s)
