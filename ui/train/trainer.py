"""The Train page's parts: buttons, the growing curve and its replay, and the numbers."""

import functools
from typing import Any, Literal

import pandas as pd
import streamlit as st

from bilstm_core import figures
from bilstm_core.analysis import frames
from bilstm_core.analysis.statistics import shares
from bilstm_core.evaluation import Evaluation
from bilstm_core.network.initial_weights import parameter_count
from bilstm_core.presets import DEFAULT_PRESET, PRESETS
from bilstm_core.runs import Run
from bilstm_core.service.job_record import JobView
from bilstm_core.specs import ProblemSpec, RunSpec
from ui import best_possible, controls, evaluations, live, session, state, wording
from ui.chart.component import cached, chart
from ui.sequence import timeline
from ui.train import tray
from ui.watch import Watch, line

CURVE_HEIGHT = 508  # px of the curve with one row of probabilities, growing or finished
GROWING_DOTS = 250  # of a curve that is drawn several times a second
PROBE = 0
LONG = 1_000  # sequences or updates: a longer training is a stroke at the left of an even axis
OTHER_SETTINGS = "Figure and numbers are of other settings. Press Train for these."
Axis = Literal["sequences_seen", "updates"]


def open_with_recorded(page: str) -> None:
    """The first visit of a session finds the default preset's recorded run and its settings.

    What another page has handed over comes instead, and the training that the address names, as after a reload.
    """
    live.address(page, functools.partial(_take_up, page))
    wanted = controls.handed_over(page)
    first = session.shown(page) is None and not state.OPENED(page).get()
    state.OPENED(page).set(True)
    if wanted or first:
        spec = wanted or PRESETS[DEFAULT_PRESET]
        controls.fill(page, spec)
        run = session.find(spec)
        if run:
            state.FROM_STORE(page).set(True)
            _show(page, run)


def _take_up(page: str, view: JobView) -> bool:
    if len(view.specs) != 1:
        return False
    controls.fill(page, view.specs[0])
    state.OPENED(page).set(True)
    state.FROM_STORE(page).set(False)
    return True


def _show(page: str, run: Run) -> None:
    session.show(page, session.remember(run))
    state.SEQUENCE(page).drop()
    timeline.forget_edits(page)


def _train(page: str, again: bool = False) -> None:
    spec = controls.current_spec(page)
    if spec is None or live.active(page):  # of several quick clicks the first counts
        return
    live.forget_failure(page)
    known = None if again else session.find(spec)
    state.FROM_STORE(page).set(known is not None)
    if known:
        _show(page, known)
    else:
        live.start(page, [spec])


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
        st.caption("These settings are trained already; the result is shown.")
        one, two = st.columns(2)
        one.button("Train live", key=state.widget(page, "live"), on_click=_train, args=(page, True), width="stretch")
        two.button("New seed", key=state.widget(page, "new_seed"), on_click=_new_seed, args=(page,), width="stretch")
    further = controls.longer(run.spec) if run.finished else run.spec
    if further:
        label = "Train further" if run.finished else "Go on training"
        st.button(label, key=state.widget(page, "further"), on_click=_further, args=(page, run), width="stretch")
        note = controls.longer_note(run.spec, further) if run.finished else ""
        if note:
            st.caption(note)


def note(page: str) -> str:
    """That the numbers and the figure are of other settings than the controls, or nothing."""
    run, spec = session.shown_run(page), controls.current_spec(page)
    return OTHER_SETTINGS if run and spec and spec != run.spec else ""


def curve(page: str) -> None:
    """The loss curve: growing while a job runs, then with its replay."""
    window = state.SMOOTHING(page).get()
    x: Axis = "updates" if state.AXIS(page).get() == tray.UPDATES else "sequences_seen"

    def draw(watch: Watch | None) -> None:
        if watch is None:
            _finished_curve(page, window, x)
            return
        spec = watch.view.specs[0]
        kept = tray.runs(None, spec.problem)
        name = session.free_name(spec) if kept else spec.model.direction
        total = max(_extent(drawn, x) for drawn in (spec, *(run.spec for run in kept.values())))
        figure = figures.curve_and_timeline(
            _losses(kept),
            tray.styles({**kept, name: spec}),
            frames.unanswered(spec.problem, PROBE).assign(label=name),
            window=window,
            x=x,
            x_max=total,
            dots=GROWING_DOTS,
            replay=False,
            growing={name: 1},
            classes=wording.classes(spec.problem),
            **_axis(spec.problem, total, x),
        )
        chart(
            figure,
            key=f"{page}-curve",
            height=CURVE_HEIGHT,
            alt="Loss of the network while it trains, by sequences seen.",
            watch=watch,
            lines=[line(name, {0: spec}, earlier=watch.view.resume, x=x)],
        )

    def done(view: JobView) -> None:
        run = view.runs[0] if view.runs else None
        if run and run.steps_done:
            session.keep(run)
            _show(page, run)

    live.panel(page, draw, done, note=note(page))


