from ui.derivation import section

TEXT = "# All\n\nbefore\n\n## Cumulative sum\n\nits text\n\n### Detail\n\nmore\n\n## Share of total\n\nlast\n"


def test_a_section_reaches_to_the_next_heading_of_its_level() -> None:
    assert section(TEXT, ("cumulative_sum", "Cumulative sum")) == "its text\n\n### Detail\n\nmore"
    assert section(TEXT, ("share of total",)) == "last"


def test_a_name_without_a_heading_has_no_section() -> None:
    assert section(TEXT, ("cosine",)) == ""
