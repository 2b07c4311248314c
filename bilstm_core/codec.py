"""RunSpec to a flat dict of short strings and back: for links, keys, and what goes to a worker."""

import functools
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from bilstm_core.quoting import quoted
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, SettingError, TrainingSpec

PARTS: dict[str, type] = {"problem": ProblemSpec, "model": ModelSpec, "training": TrainingSpec}
SHORT = {
    "problem.name": "problem",
    "problem.timesteps": "t",
    "problem.threshold": "threshold",
    "model.direction": "direction",
    "model.cell": "cell",
    "model.units": "units",
    "model.layers": "layers",
    "model.merge_mode": "merge",
    "model.backward_output": "order",
    "model.second_branch": "branch",
    "model.position": "position",
    "training.epochs": "epochs",
    "training.sequences_per_epoch": "per_epoch",
    "training.batch_size": "batch",
    "training.fresh_data": "fresh",
    "training.learning_rate": "rate",
    "training.seed": "seed",
}


def encode(spec: RunSpec) -> dict[str, str]:
    """The canonical spec as strings, every field written out."""
    return dict(_encoded(spec))


@functools.lru_cache(maxsize=4_096)  # a page asks for the keys of hundreds of runs, again and again
def _encoded(spec: RunSpec) -> dict[str, str]:
    spec = spec.canonical()
    flat: dict[str, str] = {}
    for part, kind in PARTS.items():
        for declared in fields(kind):
            value = getattr(getattr(spec, part), declared.name)
            flat[SHORT[f"{part}.{declared.name}"]] = str(int(value)) if isinstance(value, bool) else str(value)
    return flat


def decode(flat: Mapping[str, str]) -> RunSpec:
    """The spec of such a dict; a missing key means the default.

    Raises ValueError, with a sentence, for an unknown key and for a value that its field does not allow.
    """
    unknown = sorted(set(flat) - set(SHORT.values()))
    if unknown:
        raise ValueError(f"{quoted(unknown[0])} is not a setting; the settings are {', '.join(SHORT.values())}.")
    parts: dict[str, Any] = {}
    for part, kind in PARTS.items():
        values = {}
        for declared in fields(kind):
            key = SHORT[f"{part}.{declared.name}"]
            if key in flat:
                values[declared.name] = _parsed(declared.name, flat[key], type(declared.default))
        parts[part] = kind(**values)
    return RunSpec(**parts).canonical()


def _parsed(name: str, text: str, kind: type) -> Any:
    if kind is bool:
        return {"0": False, "1": True}.get(text, text)
    try:
        return kind(text)
    except ValueError:
        wanted = "a whole number" if kind is int else "a number"
        raise SettingError(name, f"must be {wanted}, not {quoted(text)}.") from None
