"""The address holds what the page shows; whatever it says, the page has a sentence or the state, and never a fault."""

from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as some

from bilstm_core.limits import Limits
from bilstm_core.presets import DEFAULT_PRESET, PRESETS, WHY_STEPS
from bilstm_core.settings import FIELDS, RunSettings, settings_of_run
from tests.fuzz.examples import many
from ui import address, page_links, registry, state
from ui.settings import read
from ui.your_data import words as your_data

NAMES_OF_PAGES = [page.name for page in registry.PAGES]
NAMES = sorted({link.name for page in NAMES_OF_PAGES for link in page_links.of(page)})
SAID: dict[str, dict[str, str]] = {  # of each page everything that its address can say
    "Overview": {"direction": "backward", "merge": "sum", "reversed": "yes"},
    "Problem": {"problem": "variable_length", "timesteps": "7", "threshold": "0.4", "seed": "3", "at": "2"},
    "Train": {
        "problem": "reverse_cumulative_sum",
        "timesteps": "7",
        "threshold": "0.3",
        "direction": "backward",
        "order": "raw",
        "cell": "gru",
        "units": "40",
        "layers": "2",
        "merge": "sum",
        "epochs": "33",
        "sequences": "5",
        "batch": "2",
        "fresh": "no",
        "rate": "0.003",
        "seed": "7",
        "sequence": "12",
        "at": "3",
        "values": "0.25_0.5_0_0.125_0.5_0.5_0.75",
        "smoothing": "100",
        "axis": "updates",
        "view": "class",
        "hide": "units,merge",
        "lesson": "yes",
        "tab": "model-summary",
        "run": "problem.share_of_total~direction.forward~units.9~rate.0.002~hidden.yes~name.My run",
    },
    "Directions": {
        "problem": "formula: x[t - 1] + x[t + 1] > 1",
        "epochs": "4000",
        "starts": "3",
        "timesteps": "6",
        "units": "5",
        "fair": "yes",
        "seed": "20",
        "each": "yes",
        "curves": "forward.bidirectional",
        "guess": "none-of-them",
        "reversed": "yes",
    },
    "Why": {"epochs": "4000", "starts": "1", "units": "8", "stage": "2", "noise": "yes", "guess": "it-is-bigger"},
    "Problems": {"problem": "formula: max(after) > x[t]", "direction": "forward", "seed": "4", "sequence": "9"},
    "Merge modes": {"starts": "3", "curves": "none", "drawn": "ave", "each": "yes"},
    "Cell": {"sequence": "4", "unit": "7", "at": "3", "line": "f"},
    "Inside": {
        "train": "yes",
        "own": "yes",
        "direction": "backward",
        "order": "raw",
        "cell": "rnn",
        "epochs": "250",
        "grid": "what-it-has-read",
        "tab": "the-merge",
        "branch": "backward",
        "layer": "1",
        "unit": "7",
        "merged-at": "4",
        "merged-unit": "2",
    },
    "Sweeps": {
        "x": "batch_size",
        "y": "learning_rate",
        "starts": "10",
        "goal": "0.75",
        "within": "0.05",
        "steps": "8",
        "x-from": "2",
        "x-to": "40",
        "y-from": "0.001",
        "y-to": "0.3",
        "problem": "share_of_total",
        "direction": "forward",
        "cell": "rnn",
        "merge": "sum",
        "timesteps": "7",
        "units": "5",
        "layers": "2",
        "sequences": "5000",
        "batch": "20",
        "rate": "0.003",
        "threshold": "0.3",
        "seed": "6",
        "beside": "merge_mode",
        "square": "10_0.003",
        "board": "share-of-total-bidirectional-5",
        "sequence": "4",
    },
    "Your data": {
        "data": "occupancy",
        "whole": "no",
        "ahead": "2",
        "units": "9",
        "epochs": "5",
        "tab": "confusion-matrix",
        "network": "forward-2-steps-late",
        "sequence": "12",
    },
}


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    session: dict[str, Any] = {
        state.OWN_NETWORKS.key: {"title": "mine.csv", "classes": [], "texts": [], "networks": {}}
    }
    monkeypatch.setattr(st, "session_state", session)
    monkeypatch.setattr(st, "query_params", Bar())
    return session


