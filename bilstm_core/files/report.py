"""A report: one HTML file of a comparison, that needs no network and prints well."""

import html
import math
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from bilstm_core import codec
from bilstm_core.files.figures import escaped, page, plot
from bilstm_core.files.findings import Findings, Table
from bilstm_core.specs import RunSpec

PROGRAMS = {"keras": "Keras", "tensorflow": "TensorFlow"}
DOES_NOT_APPLY = "–"
SHORT = 15  # rows of a table that is printed on one page
STYLE = """
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 0.3rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 0.5rem; break-after: avoid; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 0.4rem; break-after: avoid; }
.question { font-size: 1.2rem; margin: 0 0 1rem; }
li { margin: 0.3rem 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.92rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.35rem 0.7rem; border-bottom: 1px solid #d9dce6; text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid #9aa1ab; vertical-align: bottom; }
.number { text-align: right; }
pre { background: #f3f4f8; padding: 0.8rem; font: 0.85rem/1.45 ui-monospace, Consolas, Menlo, monospace;
  white-space: pre-wrap; overflow-wrap: anywhere; border-radius: 0.4rem; }
a { color: #4a4e9e; overflow-wrap: anywhere; }
@media print {
  .wide { overflow: visible; }
  table { font-size: 8.5pt; }
  th, td { padding: 2pt 4pt; }
  thead { display: table-header-group; }
  tr, li, table.short { break-inside: avoid; }
  pre { font-size: 8pt; }
}
"""


def report(findings: Findings) -> str:
    """The whole page, about 5 MB, nearly all of it Plotly's script.

    Question, what may be said, figures that can be hovered, tables, what was trained, versions, link and script.
    Any text may stand in the findings: none is taken for HTML.
    """
    parts = [
        f'<header><h1>{escaped(findings.title)}</h1>\n<p class="question">{escaped(findings.question)}</p></header>'
    ]
    if findings.sentences:
        items = "".join(f"<li>{_sentence(sentence)}</li>" for sentence in findings.sentences)
        parts.append(f"<section><h2>What may be said</h2><ul>{items}</ul></section>")
    for number, drawing in enumerate(findings.drawings):
        title = f"<h2>{escaped(drawing.title)}</h2>"
        parts.append(f"<section>{title}{plot(drawing.figure, drawing.title, number, drawing.caption)}</section>")
    parts += [
        f'<section><h2>{escaped(table.title)}</h2><div class="wide">{_table(table)}</div></section>'
        for table in findings.tables
        if table.report
    ]
    parts += [_trained(findings), _again(findings)]
    figures = [drawing.figure for drawing in findings.drawings]
    return page(findings.title, "\n".join(part for part in parts if part), figures, STYLE)


def _sentence(text: str) -> str:
    """A sentence with its bold marks as HTML's."""
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escaped(text))


def _table(table: Table) -> str:
    numeric = [
        pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind) for kind in table.frame.dtypes
    ]
    kinds = [' class="number"' if number else "" for number in numeric]
    names = [str(name) for name in table.frame.columns]
    head = "".join(
        f"<th{kind}>{escaped(table.headings.get(name, name))}</th>" for name, kind in zip(names, kinds, strict=True)
    )
    rows = [
        "".join(
            f"<td{kind}>{_cell(value, table.formats.get(name, ''))}</td>"
            for name, kind, value in zip(names, kinds, row, strict=True)
        )
        for row in table.frame.itertuples(index=False, name=None)
    ]
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    short = ' class="short"' if len(rows) <= SHORT else ""
    return f"<table{short}><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"


def _cell(value: Any, form: str) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)) or value is pd.NA:
        return ""
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return escaped(format(value, form or ("g" if isinstance(value, float) else "")))


def _trained(findings: Findings) -> str:
    """What all models have in common, as a list, and what they differ in, as a table."""
    if not findings.specs:
        return ""
    settings = {label: _settings(spec) for label, spec in findings.specs.items()}
    names = list(next(iter(settings.values())))
    differ = [name for name in names if len({own[name] for own in settings.values()}) > 1]
    first = next(iter(settings.values()))
    common = ", ".join(
        f"{name} {first[name]}" for name in names if name not in differ and first[name] != DOES_NOT_APPLY
    )
    firsts = sorted({spec.training.seed for spec in findings.specs.values()})
    seeds = f"seed{'s' if len(firsts) > 1 else ''} {', '.join(map(str, firsts))}"
    if findings.starts > 1 and len(firsts) == 1:
        seeds = f"seeds {firsts[0]} to {firsts[0] + findings.starts - 1}"
    parts = (
        [f"<p>For every model: {html.escape(common)}; {seeds}.</p>"] if common else [f"<p>{seeds.capitalize()}.</p>"]
    )
    if differ:
        frame = pd.DataFrame(
            [{"model": label, **{name: own[name] for name in differ}} for label, own in settings.items()]
        )
        parts.append(f'<div class="wide">{_table(Table("", frame))}</div>')
    return f"<section><h2>What was trained</h2>{''.join(parts)}</section>"


def _settings(spec: RunSpec) -> dict[str, str]:
    """Every setting but the seed, in words; a dash where it does not apply."""
    spec, flat = spec.canonical(), codec.encode(spec)
    apply: Mapping[str, bool] = {
        "problem.threshold": "threshold" in spec.problem.parameters(),
        "model.merge_mode": spec.model.direction == "bidirectional",
        "model.second_branch": spec.model.direction == "bidirectional",
        "model.backward_output": spec.model.direction == "backward",
    }
    words = {"problem.name": "problem", "training.fresh_data": "fresh data"}
    return {
        words.get(place, place.split(".")[1].replace("_", " ")): _value(flat[short], place)
        if apply.get(place, True)
        else DOES_NOT_APPLY
        for place, short in codec.SHORT.items()
        if place != "training.seed"
    }


def _value(text: str, place: str) -> str:
    if place == "training.fresh_data":
        return "yes" if text == "1" else "no"
    return f"{int(text):,}" if text.isdigit() else text.replace("_", " ")


def _again(findings: Findings) -> str:
    """With what it was trained, and how to have it again."""
    parts = []
    if findings.versions:
        versions = ", ".join(f"{PROGRAMS.get(name, name)} {version}" for name, version in findings.versions.items())
        parts.append(f"<p>Trained with {escaped(versions)}.</p>")
    if findings.link:
        shown = escaped(findings.link)
        safe = urlsplit(findings.link).scheme in ("http", "https")
        anchor = f'<a href="{shown}" rel="noreferrer">{shown}</a>'
        parts.append(f"<p>{anchor if safe else shown}</p>")
    if findings.script:
        parts.append(f"<h3>Script</h3><pre><code>{escaped(findings.script)}</code></pre>")
    return f"<section><h2>To have it again</h2>{''.join(parts)}</section>" if parts else ""
