"""What docs/hosting.md, docs/security.md and the container's files say is what there is."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from bilstm_core.limits import Limits

ROOT = Path(__file__).parents[1]
HOSTING, SECURITY = ((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("hosting.md", "security.md"))


@pytest.mark.parametrize("limit", fields(Limits), ids=lambda limit: limit.name)
def test_every_setting_stands_in_the_table_with_its_default_and_what_it_bounds(limit: object) -> None:
    name, default = limit.metadata["name"], limit.default  # type: ignore[attr-defined]
    (row,) = re.findall(rf"^\| `{name}` \| (.+?) \| (.+) \|$", HOSTING, re.MULTILINE)
    assert row[0] == (str(int(default)) if isinstance(default, int) else "empty")
    assert row[1].startswith(limit.metadata.get("what", ""))  # type: ignore[attr-defined]


def test_every_test_that_shows_something_is_there() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", SECURITY + HOSTING))
    assert len(named) > 15
    assert {name for name in named if not (ROOT / name).is_file()} == set()


def test_every_fault_has_a_test_of_the_name_that_stands_beside_it() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "faults.md").read_text(encoding="utf-8"))
    assert len(named) > 20
    missing = [(file, test) for file, test in named if f"def {test}(" not in (ROOT / file).read_text(encoding="utf-8")]
    assert missing == []


def test_the_image_has_all_that_the_app_reads_and_is_left_by_its_user() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = {word for line in lines if line.startswith("COPY") for word in line.split()[1:-1]}
    assert copied == {"requirements.txt", "pyproject.toml", "app.py", ".streamlit", "bilstm_core", "ui", "pages"}
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[0] == "!"}
    assert allowed == copied
    assert lines.index("USER explorer") < next(number for number, line in enumerate(lines) if line.startswith("CMD"))
