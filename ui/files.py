"""What a page shows as files: a report, tables, figures and models, one by one or all as a ZIP."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from bilstm_core.export.pieces import Program
from bilstm_core.files import model_file
from bilstm_core.files.archive import MAX_UNPACKED
from bilstm_core.files.bundle import write_bundle
from bilstm_core.files.figures import figure_html
from bilstm_core.files.findings import Drawing, Findings, Table
from bilstm_core.files.report import report
from bilstm_core.files.tables import csv, parquet
from bilstm_core.files.text import file_name
from bilstm_core.runs import Run
from ui import address, looks, session, state, waits, wording
from ui.chart import component

MOST_OF_RUNS = 0.8 * MAX_UNPACKED  # bytes of a ZIP's runs; the rest is for its figures and tables
HTML, ZIP, KERAS = "text/html", "application/zip", "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a page has to take home.

    key: all that it follows from; gather: puts it together, once for each key
    runs: those that the ZIP has, to be brought back on Train
    model: the run whose network can be saved as `.keras`; program: the code that gives the same again
    """

    key: Hashable
    gather: Callable[[], Findings]
    runs: Sequence[Run] = ()
    model: Run | None = None
    program: Callable[[], Program] | None = None


@st.cache_resource(max_entries=4, show_spinner=False, scope="session")
def _gathered(page: str, key: Hashable, _gather: Callable[[], Findings]) -> Findings:
    return _gather()


def popover(page: str, offer: Callable[[], Offer | str]) -> None:
    """A button that gives what the page shows as files.

    offer: asked once the button is open; a sentence where there is nothing to take home. No file is made before it is
    asked for
    """
    opened = st.popover(
        "Files", type="tertiary", icon=":material/folder_zip:", key=state.widget(page, "files"), on_change="rerun"
    )
    if not opened.open:
        return
    with opened:
        offered = offer()
        if isinstance(offered, str):
            st.markdown(offered)
            return
        if not all(run.spec.problem.problem.kept for run in offered.runs):  # no file holds what somebody has brought
            offered = replace(offered, runs=(), model=None, program=None)
        findings = replace(_gathered(page, offered.key, offered.gather), link=address.link(page))
        if offered.program:
            program = offered.program()
            findings = replace(findings, script=program.script(), notebook=program.notebook())
        _whole(page, findings, offered.runs)
        _one_table(page, findings.tables)
        _one_figure(page, findings.drawings)
        if offered.model:
            _model(page, offered.model)


def _whole(page: str, findings: Findings, runs: Sequence[Run]) -> None:
    runs = list({run.digest: run for run in runs}.values())
    too_many = sum(run.nbytes for run in runs) > MOST_OF_RUNS
    with st.container(horizontal=True):
        _button(page, "Report", lambda: report(findings).encode(), file_name(f"{page} report", ".html"), HTML)
        _button(
            page, "All as ZIP", lambda: write_bundle(findings, [] if too_many else runs), file_name(page, ".zip"), ZIP
        )
    st.caption(wording.files(len(runs), too_many=too_many))


def _one_table(page: str, tables: Sequence[Table]) -> None:
    titles = {table.title: table for table in tables}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Table", list(titles), key=state.widget(page, "files", "table"))
        frame, name = titles[chosen].frame, f"{page} {chosen}"
        _button(page, "CSV", lambda: csv(frame), file_name(name, ".csv"), "text/csv")
        _button(page, "Parquet", lambda: parquet(frame), file_name(name, ".parquet"), "application/vnd.apache.parquet")


def _one_figure(page: str, drawings: Sequence[Drawing]) -> None:
    titles = {drawing.title: drawing for drawing in drawings}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Figure", list(titles), key=state.widget(page, "files", "figure"))
        drawing, name = titles[chosen], f"{page} {chosen}"
        _button(
            page,
            "HTML",
            lambda: figure_html(drawing.figure, drawing.title, drawing.caption).encode(),
            file_name(name, ".html"),
            HTML,
        )
        with st.container(width="content"):
            component.picture(drawing.figure, file_name(name, ""), key=state.widget(page, "files", "picture"))


def _model(page: str, run: Run) -> None:
    """The network as Keras's own file. Keras is in the training process: it is asked, and the page waits for it."""
    st.markdown(wording.MODEL)
    refused = model_file.refusal(run)
    if refused:
        st.markdown(f":material/info: {refused}")
        return
    request, jobs = state.MODEL_FILE.get(), session.jobs()
    answer = jobs.answer(request["id"]) if request and request["of"] == run.digest else ""
    if isinstance(answer, bytes):
        _button(page, "Save .keras", lambda: answer, file_name(session.describe(run.spec), ".keras"), KERAS)
        return
    if answer is None and request:
        wanted = request["id"]
        waits.again_when(lambda: jobs.answer(wanted) is not None, wording.WRITING_MODEL)
        return
    if answer:
        looks.error(answer)
    st.button("Write .keras", key=state.widget(page, "files", "model"), on_click=_ask, args=(run,))


def _ask(run: Run) -> None:
    state.MODEL_FILE.set({"of": run.digest, "id": session.jobs().ask_model_file(run)})


def _button(page: str, label: str, data: Callable[[], bytes], name: str, kind: str) -> None:
    st.download_button(
        label,
        data,
        name,
        kind,
        key=state.widget(page, "files", label),
        icon=":material/download:",
        on_click="ignore",
    )