class Bar(dict[str, list[str]]):
    """An address bar."""

    def get_all(self, name: str) -> list[str]:
        return self.get(name, [])

    def from_dict(self, wanted: dict[str, list[str]]) -> None:
        self.clear()
        self.update(wanted)


def type_(**parameters: str) -> None:
    st.query_params.from_dict({name: [text] for name, text in parameters.items()})


def run(page: str) -> None:
    """What a run of the script does with the address."""
    address.begin(page, page_links.of(page))
    address.end(page)


def complaints() -> list[str]:
    return state.COMPLAINTS.get()["sentences"]


@pytest.mark.parametrize("page", NAMES_OF_PAGES)
@pytest.mark.usefixtures("visit")
def test_a_page_that_nobody_has_touched_has_nothing_in_its_address(page: str) -> None:
    run(page)
    assert st.query_params == {}


@pytest.mark.parametrize("page", NAMES_OF_PAGES)
@pytest.mark.usefixtures("visit")
def test_what_an_address_says_is_set_and_written_again(page: str) -> None:
    type_(**SAID[page])
    run(page)
    assert complaints() == []
    assert {name: text for name, (text,) in st.query_params.items()} == SAID[page]


@pytest.mark.usefixtures("visit")
def test_whoever_leaves_a_page_before_it_stands_finds_the_one_before_as_it_was() -> None:
    state.field("Train", "units").set(33)
    run("Train")
    type_()
    address.begin("Inside", page_links.of("Inside"))  # and the run is ended by the next choice
    run("Train")
    assert state.field("Train", "units").get() == 33
    assert st.query_params == {"units": ["33"]}


@pytest.mark.usefixtures("visit")
def test_a_link_to_a_network_of_sequences_that_somebody_brought_says_elsewhere_that_they_are_not_there() -> None:
    state.OWN_NETWORKS.drop()
    type_(own="yes")
    run("Inside")
    assert complaints() == [f"Your data {your_data.NETWORKS_ELSEWHERE}"]
    assert st.query_params == {}


def test_every_parameter_of_every_page_is_tried() -> None:
    told = {(page, name) for page, parameters in SAID.items() for name in parameters}
    missing = {(page, link.name) for page in NAMES_OF_PAGES for link in page_links.of(page)} - told
    shared = {name for _, name in told}
    assert {name for _, name in missing} <= shared, "none of a kind that no page tries"


@pytest.mark.usefixtures("visit")
def test_a_link_to_train_is_its_settings() -> None:
    type_(**SAID["Train"])
    run("Train")
    spec = read("Train", settings_of_run(PRESETS[DEFAULT_PRESET])).spec
    assert (spec.model.units, spec.model.cell, spec.model.layers, spec.training.seed) == (40, "gru", 2, 7)
    assert (spec.model.backward_output, spec.training.fresh_data, spec.training.learning_rate) == ("raw", False, 0.003)
    assert state.LINKED("Train").get() == state.OPENED_LINK


@pytest.mark.usefixtures("visit")
def test_a_value_that_is_not_allowed_is_named_and_the_default_takes_its_place() -> None:
    type_(units="0", merge="<b>x</b>", epochs="30")
    run("Train")
    assert [sentence.split(" must")[0] for sentence in complaints()] == ["Units", "Merge mode"]
    assert st.query_params == {"epochs": ["30"]}
    run("Train")
    assert complaints(), "it stays while nothing else is changed"
    state.field("Train", "units").set(9)
    run("Train")
    assert complaints() == []


@pytest.mark.usefixtures("visit")
def test_names_that_a_page_does_not_know_are_left_alone() -> None:
    type_(units="12", utm_source="mail", stage="3")
    run("Train")
    assert st.query_params == {"units": ["12"], "utm_source": ["mail"], "stage": ["3"]}
    assert complaints() == []


@pytest.mark.usefixtures("visit")
def test_a_change_is_written_and_back_undoes_it() -> None:
    run("Train")
    state.field("Train", "units").set(12.0)
    run("Train")
    assert st.query_params == {"units": ["12"]}
    type_()  # Back, however soon
    run("Train")
    assert read("Train", RunSettings()).units == FIELDS["units"].default
    assert state.LINKED("Train").get() == state.OPENED_LINK


