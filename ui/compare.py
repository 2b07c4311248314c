"""A comparison of several models over several starts: what Directions and Merge modes have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bilstm_core import figures, frames
from bilstm_core.initial_weights import parameter_count
from bilstm_core.progress import JobView
from bilstm_core.runs import Run
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.statistics import duels, ranking_sentence
from ui import controls, live, results, session
from ui.chart import cached, chart

STARTS = (1, 3, 10, 50)
EPOCHS = (250, 1_000, 4_000)
CURVE_HEIGHT = 340  # px


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a page compares: models by label, and how each is drawn."""

    page: str
    models: Mapping[str, ModelSpec]
    styles: Mapping[str, figures.Style]
    hidden_at_first: tuple[str, ...] = ()


def specs_of(comparison: Comparison, settings: Mapping[str, Any]) -> dict[str, list[RunSpec]]:
    """The specs of every model and start; ValueError with the core's sentence for settings out of range."""
    problem = ProblemSpec(timesteps=settings["timesteps"])
    return {
        label: [
            RunSpec(
                problem=problem,
                model=replace(model, units=settings["units"]),
                training=TrainingSpec(epochs=settings["epochs"], seed=settings["seed"] + start),
            ).canonical()
            for start in range(settings["starts"])
        ]
        for label, model in comparison.models.items()
    }


def default_settings() -> dict[str, Any]:
    """The recorded comparison: ten starts of 250 epochs."""
    return {"epochs": 250, "starts": 10, "timesteps": 10, "units": 20, "seed": 0}


def shown_settings(page: str) -> dict[str, Any]:
    """The settings of the runs that the page shows."""
    settings: dict[str, Any] = st.session_state.setdefault(f"{page}.settings", default_settings())
    return settings


def runs_of(specs: Mapping[str, Sequence[RunSpec]]) -> dict[str, list[Run]]:
    """The runs that this session or the store has of these specs, by label."""
    return {label: [run for spec in group if (run := session.find(spec))] for label, group in specs.items()}


def _chosen_settings(page: str) -> dict[str, Any]:
    """The settings of the widgets as they stand; the seed is that of the figure until another setting changes."""
    shown = shown_settings(page)
    settings = shown | {name: st.session_state.get(f"{page}.{name}", shown[name]) for name in shown if name != "seed"}
    return settings if settings == shown else settings | {"seed": 0}


def _run(comparison: Comparison, again: bool = False, new_seeds: bool = False) -> None:
    page = comparison.page
    settings = _chosen_settings(page)
    if new_seeds:
        settings["seed"] = session.new_seed(settings["seed"], settings["starts"])
    try:
        specs = specs_of(comparison, settings)
    except ValueError:
        return
    wanted = [spec for group in specs.values() for spec in group if again or session.find(spec) is None]
    st.session_state[f"{page}.from_store"] = not wanted
    st.session_state[f"{page}.settings"] = settings
    st.session_state[f"{page}.again"] = again
    live.forget_failure(page)
    if wanted:
        live.start(page, wanted)


def control_row(comparison: Comparison) -> None:
    """Epochs, starts, timesteps, units and Run, in one row."""
    page = comparison.page
    one, two, three, four, five = st.columns([2.1, 2.1, 1.2, 1.2, 1.4], vertical_alignment="bottom")
    with one, controls.setting("epochs"):
        st.segmented_control(
            "Epochs",
            EPOCHS,
            default=250,
            required=True,
            key=f"{page}.epochs",
            format_func="{:,}".format,
            persist_state="session",
            help="One fresh sequence each.",
        )
    with two, controls.setting("starts"):
        st.segmented_control(
            "Starts",
            STARTS,
            default=10,
            required=True,
            key=f"{page}.starts",
            persist_state="session",
            help="Each start has other initial weights and other data; all models of one start see the same data "
            "(paired seeds).",
        )
    with three, controls.setting("timesteps"):
        controls.widget(page, "timesteps")
    with four, controls.setting("units"):
        controls.widget(page, "units")
    settings = _chosen_settings(page)
    said = ""
    try:
        specs_of(comparison, settings)
    except ValueError as error:
        said = str(error)
    with five:
        if live.active(page):
            live.stop_button(page)
        else:
            st.button(
                "Run",
                key=f"{page}.run",
                type="primary",
                icon=":material/play_arrow:",
                on_click=_run,
                args=(comparison,),
                disabled=bool(said),
                width="stretch",
            )
        controls.settings_switch()
    if said and not any(controls.complaint(name, settings[name]) for name in ("timesteps", "units")):
        st.markdown(f":material/error: {said}")
    if settings == shown_settings(page) and st.session_state.get(f"{page}.from_store", True) and not live.active(page):
        note, again, new = st.columns([4, 1.2, 1.2], vertical_alignment="center")
        note.caption("These settings are trained already; the results are shown.")
        again.button("Train live", key=f"{page}.live", on_click=_run, args=(comparison, True), width="stretch")
        new.button("New seeds", key=f"{page}.new_seed", on_click=_run, args=(comparison, True, True), width="stretch")
    elif settings != shown_settings(page) and not said and not live.active(page):
        st.caption("The figure shows other settings. Press Run for these.")


