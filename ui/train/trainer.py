"""The Train page's parts: buttons, the growing curve and its replay, and the numbers."""

import functools
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from bilstm_core import figure_inputs, figures
from bilstm_core.analysis import frames
from bilstm_core.engine.cost import two_digits
from bilstm_core.engine.snapshots import with_answers
from bilstm_core.figures.loss_plot import X
from bilstm_core.presets import DEFAULT_PRESET, PRESETS
from bilstm_core.runs import Run
from bilstm_core.service.job_view import JobView
from bilstm_core.settings import RunSettings
from bilstm_core.specs import RunSpec
from ui import best_possible, controls, evaluations, live, own_data, registry, session, state, wording
from ui.chart.component import cached, chart
from ui.less import Less
from ui.sequence import timeline
from ui.settings import PageSettings
from ui.train import numbers, starts, tray, words
from ui.watch import Watch, line

SETTINGS = PageSettings(page=registry.TRAIN.name, first=RunSettings())
CURVE_HEIGHT, FIGURE_HEIGHT = 200, 428  # px of the curve, and with one row of probabilities, growing or finished
PROBE = 0


def open_with_recorded(page: str) -> None:
    """The first visit of a session finds the default preset's recorded run and its settings.

    What another page has handed over comes instead, and what the address asks for: the training that it names, as after
    a reload, or its settings, which are trained if they are not yet.
    """
    live.address(page, functools.partial(_take_up, page))
    own_data.settle(page)
    before = session.shown(page)
    if before and not own_data.found(page, session.spec_of(before).problem.name):
        state.SHOWN(page).drop()
        state.OPENED(page).set(False)
    if state.LINKED(page).get() == state.OPENED_LINK:
        _open_linked(page)
    wanted = controls.handed_over(page)
    first = session.shown(page) is None and not state.OPENED(page).get()
    state.OPENED(page).set(True)
    if wanted or first:
        spec = wanted or PRESETS[DEFAULT_PRESET]
        controls.fill(page, spec)
        run = session.find(spec)
        if run:
            state.FROM_STORE(page).drop()  # nobody has pressed Train
            _show(page, run)


def _open_linked(page: str) -> None:
    state.OPENED(page).set(True)
    spec = controls.current_spec(page)
    run = session.find(spec) if spec else None
    state.LINKED(page).set(state.ASKED_FOR)
    missing = tray.settle()
    if spec and (run or not live.active(page)):
        _show_or_train(page, spec, run, missing)
        if run:
            state.FROM_STORE(page).drop()  # nobody has pressed Train


def _show_or_train(page: str, spec: RunSpec, run: Run | None, beside: Sequence[RunSpec] = ()) -> None:
    """Show the run of a spec where there is one, and train it where there is none.

    beside: runs that the tray waits for, trained after it
    """
    state.FROM_STORE(page).set(run is not None)
    if run:
        _show(page, run)
    if beside or not run:
        live.start(page, [spec, *beside], about={"beside": len(beside)})


def _take_up(page: str, view: JobView) -> bool:
    recipe = starts.recipe_of(view)
    if recipe is None and len(view.specs) != 1 + int(view.about.get("beside", 0)):
        return False
    if not own_data.found(page, view.specs[0].problem.name):
        return False
    if recipe:
        starts.take_up(page, recipe)
        state.OPENED(page).set(True)
        return True
    controls.fill(page, view.specs[0])
    state.OPENED(page).set(True)
    state.FROM_STORE(page).set(False)
    return True


def _show(page: str, run: Run) -> None:
    session.show(page, session.remember(run))
    if not state.LINKED(page).take():  # else its sequence is that of the address
        state.SEQUENCE(page).drop()
        timeline.forget_edits(page)


def _train(page: str, again: bool = False) -> None:
    spec = controls.current_spec(page)
    if spec is None or live.active(page):  # of several quick clicks the first counts
        return
    live.forget_failure(page)
    _show_or_train(page, spec, None if again else session.find(spec))


def _new_seed(page: str) -> None:
    seed = state.field(page, "seed")
    seed.set(session.new_seed(seed.get()))
    _train(page)


def _further(page: str, run: Run) -> None:
    longer = controls.longer(run.spec) if run.finished else run.spec
    if longer and not live.active(page):
        state.field(page, "epochs").set(longer.training.epochs)
        state.FROM_STORE(page).set(False)
        live.start(page, [longer], resume=run if run.optimizer_state else None)


def _smaller(page: str, share: float) -> Less | None:
    """Fewer epochs, that take this share of the training which the controls ask for."""
    spec = controls.current_spec(page)
    epochs = two_digits(spec.training.epochs * share) if spec else 0

    def press() -> None:
        state.field(page, "epochs").set(epochs)
        _train(page)

    return Less(f"Train {epochs:,} epochs", press) if epochs else None


def buttons(page: str, spec: RunSpec | None) -> None:
    """Train and Stop."""
    live.prepare(page, [spec] if spec and session.find(spec) is None else [])
    live.start_and_stop("Train", page, _train, page, disabled=spec is None)


