import pytest

from bilstm_core.problems import PROBLEMS
from ui.derivation import DOCUMENT, GENERAL, section

TEXT = '# All\n\nbefore\n\n## `first`\n\nits text\n\n### Detail\n\nmore\n\n## The "last" one\n\nend\n'


def test_a_section_reaches_to_the_next_heading_of_its_level() -> None:
    assert section(TEXT, "first") == "its text\n\n### Detail\n\nmore"
    assert section(TEXT, "the last one") == "end"


def test_a_name_without_a_heading_has_no_section() -> None:
    assert section(TEXT, "las") == ""


@pytest.mark.parametrize("name", [GENERAL, *PROBLEMS, "formula"])
def test_the_best_possible_of_every_problem_is_derived(name: str) -> None:
    assert section(DOCUMENT.read_text(encoding="utf-8"), name)
