"""One sequence on a page: its values with their labels, what a model says of it, and its figure."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from bilstm_core import figures
from bilstm_core.analysis import frames
from bilstm_core.evaluation import evaluation_sequences
from bilstm_core.network import inference
from bilstm_core.network.inference import decisions
from bilstm_core.problems import Batch, cumulative_sum
from bilstm_core.runs import Run
from bilstm_core.specs import ProblemSpec
from ui import wording
from ui.pasted import labeled, padded

Values = npt.NDArray[np.float32]
FRESH = 100  # sequences of a page, to choose from and to tie units to labels by


@st.cache_resource(max_entries=50, show_spinner=False)
def fresh(problem: ProblemSpec) -> Batch:
    """The first of the sequences that runs of a problem are evaluated on, FRESH of them."""
    return evaluation_sequences(problem, FRESH)


def worked_example(threshold: float) -> Batch:
    """The cumulative sum that the tutorial works through, as a batch of one."""
    x = np.array(cumulative_sum.WORKED_EXAMPLE, dtype=np.float32)[None, :, None]
    return Batch(x, cumulative_sum.labels(x, threshold=threshold), np.ones(x.shape[:2], dtype=bool))


def can_be_edited(problem: ProblemSpec) -> bool:
    """Whether any values make a sequence, and decide its labels."""
    return problem.problem.labels is not None


def real_values(batch: Batch, place: int = 0) -> Values:
    """The values of a sequence of a batch without its padding, (real timesteps,)."""
    values: Values = batch.x[place, batch.mask[place], 0]
    return values


def one_of(batch: Batch, number: int) -> Batch:
    """The sequence of a batch that has this number, from 1."""
    place = slice(number - 1, number)
    return Batch(batch.x[place], batch.y[place], batch.mask[place])


def of_examples(problem: ProblemSpec, examples: pd.DataFrame, number: int) -> Batch:
    """One of the sequences of an Evaluation's examples, as it was drawn, or as it is held out."""
    if problem.problem.fixed:
        return one_of(evaluation_sequences(problem, number), number)
    rows = examples[examples["sequence"] == number]
    return padded(problem, rows["x"].to_numpy(np.float32), rows["expected"].to_numpy())


def with_values(problem: ProblemSpec, drawn: Batch, values: Values) -> Batch:
    """The one sequence of `drawn`, or, where a person has edited its values, theirs with the labels that follow."""
    return drawn if np.array_equal(values, real_values(drawn)) else labeled(problem, values)


def rows_of(batch: Batch, run: Run | None = None) -> pd.DataFrame:
    """The one sequence of a batch: timestep (from 1), x, expected and, with a run, probability and predicted.

    A row for each real timestep; probability and predicted are as in an Evaluation's examples.
    """
    real = batch.mask[0]
    columns = {"timestep": np.flatnonzero(real) + 1, "x": batch.x[0, real, 0], "expected": batch.y[0, real, 0]}
    if run is not None:
        problem = run.spec.problem
        answers = inference.probabilities(problem, run.spec.model, run.weights, batch.x)
        columns["predicted"], columns["probability"] = decisions(problem.problem.head, answers[0, real])
    return pd.DataFrame(columns)


def verdict(problem: ProblemSpec, rows: pd.DataFrame) -> str:
    """How good a model's answers are, in words. rows: as of `rows_of` with a run"""
    gaps = rows["expected"] - rows["predicted"]
    if wording.classes(problem):
        return wording.wrong(int((gaps != 0).sum()), len(rows))
    return f"{wording.SQUARED} {np.square(gaps).mean():.4f}"


def figure(
    problem: ProblemSpec,
    rows: pd.DataFrame,
    colour: str | None = None,
    *,
    chosen: int | None = None,
    counted: bool = True,
    told: bool = True,
    words: Sequence[str] = (),
    names: Sequence[str] = (),
    height: int = 440,
) -> go.Figure:
    """The timeline of a sequence.

    rows: as of `rows_of`; colour: the model's; chosen: the block that is outlined; counted, told, words, names: as in
    `figures.timeline`
    """
    waterfall = problem.problem.waterfall
    return figures.timeline(
        rows,
        frames.sum_limits(problem, rows),
        **({"color": colour} if colour else {}),
        classes=wording.classes(problem),
        from_end=waterfall is not None and waterfall.from_end,
        timesteps=problem.timesteps,
        chosen=chosen,
        counted=counted,
        told=told,
        words=words,
        names=names,
        height=height,
    )
