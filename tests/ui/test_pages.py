"""Every page runs without a browser, and without TensorFlow in its process."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ui import registry

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.name for path in (ROOT / "pages").glob("*.py"))
VISIT = """
import sys
from streamlit.testing.v1 import AppTest
from ui.registry import PAGES

visit = AppTest.from_file("app.py", default_timeout=60).run()
assert not visit.exception, visit.exception
for page in sys.argv[1:]:
    visit.switch_page(f"pages/{page}").run()
    assert not visit.exception, visit.exception
    [question] = [declared.question for declared in PAGES if declared.path == f"pages/{page}"]
    assert visit.title[0].value == question, page
    assert visit.get("bidi_component"), page
loaded = [name for name in ("tensorflow", "keras") if name in sys.modules]
assert not loaded, loaded
print("visited", len(sys.argv) - 1)
"""


def test_every_page_asks_its_question_and_none_raises_or_imports_tensorflow(tmp_path: Path) -> None:
    visit = subprocess.run(
        [sys.executable, "-c", VISIT, *PAGES],
        cwd=ROOT,
        env={**os.environ, "BILSTM_STORE": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert visit.returncode == 0, visit.stderr[-3000:]
    assert f"visited {len(PAGES)}" in visit.stdout


def test_the_registry_lists_every_page() -> None:
    assert sorted(page.path for page in registry.PAGES) == [f"pages/{name}" for name in PAGES]


@pytest.mark.parametrize("page", [page for page in PAGES if page != "overview.py"])
def test_a_page_submits_its_jobs_under_its_name(page: str) -> None:
    [declared] = [declared for declared in registry.PAGES if declared.path == f"pages/{page}"]
    parts = (ROOT / "ui" / page.removesuffix(".py")).glob("*.py")
    sources = [path.read_text() for path in (ROOT / "pages" / page, *parts)]
    names = set(re.findall(r"(?:PAGE = |page=)(\S+)\.name", "".join(sources)))
    assert {getattr(registry, name.removeprefix("registry.")) for name in names} == {declared}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_short(page: str) -> None:
    assert len((ROOT / "pages" / page).read_text().splitlines()) <= 100
