"""The board of the smallest models: what is recorded, beside it what this visitor's maps have found, and one place."""

import functools
from collections.abc import Collection, Mapping
from datetime import date
from urllib.parse import urlencode

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from bilstm_core import codec, figures
from bilstm_core.analysis.smallest import Smallest, Tried, smaller, smallest_of, tried_of
from bilstm_core.page_settings import SWEEPS
from bilstm_core.problems import PROBLEMS
from bilstm_core.recorded_board import GOAL, STARTS, TIMESTEPS, Board, Place, alike, recorded, starts
from bilstm_core.recorded_maps import recorded_results
from bilstm_core.sweep_settings import SweepSettings
from bilstm_core.sweeps import TESTED_ON
from ui import controls, live, registry, state, wording
from ui.chart.component import Click, cached_for_session, chart
from ui.sweeps import launch, words
from ui.sweeps.launch import PAGE
from ui.sweeps.resolved import SETTINGS, Map


@functools.lru_cache(maxsize=1)
def known() -> tuple[Board, Mapping[Place, Smallest], Mapping[Place, Tried]]:
    """The recorded board, the smallest model of each place, and what smaller ones were tried for each."""
    board = recorded()
    found = smallest_of(board.results, board.sequences)
    return board, found, tried_of(board.results, found)


def keep_found(shown: Map) -> None:
    """Keep what a map has found that is smaller than what is recorded, and than what was found before.

    Squares count once all of their starts are known; what more starts say of a model that was found takes its place.
    """
    board, best, _ = known()
    kept = yours()
    for each in (shown, *shown.beside.values()):
        if each.grid.of_data or each.grid.starts < STARTS or each.sequences < TESTED_ON:
            continue
        whole = [specs for specs in each.grid.cells.values() if all(spec in each.results for spec in specs)]
        known_from = {alike(specs[0]): len(specs) for specs in whole}
        kept = {place: model for place, model in kept.items() if known_from.get(alike(model.spec), 0) <= model.starts}
        own = {
            spec: each.results[spec]
            for specs in whole
            if any(each.results[spec].exact >= GOAL for spec in specs)
            if any((spec, each.sequences) not in recorded_results() for spec in specs)
            for spec in specs
        }
        found = {place: model for place, model in smallest_of(own, each.sequences).items() if place in board.best}
        kept |= smaller(smaller(found, best), kept)
    state.SMALLEST(PAGE).set(
        [
            {"spec": codec.encode(model.spec), "parameters": model.parameters, "exacts": list(model.exacts),
             "reached": model.reached}
            for model in kept.values()
        ]
    )  # fmt: skip


def yours() -> dict[Place, Smallest]:
    """What the maps of this visitor have found that is smaller than what is recorded, by place."""
    found = {}
    for held in state.SMALLEST(PAGE).get():
        spec = codec.decode(held["spec"])
        place = Place.of(spec)
        found[place] = Smallest(spec, held["parameters"], tuple(held["exacts"]), held["reached"])
    return found


def settings_of(model: Smallest) -> SweepSettings:
    """A small map around a model: its square, and those of one unit less and some more, at some more timesteps."""
    spec = model.spec
    timesteps, units, fewest = spec.problem.timesteps, spec.model.units, max(1, spec.model.units - 1)
    return SweepSettings(
        starts=model.starts if model.starts in SWEEPS.field_named("starts").choices else STARTS,
        goal=GOAL,
        steps=4,
        x_from=float(timesteps),
        x_to=float(timesteps + 3),
        y_from=float(fewest),
        y_to=float(fewest + 3),
        name=spec.problem.name,
        direction=spec.model.direction,
        cell=spec.model.cell,
        merge_mode=spec.model.merge_mode,
        timesteps=timesteps,
        units=units,
        layers=spec.model.layers,
        sequences_per_epoch=spec.training.sequences,
        batch_size=spec.training.batch_size,
        learning_rate=spec.training.learning_rate,
        seed=spec.training.seed,
    )


def link_of(model: Smallest) -> str:
    """The address of such a map with the model's square open, as seen from a page of this app."""
    settings = settings_of(model)
    asked = {
        declared.link: declared.spell(getattr(settings, declared.name))
        for declared in SWEEPS.fields
        if getattr(settings, declared.name) != getattr(SWEEPS.first, declared.name)
    }
    return f"sweeps?{urlencode({**asked, 'square': f'{settings.timesteps}_{settings.units}'})}"


def open_map(model: Smallest) -> None:
    """Have the page show the small map around a model, with its square open; a callback."""
    settings = settings_of(model)
    SETTINGS.fill(settings)
    state.SQUARE(PAGE).set([float(settings.timesteps), float(settings.units)])
    state.SEQUENCE(PAGE).drop()


def run_again(model: Smallest) -> None:
    """Train all starts of a model again, and show its map meanwhile; a callback."""
    open_map(model)
    launch.train_alone(settings_of(model), starts(model.spec, model.starts), TESTED_ON)


def choose(click: Click) -> bool:
    """Open the place that was pressed; returns whether there is such a one."""
    board, *_ = known()
    match click["customdata"]:
        case [str(problem), str(direction), str(timesteps)]:
            for place in board.best:
                if (problem, direction, timesteps) == (place.problem, place.direction, str(place.timesteps)):
                    state.PLACE(PAGE).set([problem, direction, place.timesteps])
                    return True
    return False


