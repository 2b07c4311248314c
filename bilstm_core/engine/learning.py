"""What a run of a stack leaves behind: all that is chosen by `downsampling` from what the training passes."""

import functools

import numpy as np
import numpy.typing as npt
import pandas as pd

from bilstm_core.downsampling import curve_steps, snapshot_steps, thinned
from bilstm_core.engine.programs import State
from bilstm_core.engine.snapshots import on_probes
from bilstm_core.network.initial_weights import named
from bilstm_core.runs import N_PROBES, Progress, Run, Snapshots, Timing, installed_versions, known_losses, means_needed
from bilstm_core.specs import RunSpec, TrainingSpec

Floats = npt.NDArray[np.float32]


class Record:
    """What one run of a stack has left behind so far. lean: without snapshots"""

    def __init__(self, spec: RunSpec, resume: Run | None, *, lean: bool = False) -> None:
        self.spec = spec
        self.lean = lean
        self.totals: npt.NDArray[np.float64] = np.zeros(
            3
        )  # of the unfinished epoch: loss and accuracy times labels, and labels
        self.epochs = [np.zeros((0, 2))]  # loss and accuracy of finished epochs
        self.steps = [np.zeros(0, np.int64)]
        self.losses = [np.zeros(0, np.float32)]
        self.known = pd.DataFrame({"step": self.steps[0], "loss": self.losses[0], "total": np.zeros(0)})
        self.snapshots: dict[int, npt.NDArray[np.float16]] = {}
        if resume is not None and resume.steps_done:
            self.totals = resume.optimizer_state["unfinished_epoch"]
            self.epochs.append(resume.history[["loss", "accuracy"]].to_numpy())
            self.steps.append(resume.steps["step"].to_numpy())
            self.losses.append(resume.steps["loss"].to_numpy())
            self.known = known_losses(resume)
            on_grid = set(snapshot_steps(resume.steps_done).tolist())
            stored = zip(resume.snapshots.step.tolist(), resume.snapshots.probabilities, strict=True)
            self.snapshots = {step: values for step, values in stored if step in on_grid}

    def add(self, first: int, loss: Floats, accuracy: Floats, labels: npt.NDArray[np.float64]) -> Progress:
        """Take in the weight updates first, first + 1, ... (from 0): their losses, accuracies and label counts."""
        training = self.spec.training
        step = np.arange(first, first + len(loss))
        self.steps.append(step + 1)
        self.losses.append(loss)
        epoch = step // training.steps_per_epoch - first // training.steps_per_epoch
        parts = np.stack([loss * labels, accuracy * labels, labels])
        # bincount adds in order, the carry first: the same sums wherever the chunks were cut
        numbers = np.append(0, epoch)
        carried = np.concatenate([self.totals[:, None], parts], axis=1)
        sums = np.stack([np.bincount(numbers, row) for row in carried]).astype(np.float64)
        ended = int(step[-1] + 1) % training.steps_per_epoch == 0
        finished = sums if ended else sums[:, :-1]
        self.totals = np.zeros(3) if ended else sums[:, -1]
        self.epochs.append((finished[:2] / finished[2]).T)
        inner = curve_steps(training.steps) - first
        ends = np.append(inner[(inner > 0) & (inner < len(loss))], len(loss))
        starts = np.append(0, ends[:-1])
        seen = training.sequences_after(first + ends)
        counts = np.diff(seen, prepend=training.sequences_after(np.array(first)))
        sizes = _sizes(training, first, len(loss))
        means = np.add.reduceat(loss * sizes, starts) / counts
        return Progress(0, first + len(loss), training.steps, seen, means, counts, loss[ends - 1].astype(np.float64))

    def run(self, steps_done: int, state: State, timing: Timing) -> Run:
        """The finished record; state is of this run alone, (parameters,) each."""
        spec = self.spec
        problem, model, training = spec.problem, spec.model, spec.training
        scores = np.concatenate(self.epochs)
        epoch = np.arange(1, len(scores) + 1)
        step, loss = thinned(np.concatenate(self.steps), np.concatenate(self.losses), steps_done)
        at_steps, answers = self._snapshots(steps_done, state)
        return Run(
            spec=spec,
            steps_done=steps_done,
            history=pd.DataFrame(
                {
                    "epoch": epoch,
                    "sequences_seen": epoch * training.sequences_per_epoch,
                    "loss": scores[:, 0],
                    "accuracy": scores[:, 1],
                }
            ),
            steps=pd.DataFrame({"step": step, "sequences_seen": training.sequences_after(step), "loss": loss}),
            snapshots=Snapshots(at_steps, training.sequences_after(at_steps), answers),
            weights={name: value.copy() for name, value in named(problem, model, state.weights).items()},
            optimizer_state={
                "momentum": state.momentum.copy(),
                "velocity": state.velocity.copy(),
                "unfinished_epoch": self.totals,
            },
            timing=timing,
            versions=dict(_versions()),
            means=self._means(steps_done),
        )

    def _snapshots(self, steps_done: int, state: State) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float16]]:
        """The weight updates at which it has snapshots, the last among them, and what it said then."""
        problem, model = self.spec.problem, self.spec.model
        if self.lean:
            nothing = (0, N_PROBES, problem.timesteps, problem.problem.outputs)
            return np.zeros(0, np.int64), np.zeros(nothing, np.float16)
        at_steps = [step for step in snapshot_steps(steps_done).tolist() if step in self.snapshots]
        answers = [self.snapshots[step] for step in at_steps]
        if not at_steps or at_steps[-1] != steps_done:
            at_steps.append(steps_done)
            answers.append(on_probes(problem, model, state.weights[None])[0])
        return np.array(at_steps), np.stack(answers)

    def _means(self, steps_done: int) -> pd.DataFrame:
        """`Run.means`, as of all losses; no rows where they are not needed."""
        training, known = self.spec.training, self.known
        if not means_needed(training, steps_done):
            return pd.DataFrame()
        new = np.concatenate(self.losses[1 + (len(known) > 0) :])
        first = steps_done - len(new)
        totals = np.append(known["total"].to_numpy()[-1:], new * _sizes(training, first, len(new)))
        total = np.cumsum(totals)[len(totals) - len(new) :]  # in order: the same sums wherever the training was cut
        added = pd.DataFrame({"step": np.arange(first, steps_done) + 1, "loss": new, "total": total})
        every = pd.concat([known, added], ignore_index=True) if len(known) else added
        return every[np.isin(every["step"], curve_steps(steps_done))].reset_index(drop=True)


def _sizes(training: TrainingSpec, first: int, count: int) -> npt.NDArray[np.int64]:
    """How many sequences each of the weight updates first, first + 1, ... (from 0) sees."""
    if training.steps_per_epoch == 1:
        return np.full(count, training.sequences_per_epoch)
    return np.diff(training.sequences_after(np.arange(first, first + count + 1)))


@functools.cache
def _versions() -> dict[str, str]:
    return installed_versions()
