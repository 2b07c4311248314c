"""Code on a page: of the run that it shows, and of a stopped one as far as it came."""

import json

import pytest

from bilstm_core.export import script
from bilstm_core.presets import DEFAULT_PRESET, PRESETS
from tests.ui.test_compare_pages import visit
from ui import imports


def test_the_page_offers_the_script_and_the_notebook_of_the_run_that_it_shows() -> None:
    train = visit("train", Train__code=True)
    spec = PRESETS[DEFAULT_PRESET].canonical()
    shown = [block.value.strip() for block in train.code]
    assert script.script(spec, window=25, sequences=10_000, best=0).strip() in shown  # forward reads what decides
    assert script.three_lines(spec).strip() in shown
    assert json.loads(script.notebook(spec))["nbformat"] == 4


@pytest.mark.parametrize(
    ("page", "title", "words"),
    [
        ("directions", "Directions", '"bidirectional": (20,'),
        ("merge_modes", "Merge modes", '"mul": (20,'),
        ("why", "Why", '"forward": (20,'),
        ("problem", "Problem", "0.63144004, "),
        ("overview", "Overview", "has_read = np.zeros"),
    ],
)
def test_every_page_offers_what_it_shows_with_no_import_of_ours(
    page: str, title: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "over", lambda: True)  # the first page of a server is shown before
    app = visit(page, **{f"{title}.code": True})
    script, with_core = (block.value for block in app.code)
    compile(script, page, "exec")
    assert words in script
    assert "bilstm_core" not in script
    assert "bilstm_core" in with_core
    compile(with_core, page, "exec")
