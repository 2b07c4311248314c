"""The tray in an address: what stands there comes back, is trained where it is new, and nothing else comes in."""

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st

from bilstm_core import codec
from bilstm_core.runs import Run
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from tests.ui.test_session import seeded, stopped, visitor
from ui import session, state, tray_links
from ui.train import tray

__all__ = ["visitor"]
Visitor = Callable[[], dict[str, Any]]
LINK = tray_links.link()

pytestmark = pytest.mark.usefixtures("visitor")


def trained(*seeds: int) -> list[Run]:
    runs = [seeded(seed) for seed in seeds]
    for run in runs:
        session.keep(run)
    return runs


def names() -> list[str]:
    return [entry["name"] for entry in session.tray()]


@pytest.mark.parametrize(
    "spec",
    [
        RunSpec(),
        RunSpec(model=ModelSpec(direction="bidirectional", merge_mode="mul", cell="gru", units=7, layers=2)),
        RunSpec(model=ModelSpec(direction="backward", backward_output="raw")),
        RunSpec(problem=ProblemSpec(name="variable_length", timesteps=7, threshold=0.3)),
        RunSpec(training=TrainingSpec(epochs=3, sequences_per_epoch=4, batch_size=2, fresh_data=False, seed=9)),
        RunSpec(training=TrainingSpec(learning_rate=0.0125)),
    ],
)
@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize("name", ["", "Mine, at last"])
def test_a_word_says_a_run_and_how_it_stands_in_the_tray(spec: RunSpec, name: str, shown: bool) -> None:
    spec = spec.canonical()
    said = tray_links.word(spec, name or session.describe(spec), shown=shown)
    asked = tray_links.parse(said)
    assert codec.decode(asked["spec"]) == spec
    assert (asked["name"], asked["shown"]) == (name or session.describe(spec), shown)
    assert ("~name." in said, "hidden" in said) == (bool(name), not shown)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("units.0", "Units must be a whole number from 1 to 256, not 0"),
        ("", "has no setting ''"),
        ("direction.forward~" + "x" * 500, "has no setting 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'"),
        ("starts.3", "has no setting 'starts'"),
    ],
)
def test_a_word_that_is_no_run_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        tray_links.parse(text)


def test_a_name_is_never_markup_and_never_long() -> None:
    name = tray_links.parse("direction.forward~name.<b>[a](http://b)\n" + "c" * 500)["name"]
    assert not set("<>[]\n") & set(name)
    assert len(name) == tray_links.LONGEST


def test_a_tray_comes_back_in_its_order_with_names_and_switches() -> None:
    for run in trained(1, 2, 3):
        session.add_to_tray(run)
    session.tray()[1].update({"name": "Second", "shown": False})
    said, before = LINK.get(), [dict(entry) for entry in session.tray()]
    assert len(said) == 3
    LINK.drop()
    assert LINK.get() == ()
    assert names() == []
    LINK.put(said)
    assert LINK.get() == said, "before they are in the tray, too"
    assert tray.settle() == []
    assert session.tray() == before
    assert LINK.get() == said


def test_what_is_not_trained_is_asked_for_and_comes_in_with_the_others() -> None:
    (run,) = trained(1)
    new = seeded(8)
    LINK.put((tray_links.word(new.spec, "New"), tray_links.word(run.spec, "Old")))
    assert tray.settle() == [new.spec]
    assert names() == []
    session.keep(new)
    assert tray.settle() == []
    assert names() == ["New", "Old"]


def test_of_a_training_that_failed_what_there_is_comes_in_and_the_rest_is_still_wanted() -> None:
    (run,) = trained(1)
    LINK.put((tray_links.word(seeded(8).spec, "New"), tray_links.word(run.spec, "Old")))
    assert tray.settle(all_or_none=False) == [seeded(8).spec]
    assert names() == ["Old"]
    assert [each["name"] for each in state.TRAY_WANTED.get()] == ["New"]


def test_a_run_that_was_stopped_is_in_no_address_and_no_address_takes_it_out_of_the_tray() -> None:
    session.add_to_tray(stopped(seeded(4)))
    assert LINK.get() == ()
    (run,) = trained(1)
    LINK.put((tray_links.word(run.spec, "Old"),))
    tray.settle()
    assert names() == ["bidirectional, 10 of 30 sequences, seed 4", "Old"]
    LINK.drop()
    assert names() == ["bidirectional, 10 of 30 sequences, seed 4"]


def test_runs_of_one_name_have_two_and_one_run_twice_is_one() -> None:
    one, two = trained(1, 2)
    word = tray_links.word(one.spec, "Same")
    LINK.put((word, word, tray_links.word(two.spec, "Same")))
    tray.settle()
    assert len(names()) == len(set(names())) == 2
    assert names()[0] == "Same"


def test_too_many_are_refused_and_the_tray_is_as_it_was() -> None:
    for run in trained(1):
        session.add_to_tray(run)
    words = tuple(tray_links.word(seeded(seed).spec, f"{seed}") for seed in range(21))
    with pytest.raises(ValueError, match="at most 20 runs"):
        LINK.put(words)
    assert len(names()) == 1
    assert "session.tray_wanted" not in st.session_state
