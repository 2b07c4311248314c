"""The list that `make mutants` goes by is of this source, and a module is opened without a change of what it does."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bilstm_core.analysis import statistics
from tools.mutants import LISTED, ROOT, opened

MODULES: list[dict[str, Any]] = tomllib.loads(LISTED.read_text(encoding="utf-8"))["module"]


@pytest.mark.parametrize("module", MODULES, ids=[module["path"] for module in MODULES])
def test_every_listed_change_is_of_a_function_that_is_there_and_has_a_reason(module: dict[str, Any]) -> None:
    source = opened((ROOT / module["path"]).read_text(encoding="utf-8"))
    for survivor in module.get("survivor", []):
        function = survivor["change"].split(":", maxsplit=1)[0].rsplit(".", maxsplit=1)[-1]
        assert re.search(rf"def _*{function}_*\(", source), survivor
        assert survivor["why"].endswith("."), survivor
    for test in [*module["tests"], *module.get("without", [])]:
        path, _, name = test.partition("::")
        assert f"def {name}" in (ROOT / path).read_text(encoding="utf-8")
    for function in module.get("functions", []):
        assert f"def {function}(" in source


def test_an_opened_module_has_neither_caches_nor_decorated_properties_and_counts_the_same() -> None:
    source = opened(Path(statistics.__file__).read_text(encoding="utf-8"))
    assert "lru_cache(" not in source
    assert "@property" not in source
    namespace: dict[str, Any] = {"__name__": "opened"}
    exec(compile(source, "opened", "exec"), namespace)
    pair = namespace["Difference"]("a", "b", 1.0, 0.1, 2.1, 10, 10, 10)
    assert pair.settled is True
    assert pair.p_value == statistics.sign_test(10, 10)
