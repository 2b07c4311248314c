"""What a training's weights say on the probe sequences, worked out beside the training. NumPy only.

Both NumPy and the compiled programs let go of the interpreter, so that a second core has something to do.
"""

import functools
from concurrent.futures import Executor, Future
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bilstm_core.network.inference import BLOCK_NUMBERS, probabilities
from bilstm_core.network.initial_weights import named
from bilstm_core.runs import N_PROBES, Run, Snapshots, probes
from bilstm_core.specs import GATES, ModelSpec, ProblemSpec

Floats = npt.NDArray[np.float32]
Answers = npt.NDArray[np.float16]


class Keeper:
    """Takes weights of a stack of runs as the training passes, and has their answers in the end."""

    def __init__(self, problem: ProblemSpec, model: ModelSpec, runs: int, beside: Executor) -> None:
        self._runs = runs
        self._beside = beside
        self._ask = functools.partial(on_probes, problem, model)
        self._taken: list[tuple[list[int], Future[Answers]]] = []

    def take(self, steps: list[int], weights: Floats) -> None:
        """Ask for the snapshots after `steps` weight updates, of weights (steps, at least runs, parameters)."""
        if steps:
            flat = weights[:, : self._runs].reshape(len(steps) * self._runs, weights.shape[-1]).copy()
            self._taken.append((steps, self._beside.submit(self._ask, flat)))

    def answers(self) -> list[dict[int, Answers]]:
        """The answers of each run by weight updates done, each (N_PROBES, timesteps, outputs)."""
        by_run: list[dict[int, Answers]] = [{} for _ in range(self._runs)]
        for steps, answers in self._taken:
            for number, values in enumerate(answers.result()):
                by_run[number % self._runs][steps[number // self._runs]] = values
        return by_run


def on_probes(problem: ProblemSpec, model: ModelSpec, weights: Floats) -> Answers:
    """Probabilities (models, N_PROBES, timesteps, outputs) of flat weights (models, parameters)."""
    x = _probe_inputs(problem)
    size = max(1, BLOCK_NUMBERS // (N_PROBES * GATES[model.cell] * model.units))
    result = np.empty((len(weights), *x.shape[:2], problem.problem.outputs), np.float16)
    for start in range(0, len(weights), size):
        part = weights[start : start + size]
        result[start : start + size] = probabilities(problem, model, named(problem, model, part), x)
    return result


def with_answers(run: Run) -> Run:
    """The run, with what it says of the probes in the end where its snapshots were not recorded."""
    if len(run.snapshots.step):
        return run
    problem = run.spec.problem
    shares = probabilities(problem, run.spec.model, run.weights, _probe_inputs(problem))
    steps, seen = np.array([run.steps_done]), np.array([run.sequences_seen])
    return replace(run, snapshots=Snapshots(steps, seen, shares[None].astype(np.float16)))


@functools.lru_cache(maxsize=16)
def _probe_inputs(problem: ProblemSpec) -> Floats:
    return probes(problem).x