def _extent(spec: RunSpec, x: Axis) -> int:
    return spec.training.steps if x == "updates" else spec.training.sequences


def _axis(problem: ProblemSpec, total: int, x: Axis) -> dict[str, Any]:
    """The axes of a loss curve of so many sequences or updates; where they are many, as long runs have them."""
    long = (
        {"log_x": True, "mark": wording.TUTORIAL_SEQUENCES if x == "sequences_seen" else None} if total > LONG else {}
    )
    return wording.loss_axis(problem) | long


def _losses(drawn: dict[str, Run]) -> pd.DataFrame:
    return frames.losses({name: [one] for name, one in drawn.items()})


def _finished_curve(page: str, window: int, x: Axis) -> None:
    run = session.shown_run(page)
    if run is None:
        st.info("Nothing trained yet. Press Train.")
        return
    problem = run.spec.problem
    drawn = tray.runs(run, problem)
    specs = {name: one.spec for name, one in drawn.items()}
    complete = best_possible.known(specs)
    styles, lines = tray.styles(drawn), best_possible.of(specs, tray.styles(drawn))
    runs = tuple((name, evaluations.drawn_key(one)) for name, one in drawn.items())
    key = ("train", runs, evaluations.drawn_key(run), window, x, tuple(styles.items()), tuple(lines))
    figure = cached(
        key,
        lambda: figures.curve_and_timeline(
            _losses(drawn),
            styles,
            _probes(drawn, run),
            window=window,
            x=x,
            floors=lines,
            classes=wording.classes(problem),
            **_axis(problem, max(_extent(one, x) for one in specs.values()), x),
        ),
    )
    chart(figure, key=f"{page}-curve", height=CURVE_HEIGHT, alt="Loss by sequences seen.", replay=True)
    note, save = st.columns([4, 1], vertical_alignment="center")
    replayed = " Replay shows what it said of one probe sequence while it learnt." if len(run.snapshots.step) else ""
    note.caption(f"{evaluations.origin(run)}{replayed}")
    best_possible.complete_later(specs, complete)
    with save:
        evaluations.download(lambda: _losses(drawn), "loss curve")


def _probes(drawn: dict[str, Run], run: Run) -> pd.DataFrame | None:
    name = next((name for name, one in drawn.items() if session.run_key(one) == session.run_key(run)), None)
    if name is None or not len(run.snapshots.step):
        return None
    return frames.probe_snapshots(run, PROBE).assign(label=name)


def sentence(run: Run, evaluation: Evaluation) -> str:
    """The page's measured answer."""
    seen = run.sequences_seen
    after = f"After {seen:,} sequence{'s' if seen != 1 else ''}"
    if evaluations.diverged(evaluation):
        return f"{after}: **{evaluations.DIVERGED}**"
    if not wording.classes(run.spec.problem):
        return f"{after} its {wording.SQUARED} on fresh sequences is **{evaluation.loss:.4f}**."
    exact, low, high = shares(evaluation.exact, *evaluation.exact_interval)
    return (
        f"{after} it labels **{exact}** of fresh sequences wholly right ({low} to {high}), "
        f"and {evaluation.accuracy:.1%} of single labels."
    )


def meanwhile(run: Run) -> str:
    """What stands on the page while another run is trained."""
    name = session.describe(run.spec, run.sequences_seen)
    return f"Training. The numbers and sequences here are still those of **{name}**."


def figures_of(run: Run, evaluation: Evaluation) -> None:
    """The run's numbers, the whole sequences large."""
    problem = run.spec.problem
    if evaluations.diverged(evaluation):
        st.metric("Whole sequence right" if wording.classes(problem) else "Mean squared error", "diverged")
        measured = ""
    elif wording.classes(problem):
        exact, low, high = shares(evaluation.exact, *evaluation.exact_interval)
        st.metric(
            "Whole sequence right",
            exact,
            help="Exact-sequence accuracy: the share of fresh sequences with every label right.",
        )
        st.caption(f"{evaluation.exact_count:,} of {evaluation.n_sequences:,}; 95% interval {low} to {high}")
        measured = (
            f"Single labels right: **{evaluation.accuracy:.1%}**  \n"
            f"Loss, fresh sequences: **{evaluation.loss:.4f}** nats/label  \n"
        )
    else:
        st.metric("Mean squared error", f"{evaluation.loss:.4f}", help="The loss, on fresh sequences.")
        st.caption(f"On {evaluation.n_sequences:,} fresh sequences. There are no labels to be right.")
        measured = ""
    beside = f", beside {run.timing.stacked - 1} others" if run.timing.stacked > 1 else ""
    compiled = f", compiled in {run.timing.compile_s:.1f} s" if run.timing.compile_s else ""
    st.markdown(
        f"{measured}"
        f"Parameters: **{parameter_count(problem, run.spec.model):,}**  \n"
        f"Trained in **{run.timing.train_s:.1f} s**{beside}{compiled}"
    )
