"""The Inside page's tabs: hidden states, the gates of a unit, the merge step by step, and all of it while it learnt."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from bilstm_core import figures
from bilstm_core.evaluation import evaluation_sequences
from bilstm_core.network import introspection
from bilstm_core.network.inference import BranchTrace, trace
from bilstm_core.network.initial_weights import initial_weights, parameter_count
from bilstm_core.runs import Run, checkpoint_specs
from ui import address, evaluations, live, session, state
from ui.chart.component import chart
from ui.inside import sensitivity, subject, words
from ui.sequence import sequences, timeline
from ui.sequence.timeline import Values

Numbers = npt.NDArray[Any]


def tabs(page: str, run: Run, values: Values) -> None:
    """Four tabs; only the open one is worked out."""
    parts = dict(zip(words.TABS, (_states, _gates, _merge, _learning), strict=True))

    @st.fragment
    def opened() -> None:
        for tab, draw in zip(
            st.tabs(list(parts), key=state.widget(page, "tab"), on_change="rerun"), parts.values(), strict=True
        ):
            if tab.open:
                with tab:
                    draw(page, run, values)
        address.end(page)

    opened()


@st.cache_resource(max_entries=2, show_spinner=False, scope="session")  # edits would fill everyone's
def _trace(digest: str, _run: Run, values: bytes) -> list[BranchTrace]:
    x = np.frombuffer(values, np.float32).reshape(1, -1, _run.spec.problem.problem.features)
    return trace(_run.spec.problem, _run.spec.model, _run.weights, x)


def _traces(run: Run, values: Values) -> list[BranchTrace]:
    return _trace(run.digest, run, values.tobytes())


@st.cache_resource(max_entries=50, show_spinner=False)
def _ties(digest: str, _run: Run, n: int) -> dict[str, Numbers]:
    spec = _run.spec
    return introspection.ties(spec.problem, spec.model, _run.weights, evaluation_sequences(spec.problem, n))


def _tied_on(run: Run) -> int:
    """How many fresh sequences the page can afford to tie units to labels by."""
    cost = run.spec.problem.timesteps * parameter_count(run.spec.problem, run.spec.model)
    return int(min(sequences.FRESH, max(sensitivity.FEWEST, sensitivity.AFFORDABLE // cost)))


def _ties_of(run: Run) -> dict[str, Numbers]:
    return _ties(run.digest, run, _tied_on(run))


def _colour(run: Run, part: str) -> str:
    if part == introspection.MERGED:
        return figures.color("bidirectional", run.spec.model.merge_mode)
    return figures.color("backward" if part == "backward" else "forward")


def _states(page: str, run: Run, values: Values) -> None:
    model, tied = run.spec.model, _ties_of(run)
    chosen = introspection.chosen_units(model, tied)
    units = introspection.units_of(model, _traces(run, values))
    frame = _without_padding(introspection.states_frame(model, units, tied, chosen), run, values)
    flip = sensitivity.flip(run, values)
    sequence_name = subject.sequence_name(page, run.spec.problem)
    named = _named(run, units.parts)
    for column, (part, name) in zip(st.columns(max(2, len(named))), named.items(), strict=False):
        with column:
            figure = timeline.unless_edited(
                page,
                sequence_name,
                ("states", part, run.digest, values.tobytes()),
                partial(_heatmap, frame[frame["panel"] == part].assign(panel=name), name, _colour(run, part), flip),
            )
            chart(figure, key=f"{page}-states-{part}", alt=words.states_alt(name))
    together = "merged" in chosen and model.merge_mode != "concat"
    count = len(next(iter(chosen.values())))
    tied_on = min(_tied_on(run), subject.how_many(run.spec.problem))
    fresh = run.spec.problem.problem.fixed is None
    st.caption(words.states(count, tied_on, together=together, layers=model.layers, fresh=fresh))
    evaluations.download(lambda: frame, "hidden states")


def _without_padding(frame: pd.DataFrame, run: Run, values: Values) -> pd.DataFrame:
    """What is drawn of a sequence that somebody brought, which may have much padding, that nobody asks for."""
    problem = run.spec.problem
    return frame[frame["timestep"] <= sensitivity.real(problem, values)] if problem.problem.fixed else frame


def _named(run: Run, parts: Iterable[str]) -> dict[str, str]:
    return {part: f"merged: {run.spec.model.merge_mode}" if part == introspection.MERGED else part for part in parts}


def states_of(run: Run, values: Values) -> tuple[pd.DataFrame, go.Figure]:
    """The states that the page shows of the units most tied to the label: as a table, and all in one figure."""
    model, tied = run.spec.model, _ties_of(run)
    units = introspection.units_of(model, _traces(run, values))
    frame = introspection.states_frame(model, units, tied, introspection.chosen_units(model, tied))
    named = _named(run, units.parts)
    frame = frame.assign(panel=frame["panel"].map(named))
    colours = {name: _colour(run, part) for part, name in named.items()}
    return frame, figures.hidden_states(frame, colours, flip=sensitivity.flip(run, values), row=26)


def _heatmap(rows: pd.DataFrame, name: str, colour: str, flip: int | None) -> go.Figure:
    return figures.hidden_states(rows, {name: colour}, flip=flip, row=26)


def _gates(page: str, run: Run, values: Values) -> None:
    model, traces = run.spec.model, _traces(run, values)
    left, centre, right = st.columns([2, 1.2, 3], vertical_alignment="bottom")
    branches = list(dict.fromkeys(each.branch for each in traces))
    branch, layer = branches[0], 1
    if len(branches) > 1:
        with left:
            held = _holding(state.BRANCH(page), branches, branches[0], len(branches))
            branch = st.segmented_control("Branch", branches, required=True, **held)
    if model.layers > 1:
        with centre:
            held = _holding(state.LAYER(page), range(1, model.layers + 1), model.layers, model.layers)
            layer = st.number_input("Layer", 1, model.layers, **held)
    tied = _ties_of(run)[branch] if layer == model.layers else None
    order = range(1, model.units + 1) if tied is None else (np.argsort(-np.abs(tied), kind="stable") + 1).tolist()

    def named(unit: int) -> str:
        return words.unit(unit, None if tied is None else float(tied[unit - 1]))

    with right:
        held = _holding(state.UNIT(page), order, order[0], branch, layer, run.digest)
        unit = st.selectbox("Unit", order, format_func=named, **held) - 1
    seen = next(each for each in traces if each.layer == layer and each.branch == branch)
    frame = _without_padding(introspection.gates_frame(seen, unit), run, values)
    figure = figures.gates(frame, _colour(run, branch), flip=sensitivity.flip(run, values))
    chart(figure, key=f"{page}-gates", alt=words.gates_alt(unit + 1, branch))
    st.caption(words.gates(model.cell, from_end=branch == "backward"))
    evaluations.download(lambda: frame, "gates")


def _holding(chosen: state.Entry[Any], options: Sequence[Any], first: Any, *of: object) -> dict[str, Any]:
    """What has a widget hold a choice that an address can make, too: `first`, while none of the options is chosen.

    of: what the widget is of; it is another one for another network
    """
    widget = state.Entry(state.widget(chosen.key, *of), first)
    widget.set(chosen.get() if chosen.get() in options else first)
    return {"key": widget.key, "on_change": lambda: chosen.set(widget.get())}


def _merge(page: str, run: Run, values: Values) -> None:
    model = run.spec.model
    if model.direction != "bidirectional":
        st.markdown(words.NO_MERGE)
        return
    parts = introspection.units_of(model, _traces(run, values)).parts
    first, second = list(parts.values())[:2]
    left, right, _ = st.columns([1, 1, 3])
    timesteps = len(values)
    at = sensitivity.flip(run, values) or 1
    held = _holding(state.MERGED_AT(page), range(1, timesteps + 1), at, timesteps)
    timestep = left.number_input("Timestep", 1, timesteps, **held)
    likely = introspection.chosen_units(model, _ties_of(run), 1)["forward"][0] + 1
    held = _holding(state.MERGED_UNIT(page), range(1, model.units + 1), likely, run.digest)
    unit = right.number_input("Unit", 1, model.units, **held)
    numbers = [float(states[0, timestep - 1, unit - 1]) for states in (first, second)]
    wide, narrow = st.columns([3, 2], gap="medium")
    with wide:
        chart(figures.merge_steps(*numbers), key=f"{page}-merge", alt=words.merge_alt(*numbers))
    with narrow:
        st.markdown(words.merged_by(model.merge_mode))
        kernel = run.weights["head/kernel"]
        if kernel.shape[1] == 1:
            merged = parts[introspection.MERGED][0, timestep - 1]
            places = [unit - 1, model.units + unit - 1] if model.merge_mode == "concat" else [unit - 1]
            terms = [(float(kernel[place, 0]), float(merged[place])) for place in places]
            log_odds = run.spec.problem.problem.head != "regression"
            st.markdown(words.weighed(terms, timestep, _before_activation(run, merged), log_odds=log_odds))
        st.caption(words.OTHER_MERGES)


def _before_activation(run: Run, merged: Numbers) -> float:
    return float(merged @ run.weights["head/kernel"][:, 0] + run.weights["head/bias"][0])


def _learning(page: str, run: Run, values: Values) -> None:
    specs = checkpoint_specs(run)
    trained = [checkpoint for spec in specs if (checkpoint := session.find(spec))]
    missing = [spec for spec in specs if session.find(spec) is None]
    if missing:
        updates = sum(spec.training.steps for spec in missing)
        st.markdown(words.checkpoints([spec.training.epochs for spec in specs], updates))
        label = words.train_checkpoints(len(missing))
        if st.button(
            label, key=state.widget(page, "checkpoints"), disabled=live.active(page), icon=":material/play_arrow:"
        ):
            live.start(page, missing)
            st.rerun()  # the whole page: its progress stands outside the tabs
        if not trained:
            return
    if not specs:
        st.markdown(words.no_checkpoint(run.steps_done, run.spec.training.steps_per_epoch))
    figure = timeline.unless_edited(
        page,
        subject.sequence_name(page, run.spec.problem),
        ("checkpoints", *(each.digest for each in [*trained, run]), values.tobytes()),
        lambda: _checkpoints(trained, run, values),
    )
    chart(figure, key=f"{page}-checkpoints", alt=words.CHECKPOINTS_ALT, replay=True)
    partly = words.moved(sensitivity.moved(run, len(trained) + 2), sensitivity.movable(run.spec.problem))
    st.caption(f"{words.CHECKPOINTS} {partly}".rstrip())


def _checkpoints(trained: list[Run], run: Run, values: Values) -> go.Figure:
    spec, model = run.spec, run.spec.model
    count = len(trained) + 2
    part, moved = sensitivity.window(run, values, count), sensitivity.moved(run, count)
    tied = _ties_of(run)
    shown = introspection.MERGED if introspection.MERGED in tied else next(iter(tied))
    units = introspection.chosen_units(model, tied)[shown]
    total = run.sequences_seen
    stages = {
        "untrained": initial_weights(spec.problem, model, spec.training.seed),
        **{words.moment(each.sequences_seen, total): each.weights for each in trained},
        words.moment(total, total): run.weights,
    }
    moments = []
    for name, weights in stages.items():
        matrix = introspection.sensitivity(spec.problem, model, weights, values, part, features=moved)[
            part.start : part.stop
        ]
        states = introspection.units_of(model, trace(spec.problem, model, weights, values[None])).parts[shown]
        moments.append(figures.Moment(name, matrix, states[0][:, units].T))
    names = [introspection.unit_name(model, shown, unit) for unit in units]
    colour = figures.color(model.direction, model.merge_mode)
    return figures.checkpoints(moments, names, colour, unit=sensitivity.unit_of(run), first=part.start + 1)