def visible(comparison: Comparison) -> list[str]:
    """The labels that are switched on, by coloured pills above the figure."""
    st.pills(
        "Curves",
        list(comparison.models),
        selection_mode="multi",
        default=_switched_on(comparison),
        key=f"{comparison.page}.visible",
        label_visibility="collapsed",
        persist_state="session",
    )
    return _switched_on(comparison)


def _switched_on(comparison: Comparison) -> list[str]:
    at_first = [label for label in comparison.models if label not in comparison.hidden_at_first]
    chosen = st.session_state.get(f"{comparison.page}.visible", at_first)
    return [label for label in comparison.models if label in chosen]


def current_runs(comparison: Comparison) -> dict[str, list[Run]]:
    """The runs of the settings that the page shows."""
    return runs_of(specs_of(comparison, shown_settings(comparison.page)))


def curves(comparison: Comparison) -> None:
    """Median and band of every model's loss, filling in while the job runs, then with the replay."""
    page = comparison.page
    with st.container(horizontal=True, vertical_alignment="center"):
        labels = visible(comparison)
        singly = st.toggle(
            "Each start", key=f"{page}.singly", persist_state="session", help="Draw every run, not the band."
        )

    alt = "Loss by sequences seen, median and band over the starts, with one probe sequence for each model."

    def draw(view: JobView | None) -> None:
        if view:
            stored = {} if st.session_state.get(f"{page}.again") else current_runs(comparison)
            tables = [table for table in (frames.losses(stored), *_growing(comparison, view)) if len(table)]
            table = pd.concat(tables, ignore_index=True) if tables else frames.losses({})
            styles = {label: comparison.styles[label] for label in labels}
            height = st.session_state.get(f"{page}.height", 640)
            total = view.specs[0].training.sequences
            figure = figures.loss_curves(table, styles, each_run=singly, x_max=total, height=height)
            chart(figure, key=f"{page}-curves", alt=alt)
            return
        runs = {label: group for label, group in current_runs(comparison).items() if label in labels and group}
        if not runs:
            st.info("Nothing to draw yet.")
            return
        styles = {label: comparison.styles[label] for label in runs}
        drawn = {label: [session.run_key(run) for run in group] for label, group in runs.items()}
        figure = cached(
            repr([drawn, singly]),
            lambda: figures.curve_and_timeline(
                frames.losses(runs), styles, _probes(runs), curve_height=CURVE_HEIGHT, each_run=singly
            ),
        )
        st.session_state[f"{page}.height"] = figure.height
        chart(figure, key=f"{page}-curves", alt=alt, replay=True)
        st.caption(results.origin_of([run for group in runs.values() for run in group]))

    def done(view: JobView) -> None:
        for run in view.runs:
            if run and run.finished:
                session.keep(run)

    live.panel(page, draw, done)


def _growing(comparison: Comparison, view: JobView) -> list[pd.DataFrame]:
    """What is known so far of the runs of a job, a table a run."""
    tables = []
    for place, (seen, loss) in view.curves.items():
        spec = view.specs[place]
        label = next(name for name, model in comparison.models.items() if _same(model, spec.model))
        tables.append(frames.growing_losses(label, spec, seen, loss))
    return tables


def _probes(runs: Mapping[str, Sequence[Run]]) -> pd.DataFrame | None:
    tables = [
        frames.probe_snapshots(group[0], 0).assign(label=label)
        for label, group in runs.items()
        if len(group[0].snapshots.step)
    ]
    return pd.concat(tables, ignore_index=True) if tables else None


def _same(model: ModelSpec, other: ModelSpec) -> bool:
    return replace(model, units=other.units).canonical() == other.canonical()


def scores(runs: Mapping[str, Sequence[Run]]) -> pd.DataFrame:
    """One row a run: label, seed, loss (nats per label, on fresh sequences), accuracy, exact."""
    rows = [
        {"label": label, "seed": run.spec.training.seed, **results.score(run)}
        for label, group in runs.items()
        for run in group
    ]
    return pd.DataFrame(rows, columns=["label", "seed", "loss", "accuracy", "exact"])


