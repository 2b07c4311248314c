"""Every page runs without a browser, and without TensorFlow in its process."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.name for path in (ROOT / "pages").glob("*.py"))
VISIT = """
import sys
from streamlit.testing.v1 import AppTest

visit = AppTest.from_file("app.py", default_timeout=60).run()
assert not visit.exception, visit.exception
for page in sys.argv[1:]:
    visit.switch_page(f"pages/{page}").run()
    assert not visit.exception, visit.exception
    assert visit.title[0].value.endswith("?"), page
    assert visit.get("bidi_component"), page
loaded = [name for name in ("tensorflow", "keras") if name in sys.modules]
assert not loaded, loaded
print("visited", len(sys.argv) - 1)
"""


def test_no_page_raises_or_imports_tensorflow(tmp_path: Path) -> None:
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


@pytest.mark.parametrize("page", [page for page in PAGES if page != "overview.py"])
def test_a_page_submits_its_jobs_under_the_title_that_it_has_in_the_navigation(page: str) -> None:
    title = re.search(rf'"pages/{page}", title="([^"]+)"', (ROOT / "app.py").read_text())
    parts = (ROOT / "ui" / page.removesuffix(".py")).glob("*.py")
    sources = [path.read_text() for path in (ROOT / "pages" / page, *parts)]
    assert title is not None
    assert set(re.findall(r'(?:PAGE = |page=)"([^"]+)"', "".join(sources))) == {title[1]}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_short(page: str) -> None:
    assert len((ROOT / "pages" / page).read_text().splitlines()) <= 100
