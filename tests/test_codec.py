from dataclasses import replace

import pytest

from bilstm_core.codec import SHORT, decode, encode
from bilstm_core.presets import PRESETS
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec

ODD = RunSpec(
    problem=ProblemSpec(timesteps=7, threshold=0.1 + 0.2),
    model=ModelSpec(direction="backward", backward_output="raw", cell="gru", position="one_hot"),
    training=TrainingSpec(fresh_data=False, learning_rate=1 / 3, sequences_per_epoch=4, batch_size=3, seed=99),
)


@pytest.mark.parametrize("spec", [*PRESETS.values(), ODD, RunSpec()])
def test_every_spec_round_trips(spec: RunSpec) -> None:
    flat = encode(spec)
    assert decode(flat) == spec
    assert all(isinstance(text, str) and len(text) < 30 for text in flat.values())


def test_equal_canonical_specs_have_equal_codes() -> None:
    forward = RunSpec(model=ModelSpec(direction="forward"))
    assert encode(replace(forward, model=replace(forward.model, merge_mode="sum"))) == encode(forward)


def test_every_field_has_a_key_of_its_own() -> None:
    assert len(encode(RunSpec())) == len(set(SHORT.values())) == len(SHORT)


@pytest.mark.parametrize(
    ("flat", "message"),
    [
        ({"unit": "3"}, "'unit' is not a setting; the settings are problem, t, threshold, direction, "),
        ({"rate": "fast"}, "learning_rate must be a number, not 'fast'"),
        ({"units": "many"}, "units must be a whole number, not 'many'"),
        ({"units": "1e9"}, "units must be a whole number"),
        ({"rate": "nan"}, "learning_rate must be a number"),
        ({"fresh": "yes"}, "fresh_data must be True or False, not 'yes'"),
        ({"direction": "<script>"}, "direction must be one of"),
        ({"t": "500"}, "timesteps must be a whole number from 1 to 200"),
    ],
)
def test_a_bad_code_is_refused_with_a_sentence(flat: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        decode(flat)
