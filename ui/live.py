"""A running job on the page: started, watched, stopped, and turned into remembered runs when it ends."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from bilstm_core import codec
from bilstm_core.engine.cost import allowed_share
from bilstm_core.runs import Run
from bilstm_core.service.job_view import JobView
from bilstm_core.service.jobs import Jobs
from bilstm_core.specs import RunSpec
from ui import less, looks, session, state, wording
from ui.chart import component
from ui.less import Less
from ui.watch import Watch

POLL_S = 1.0  # where the server tells nothing of jobs
SHORT_S, FIRST_S = 0.15, 0.25  # after the press: how long the page waits for a short training's end; for a first word
TICK_S = 0.01
NOTHING = "\u00a0"
WORTH_LESS_S = 5.0  # of a wait, before a smaller setting is offered


def start(
    page: str,
    specs: Sequence[RunSpec],
    resume: Run | None = None,
    *,
    about: Mapping[str, Any] | None = None,
    sequences: int = 0,
    mixed: bool = False,
) -> None:
    """Submit a job for the page, unless it has one: of several quick clicks the first counts. Returns at once.

    about: what another session needs to show what the job was asked for; JSON-ready
    sequences: that the page scores each run on; 0 where it evaluates each whole
    mixed: as a sweep, by few programs and without curves on the way
    What is too much at once is told on the page.
    """
    if active(page):
        return
    forget_failure(page)
    try:
        job = session.jobs().submit(
            specs, resume=resume, watcher=session.watcher(), about=about, sequences=sequences, mixed=mixed
        )
    except ValueError as error:
        _failed(page, str(error), share=allowed_share(error))
        return
    session.set_job(page, job)
    state.PRESSED(page).set(True)


def train_linked(page: str, spec: RunSpec | None, beside: Sequence[RunSpec] = ()) -> None:
    """Train what the page's address asks for, if the page has just been filled from there and there is no run of it.

    beside: what is trained with it, where there is no run of that either
    """
    if state.LINKED(page).take() and spec and session.find(spec) is None and not active(page):
        start(page, [spec, *(each for each in beside if each != spec and session.find(each) is None)])


def prepare(page: str, specs: Sequence[RunSpec]) -> None:
    """Have the worker compile what a press would train, once the page's settings have stood for a moment.

    Called in every run of the page: no specs withdraw what was asked for before, and so does a job of the page.
    """
    session.jobs().prepare([] if active(page) else specs, watcher=session.watcher())


def keep_finished(view: JobView, *, resumable: bool = True) -> None:
    """Remember every finished run of a job, which the job service has stored."""
    for run in view.runs:
        if run and run.finished:
            session.keep(run, resumable=resumable)


def forget_failure(page: str) -> None:
    """Take the page's last failure off it."""
    state.FAILED(page).drop()


def stop(page: str) -> None:
    """Ask the page's job to end after the chunk it is in; what it has learnt is kept.

    A job that other sessions watch too goes on for them; this page leaves it.
    """
    job, service = session.job(page), session.jobs()
    if job and not service.stop(job, session.watcher()):
        view = service.view(job)
        if view is None:
            session.set_job(page, None)
            _failed(page, wording.LOST)
        elif not view.over:  # one that is over is taken in by the panel
            session.set_job(page, None)
            _failed(page, wording.LEFT, left=True)


def active(page: str) -> bool:
    """Whether the page has a job that it is waiting for."""
    return session.job(page) is not None


def waits(page: str) -> bool:
    """Whether the page's replay waits to be played: its end tells what is covered, and nobody has seen it learn."""
    return state.COVERED.get() and state.FROM_STORE(page).get()


def address(page: str, restore: Callable[[JobView], bool]) -> None:
    """Take up the job that the page's address names, as it does after a reload; called before the page's widgets.

    While a job of the page runs, `panel` names it in the address.
    restore: sets the page to what a job was asked for; returns whether it is one that this page could have asked for
    """
    named, ours = state.JOB_OF_ADDRESS.get(), state.ADDRESSED(page)
    if ours.ensure() != named and named and not active(page):
        ours.set(named)
        forget_failure(page)
        view = session.jobs().take_over(named, session.watcher())
        if view is None:
            _failed(page, wording.UNKNOWN)
        elif restore(view):
            session.set_job(page, named)
        else:
            session.jobs().leave(named, session.watcher())
    if named and not active(page):
        state.JOB_OF_ADDRESS.drop()


def panel(
    page: str,
    draw: Callable[[Watch | None], object],
    done: Callable[[JobView], None],
    *,
    note: str = "",
    stale: bool = False,
    smaller: Callable[[float], Less | None] = lambda _: None,
) -> None:
    """Draw the page's figure, which grows in the browser while its job runs, and hand over what came of it.

    draw: with a watch, it draws a chart that is given it, or `progress`
    note: what stands above the figure while no job runs; stale: whether it is that the answer is of other settings
    smaller: the setting that asks for a share of the work; offered where all of it is too much, or would wait
    What stands above the figure has a container of its own, there or not: an element that moves to another place is
    taken off the page and put on again.
    """
    above = st.container()
    with above:
        failure(page, smaller)

    def figure() -> None:
        job = session.job(page)
        view = look(page, job) if job else None
        over = job is not None and (view is None or view.over)
        if over:
            _take_in(page, view, done)
            view = None
        if view and state.ADDRESSED(page).is_set():
            state.ADDRESSED(page).set(view.id)
            state.JOB_OF_ADDRESS.set(view.id)
        fresh = view and not (view.resume or view.steps_done or state.DEAF.get())
        if view and fresh and view.short and view.waits_s >= WORTH_LESS_S:
            training = view.specs[0].training
            share = view.short / (training.epochs * training.sequences_per_epoch)
            with above:
                less.offer(page, smaller(share), view.id)
        told = note if not view and not over else ""
        holds = "told" if told or view or over else "silent"  # of this a phone keeps no place
        with st.container(key="status"), st.container(key="stale" if told and stale else holds):
            st.caption(told or NOTHING)  # never empty: one that is comes and goes
        draw(_watch(page, view, done) if view else None)
        if over:
            st.rerun()  # the figure stands already: now what is said beside it

    if active(page) and state.DEAF.get():
        st.fragment(run_every=POLL_S)(figure)()
    else:
        figure()