@pytest.mark.usefixtures("visit")
def test_forward_counts_though_it_comes_before_the_run_that_back_has_caused_is_over() -> None:
    type_(units="12")
    run("Train")
    type_()  # Back
    address.begin("Train", page_links.of("Train"))
    type_(units="12")  # Forward
    run("Train")
    assert read("Train", RunSettings()).units == 12


@pytest.mark.usefixtures("visit")
def test_whoever_presses_a_control_has_not_pressed_back_however_late_the_browser_is() -> None:
    run("Train")
    state.field("Train", "units").set(12.0)
    run("Train")
    type_()  # as the browser still had it
    state.TOUCHED.set(True)
    run("Train")
    assert st.query_params == {"units": ["12"]}


@pytest.mark.usefixtures("visit")
def test_the_navigation_drops_the_parameters_and_the_page_writes_them_again() -> None:
    type_(units="12")
    run("Train")
    type_()
    run("Overview")
    assert st.query_params == {}
    run("Train")
    assert st.query_params == {"units": ["12"]}


@pytest.mark.usefixtures("visit")
def test_edits_of_any_size_are_refused_in_a_sentence() -> None:
    for values in ("0.5_" * 25_000, "_".join(["0.5"] * 201), "0.5_1.5", "0.5_nan", "0.5__0.1", "0.5_" + "9" * 5_000):
        type_(values=values)
        state.WRITTEN.drop()
        run("Problem")
        assert len(complaints()) == 1
        assert state.EDIT("Problem").get() is None
        assert st.query_params == {}


@pytest.mark.usefixtures("visit")
def test_a_link_that_is_too_long_is_refused_unread_and_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "limits", lambda: Limits(link_characters=500))
    type_(units="12", merge="sum", values="0" * 500)
    run("Train")
    assert complaints() == ["It is longer than 500 characters and was not read. Ask for a new link."]
    assert st.query_params == {}
    type_(units="12", merge="s" * 485)  # 500 with their names
    run("Train")
    assert st.query_params == {"units": ["12"]}
    assert complaints()[0].startswith("Merge mode ")


words = some.one_of(
    some.text(max_size=40),
    some.sampled_from([text for parameters in SAID.values() for text in parameters.values()]),
    some.integers(-5, 10**13).map(str),
    some.floats().map(str),
)


@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")  # other threads do, those of the pages before
@many(400)
@given(
    page=some.sampled_from(NAMES_OF_PAGES),
    asked=some.dictionaries(some.sampled_from(NAMES) | some.text(max_size=8), words, max_size=8),
)
def test_whatever_an_address_says_the_page_has_its_state_or_a_sentence(
    page: str, asked: dict[str, str], visit: dict[str, Any]
) -> None:
    visit.clear()
    st.query_params.from_dict({name: [text] for name, text in asked.items()})
    run(page)
    written = {name: list(texts) for name, texts in st.query_params.items()}
    known = {link.name for link in page_links.of(page)}
    assert {name: texts for name, texts in written.items() if name not in known} == {
        name: [text] for name, text in asked.items() if name not in known
    }
    refused = {name for name in asked if name in known and name not in written}
    assert len(complaints()) <= len(refused)
    again = dict(visit)
    run(page)  # what was written is what stands there: nothing is filled again
    assert visit == again
    state.WRITTEN.drop()
    state.COMPLAINTS.drop()
    run(page)  # and as a link, it gives the same once more
    assert {name: list(texts) for name, texts in st.query_params.items()} == written
    assert complaints() == []


def test_words_of_an_address_are_shown_as_they_stand_and_never_as_markup() -> None:
    shown = address._plain("**b** <script>alert(1)</script> [x](http://y) \x00\n# h $x$ :red[a]")
    assert "<script" not in shown.replace("\\<script", "")
    assert "\n" not in shown
    assert "\x00" not in shown


def test_stages_are_those_of_the_page_why() -> None:
    (stage,) = [link for link in page_links.TABLE["Why"]("Why") if link.name == "stage"]
    with pytest.raises(ValueError, match=str(len(WHY_STEPS))):
        stage.put((str(len(WHY_STEPS) + 1),))