def answer(comparison: Comparison, runs: Mapping[str, Sequence[Run]]) -> str:
    """The measured sentence under the page's question."""
    present = {label: runs[label] for label in _switched_on(comparison) if runs[label]}
    if not present:
        return "Switch on a curve to see its result." if any(runs.values()) else "Press **Run** to find out."
    epochs = shown_settings(comparison.page)["epochs"]
    return f"After {epochs:,} sequences each: {ranking_sentence(scores(present))}"


def question(comparison: Comparison, title: str) -> tuple[dict[str, list[Run]], DeltaGenerator]:
    """The page's question, its measured answer, controls and curves.

    Returns the runs that the page shows, and the narrow column beside the curves.
    """
    st.title(title)
    runs = current_runs(comparison)
    with st.container(key="answer"):
        st.markdown(answer(comparison, runs))
    wide, narrow = st.columns([2.2, 1], gap="medium")
    with wide:
        with st.container(key="controls"):
            control_row(comparison)
        with st.container(key="figure"):
            curves(comparison)
    return runs, narrow


def table(comparison: Comparison, runs: Mapping[str, Sequence[Run]]) -> None:
    """The numbers of every model, and who beat whom, start by start."""
    page = comparison.page
    present = {label: group for label, group in runs.items() if group}
    if not present:
        return
    by_run = scores(present)
    summary = frames.results(present, by_run)
    st.dataframe(
        summary,
        hide_index=True,
        width="stretch",
        column_config={
            "label": "Model",
            "starts": "Starts",
            "loss": st.column_config.NumberColumn("Final loss (nats/label)", format="%.4f", help="On fresh sequences."),
            "accuracy": st.column_config.NumberColumn("Single labels right", format="percent"),
            "exact": st.column_config.NumberColumn("Whole sequence right", format="percent"),
            "parameters": st.column_config.NumberColumn("Parameters", format="localized"),
            "train_s": st.column_config.NumberColumn("Seconds a start", format="%.3f"),
        },
    )
    one, two, _ = st.columns([1, 1, 4])
    with one:
        results.download(lambda: summary, f"{page} results", "Table as CSV")
    with two:
        results.download(lambda: frames.losses(present), f"{page} curves", "Curves as CSV")
    pairs = pd.DataFrame(
        [
            {"Lower loss": duel.first, "than": duel.second, "Wins": f"{duel.wins} of {duel.starts}", "p": duel.p_value}
            for duel in duels(by_run)
        ]
    )
    st.markdown("**Wins by pair**, start by start on the same data")
    st.dataframe(
        pairs,
        hide_index=True,
        width="stretch",
        column_config={
            "p": st.column_config.NumberColumn(
                "Chance if equal",
                format="%.3f",
                help="Two-sided sign test: how often a count this uneven would come of two equally good models.",
            )
        },
    )
    results.download(lambda: pairs, f"{page} wins by pair", "Wins as CSV")


def width_note(comparison: Comparison) -> None:
    """Says which models have more parameters than the others, and why."""
    settings = shown_settings(comparison.page)
    problem = ProblemSpec(timesteps=settings["timesteps"])
    wide, narrow = (
        parameter_count(problem, ModelSpec(units=settings["units"], merge_mode=mode)) for mode in ("concat", "sum")
    )
    st.caption(
        f"Not quite a fair race: concat hands its output layer {2 * settings['units']} numbers a timestep, the others "
        f"{settings['units']}, so it has {wide:,} parameters and they have {narrow:,}."
    )


def differences(comparison: Comparison, runs: Mapping[str, Sequence[Run]], baseline: str) -> None:
    """Each model's loss minus the baseline's, start by start."""
    by_run = scores(runs)
    table = by_run.pivot(index="seed", columns="label", values="loss") if len(by_run) else pd.DataFrame()
    if baseline not in table or len(table.columns) < 2:
        return
    others = [label for label in comparison.models if label in table and label != baseline]
    tidy = pd.concat(
        [
            pd.DataFrame(
                {"label": label, "seed": table.index, "difference": (table[label] - table[baseline]).to_numpy()}
            )
            for label in others
        ]
    ).dropna()
    st.markdown(f"**Loss minus {baseline}'s, start by start** (left of zero: lower than {baseline})")
    styles = {label: comparison.styles[label] for label in others}
    chart(
        figures.paired_differences(tidy, styles),
        key=f"{comparison.page}-differences",
        alt=f"Differences of the final loss from {baseline}, a dot for each start.",
    )
    results.download(lambda: tidy, f"{comparison.page} differences")
