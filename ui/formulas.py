"""A problem by a formula of one's own, wherever problems are chosen: those that were written, and the box for one."""

import functools
from collections.abc import Callable

import numpy as np
import streamlit as st

from bilstm_core.problems import PROBLEMS, formula
from bilstm_core.problems.formula.examples import EXAMPLES
from bilstm_core.problems.formula.language import MOST_CHARACTERS
from bilstm_core.settings import FIELDS, plain
from ui import address, looks, own_data, state, wording

COUNTED = 1_000  # sequences, to see whether a label ever differs
MOST = 5  # formulas that a session offers
FIRST = formula.named(EXAMPLES[0].text)  # that is offered before one is written


def offered(page: str) -> list[str]:
    """The problems to choose from on a page: those of the registry, and formulas, the last one first."""
    written, chosen = state.FORMULAS.get(), state.field(page, "name").get()
    if formula.is_formula(chosen) and chosen not in written:
        written = [chosen, *written][:MOST]
        state.FORMULAS.set(written)
    return [*PROBLEMS, *(written or [FIRST]), *(own_data.names() if page in own_data.TAKEN else [])]


def word(name: str) -> str:
    """What a problem is called in a list."""
    own = own_data.of(name)
    if own:
        return wording.own_problem(own["title"])
    return wording.own_formula(formula.text_of(name)) if formula.is_formula(name) else FIELDS["name"].word(name)


def box(page: str, *, on_change: Callable[[str], None] | None = None) -> None:
    """Where a formula is chosen, the box in which it is changed; what is no formula leaves the page as it was.

    on_change: called with the page, once another formula is chosen
    """
    name, refused = state.field(page, "name").get(), state.FORMULA_REFUSED(page).get()
    if refused and refused["name"] != name:
        state.FORMULA_REFUSED(page).drop()
        refused = None
    if not formula.is_formula(name) or FIELDS["name"].link in state.HIDDEN.get():
        return
    typed = state.FORMULA(page)
    typed.set(refused["text"] if refused else formula.text_of(name))
    st.text_input(
        wording.FORMULA,
        key=typed.key,
        max_chars=MOST_CHARACTERS,
        help=wording.FORMULA_HELP,
        on_change=_typed,
        args=(page, on_change),
    )
    if refused:
        looks.error(address.escaped(refused["sentence"]))
        return
    timesteps = _timesteps(page)
    label = only_label(name, timesteps)
    if label is not None:
        st.warning(wording.always(label, drawn(name, timesteps), timesteps), icon=":material/error:")


def drawn(name: str, timesteps: int) -> int:
    """The sequences of a formula that `only_label` looks at: fewer than COUNTED where it takes long."""
    return formula.problem_of(name).drawn(COUNTED, timesteps)


@functools.lru_cache(maxsize=100)
def only_label(name: str, timesteps: int) -> int | None:
    """The label that all drawn sequences of a formula have throughout; None where some labels differ."""
    y = formula.problem_of(name).sample(drawn(name, timesteps), timesteps, np.random.default_rng(0)).y
    return int(y.flat[0]) if (y == y.flat[0]).all() else None


def _timesteps(page: str) -> int:
    """Those that a page is set to, or the usual ones, where it has none or they are not allowed."""
    declared = FIELDS["timesteps"]
    chosen = plain(state.field(page, "timesteps", declared.default).get())
    return int(declared.default if declared.complaint(chosen) else chosen)


def choose(page: str, text: str) -> None:
    """Have a page take the problem of a formula; only from a callback. Raises FormulaError where it is none."""
    name = formula.named(text)
    state.FORMULA_REFUSED(page).drop()
    state.field(page, "name").set(name)
    state.FORMULAS.set([name, *(other for other in state.FORMULAS.get() if other != name)][:MOST])


def _typed(page: str, on_change: Callable[[str], None] | None) -> None:
    text = state.FORMULA(page).get()
    try:
        choose(page, text)
    except formula.FormulaError as error:
        name = state.field(page, "name").get()
        state.FORMULA_REFUSED(page).set({"name": name, "text": text, "sentence": wording.formula_refused(str(error))})
        return
    if on_change:
        on_change(page)
