import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pandas as pd

from bilstm_core.files import figures
from bilstm_core.files.figures import figure_html, plotly_script
from bilstm_core.files.findings import Drawing, Findings, Table
from bilstm_core.files.report import report
from bilstm_core.files.text import file_name, visible
from tests.files.samples import curve, findings

BAD = "</script><script>alert(1)</script><img src=http://x onerror=alert(2)><a href='http://x'>\u202e\x00\x07&"
FIGURE = re.compile(r'<script type="application/json" id="figure-\d+">(.*?)</script>', re.DOTALL)


def without_plotly(text: str) -> str:
    return text.replace(plotly_script(), "")


def test_the_report_has_question_sentences_figures_tables_specs_versions_link_and_script() -> None:
    text = without_plotly(report(findings()))
    for part in (
        "<h1>Directions</h1>",
        "Does direction matter?",
        "<strong>bidirectional</strong> is lower.",
        "<figcaption>Nats per label.</figcaption>",
        '<th class="number">loss, nats</th>',
        '<td class="number">0.1235</td>',
        "epochs 5",
        "seeds 0 to 2",
        "<td>forward</td><td>–</td>",
        "Keras 3.15.1",
        '<a href="http://127.0.0.1:8501/directions?epochs=5"',
        "from bilstm_core.training import train",
    ):
        assert part in text, part
    assert "<h2>Curves</h2>" not in text  # for files alone


def test_what_is_not_known_is_left_out() -> None:
    text = report(Findings(title="a", question="b"))
    assert len(text) < 10_000  # without a figure no Plotly
    assert "<h2>" not in text
    assert "script-src 'none'" in text


def test_no_text_is_taken_for_html() -> None:
    bad = replace(
        findings(BAD),
        title=BAD,
        question=BAD,
        link=f"javascript:alert(1){BAD}",
        script=BAD,
        versions={BAD: BAD},
        drawings=[Drawing(BAD, curve(BAD), BAD)],
        tables=[Table(BAD, pd.DataFrame({BAD: [BAD]}))],
    )
    text = without_plotly(report(bad))
    body = FIGURE.sub("", text)
    assert "<img" not in body
    assert "alert(1)</script>" not in body
    assert "<a " not in body
    assert body.count("<script") == 2  # Plotly's and ours
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\ud800]", text)
    text.encode()


def test_a_figure_is_drawn_in_the_light_theme_without_links_or_its_replay() -> None:
    text = without_plotly(figure_html(curve(BAD), "Loss"))
    embedded = FIGURE.findall(text)
    assert len(embedded) == 1
    drawn = json.loads(embedded[0])
    flat = json.dumps(drawn)
    assert "var(--" not in flat
    assert "<a" not in flat
    assert "</script" not in embedded[0]
    assert "frames" not in drawn
    assert drawn["layout"]["paper_bgcolor"] == "#ffffff"
    assert drawn["layout"]["height"] == 440


def test_the_light_theme_is_the_apps() -> None:
    root = Path(__file__).parents[2]
    light = tomllib.loads((root / ".streamlit" / "config.toml").read_text())["theme"]["light"]
    ours = (figures.INK_ON_WHITE, figures.WHITE, figures.GRID)
    assert ours == (light["textColor"], light["backgroundColor"], light["borderColor"])


def test_names_of_files_are_plain_and_differ() -> None:
    assert file_name("Loss / élan\\..", ".csv") == "loss-elan.csv"
    assert file_name("../../x", ".csv", {"x.csv", "x-2.csv"}) == "x-3.csv"
    assert file_name("日本", ".csv") == "untitled.csv"
    assert visible("a\tb\nc\r\x1b\ud800") == "a\tb\nc"