def progress(page: str, watch: Watch | None) -> None:
    """How far the page's job is, where no figure of the page says it."""
    if watch:
        component.progress(watch, key=state.widget(page, "progress"))


def told(page: str, done: Callable[[JobView], None]) -> None:
    """How far the page's job is, where the figure that tells it can be out of sight. done: as of `panel`"""
    job = session.job(page)
    view = look(page, job) if job else None
    if view and not view.over:
        with st.container(key="told"):
            progress(page, _watch(page, view, done))


def _take_in(page: str, view: JobView | None, done: Callable[[JobView], None]) -> None:
    """The page's job is over, or lost: it waits for it no longer."""
    session.set_job(page, None)
    if view is None:
        _failed(page, wording.LOST)
        return
    if view.message:
        _failed(page, view.message, view)
    done(view)


def _watch(page: str, view: JobView, done: Callable[[JobView], None]) -> Watch:
    def ended(sent: Any) -> bool:
        job = session.job(page)
        if job and job == sent:
            now = session.jobs().view(job, session.watcher())
            if now is None or now.over:
                _take_in(page, now, done)
        return isinstance(sent, str)

    def deaf(sent: Any) -> bool:
        state.DEAF.set(True)
        return isinstance(sent, str)

    return Watch(view, session.watcher(), standing(view, session.jobs()), state.DEAF.get(), ended, deaf)


def look(page: str, job: str) -> JobView | None:
    """The job as it stands; right after the press, as it stands a moment later.

    A short training is over by then, and shown in the run of the page that the press has caused.
    """
    service, watcher = session.jobs(), session.watcher()
    view = service.view(job, watcher)
    if state.PRESSED(page).take() and service.state == "ready":
        since = time.monotonic()
        while view and not view.over:
            waited = time.monotonic() - since
            if waited > FIRST_S or (waited > SHORT_S and view.steps_done):
                break
            time.sleep(TICK_S)
            view = service.view(job, watcher)
    return view


def _failed(page: str, message: str, view: JobView | None = None, *, share: float = 0.0, left: bool = False) -> None:
    """Tell what went wrong; with the job that failed, what it was asked for and has not finished can be tried again."""
    failed: state.Failure = {
        "message": message,
        "specs": [],
        "about": {},
        "sequences": 0,
        "mixed": False,
        "share": share,
        "left": left,
    }
    if view:
        pairs = zip(view.specs, view.runs, strict=True)
        failed["specs"] = [codec.encode(spec) for spec, run in pairs if run is None or not run.finished]
        failed["about"], failed["sequences"], failed["mixed"] = dict(view.about), view.sequences, view.mixed
    state.FAILED(page).set(failed)


def failure(page: str, smaller: Callable[[float], Less | None] = lambda _: None) -> None:
    """What went wrong with the page's last job, with a button that tries it again, or less. smaller: as of `panel`"""
    failed = state.FAILED(page).get()
    if not failed:
        return
    if failed["left"]:
        st.info(failed["message"])
    else:
        looks.error(failed["message"])
    if failed["specs"] and st.button("Retry", key=state.widget(page, "retry"), icon=":material/refresh:"):
        specs = [codec.decode(flat) for flat in failed["specs"]]
        start(page, specs, about=failed["about"], sequences=failed["sequences"], mixed=failed["mixed"])
        st.rerun()
    if failed["share"]:
        less.offer(page, smaller(failed["share"]))


def standing(view: JobView, service: Jobs) -> str:
    """What a job of this service that is not over is doing, or what it waits for."""
    return wording.doing(view, service.state, service.problem or service.notice)


def start_button(label: str, page: str, on_click: Callable[..., None], *args: object, disabled: bool = False) -> None:
    """The page's main button, which trains what it asks for.

    On a phone the settings close with it: the figure, which stands beneath them, is in sight as it grows.
    """

    def press() -> None:
        state.SETTINGS_OPEN.set(False)
        on_click(*args)

    st.button(
        label,
        key=state.widget(page, label.lower()),
        type="primary",
        icon=":material/play_arrow:",
        on_click=press,
        disabled=disabled,
        width="stretch",
    )


def stop_button(page: str, on_click: Callable[[], None] | None = None) -> None:
    """Ends the page's job; what it has learnt so far is shown. on_click: in place of `stop`

    It is always there, in a place of its own: were it to take the place of another button, a second click on that one
    would stop what the first has begun.
    """
    st.button(
        "Stop",
        key=state.widget(page, "stop"),
        on_click=on_click or partial(stop, page),
        icon=":material/stop:",
        disabled=not active(page),
        width="stretch",
    )


def start_and_stop(label: str, page: str, on_click: Callable[..., None], *args: object, disabled: bool = False) -> None:
    """The page's main button with the one that ends its job beside it."""
    with st.container(horizontal=True, gap="small"):
        start_button(label, page, on_click, *args, disabled=disabled or active(page))
        stop_button(page)
