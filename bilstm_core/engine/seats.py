"""The runs of a stack in the seats of one program: what it is given of them, and what each of them gets back."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from bilstm_core.engine.cost import program_seconds, step_seconds
from bilstm_core.engine.mixing import Stack
from bilstm_core.engine.programs import (
    Chunk,
    Differing,
    MixedProgram,
    Program,
    Result,
    State,
    compile_mixed,
    compile_program,
)
from bilstm_core.engine.sharing import in_reading_order, places, turned
from bilstm_core.engine.training_data import Batches, TrainingData
from bilstm_core.network.initial_weights import branches, flattened, initial_weights, parameter_count
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec

Floats = npt.NDArray[np.float32]
Moments = tuple[Floats, Floats, Floats]  # a run's weights, momentum and velocity, each (parameters,)


class Seats:
    """Runs that differ only in their seed."""

    def __init__(self, specs: Sequence[RunSpec], width: int) -> None:
        self.specs = specs
        self.width = width
        self._program: Program | None = None
        self._data: list[TrainingData] = []

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return bool(self._data)

    @property
    def capacity(self) -> int:
        """Weight updates of a call, at most."""
        return self._program.capacity if self._program else 0

    @property
    def slots(self) -> int:
        """Weights that a call can keep on its way."""
        return self._program.slots if self._program else 0

    def step_seconds(self) -> float:
        """About how long a weight update of all seats takes."""
        return step_seconds(self.specs[0], self.width)

    def compile(self) -> float:
        """Make ready to train, and return the seconds that the compile took."""
        first = self.specs[0]
        self._program, seconds = compile_program(first.problem, first.model, first.training.batch_size, self.width)
        self._open()
        return seconds

    def _open(self) -> None:
        noise = any(side.reads == "noise" for side in branches(self.specs[0].model))
        self._data = [TrainingData(spec.problem, spec.training, noise) for spec in self.specs]

    def start(self, resume: Sequence[Run] | None) -> State:
        """The state that the training begins or goes on with, zeros in the seats that are left over."""
        if resume is not None and all(run.optimizer_state for run in resume):
            moments = [_moments(run) for run in resume]
        else:
            weights = [flattened(initial_weights(spec.problem, spec.model, spec.training.seed)) for spec in self.specs]
            moments = [(row, np.zeros_like(row), np.zeros_like(row)) for row in weights]
        return self._seated(moments)

    def _seated(self, moments: Sequence[Moments]) -> State:
        parts = [np.zeros((self.width, len(moments[0][0])), np.float32) for _ in State._fields]
        for number, rows in enumerate(moments):
            for part, row in zip(parts, rows, strict=True):
                part[number] = row
        return State(*parts)

    def own(self, state: State) -> list[State]:
        """Each run's own part of a state, (parameters,) each."""
        return [State(*(part[number] for part in state)) for number in range(len(self.specs))]

    def chunk(self, *, done: int, points: npt.NDArray[np.int64], count: int) -> tuple[Chunk, npt.NDArray[np.float64]]:
        """The data of `count` weight updates, and how many labels count in each, (count, runs)."""
        batches = [stream.batches(done, count) for stream in self._data]
        x, y, mask = self._rows(batches, count)
        slot = np.zeros(self.capacity, np.int32)
        slot[:count] = np.searchsorted(points, np.arange(done + 1, done + count + 1))
        labels = mask[:count, : len(self.specs)].sum(axis=(2, 3), dtype=np.float64)
        return Chunk(x, y, mask, slot), labels

    def _rows(self, batches: Sequence[Batches], count: int) -> list[npt.NDArray[Any]]:
        parts = []
        for values in zip(*batches, strict=True):
            part = np.zeros((self.capacity, self.width, *values[0].shape[1:]), values[0].dtype)
            for number, value in enumerate(values):
                part[:count, number] = value
            parts.append(part)
        return parts

    def run(self, state: State, chunk: Chunk, *, done: int, steps: int) -> Result:
        """Do so many weight updates after the `done` ones."""
        if self._program is None:
            raise RuntimeError("compile comes before run")
        rate = self.specs[0].training.learning_rate
        return self._program.run(state, chunk, steps_done=done, steps=steps, learning_rate=rate)


class MixedSeats(Seats):
    """Runs of one shape, as `mixing.stacks` puts them together. The state has every unit of the program."""

    def __init__(self, specs: Sequence[RunSpec], stack: Stack) -> None:
        super().__init__(specs, stack.width)
        self._stack = stack
        self._mixed: MixedProgram | None = None
        shape = stack.shape
        self._where = [places(shape.problem, spec.model, shape.model) for spec in specs]
        self._parameters = parameter_count(shape.problem, shape.model)
        rates = np.zeros((stack.width, 1), np.float32)
        rates[: len(specs), 0] = [spec.training.learning_rate for spec in specs]
        lengths = np.full(stack.width, shape.problem.timesteps, np.int32)
        lengths[: len(specs)] = [spec.problem.timesteps for spec in specs]
        self._differing = Differing(rates, lengths)

    @property
    def capacity(self) -> int:
        """Weight updates of a call, at most."""
        return self._mixed.capacity if self._mixed else 0

    def step_seconds(self) -> float:
        """About how long a weight update of all seats takes."""
        return program_seconds(self._stack.shape, self._stack.shape.model, self.width)

    def compile(self) -> float:
        """Make ready to train, and return the seconds that the compile took."""
        self._mixed, seconds = compile_mixed(self._stack.key, self._stack.shape.problem)
        self._open()
        return seconds

    def _seated(self, moments: Sequence[Moments]) -> State:
        parts = [np.zeros((self.width, self._parameters), np.float32) for _ in State._fields]
        for number, (rows, where) in enumerate(zip(moments, self._where, strict=True)):
            for part, row in zip(parts, rows, strict=True):
                part[number, where] = row
        return State(*parts)

    def own(self, state: State) -> list[State]:
        """Each run's own part of a state, (parameters,) each."""
        return [State(*(part[number, where] for part in state)) for number, where in enumerate(self._where)]

    def _rows(self, batches: Sequence[Batches], count: int) -> list[npt.NDArray[Any]]:
        timesteps, (x, y, mask) = self._stack.shape.problem.timesteps, batches[0]
        rows = (self.capacity, self.width, x.shape[1], timesteps)
        parts: list[npt.NDArray[Any]] = [
            np.zeros((*rows, x.shape[-1]), x.dtype),
            np.zeros(rows, y.dtype),
            np.zeros(rows, mask.dtype),
        ]
        for number, (spec, values) in enumerate(zip(self.specs, batches, strict=True)):
            read = in_reading_order(*values, spec.model) if turned(spec.model) else values
            for part, value in zip(parts, read, strict=True):
                part[:count, number, :, : spec.problem.timesteps] = value
        return parts

    def run(self, state: State, chunk: Chunk, *, done: int, steps: int) -> Result:
        """Do so many weight updates after the `done` ones."""
        if self._mixed is None:
            raise RuntimeError("compile comes before run")
        return self._mixed.run(state, chunk, steps_done=done, steps=steps, seats=self._differing)


def _moments(run: Run) -> Moments:
    return flattened(run.weights), run.optimizer_state["momentum"], run.optimizer_state["velocity"]
