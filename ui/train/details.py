"""Under the timeline: ten sequences as the book lists them, the confusion matrix, accuracy by timestep, the summary."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from bilstm_core import figures
from bilstm_core.evaluation import Evaluation
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec
from ui import controls, evaluations, own_data, session, state, waits, wording
from ui.chart.component import cached, cached_for_session, chart
from ui.train import tray, words
from ui.train.words import TABS

NAMED = ("expected", "predicted")  # columns of a confusion matrix


def tabs(page: str, run: Run, evaluation: Evaluation) -> None:
    """The list of ten, the confusion matrix where there are labels, accuracy by timestep, and Keras's own summary.

    Only the open one is worked out.
    """
    labels = wording.classes(run.spec.problem) > 0
    parts: dict[str, Callable[[Run, Evaluation], None]] = {
        TABS[5] if run.spec.problem.problem.fixed else TABS[0]: _ten,
        **({TABS[1]: _confusion} if labels else {}),
        TABS[2] if labels else TABS[3]: _by_timestep,
        TABS[4]: lambda run, _: _summary(run.spec),
    }
    controls.tabs(page, parts, run, evaluation)


def _ten(run: Run, evaluation: Evaluation) -> None:
    count, own = wording.classes(run.spec.problem), own_data.of(run.spec.problem.name)
    table = list_of_ten(evaluation, count, own["classes"] if own else ())
    st.dataframe(table, hide_index=True, width="stretch")
    if count:
        right = int((table["Result"] == "right").sum())
        st.caption(words.ten_right(right, len(table)))
    evaluations.download(lambda: evaluation.examples, f"{run.spec.problem.problem.drawing} sequences")


def _confusion(run: Run, evaluation: Evaluation) -> None:
    own, classes = own_data.of(run.spec.problem.name), wording.classes(run.spec.problem)
    height = max(320, 90 * classes if classes <= figures.NUMBERED else 24 * classes + 68)
    if own:
        named = {each: evaluation.confusion[each].map(dict(enumerate(own["classes"]))) for each in NAMED}
        counts = evaluation.confusion.assign(**named)
        drawn = cached_for_session(
            ("confusion", run.digest), lambda: figures.confusion(counts, height=height, order=own["classes"])
        )
    else:
        drawn = cached(("confusion", run.digest), lambda: figures.confusion(evaluation.confusion, height=height))
    chart(drawn, key="Train-confusion", alt=words.CONFUSION_ALT)
    evaluations.download(lambda: evaluation.confusion, "confusion matrix")


def _by_timestep(run: Run, evaluation: Evaluation) -> None:
    name, labels = session.describe(run.spec, run.sequences_seen), wording.classes(run.spec.problem) > 0
    by_step = evaluation.per_timestep.assign(label=name)
    draw = figures.accuracy_by_timestep if labels else figures.error_by_timestep
    styles = {name: tray.styles({name: run})[name]}
    figure = cached(("by timestep", run.digest, tuple(styles.items())), lambda: draw(by_step, styles))
    chart(figure, key="Train-by-timestep", alt=f"{TABS[2] if labels else TABS[3]}.")
    evaluations.download(lambda: by_step, "by timestep")


def list_of_ten(evaluation: Evaluation, classes: int = 2, names: Sequence[str] = ()) -> pd.DataFrame:
    """Ten fresh sequences as the book lists them: expected, predicted, correct; of a regression (0), the error.

    names: what labels are called that are more than numbers
    """
    first = evaluation.examples[evaluation.examples["sequence"] <= 10]
    return pd.DataFrame([_listed(int(str(number)), rows, classes, names) for number, rows in first.groupby("sequence")])


def _listed(number: int, rows: pd.DataFrame, classes: int, names: Sequence[str]) -> dict[str, object]:
    expected, predicted = rows["expected"], rows["predicted"]
    if classes:
        called = dict(enumerate(names))
        words = [" ".join(called.get(label, str(label)) for label in labels) for labels in (expected, predicted)]
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
    if isinstance(text, str):
        st.code(text, language=None)
    else:
        waits.again_when(
            lambda: session.jobs().answer(request["id"]) is not None,
            words.BUILDING,
        )
    if session.jobs().unanswered(request["id"]):
        _ask_button(spec)


def _ask_button(spec: RunSpec) -> None:
    st.button(words.ASK_SUMMARY, on_click=_ask_summary, args=(spec,))


def _network(spec: RunSpec) -> str:
    return repr((spec.problem, spec.model))


def _ask_summary(spec: RunSpec) -> None:
    state.SUMMARY.set({"of": _network(spec), "id": session.jobs().ask_summary(spec)})
