"""The Inside page's parts: which model, and its sequence."""

import functools

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bilstm_core import codec, figures, page_settings
from bilstm_core.evaluation import evaluation_sequences
from bilstm_core.page_settings import InsideSettings
from bilstm_core.presets import DEFAULT_PRESET, PRESETS
from bilstm_core.problems import Batch
from bilstm_core.problems.given import AbsentError
from bilstm_core.runs import Run
from bilstm_core.settings import FIELDS
from bilstm_core.specs import ProblemSpec, RunSpec
from ui import address, controls, live, own_data, registry, session, state, wording
from ui.chart.component import chart
from ui.inside import words
from ui.sequence import sequences, timeline
from ui.sequence.timeline import Values
from ui.settings import PageSettings

LOW_HEIGHT = 306  # px of the timeline on a low screen: what edits it is in sight
SETTINGS = PageSettings(
    page=registry.INSIDE.name, first=page_settings.INSIDE.first, choices=page_settings.INSIDE.choices
)


def model_controls(page: str) -> tuple[InsideSettings, DeltaGenerator]:
    """Direction, merge mode or order, cell and epochs; or the run that Train shows; and the room for the buttons."""
    settings, own = SETTINGS.read(), state.OWN_NETWORKS.get()
    first, second, third, fourth, last = st.columns(
        [2.8, 2.43, 1.88, 1.88, 1.66], gap="xsmall", vertical_alignment="bottom"
    )
    go = last.container(key="go", gap=None)
    with go:
        _toggle(page, "of_train")
        if own:
            _toggle(page, "of_data")
    if settings.of_data and own:
        with first, controls.setting("direction"):
            _choice(page, "direction")
        spec = spec_of(settings)
        with second:
            st.markdown(words.of_data(address.escaped(own["title"]), spec.model.units if spec else 0))
        return settings, go
    if settings.of_train:
        run = _run_on_train()
        with first:
            st.markdown(session.describe(run.spec, run.sequences_seen) if run else words.NO_RUN_ON_TRAIN)
        return settings, go
    with first, controls.setting("direction"):
        _choice(page, "direction")
    with second, controls.setting("variant"):
        if settings.direction == "bidirectional":
            _choice(page, "merge_mode")
        elif settings.direction == "backward":
            _choice(page, "backward_output")
    with third, controls.setting("cell"):
        _choice(page, "cell")
    with fourth, controls.setting("epochs"):
        st.segmented_control(
            "Epochs",
            SETTINGS.choices["epochs"],
            default=SETTINGS.first.epochs,
            required=True,
            key=state.field(page, "epochs").key,
            format_func="{:,}".format,
            persist_state="session",
            help=words.EPOCHS_HELP,
        )
    return settings, go


def _toggle(page: str, name: str) -> None:
    declared = FIELDS[name]
    st.toggle(declared.label, key=state.field(page, name).key, persist_state="session", help=declared.help)


def _choice(page: str, name: str) -> None:
    declared, short = FIELDS[name], {"raw": "reversed", "rnn": "RNN"}
    st.segmented_control(
        declared.label,
        declared.choices,
        default=declared.default,
        required=True,
        key=state.field(page, name).key,
        format_func=lambda option: short.get(option, declared.word(option)),
        persist_state="session",
        help=declared.help,
    )


def _run_on_train() -> Run | None:
    train = registry.TRAIN.name
    return session.shown_run(train) if session.shown(train) else session.find(PRESETS[DEFAULT_PRESET])


def spec_of(settings: InsideSettings) -> RunSpec | None:
    """The spec that the page looks into; None if that is Train's and Train shows none."""
    own = state.OWN_NETWORKS.get()
    if settings.of_data and own:
        return codec.decode(own["networks"][settings.direction])
    if not settings.of_train:
        return settings.spec
    run = _run_on_train()
    return run.spec if run else None


def chosen_run(page: str, settings: InsideSettings) -> Run | None:
    """The run of these settings; until it is trained, the one that the page showed before.

    None until a network of brought sequences is trained, if another problem was shown: it would pass for theirs.
    """
    spec = spec_of(settings)
    run = _run_on_train() if settings.of_train and not settings.of_data else session.find(spec) if spec else None
    if run and _can_be_shown(run):
        session.show(page, session.remember(run))
        return run
    before = session.shown_run(page)
    if settings.of_data and spec and not (before and before.spec.problem == spec.problem):
        return None
    if before and _can_be_shown(before) and (before.spec.problem.problem.kept or _own(before.spec.problem)):
        return before
    return session.find(PRESETS[DEFAULT_PRESET])


def _own(problem: ProblemSpec) -> state.OwnNetworks | state.OwnProblem | None:
    """What Your data has handed over, to this page or to Train, if it is of these sequences."""
    own = state.OWN_NETWORKS.get()
    if own and problem in [codec.decode(network).problem for network in own["networks"].values()]:
        return own
    return own_data.of(problem.name)


