"""The loss curves of a comparison: growing while a job runs, then with the replay, the floors beneath them."""

import functools
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from bilstm_core import figures
from bilstm_core.analysis import frames
from bilstm_core.analysis.statistics import mean_losses
from bilstm_core.comparison import RunsByLabel, SpecsByLabel, is_long
from bilstm_core.engine.snapshots import with_answers
from bilstm_core.page_settings import TUTORIAL_EPOCHS
from bilstm_core.service.job_view import JobView
from bilstm_core.specs import ProblemSpec, RunSpec
from ui import best_possible, controls, evaluations, live, state, wording
from ui.chart.component import cached, chart
from ui.compare import guess, launch, less, words
from ui.compare.comparison import Comparison, runs_of
from ui.compare.resolved import Shown, switched_on
from ui.less import Less
from ui.watch import Watch, line

CURVE_HEIGHT, TALL_CURVE_HEIGHT = 240, 246  # px, with the probes' rows below and without: the replay is in sight
IN_THE_LESSON = 288  # px of the whole figure on a low screen, where the lesson's question stands above, too


def _pills(comparison: Comparison) -> None:
    """What switches a label on and off."""
    st.pills(
        "Curves",
        list(comparison.models),
        selection_mode="multi",
        default=switched_on(comparison),
        key=state.VISIBLE(comparison.page).key,
        label_visibility="collapsed",
        persist_state="session",
    )


def curves(shown: Shown, note: str) -> None:
    """Median and band of every model's loss, filling in while the job runs, then with the replay.

    note: what stands above it while no job runs
    """
    page, comparison, settings, labels = shown.page, shown.comparison, shown.settings, shown.visible
    with st.container(horizontal=True, vertical_alignment="center"):
        if guess.is_due(comparison, shown.chosen.settings, settings):  # in place of the pills: it costs no height
            guess.ask_what_stops(comparison)
        elif comparison.pills:
            _pills(comparison)
        with controls.setting("singly"):
            singly = st.toggle(
                "Each start",
                key=state.widget(page, "singly"),
                persist_state="session",
                help=words.EACH_START,
            )
    probes = comparison.probes and not state.CLASS.get()  # a class sees one thing at a time
    low = IN_THE_LESSON if state.LESSON.get() and not probes else None
    styles = {label: comparison.styles[label] for label in labels}
    specs = {label: group[0] for label, group in shown.specs.items()}
    complete = best_possible.known(specs)
    floors = [] if state.COVERED.get() else best_possible.of({label: specs[label] for label in labels}, styles)
    problem = settings.problem
    axis = wording.loss_axis(problem)
    if is_long(settings):
        axis |= {"log_x": True, "mark": TUTORIAL_EPOCHS}

    def known() -> RunsByLabel:
        runs = runs_of(shown.specs) if shown.busy else shown.runs  # a job may have ended meanwhile
        return {label: group for label, group in runs.items() if label in labels and group}

    @functools.cache  # while a job runs, no run comes or goes
    def stored() -> RunsByLabel:
        return {} if state.AGAIN(page).get() else known()

    @functools.cache
    def stored_losses() -> pd.DataFrame:
        return frames.losses(stored())

    @functools.cache
    def stored_probes() -> pd.DataFrame:
        return _probes(stored(), labels, problem)

    shared = axis | {
        "counted": not state.COVERED.get(),
        "curve_height": CURVE_HEIGHT if probes else TALL_CURVE_HEIGHT,
        "each_run": singly,
        "floors": floors,
        "classes": wording.classes(problem),
        "drawing": problem.problem.drawing,
    }

    def smaller(share: float) -> Less | None:
        fitting = less.fitting(comparison, settings, share) if shown.chosen.settings == settings else None

        def press() -> None:
            if fitting:
                less.choose(comparison, fitting)
                launch.start(comparison, fitting)

        return Less(f"Train {less.told(fitting, settings)}", press) if fitting else None

    def draw(watch: Watch | None) -> None:
        if watch:
            growing = {label: places for label, places in _growing(shown.specs, watch.view).items() if label in labels}
            starts = {label: len(places) + len(stored().get(label, ())) for label, places in growing.items()}
            figure = figures.curve_and_timeline(
                stored_losses(),
                styles,
                stored_probes() if probes else None,
                x_max=watch.view.specs[0].training.sequences,
                replay=False,
                growing=starts,
                ends={},  # what is ranked is known at the end
                **shared,
            )
            lines = [line(label, places, stored=stored().get(label, ())) for label, places in growing.items()]
            chart(figure, key=f"{page}-curves", alt=words.CURVES_ALT, low=low, watch=watch, lines=lines)
            return
        runs = known()
        if not runs:
            st.info(words.NOTHING_YET)
            return
        drawn = tuple((label, *(evaluations.drawn_key(run) for run in group)) for label, group in runs.items())
        ends = _ranked(shown, runs)
        figure = cached(
            (
                "curves",
                drawn,
                tuple(ends.items()),
                singly,
                tuple(styles.items()),
                tuple(floors),
                probes,
                shared["counted"],
            ),
            lambda: figures.curve_and_timeline(
                frames.losses(runs),
                {label: styles[label] for label in runs},
                _probes(runs, list(runs), problem) if probes else None,
                ends=ends,
                **shared,
            ),
        )
        chart(figure, key=f"{page}-curves", alt=words.CURVES_ALT, low=low, replay=True, from_start=live.waits(page))
        still = words.stands_still(_only_the_end(runs)) if probes else ""
        origin = evaluations.origin_of([run for group in runs.values() for run in group])
        st.caption(
            " ".join(part for part in (words.curves(settings.starts, problem.problem.drawing), still, origin) if part)
        )
        best_possible.complete_later(specs, complete)

    live.panel(
        page,
        draw,
        functools.partial(live.keep_finished, resumable=False),
        note=note,
        stale=shown.chosen.settings != settings,
        smaller=smaller,
    )


def _growing(specs: SpecsByLabel, view: JobView) -> dict[str, dict[int, RunSpec]]:
    """The runs of a job by their label and their place in it; a label that has none is left out."""
    names = {spec: label for label, group in specs.items() for spec in group}
    growing: dict[str, dict[int, RunSpec]] = {}
    for place, spec in enumerate(view.specs):
        if spec in names:
            growing.setdefault(names[spec], {})[place] = spec
    return growing


def _probes(runs: RunsByLabel, labels: Sequence[str], problem: ProblemSpec) -> pd.DataFrame:
    """What each label's first run said of a probe sequence; where there is no run yet, what is expected."""
    tables = [
        frames.probe_snapshots(with_answers(runs[label][0]), 0) if runs.get(label) else frames.unanswered(problem, 0)
        for label in labels
    ]
    return pd.concat(
        [table.assign(label=label) for label, table in zip(labels, tables, strict=True)], ignore_index=True
    )


def _ranked(shown: Shown, runs: RunsByLabel) -> dict[str, float]:
    """What is ranked, by label: the mean over the starts of the loss on fresh sequences; none while it isn't known."""
    if shown.scores is None:
        return {}
    means = mean_losses(shown.scores)
    return {label: means[label] for label in runs if label in means}


def _only_the_end(runs: RunsByLabel) -> list[str]:
    """Which models' answers stand still in the replay."""
    return [label for label, group in runs.items() if not len(group[0].snapshots.step)]
