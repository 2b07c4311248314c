"""The Train page's parts: buttons, the growing curve and its replay, the numbers, the tray and the tabs."""

from typing import Literal

import pandas as pd
import streamlit as st

from bilstm_core import figures, frames
from bilstm_core.evaluation import Evaluation
from bilstm_core.initial_weights import parameter_count
from bilstm_core.presets import DEFAULT_PRESET, PRESETS
from bilstm_core.progress import JobView
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec
from ui import controls, live, results, session, timeline
from ui.chart import cached, chart

SMOOTHING = (1, 10, 25, 100, 500)
TRAY_SHOWN = 6
CURVE_HEIGHT = 508  # px of the curve with one row of probabilities, growing or finished
PROBE = 0
SEQUENCES, UPDATES = "sequences", "updates"
Axis = Literal["sequences_seen", "updates"]
VARIANTS = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def open_with_recorded(page: str) -> None:
    """The first visit of a session finds the default preset's recorded run and its settings."""
    if session.shown(page) is None and not st.session_state.get(f"{page}.opened"):
        st.session_state[f"{page}.opened"] = True
        spec = PRESETS[DEFAULT_PRESET]
        controls.fill(page, spec)
        run = session.find(spec)
        if run:
            session.show(page, session.remember(run))


def shown(page: str) -> Run | None:
    """The run that the page shows."""
    key = session.shown(page)
    return session.recall(key) if key else None


def _show(page: str, run: Run) -> None:
    session.show(page, session.remember(run))
    st.session_state.pop(f"{page}.sequence", None)
    timeline.forget_edits(page)


def _train(page: str, again: bool = False) -> None:
    spec = controls.current_spec(page)
    if spec is None:
        return
    live.forget_failure(page)
    known = None if again else session.find(spec)
    st.session_state[f"{page}.from_store"] = known is not None
    if known:
        _show(page, known)
    else:
        live.start(page, [spec])


def _new_seed(page: str) -> None:
    st.session_state[f"{page}.seed"] = session.new_seed(st.session_state[f"{page}.seed"])
    _train(page)


def _further(page: str, run: Run) -> None:
    longer = controls.longer(run.spec) if run.finished else run.spec
    if longer:
        st.session_state[f"{page}.epochs"] = longer.training.epochs
        st.session_state[f"{page}.from_store"] = False
        live.start(page, [longer], resume=run if run.optimizer_state else None)


def buttons(page: str, spec: RunSpec | None) -> None:
    """Train or Stop; train further; and beside a stored run, ways to see training all the same."""
    run = shown(page)
    if live.active(page):
        live.stop_button(page)
        return
    st.button(
        "Train",
        key=f"{page}.train",
        type="primary",
        icon=":material/play_arrow:",
        on_click=_train,
        args=(page,),
        disabled=spec is None,
        width="stretch",
    )
    if run is None:
        return
    if spec == run.spec and run.finished and (st.session_state.get(f"{page}.from_store", True)):
        st.caption("These settings are trained already; the result is shown.")
        one, two = st.columns(2)
        one.button("Train live", key=f"{page}.live", on_click=_train, args=(page, True), width="stretch")
        two.button("New seed", key=f"{page}.new_seed", on_click=_new_seed, args=(page,), width="stretch")
    elif spec is not None and spec != run.spec:
        st.caption("The figure shows other settings. Press Train for these.")
    if not run.finished or controls.longer(run.spec):
        label = "Train further" if run.finished else "Go on training"
        st.button(label, key=f"{page}.further", on_click=_further, args=(page, run), width="stretch")


def _runs(run: Run | None) -> dict[str, Run]:
    drawn: dict[str, Run] = {}
    for entry in [entry for entry in session.tray() if entry["shown"]][:TRAY_SHOWN]:
        kept = session.recall(entry["key"])
        if kept:
            drawn[entry["name"]] = kept
    if run and session.run_key(run) not in {session.run_key(kept) for kept in drawn.values()}:
        drawn[session.describe(run.spec) if session.tray() else run.spec.model.direction] = run
    return drawn


def _styles(drawn: dict[str, Run]) -> dict[str, figures.Style]:
    """Colour by direction; runs that share a colour differ by dash."""
    counts: dict[str, int] = {}
    styles = {}
    for name, run in drawn.items():
        model = run.spec.model
        style = figures.style(model.direction, model.merge_mode, "raw" if model.backward_output == "raw" else "none")
        place = counts.get(style.color, 0)
        counts[style.color] = place + 1
        styles[name] = style._replace(dash=VARIANTS[place % len(VARIANTS)]) if place else style
    return styles


def curve(page: str) -> None:
    """The loss curve: growing while a job runs, then with its replay."""
    window = st.session_state.get(f"{page}.smoothing", 25)
    x: Axis = "updates" if st.session_state.get(f"{page}.axis") == UPDATES else "sequences_seen"

    def draw(view: JobView | None) -> None:
        if view is None:
            _finished_curve(page, window, x)
            return
        kept = _runs(None)
        spec = view.specs[0]
        growing = [frames.growing_losses("training", spec, *view.curves[0])] if 0 in view.curves else []
        model = spec.model
        styles = _styles(kept) | {"training": figures.style(model.direction, model.merge_mode)}
        table = pd.concat([_losses(kept), *growing], ignore_index=True) if kept else (growing or [_losses(kept)])[0]
        total = max(_extent(one, x) for one in (spec, *(run.spec for run in kept.values())))
        figure = figures.loss_curves(table, styles, window=window, x=x, x_max=total, height=CURVE_HEIGHT)
        chart(
            figure,
            key=f"{page}-curve",
            height=CURVE_HEIGHT,
            alt="Loss of the network while it trains, by sequences seen.",
        )

    def done(view: JobView) -> None:
        run = view.runs[0] if view.runs else None
        if run and run.steps_done:
            session.keep(run)
            _show(page, run)

    live.panel(page, draw, done)


