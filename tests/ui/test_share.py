"""What Share shows: the link as the address has it, a code of it, and what whoever opens it waits for."""

import io
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit as st
from PIL import Image

from bilstm_core.engine import cost
from bilstm_core.presets import DEFAULT_PRESET, PRESETS
from tests.ui.test_links import SAID, Bar
from ui import address, page_links, session, share, state


@pytest.fixture(autouse=True)
def visit(monkeypatch: pytest.MonkeyPatch) -> None:
    session_state: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", session_state)
    monkeypatch.setattr(st, "query_params", Bar())


def test_a_link_says_what_the_page_shows_and_opens_it_again() -> None:
    st.query_params.from_dict({name: [text] for name, text in SAID["Train"].items()} | {"mail": ["1"], "job": ["abc"]})
    address.begin("Train", page_links.of("Train"))
    parameters = {name: text for name, (text,) in parse_qs(urlsplit(address.link("Train")).query).items()}
    assert parameters == SAID["Train"] | {"mail": "1"}, "without the training that it waits for"


def test_a_link_to_a_page_as_at_first_has_no_parameters() -> None:
    address.begin("Train", page_links.of("Train"))
    assert "?" not in address.link("Train")
    state.field("Train", "units").set(33.0)
    assert address.link("Train").endswith("?units=33")


def test_the_code_is_a_square_picture_that_grows_with_the_link() -> None:
    sizes = []
    for words in ("http://a.b/train", "http://a.b/train?values=" + "_".join(["0.125"] * 200)):
        picture = Image.open(io.BytesIO(share.code(words)))
        assert picture.format == "PNG"
        assert picture.width == picture.height
        sizes.append(picture.width)
    assert sizes[0] < sizes[1]


def test_what_is_recorded_is_seen_at_once_and_what_is_not_says_its_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = PRESETS[DEFAULT_PRESET].canonical()
    run = session.store().get(recorded)
    monkeypatch.setattr(session, "find", lambda spec: run if spec == recorded else None)
    assert "at once" in share.waiting([recorded])
    model, training = replace(recorded.model, units=100), replace(recorded.training, epochs=20_000)
    other = replace(recorded, model=model, training=training)
    sentence = share.waiting([recorded, other, other])
    assert "trains 1 run," in sentence
    seconds = re.search(r"about (\d+) s", sentence)
    assert seconds
    assert int(seconds[1]) == round(cost.seconds([other]))
