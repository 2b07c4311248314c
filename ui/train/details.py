"""Under the timeline: ten sequences as the book lists them, the confusion matrix, accuracy by timestep, the summary."""

import pandas as pd
import streamlit as st

from bilstm_core import figures
from bilstm_core.evaluation import Evaluation
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec
from ui import evaluations, session, state, waits, wording
from ui.chart.component import cached, chart
from ui.train import tray


def tabs(run: Run, evaluation: Evaluation) -> None:
    """The list of ten, the confusion matrix where there are labels, accuracy by timestep, and Keras's own summary."""
    count = wording.classes(run.spec.problem)
    each_step = "Accuracy by timestep" if count else "Error by timestep"
    names = ["Ten fresh sequences", *(["Confusion matrix"] if count else []), each_step, "Model summary"]
    ten, *matrix, by_timestep, summary = st.tabs(names)
    name = session.describe(run.spec, run.sequences_seen)
    with ten:
        table = list_of_ten(evaluation, count)
        st.dataframe(table, hide_index=True, width="stretch")
        if count:
            right = int((table["Result"] == "right").sum())
            st.caption(f"{right} of 10 sequences wholly right.")
        evaluations.download(lambda: evaluation.examples, "fresh sequences")
    for confusion in matrix:
        with confusion:
            drawn = cached(
                ("confusion", run.digest),
                lambda: figures.confusion(evaluation.confusion, height=max(320, 90 * count)),
            )
            chart(drawn, key="Train-confusion", alt="Confusion matrix of single labels.")
            evaluations.download(lambda: evaluation.confusion, "confusion matrix")
    with by_timestep:
        by_step = evaluation.per_timestep.assign(label=name)
        draw = figures.accuracy_by_timestep if count else figures.error_by_timestep
        styles = {name: tray.styles({name: run})[name]}
        figure = cached(("by timestep", run.digest, tuple(styles.items())), lambda: draw(by_step, styles))
        chart(figure, key="Train-by-timestep", alt=f"{each_step}.")
        evaluations.download(lambda: by_step, "by timestep")
    with summary:
        _summary(run.spec)


def list_of_ten(evaluation: Evaluation, classes: int = 2) -> pd.DataFrame:
    """Ten fresh sequences as the book lists them: expected, predicted, correct; of a regression (0), the error."""
    first = evaluation.examples[evaluation.examples["sequence"] <= 10]
    return pd.DataFrame([_listed(int(str(number)), rows, classes) for number, rows in first.groupby("sequence")])


def _listed(number: int, rows: pd.DataFrame, classes: int) -> dict[str, object]:
    expected, predicted = rows["expected"], rows["predicted"]
    if classes:
        words = [" ".join(map(str, labels)) for labels in (expected, predicted)]
        result = ("Result", "right" if (expected == predicted).all() else "wrong")
    else:
        words = [" ".join(f"{value:.2f}" for value in answers) for answers in (expected, predicted)]
        result = ("Mean squared error", f"{((expected - predicted) ** 2).mean():.4f}")
    return {"Sequence": number, "Expected": words[0], "Predicted": words[1], result[0]: result[1]}


def _summary(spec: RunSpec) -> None:
    request = state.SUMMARY.get()
    if request is None or request["of"] != _network(spec):
        _ask_button(spec)
        return
    text = session.jobs().answer(request["id"])
    if text:
        st.code(text, language=None)
    else:
        waits.again_when(
            lambda: session.jobs().answer(request["id"]) is not None,
            "Keras is building the model. Right after the start that takes some seconds.",
        )
    if session.jobs().unanswered(request["id"]):
        _ask_button(spec)


def _ask_button(spec: RunSpec) -> None:
    st.button("Ask Keras for model.summary()", on_click=_ask_summary, args=(spec,))


def _network(spec: RunSpec) -> str:
    return repr((spec.problem, spec.model))


def _ask_summary(spec: RunSpec) -> None:
    state.SUMMARY.set({"of": _network(spec), "id": session.jobs().ask_summary(spec)})