def _extent(spec: RunSpec, x: Axis) -> int:
    return spec.training.steps if x == "updates" else spec.training.sequences


def _losses(drawn: dict[str, Run]) -> pd.DataFrame:
    return frames.losses({name: [one] for name, one in drawn.items()})


def _finished_curve(page: str, window: int, x: Axis) -> None:
    run = shown(page)
    drawn = _runs(run)
    if run is None or not drawn:
        st.info("Nothing trained yet. Press Train.")
        return
    key = repr([(name, session.run_key(one)) for name, one in drawn.items()] + [session.run_key(run), window, x])
    figure = cached(
        key,
        lambda: figures.curve_and_timeline(_losses(drawn), _styles(drawn), _probes(drawn, run), window=window, x=x),
    )
    chart(figure, key=f"{page}-curve", height=CURVE_HEIGHT, alt="Loss by sequences seen.", replay=True)
    note, save = st.columns([4, 1], vertical_alignment="center")
    note.caption(f"{results.origin(run)} Replay shows what it said of one probe sequence while it learnt.")
    with save:
        results.download(lambda: _losses(drawn), "loss curve")


def _probes(drawn: dict[str, Run], run: Run) -> pd.DataFrame | None:
    name = next((name for name, one in drawn.items() if session.run_key(one) == session.run_key(run)), None)
    if name is None or not len(run.snapshots.step):
        return None
    return frames.probe_snapshots(run, PROBE).assign(label=name)


def sentence(run: Run, evaluation: Evaluation) -> str:
    """The page's measured answer."""
    seen = run.sequences_seen
    low, high = evaluation.exact_interval
    return (
        f"After {seen:,} sequence{'s' if seen != 1 else ''} it labels **{evaluation.exact:.0%}** of fresh sequences "
        f"wholly right ({low:.1%} to {high:.1%}), and {evaluation.accuracy:.1%} of single labels."
    )


def figures_of(run: Run, evaluation: Evaluation) -> None:
    """The run's numbers, the whole sequences large."""
    low, high = evaluation.exact_interval
    st.metric(
        "Whole sequence right",
        f"{evaluation.exact:.1%}",
        help="Exact-sequence accuracy: the share of fresh sequences with every label right.",
    )
    st.caption(f"{evaluation.exact_count:,} of {evaluation.n_sequences:,}; 95 % interval {low:.1%} to {high:.1%}")
    beside = f", beside {run.timing.stacked - 1} others" if run.timing.stacked > 1 else ""
    compiled = f", compiled in {run.timing.compile_s:.1f} s" if run.timing.compile_s else ""
    st.markdown(
        f"Single labels right: **{evaluation.accuracy:.1%}**  \n"
        f"Loss, fresh sequences: **{evaluation.loss:.4f}** nats/label  \n"
        f"Parameters: **{parameter_count(run.spec.problem, run.spec.model):,}**  \n"
        f"Trained in **{run.timing.train_s:.1f} s**{beside}{compiled}"
    )


def _rename(position: int) -> None:
    name = str(st.session_state[f"tray.name.{position}"]).strip()
    entries = session.tray()
    if name and name not in {entry["name"] for place, entry in enumerate(entries) if place != position}:
        entries[position]["name"] = name


def _toggle(position: int) -> None:
    session.tray()[position]["shown"] = st.session_state[f"tray.shown.{position}"]


def _remove(position: int) -> None:
    session.tray().pop(position)


def tray(page: str, run: Run) -> None:
    """Runs kept for comparison: add, show, hide, rename, remove; at most six are drawn."""
    st.subheader("Compare")
    kept = any(entry["key"] == session.run_key(run) for entry in session.tray())
    st.button(
        "Keep this run",
        key=f"{page}.keep",
        on_click=session.add_to_tray,
        args=(run,),
        disabled=kept,
        icon=":material/add:",
        width="stretch",
        help="Keeps its curve in the figure while you train others.",
    )
    for position, entry in enumerate(session.tray()):
        shown_key, name_key = f"tray.shown.{position}", f"tray.name.{position}"
        st.session_state[shown_key], st.session_state[name_key] = entry["shown"], entry["name"]
        one, two = st.columns([4, 1], vertical_alignment="center")
        one.checkbox(entry["name"], key=shown_key, on_change=_toggle, args=(position,))
        with two.popover("", icon=":material/more_vert:"):
            st.text_input("Name", key=name_key, on_change=_rename, args=(position,))
            st.button("Remove", key=f"tray.remove.{position}", on_click=_remove, args=(position,))
    if sum(entry["shown"] for entry in session.tray()) > TRAY_SHOWN:
        st.caption(f"Only the first {TRAY_SHOWN} of those shown are drawn.")
    st.select_slider(
        "Smoothing (sequences)",
        SMOOTHING,
        value=25,
        key=f"{page}.smoothing",
        persist_state="session",
        help="Each point of a curve is the mean loss of this many sequences before it.",
    )
    st.segmented_control(
        "Horizontal axis",
        [SEQUENCES, UPDATES],
        default=SEQUENCES,
        required=True,
        key=f"{page}.axis",
        persist_state="session",
    )


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
            lambda: figures.accuracy_by_timestep(by_step, {name: _styles({name: run})[name]}),
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
