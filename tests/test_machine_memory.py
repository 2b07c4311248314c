"""How much memory a container is given counts, and not how much its machine has."""

from pathlib import Path

import psutil
import pytest

from bilstm_core.limits import Limits
from bilstm_core.machine import memory_bytes

TOTAL = psutil.virtual_memory().total


@pytest.mark.parametrize(
    ("own", "bounds", "expected"),
    [
        ("0::/", {"memory.max": "700000000\n"}, 700_000_000),  # version 2, in a namespace of its own
        ("0::/", {"memory.max": "max\n"}, TOTAL),
        ("0::/a/b", {"a/memory.max": "900000000", "a/b/memory.max": "max"}, 900_000_000),  # the group above bounds it
        ("0::/a/b", {"a/memory.max": "900000000", "a/b/memory.max": "800000000"}, 800_000_000),
        ("4:memory:/docker/x\n3:cpu:/y", {"memory/docker/x/memory.limit_in_bytes": "600000000"}, 600_000_000),
        ("4:cpu,memory:/x", {"memory/memory.limit_in_bytes": "9223372036854771712"}, TOTAL),  # version 1 says "none" so
        ("0::/../../x", {"memory.max": "0"}, TOTAL),
        ("nonsense", {"memory.max": "what"}, TOTAL),
    ],
)
def test_the_smallest_bound_counts(tmp_path: Path, own: str, bounds: dict[str, str], expected: int) -> None:
    (tmp_path / "own").write_text(own)
    for name, text in bounds.items():
        path = tmp_path / "cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert memory_bytes(tmp_path / "cgroup", tmp_path / "own") == expected


def test_where_there_are_no_groups_the_machines_counts(tmp_path: Path) -> None:
    assert memory_bytes(tmp_path / "none", tmp_path / "nor") == TOTAL


def test_a_setting_grants_less_than_there_is_and_never_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for granted, expected in ((2_100, 2_100_000_000), (10_000_000, TOTAL), (0, TOTAL)):
        monkeypatch.setattr("bilstm_core.machine.limits", lambda granted=granted: Limits(memory_mb=granted))
        assert memory_bytes(tmp_path / "none", tmp_path / "nor") == expected
