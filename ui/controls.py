"""Widgets to specs. Every value is checked by the core, and what it says stands beside the widget."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bilstm_core import codec
from bilstm_core.presets import DEFAULT_PRESET, PRESETS
from bilstm_core.settings import FIELDS, Field, RunSettings, plain, settings_of_run
from bilstm_core.specs import WHOLE_NUMBERS, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.wording import counted
from ui import formulas, looks, own_data, state, wording
from ui.settings import read, write

OWN = "Own settings"  # in the list of presets, where the controls are none of them
Settings = TypeVar("Settings")
MORE_REFUSED = "A value under More settings is not allowed."


def tabs(page: str, parts: Mapping[str, Callable[..., object]], *arguments: object) -> None:
    """Tabs, by name what draws each with these arguments; only the open one is worked out."""
    chosen = state.field(page, "tab")
    if chosen.get() not in parts:
        chosen.drop()
    for tab, draw in zip(st.tabs(list(parts), key=chosen.key, on_change="rerun"), parts.values(), strict=True):
        if tab.open:
            with tab:
                draw(*arguments)


@contextmanager
def setting(name: str) -> Iterator[None]:
    """Controls that a phone hides until `settings_switch` is on."""
    with st.container(key=f"setting-{name}"):
        yield


def settings_switch() -> None:
    """Shows the controls within `setting`; on phones only, elsewhere they are always in sight. Train closes them."""
    st.toggle("Settings", key=state.SETTINGS_OPEN.key, persist_state="session")


def has_threshold(problem: str) -> bool:
    """Whether the problem of this name has a threshold."""
    return "threshold" in ProblemSpec(name=problem).problem.parameters


def widget(page: str, name: str, below: DeltaGenerator | None = None, *, declared: Field | None = None) -> Any:
    """Draw the widget of one field, and what the core says of its value; return the value as it stands.

    below: where that is to stand, for a widget in a narrow column; else beneath it
    declared: the field as this page has it, where it is another than elsewhere
    """
    declared = declared or FIELDS[name]
    entry = state.field(page, name, declared.default)
    entry.ensure()
    common: dict[str, Any] = {
        "label": declared.label,
        "key": entry.key,
        "help": declared.help,
        "persist_state": "session",
        "disabled": own_data.fixes(page, name),
    }
    if name == "name":
        titles = {each: formulas.word(each) for each in formulas.offered(page)}
        value = st.selectbox(
            options=[*titles],
            format_func=lambda each: titles.get(each, each),
            on_change=own_data.settle,
            args=(page,),
            **common,
        )
        with below or st.container():
            formulas.box(page)
    elif declared.choices:
        common |= {"width": "content" if declared.words else "stretch"}
        value = st.segmented_control(options=declared.choices, required=True, format_func=declared.word, **common)
    elif isinstance(declared.default, bool):
        value = st.toggle(**common)
    elif declared.step:
        value = plain(st.number_input(step=declared.step, format="%.4g", **common))
    else:
        # Where only whole numbers go the browser reads "1e9" as 1 and "10.5" as 10, and says nothing.
        if isinstance(entry.get(), int):
            entry.set(float(entry.get()))
        value = plain(st.number_input(step=1.0, format="%.10g", **common))
    complaint = "" if name == "name" and own_data.on(page) else declared.complaint(value)
    if complaint:
        with below or st.container():
            looks.error(complaint)
    return value


def data_note(page: str) -> None:
    """What the sequences that somebody brought decide, where the page is on them, or that they are gone."""
    name = own_data.on(page)
    fixed, told = ProblemSpec(name=name).problem.fixed if name else None, own_data.of(name)
    if fixed and told:
        st.caption(wording.fixed_by_data(fixed().training, fixed().held_out, whole=told["whole"]))
    elif state.COMPLAINTS.get()["sentences"]:  # which say so
        state.DATA_GONE(page).set(False)
    elif state.DATA_GONE(page).get():
        st.warning(wording.DATA_GONE, icon=":material/error:")


def fill(page: str, spec: RunSpec) -> None:
    """Set the page's widgets to a spec; only from a callback, or before they are drawn."""
    own_data.filled(page, spec.problem.name)
    write(page, settings_of_run(spec))


def _fill_preset(
    page: str, name: str, presets: Mapping[str, Settings], fill_with: Callable[[Settings], object]
) -> None:
    """Fill the controls with what was chosen in the box that was drawn as `name`, if it is still the one drawn."""
    chosen = state.PRESET_BOX(page, name).get()
    if state.PRESET(page).get() == name != chosen and chosen in presets:
        fill_with(presets[chosen])


def preset_box(
    page: str,
    presets: Mapping[str, Settings],
    now: Settings | None,
    fill_with: Callable[[Settings], object],
    *,
    help_text: str,
) -> None:
    """A list of systems or maps that readers know; choosing one fills every control. It names what the controls are.

    now: what the controls are, None while they are nothing that is allowed; fill_with: sets them, in a callback
    For another name it is another widget. Were it one that the page sets, a message that the browser sent just before
    would come with the name of before, pass for a choice, and take back what was changed.
    """
    name = next((name for name, preset in presets.items() if preset == now), OWN)
    options = [*presets] if name in presets else [*presets, OWN]
    state.PRESET(page).set(name)
    st.selectbox(
        "Preset",
        options,
        index=options.index(name),
        key=state.PRESET_BOX(page, name).key,
        on_change=_fill_preset,
        args=(page, name, presets, fill_with),
        help=help_text,
    )


