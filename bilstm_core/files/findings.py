"""What a page has found, as the report and the ZIP take it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from bilstm_core.specs import RunSpec

if TYPE_CHECKING:
    import plotly.graph_objects as go


class Table(NamedTuple):
    """A table.

    title: what it has, and the name of its files
    headings: of columns, as a reader sees them, units included; a column that is not named keeps its own name
    formats: of numbers in the report, as Python's format() takes them (".4f", ".1%", ",d"), by column. CSV and Parquet
        have all digits
    report: whether the report shows it; the points of a curve are for files alone
    """

    title: str
    frame: pd.DataFrame
    headings: Mapping[str, str] = {}
    formats: Mapping[str, str] = {}
    report: bool = True


class Drawing(NamedTuple):
    """A figure. title: what it shows, and the name of its file; caption: a sentence below it."""

    title: str
    figure: "go.Figure"
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """A question, and what its runs say of it.

    title: of the report, such as the page's name
    question: a sentence
    sentences: what may be said, each once; **bold** is kept
    specs: by the label that figures and tables call a model by; of several starts, the first
    starts: how many starts each model has
    link: where the page can be opened with the same settings; empty where there is none
    script, notebook: Python source and a notebook's JSON that give the same again; empty where there are none
    """

    title: str
    question: str
    sentences: Sequence[str] = ()
    drawings: Sequence[Drawing] = ()
    tables: Sequence[Table] = ()
    specs: Mapping[str, RunSpec] = field(default_factory=dict)
    starts: int = 1
    versions: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    script: str = ""
    notebook: str = ""
