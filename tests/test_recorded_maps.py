"""Recorded maps: written and read back, and left alone where they are damaged, or another engine's."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bilstm_core import recorded_maps
from bilstm_core.page_settings import SWEEPS
from bilstm_core.recorded_maps import RecordedMap, read, write
from bilstm_core.sweep_settings import SweepSettings
from bilstm_core.sweeps import Result

SMALL = replace(SWEEPS.first, steps=4, x_to=8.0, direction="forward")


def a_map(settings: SweepSettings = SMALL, seed: int = 0) -> RecordedMap:
    rng, shape = np.random.default_rng(seed), (*settings.grid.shape, settings.starts)
    return RecordedMap(
        settings=settings,
        sequences=10_000,
        day="2026-11-27",
        exact=rng.integers(0, 10_001, shape) / 10_000,
        loss=rng.random(shape, np.float32),
        train_s=rng.random(shape, np.float32),
        digest=np.full(shape, "0123456789abcdef"),
    )


def test_maps_are_read_as_they_were_written(tmp_path: Path) -> None:
    maps = [a_map(), a_map(replace(SMALL, up="learning_rate"), seed=1)]
    write(maps, tmp_path / "maps.npz")
    for found, wanted in zip(read(tmp_path / "maps.npz"), maps, strict=True):
        assert (found.settings, found.sequences, found.day) == (wanted.settings, 10_000, "2026-11-27")
        for name in ("exact", "loss", "train_s", "digest"):
            np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))


def test_a_map_says_what_is_known_of_each_run() -> None:
    held = a_map()
    results = held.results()
    place = (2, 1)
    spec = SMALL.grid.cells[place][2]
    exact, loss, train_s = (float(table[place][2]) for table in (held.exact, held.loss, held.train_s))
    assert results[spec] == Result(exact, loss, train_s)
    assert len(results) == 48


def test_a_map_of_another_engine_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write([a_map()], tmp_path / "maps.npz")
    monkeypatch.setattr(recorded_maps, "ENGINE_VERSION", -1)
    assert read(tmp_path / "maps.npz") == []


@pytest.mark.parametrize("what", ["missing", "cut short", "other settings", "not allowed"])
def test_a_file_that_can_not_be_read_has_no_maps(tmp_path: Path, what: str) -> None:
    path = tmp_path / "maps.npz"
    if what == "cut short":
        write([a_map()], path)
        path.write_bytes(path.read_bytes()[:900])
    elif what == "other settings":
        write([replace(a_map(), settings=replace(SMALL, starts=10))], path)
    elif what == "not allowed":
        write([replace(a_map(), settings=replace(SMALL, units=0, up="layers"))], path)
    assert read(path) == []