def _can_be_shown(run: Run) -> bool:
    """Whether its sequences are at hand: those that a visitor has brought may be gone."""
    fixed = run.spec.problem.problem.fixed
    try:
        return fixed is None or fixed().timesteps > 0
    except AbsentError:
        return False


def training(page: str, spec: RunSpec | None, run: Run | None, go: DeltaGenerator) -> None:
    """The button that trains settings without a run, and the progress of whatever the page trains.

    go: the room for the buttons. They are always there, so that nothing moves when a run comes.
    """
    live.train_linked(page, spec)
    wanted = [spec] if spec and (run is None or run.spec != spec) else []
    live.prepare(page, wanted)
    with go:
        live.start_and_stop("Train", page, live.start, page, wanted, disabled=not wanted)
        controls.settings_switch()
    shown = session.describe(run.spec, run.sequences_seen, cell=True) if run else ""
    note = words.not_trained(session.describe(wanted[0], cell=True), shown) if wanted else words.trained(shown)
    with st.container(key="training"):
        live.panel(page, functools.partial(live.progress, page), live.keep_finished, note=note)


def shown_sequence(page: str, problem: ProblemSpec) -> Batch:
    """The one sequence as chosen and edited."""
    number = _number(page, problem)
    if problem.problem.fixed:  # a visitor's own are kept for nobody else, and edited by nobody
        return sequences.one_of(evaluation_sequences(problem, number), number)
    drawn = sequences.one_of(sequences.fresh(problem), number)
    values = timeline.edited(page, sequence_name(page, problem), sequences.real_values(drawn))
    return sequences.with_values(problem, drawn, values)


def chosen_values(page: str, run: Run) -> Values:
    """The sequence as chosen and edited, (timesteps, features), with its padding."""
    values: Values = shown_sequence(page, run.spec.problem).x[0]
    return values


def sequence_name(page: str, problem: ProblemSpec) -> str:
    """A name for the fresh sequence that the page shows, edited or not."""
    return f"{problem.name}-{problem.timesteps}-{problem.threshold}-{_number(page, problem)}"


def _number(page: str, problem: ProblemSpec) -> int:
    return ((state.SEQUENCE(page).get() or 1) - 1) % how_many(problem) + 1


def how_many(problem: ProblemSpec) -> int:
    """Sequences that there are to choose from."""
    fixed = problem.problem.fixed
    return fixed().held_out if fixed else sequences.FRESH


def _next(page: str, problem: ProblemSpec) -> None:
    state.SEQUENCE(page).set(_number(page, problem) % how_many(problem) + 1)


def words_of(page: str, problem: ProblemSpec) -> list[str]:
    """The word at each timestep of a sequence of Your data, without padding; none where not each has one."""
    own, number = _own(problem), _number(page, problem)
    if not own or number > len(own["texts"]):
        return []
    return own_data.words_in(own["texts"][number - 1], problem.problem.real(shown_sequence(page, problem).x[0]))


def editable(page: str, run: Run) -> None:
    """The timeline of the sequence, and what changes it."""
    problem, model = run.spec.problem, run.spec.model
    name, batch = sequence_name(page, problem), shown_sequence(page, problem)
    values = sequences.real_values(batch)
    block = timeline.block(page, values)
    rows = sequences.rows_of(batch, run)
    if rows.empty:
        st.markdown(words.NO_LABELS)
        st.button("Next", key=state.widget(page, "next"), on_click=_next, args=(page, problem))
        return
    number = _number(page, problem)
    title, onward = st.columns([3, 1.2], vertical_alignment="center")
    what = wording.sequence(number, edited=timeline.is_edited(page, name))
    if problem.problem.fixed:
        what = wording.held_out(number)
    counted = not state.COVERED.get()
    sentence = f"{what}: {sequences.verdict(problem, rows)}" if counted else what
    title.header(f"**{what if wording.classes(problem) else sentence}**", anchor=False)  # the figure counts labels
    onward.button("Next", key=state.widget(page, "next"), on_click=_next, args=(page, problem), width="stretch")
    colour = figures.color(model.direction, model.merge_mode)
    can_be_edited = sequences.can_be_edited(problem)
    own = _own(problem)
    told, classes = words_of(page, problem), list(own["classes"]) if own else []
    figure = timeline.unless_edited(
        page,
        name,
        ("inside timeline", run.digest, name, block, counted, tuple(told), tuple(classes)),
        lambda: sequences.figure(
            problem,
            rows,
            colour,
            chosen=block if can_be_edited else None,
            counted=counted,
            words=told,
            names=classes,
            height=356,
        ),
    )
    chart(
        figure,
        key=f"{page}-timeline",
        alt=wording.sequence_alt(sentence),
        on_click=timeline.chooser(page, values) if can_be_edited else None,
        on_drag=timeline.dragger(page, name, values) if can_be_edited else None,
        low=None if figures.words_fit(told, len(rows)) else LOW_HEIGHT,  # there is no slider below
    )
    if can_be_edited:
        timeline.edit_controls(page, name, values)
    else:
        timeline.caption_of_data(own, number, len(rows), told)
