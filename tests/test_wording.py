"""A spec in words."""

from dataclasses import fields, replace
from typing import Any

import pytest

from bilstm_core import codec
from bilstm_core.presets import DEFAULT_PRESET, PRESETS
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.wording import in_words, settings_in_words

OTHERS: dict[str, Any] = {
    "name": "share_of_total", "timesteps": 12, "threshold": 0.3, "direction": "forward", "cell": "gru", "units": 1,
    "layers": 2, "merge_mode": "mul", "backward_output": "raw", "second_branch": "backward_noise",
    "position": "one_hot", "epochs": 7, "sequences_per_epoch": 50, "batch_size": 5, "fresh_data": False,
    "learning_rate": 0.01, "seed": 3,
}  # fmt: skip
BASE = RunSpec(training=TrainingSpec(sequences_per_epoch=20))
BACKWARD = replace(BASE, model=ModelSpec(direction="backward"))


def changed(part: str, name: str) -> tuple[RunSpec, RunSpec]:
    base = BACKWARD if name == "backward_output" else BASE
    return base, replace(base, **{part: replace(getattr(base, part), **{name: OTHERS[name]})})


SETTINGS = [(part, field.name) for part, kind in codec.PARTS.items() for field in fields(kind)]


@pytest.mark.parametrize(("part", "name"), SETTINGS)
def test_every_setting_changes_its_words(part: str, name: str) -> None:
    base, other = changed(part, name)
    short = codec.SHORT[f"{part}.{name}"]
    assert settings_in_words(other)[short] != settings_in_words(base)[short]
    assert in_words(other) != in_words(base)


def test_a_preset_in_three_sentences() -> None:
    assert in_words(PRESETS[DEFAULT_PRESET]) == (
        "Cumulative sum, 10 timesteps, threshold 0.25. Forward, LSTM, 20 units. 1,000 epochs, 1 sequence an epoch,"
        " fresh sequences every epoch, learning rate 0.001, seed 0."
    )


def test_what_does_not_apply_has_no_words() -> None:
    spec = RunSpec(problem=ProblemSpec(name="cosine_from_sine"), model=ModelSpec(direction="forward", merge_mode="mul"))
    assert not {"merge", "order", "branch", "threshold"} & settings_in_words(spec).keys()
