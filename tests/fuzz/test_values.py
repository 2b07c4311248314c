"""Whatever somebody asks for, there is a value or a sentence: specs, kept runs in links, and pasted sequences."""

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from bilstm_core import codec
from bilstm_core.codec import PARTS, SHORT
from bilstm_core.presets import PRESETS
from bilstm_core.problems import PROBLEMS
from bilstm_core.problems.formula.examples import EXAMPLES
from bilstm_core.specs import RunSpec
from tests.fuzz.examples import many, value_or_sentence
from ui import tray_links
from ui.pasted import parse_values

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore:Do not use the `random` module"),  # other threads do, those of the pages before
]

USUAL = sorted({text for preset in PRESETS.values() for text in codec.encode(preset).values()} | set(PROBLEMS))
FORMULAS = some.one_of(
    some.sampled_from([f"formula: {example.text}" for example in EXAMPLES]),
    some.text(max_size=30).map("formula:{}".format),
)
NUMBERS = some.one_of(
    some.integers(), some.integers(0, 300), some.floats(), some.floats(0, 1), some.integers(10**17, 10**25)
)
LONG = some.sampled_from(["9" * 5_000, "x" * 3_000, "0." + "3" * 3_000, "١" * 2_000, "1_" * 500 + "1"])
WORDS = some.one_of(some.sampled_from(USUAL), FORMULAS, NUMBERS.map(str), some.text(max_size=30), LONG)
ANYTHING = some.recursive(
    some.one_of(some.none(), some.booleans(), NUMBERS, WORDS, some.binary(max_size=8), some.complex_numbers()),
    lambda of: some.lists(of, max_size=3) | some.dictionaries(some.text(max_size=3), of, max_size=3),
    max_leaves=4,
)
KEYS = some.sampled_from(sorted(SHORT.values()))


@many()
@given(some.dictionaries(KEYS | some.text(max_size=5), WORDS, max_size=8))
def test_whatever_a_dict_of_strings_says_it_is_a_spec_or_a_sentence(flat: dict[str, str]) -> None:
    spec = value_or_sentence(lambda: codec.decode(flat))
    if spec:
        assert codec.decode(codec.encode(spec)) == spec


@many()
@given(
    some.fixed_dictionaries(
        {
            part: some.dictionaries(some.sampled_from([each.name for each in fields(kind)]), ANYTHING, max_size=3)
            for part, kind in PARTS.items()
        }
    )
)
def test_whatever_the_fields_are_given_they_make_a_spec_or_a_sentence(given_: dict[str, dict[str, Any]]) -> None:
    spec = value_or_sentence(lambda: RunSpec(**{part: PARTS[part](**values) for part, values in given_.items()}))
    if spec:
        assert spec.canonical().canonical() == spec.canonical()


PIECES = some.one_of(
    some.sampled_from([f"{declared.link}." for declared in tray_links._DECLARED.values()] + ["~", "~name.", "."]), WORDS
)


@many()
@given(some.lists(PIECES, max_size=8).map("".join) | some.lists(PIECES, max_size=8).map("~".join))
def test_whatever_a_link_says_of_a_kept_run_it_is_a_spec_or_a_sentence(text: str) -> None:
    wanted = value_or_sentence(lambda: tray_links.parse(text), "run ")
    if wanted:
        spec = codec.decode(wanted["spec"])
        assert len(wanted["name"]) <= tray_links.LONGEST or wanted["name"] == tray_links.session.describe(spec)
        again = tray_links.parse(tray_links.word(spec, wanted["name"], shown=wanted["shown"]))
        assert again == wanted


SEPARATORS = some.sampled_from([" ", ", ", ";", "\n", "\t", "[", "] ", "(", "){", "\u2003", "_", "e", "\x00", ""])
LITERALS = some.sampled_from(["0.5", ".25", "1", "-0", "1e-9", "nan", "inf", "0x1", "1_0", "٠.٥", "０.５", "9" * 400])


@many()
@given(
    some.lists(some.tuples(some.one_of(LITERALS, WORDS), SEPARATORS), max_size=12),
    some.integers(1, 12),
    some.booleans(),
)
def test_whatever_is_pasted_is_a_sequence_or_a_sentence(
    pieces: list[tuple[str, str]], timesteps: int, fitting: bool
) -> None:
    text = "".join(word + separator for word, separator in pieces)
    values = value_or_sentence(lambda: parse_values(text, len(pieces) if fitting and pieces else timesteps))
    if values is not None:
        assert values.dtype == np.float32
        assert ((values >= 0) & (values < 1)).all()
