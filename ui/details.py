"""Under the timeline: ten sequences as the book lists them, the confusion matrix, accuracy by timestep, the summary."""

import pandas as pd
import streamlit as st

from bilstm_core import figures
from bilstm_core.evaluation import Evaluation
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec
from ui import results, session, tray
from ui.chart import cached, chart


def tabs(run: Run, evaluation: Evaluation) -> None:
    """The list of ten, the confusion matrix, accuracy by timestep, and Keras's own summary."""
    ten, confusion, by_timestep, summary = st.tabs(
        ["Ten fresh sequences", "Confusion matrix", "Accuracy by timestep", "Model summary"]
    )
    name = session.describe(run.spec)
    with ten:
        table = list_of_ten(evaluation)
        st.dataframe(table, hide_index=True, width="stretch")
        right = int((table["Result"] == "right").sum())
        st.caption(f"{right} of 10 sequences wholly right.")
        results.download(lambda: evaluation.examples, "fresh sequences")
    with confusion:
        matrix = cached(f"confusion {session.run_key(run)}", lambda: figures.confusion(evaluation.confusion))
        chart(matrix, key="Train-confusion", alt="Confusion matrix of single labels.")
        results.download(lambda: evaluation.confusion, "confusion matrix")
    with by_timestep:
        by_step = evaluation.per_timestep.assign(label=name)
        figure = cached(
            f"by timestep {session.run_key(run)}",
            lambda: figures.accuracy_by_timestep(by_step, {name: tray.styles({name: run})[name]}),
        )
        chart(figure, key="Train-by-timestep", alt="Share of right labels at each timestep.")
        results.download(lambda: by_step, "accuracy by timestep")
    with summary:
        _summary(run.spec)


def list_of_ten(evaluation: Evaluation) -> pd.DataFrame:
    """Ten fresh sequences as the book lists them: expected, predicted, correct."""
    first = evaluation.examples[evaluation.examples["sequence"] <= 10]
    return pd.DataFrame(
        [
            {
                "Sequence": number,
                "Expected": " ".join(map(str, rows["expected"])),
                "Predicted": " ".join(map(str, rows["predicted"])),
                "Result": "right" if (rows["expected"] == rows["predicted"]).all() else "wrong",
            }
            for number, rows in first.groupby("sequence")
        ]
    )


def _summary(spec: RunSpec) -> None:
    request = st.session_state.get("Train.summary")
    if request is None or request["of"] != _network(spec):
        st.button("Ask Keras for model.summary()", on_click=_ask_summary, args=(spec,))
        return
    text = session.jobs().answer(request["id"])

    @st.fragment(run_every=None if text else 0.5)
    def wait() -> None:
        now = session.jobs().answer(request["id"])
        if now and not text:
            st.rerun()
        if now:
            st.code(now, language=None)
        else:
            st.caption("Keras is building the model. Right after the start that takes some seconds.")

    wait()


def _network(spec: RunSpec) -> str:
    return repr((spec.problem, spec.model))


def _ask_summary(spec: RunSpec) -> None:
    st.session_state["Train.summary"] = {"of": _network(spec), "id": session.jobs().ask_summary(spec)}