def again(page: str, spec: RunSpec | None) -> None:
    """Beside a stored run, ways to see training all the same; and train further."""
    run = session.shown_run(page)
    if run is None or live.active(page):
        return
    if spec == run.spec and run.finished and state.FROM_STORE(page).get():
        left, right = st.columns(2)
        left.button(words.AGAIN, key=state.widget(page, "live"), on_click=_train, args=(page, True), width="stretch")
        right.button(
            words.NEW_SEED, key=state.widget(page, "new_seed"), on_click=_new_seed, args=(page,), width="stretch"
        )
    further = controls.longer(run.spec) if run.finished else run.spec
    if further:
        st.button(
            words.FURTHER, key=state.widget(page, "further"), on_click=_further, args=(page, run), width="stretch"
        )
        note = controls.longer_note(run.spec, further) if run.finished else ""
        if note:
            st.caption(note)


def note(page: str) -> str:
    """What stands above the curve: that it is of other settings than the controls, or that a press found it trained."""
    run, spec = session.shown_run(page), controls.current_spec(page)
    if not run or not spec:
        return ""
    if spec != run.spec:
        return words.other_settings(numbers.differs(run, spec))
    pressed = state.FROM_STORE(page)
    return words.TRAINED_ALREADY if run.finished and pressed.is_set() and pressed.get() else ""


def axis(page: str) -> X:
    """What the curve's axis counts."""
    return "updates" if state.AXIS(page).get() == tray.UPDATES else "sequences_seen"


def curve(page: str) -> None:
    """The loss curve: growing while a job runs, then with its replay."""
    window, counted = state.SMOOTHING(page).get(), not state.COVERED.get()
    x = axis(page)

    def draw(watch: Watch | None) -> None:
        if watch is None:
            _finished_curve(page, window, x)
            return
        spec, ten = watch.view.specs[0], starts.recipe_of(watch.view) is not None
        beside = tray.runs(None, spec.problem)
        name = words.TEN if ten else session.free_name(spec) if beside else spec.model.direction
        growing = dict(enumerate(watch.view.specs)) if ten else {0: spec}
        written = tray.in_figure([*beside, name])
        styles = {written[each]: style for each, style in tray.styles({**beside, name: spec}).items()}
        beside, name = {written[each]: run for each, run in beside.items()}, written[name]
        specs = {each: run.spec for each, run in beside.items()} | {name: spec}
        total = max(figure_inputs.extent(drawn, x) for drawn in specs.values())
        figure = figures.curve_and_timeline(
            _losses(beside),
            styles,
            frames.unanswered(spec.problem, PROBE).assign(label=name),
            window=window,
            x=x,
            curve_height=CURVE_HEIGHT,
            x_max=total,
            floors=best_possible.of(specs, styles),
            replay=False,
            growing={name: len(growing)},
            counted=counted,
            classes=wording.classes(spec.problem),
            **figure_inputs.run_axis(spec.problem, total, x),
        )
        chart(
            figure,
            key=f"{page}-curve",
            height=FIGURE_HEIGHT,
            alt=words.GROWING_ALT,
            watch=watch,
            lines=[line(name, growing, earlier=watch.view.resume, x=x)],
        )

    def done(view: JobView) -> None:
        run = view.runs[0]
        live.keep_finished(view)
        tray.settle(all_or_none=False)
        if run and run.steps_done and not starts.recipe_of(view):
            session.keep(run)
            _show(page, run)

    told, run = note(page), session.shown_run(page)
    stale = bool(told and run and run.spec != controls.current_spec(page))
    live.panel(page, draw, done, note=told, stale=stale, smaller=functools.partial(_smaller, page))


def _losses(drawn: dict[str, Run]) -> pd.DataFrame:
    return frames.losses({name: [run] for name, run in drawn.items()})


def _finished_curve(page: str, window: int, x: X) -> None:
    run = session.shown_run(page)
    if run is None:
        st.info(words.NOTHING_YET)
        return
    problem = run.spec.problem
    named = tray.runs(run, problem)
    written = tray.in_figure(named)
    drawn = {written[name]: each for name, each in named.items()}
    specs = {name: each.spec for name, each in drawn.items()}
    complete = best_possible.known(specs)
    styles = {written[name]: style for name, style in tray.styles(named).items()}
    lines = best_possible.of(specs, styles)
    counted = not state.COVERED.get()
    runs = tuple((name, evaluations.drawn_key(each)) for name, each in drawn.items())
    key = ("train", runs, evaluations.drawn_key(run), window, x, tuple(styles.items()), tuple(lines), counted)
    figure = cached(
        key,
        lambda: figures.curve_and_timeline(
            _losses(drawn),
            styles,
            _probes(drawn, run),
            window=window,
            x=x,
            curve_height=CURVE_HEIGHT,
            floors=lines,
            counted=counted,
            classes=wording.classes(problem),
            **figure_inputs.run_axis(problem, max(figure_inputs.extent(each, x) for each in specs.values()), x),
        ),
    )
    waits = live.waits(page)
    chart(figure, key=f"{page}-curve", height=FIGURE_HEIGHT, alt=words.CURVE_ALT, replay=True, from_start=waits)
    note, save = st.columns([4, 1], vertical_alignment="center")
    replayed = words.REPLAY if len(run.snapshots.step) else words.STANDS_STILL
    note.caption(f"{replayed} {evaluations.origin(run)}")
    best_possible.complete_later(specs, complete)
    with save:
        evaluations.download(lambda: _losses(named), "loss curve")


def _probes(drawn: dict[str, Run], run: Run) -> pd.DataFrame | None:
    name = next((name for name, each in drawn.items() if session.run_key(each) == session.run_key(run)), None)
    if name is None:
        return None
    return frames.probe_snapshots(with_answers(run), PROBE).assign(label=name)