def train_controls(page: str) -> tuple[RunSpec | None, DeltaGenerator, DeltaGenerator]:
    """All controls of one run; the room above them, where Train is always in sight, and one before the further ones.

    The spec is None while a value is not allowed.
    """
    go = st.container(key="go")
    with setting("main"):
        preset_box(
            page,
            {name: preset.canonical() for name, preset in PRESETS.items()},
            current_spec(page),
            partial(fill, page),
            help_text="Well-known systems: an LSTM and a bidirectional LSTM of 1,000 epochs, and the book's lesson "
            "with 50 units and 50,000 sequences. Choosing one sets every control.",
        )
        flat: dict[str, Any] = {"name": widget(page, "name"), "direction": widget(page, "direction")}
        with st.container():  # there or not, so that what follows keeps its place, and what is being typed there
            if flat["direction"] == "bidirectional":
                flat["merge_mode"] = widget(page, "merge_mode")
            elif flat["direction"] == "backward":
                flat["backward_output"] = widget(page, "backward_output")
        left, right = st.columns(2)
        beneath = st.container()
        with left:
            flat["timesteps"] = widget(page, "timesteps", beneath)
        with right:
            flat["units"] = widget(page, "units", beneath)
        flat["epochs"] = widget(page, "epochs")
    below = st.container()
    more = ("cell", "layers", "sequences_per_epoch", "batch_size", "fresh_data", "learning_rate", "threshold", "seed")
    with setting("more"), st.expander("More settings", key=state.widget(page, "more")):
        for name in more:
            if name != "threshold" or has_threshold(flat["name"]):
                flat[name] = widget(page, name)
    further = {name: flat[name] for name in more if name in flat}
    own = own_data.on(page)
    first = own_data.first(own) if own else {}
    changed = sum(value != first.get(name, FIELDS[name].default) for name, value in further.items())
    spec = None
    with below:
        if any(FIELDS[name].complaint(value) for name, value in further.items()):
            looks.error(MORE_REFUSED)
        elif not any(FIELDS[name].complaint(value) for name, value in flat.items() if name != "name" or not own):
            try:
                spec = RunSettings(**flat).spec
                st.caption(amount_of_work(spec.training) + (f" More settings: {changed} changed." if changed else ""))
            except ValueError as error:
                looks.error(str(error))
        data_note(page)
    return spec, go, below


def current_spec(page: str) -> RunSpec | None:
    """The spec of the page's widgets as they stand now; None while one is not allowed.

    For callbacks: what a widget was given as an argument can be older than a value that was changed just before.
    """
    try:
        return read(page, RunSettings()).spec
    except ValueError:
        return None


def settings_of(page: str) -> RunSpec:
    """The settings of a page, or those of the preset that it will open with."""
    opened = current_spec(page) if state.OPENED(page).get() and not own_data.on(page) else None
    return opened or PRESETS[DEFAULT_PRESET]


def hand_over(page: str, spec: RunSpec) -> None:
    """Let another page open with these settings."""
    state.HANDED_OVER(page).set(codec.encode(spec))


def handed_over(page: str) -> RunSpec | None:
    """The settings that another page has handed over, once."""
    flat = state.HANDED_OVER(page).take()
    return codec.decode(flat) if flat else None


def amount_of_work(training: TrainingSpec) -> str:
    """What an epoch is, in words that stay true: sequences and weight updates."""
    kind = "fresh " if training.fresh_data else ""
    sequences = counted(training.sequences_per_epoch, f"{kind}sequence")
    updates = counted(training.steps_per_epoch, "weight update")
    in_all = f"{counted(training.sequences, 'sequence')}, {counted(training.steps, 'update')}"
    return f"1 epoch = {sequences} = {updates}. In all: {in_all}."


def longer(spec: RunSpec) -> RunSpec | None:
    """The same run with as many epochs again, or as near to that as the core allows; None if it allows no more."""

    def with_epochs(epochs: int) -> RunSpec | None:
        try:
            return replace(spec, training=replace(spec.training, epochs=epochs))
        except ValueError:
            return None

    now = spec.training.epochs
    # False up to the most that is allowed, then True: what is allowed of some epochs is allowed of fewer
    most = now + bisect_left(range(now + 1, 2 * now + 1), True, key=lambda epochs: with_epochs(epochs) is None)
    return with_epochs(most) if most > now else None


def longer_note(spec: RunSpec, further: RunSpec) -> str:
    """That a longer run has fewer than twice the epochs because no more are allowed, or nothing."""
    epochs = further.training.epochs
    if epochs == 2 * spec.training.epochs:
        return ""
    which = "" if epochs == WHOLE_NUMBERS["epochs"][1] else " for this network and these sequences"
    return f"To {epochs:,} epochs, the most that is allowed{which}."