def opened() -> Place:
    """The place that is open: the one that was pressed, or else of those with a model the nearest to the settings."""
    board, best, _ = known()
    chosen, settings = state.PLACE(PAGE).get(), SETTINGS.read()
    if chosen is not None and (place := Place(*chosen)) in board.best:
        return place
    timesteps = settings.timesteps or TIMESTEPS[0]  # a box may be empty

    def far(place: Place) -> tuple[bool, bool, int]:
        return place.problem != settings.name, place.direction != settings.direction, abs(place.timesteps - timesteps)

    found = {**best, **yours()}
    return min((place for place in board.best if place in found or not found), key=far)


def lengths(place: Place | None) -> set[int]:
    """The timesteps that the board has columns of: of which something is recorded, found by this visitor, or open."""
    _, best, tried = known()
    return {each.timesteps for each in [*best, *tried, *yours(), *([place] if place else [])]}


def draw(shown: Map | str) -> None:
    """The board, and beside it the place that is open."""
    board, _, _ = known()
    if not board.best:
        return
    if isinstance(shown, Map):
        keep_found(shown)
    own, place = yours(), opened()
    where = wording.recorded_on(date.fromisoformat(board.day), board.versions) if board.results else words.NOT_SEARCHED
    st.header(words.BOARD, anchor=False)
    st.caption(f"{words.board(board.sequences, STARTS, GOAL, own=bool(own))} {where}")
    left, right = st.columns([2.3, 1], gap="medium")
    with left:
        _squares(own, place)
    with right:
        _opened(own, place)


def _squares(own: Mapping[Place, Smallest], place: Place) -> None:
    """The board. own, place: as of `figure`"""
    chart(
        cached_for_session(
            ("board", *((*of, model.parameters, *model.exacts) for of, model in own.items()), place),
            lambda: figure(own, place),
        ),
        key=f"{PAGE}-board",
        alt=words.BOARD_ALT,
        on_click=choose,
    )


def _opened(own: Mapping[Place, Smallest], place: Place) -> None:
    """What is known of the place that is open. own: as of `figure`"""
    board, best, tried = known()
    st.markdown(words.place(PROBLEMS[place.problem].title, place.direction, place.timesteps))
    if place in own:
        _model(own[place], words.yours(own[place], first=place not in best, goal=GOAL), "yours")
    if place in best:
        _model(best[place], words.smallest(best[place], tried.get(place), GOAL), "recorded")
    elif board.possible(place):
        st.markdown(words.none_found(tried.get(place), GOAL))
    else:
        st.markdown(words.impossible(place.direction, board.best[place], GOAL))
    if board.possible(place):
        st.caption(words.TO_BEAT)


def figure(own: Mapping[Place, Smallest], place: Place | None) -> go.Figure:
    """The whole board. own: what stands in place of the recorded; place: that is open"""
    chosen = (PROBLEMS[place.problem].title, place.direction, words.length(place.timesteps)) if place else None
    return figures.board(table(own, lengths(place)), chosen=chosen)


def table(own: Mapping[Place, Smallest], timesteps: Collection[int]) -> pd.DataFrame:
    """A row for each place of these lengths, as `figures.board` takes them."""
    board, best, tried = known()
    rows = []
    for place, possible in board.best.items():
        if place.timesteps not in timesteps:
            continue
        model = own.get(place) or best.get(place)
        title, length = PROBLEMS[place.problem].title, words.length(place.timesteps)
        if model:
            kind, square = "found", words.found(model, own=place in own)
        elif board.possible(place):
            kind, square = "none", words.none_in_short(tried.get(place))
        else:
            kind, square = "impossible", words.impossible_in_short(possible)
        about = f"{title}, {place.direction}, {length}<br>{square.about}"
        key = [place.problem, place.direction, str(place.timesteps)]
        of = title, place.direction, place.timesteps, length
        rows.append((*of, kind, square.text, square.short, about, key, place in own))
    columns = ["problem", "direction", "timesteps", "length", "kind", "text", "short", "about", "key", "own"]
    return pd.DataFrame(rows, columns=columns)


def _model(model: Smallest, sentence: str, whose: str) -> None:
    """A model of the open place: what it reaches, and what can be done with it. whose: for the buttons' keys"""
    st.markdown(f"{sentence} [{words.ITS_LINK}]({link_of(model)})")
    with st.container(horizontal=True):
        st.button(
            words.ITS_MAP,
            key=state.widget(PAGE, "board_map", whose),
            icon=":material/grid_on:",
            on_click=open_map,
            args=(model,),
        )
        st.button(
            words.AGAIN,
            key=state.widget(PAGE, "board_again", whose),
            icon=":material/play_arrow:",
            on_click=run_again,
            args=(model,),
            disabled=live.active(PAGE),
        )
        away = st.button(words.OPEN, key=state.widget(PAGE, "board_open", whose), icon=":material/open_in_new:")
    if away:
        controls.hand_over(registry.TRAIN.name, model.spec)
        st.switch_page(registry.TRAIN.path)
