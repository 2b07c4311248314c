"""What Your data has to take home: figures and tables, every predicted label, and the code that gives the same."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from bilstm_core import reports
from bilstm_core.analysis import both_ways, held_out
from bilstm_core.analysis.held_out import Answers
from bilstm_core.analysis.telling import Told
from bilstm_core.files.findings import Drawing, Findings
from bilstm_core.page_settings import DataSettings
from bilstm_core.runs import installed_versions
from ui import files, live, registry, state
from ui.your_data import parts, results, words
from ui.your_data.results import Results
from ui.your_data.subject import Subject

PAGE = registry.YOUR_DATA.name
HEIGHT = 340  # px of the script


def predicted(subject: Subject, known: Results) -> pd.DataFrame:
    """Every held-out label: sequence, row of the file, expected, and what the first start of each model says."""
    own, sequences = subject.prepared.given, subject.prepared.sequences
    chosen = np.repeat(own.held_out, own.lengths) & (own.weight > 0)
    names: dict[str, Any] = {
        "sequence": np.repeat(sequences.names, own.lengths)[chosen],
        "row": sequences.row[chosen],
        "expected": subject.in_words(own.y[chosen]),
    }
    told = held_out.table(known.answers, subject.labels, names)
    for answers in known.answers:
        told[answers.label] = subject.in_words(told[answers.label].to_numpy())
    return told


def offer(subject: Subject, settings: DataSettings, known: Results, told: Told) -> files.Offer | str:
    """The chart, how every model stands, and each predicted label."""
    if live.active(PAGE) or not known.trained:
        return words.NO_FILES
    key = (results.key(subject, known), settings.available, told)
    return files.Offer(key=key, gather=lambda: _gather(subject, settings, known, told))


def _gather(subject: Subject, settings: DataSettings, known: Results, told: Told) -> Findings:
    chart = parts.chart_of(subject, settings, known)
    scores = results.standing(subject, known).drop(columns="scores")
    metrics = pd.DataFrame([{"label": each.label, **held_out.metrics(each, subject.labels)} for each in known.answers])
    steps = held_out.by_timestep(known.answers, subject.labels)
    return Findings(
        title=registry.YOUR_DATA.title,
        question=registry.YOUR_DATA.question,
        sentences=[told.whole],
        drawings=[Drawing("How models stand", chart, words.CHART_ALT)],
        tables=[
            reports.table("How models stand", scores),
            reports.table("Metrics", metrics),
            reports.table("By timestep", steps, report=False),
            *(_confusion(subject, answers) for answers in known.answers if subject.classes),
            reports.table("Predicted labels", predicted(subject, known), report=False),
        ],
        starts=known.starts,
        script=script(subject, settings),
        versions=known.recorded.versions if known.recorded else installed_versions(),
    )


def _confusion(subject: Subject, answers: Answers) -> Any:
    counts = held_out.confusion(answers, subject.labels)
    counts = counts.assign(**{name: subject.in_words(counts[name].to_numpy()) for name in ("expected", "predicted")})
    return reports.table(f"Confusion of {answers.label}", counts, report=False)


def script(subject: Subject, settings: DataSettings) -> str:
    """The few lines that give the same with this project's core."""
    shipped = subject.shipped is not None
    sets, path = ("from bilstm_core.datasets import shipped\n", "") if shipped else ("", "from pathlib import Path\n\n")
    source = f"shipped.read({subject.name!r})" if shipped else f"Path({subject.title!r}).read_bytes()"
    columns, ahead = repr(subject.columns), subject.ahead(settings)
    waiting = f", ahead={ahead}" if ahead else ""
    regressions = "\n".join(
        f'    regression(given, labels, ahead={steps})._replace(label="{label}"),'
        for label, steps in both_ways.regressions(ahead).items()
    )
    balanced = f", balanced={subject.balanced}" if subject.balanced else ""
    return f'''"""{words.SCRIPT}"""

{path}from bilstm_core.analysis import held_out
from bilstm_core.analysis.window_regression import regression
{sets}from bilstm_core.datasets.columns import Columns
from bilstm_core.datasets.preparing import prepare
from bilstm_core.datasets.reading import read_table
from bilstm_core.datasets.recipe import specs_of
from bilstm_core.datasets.sequences import sequences_of
from bilstm_core.training import train_many

columns = {columns}
prepared = prepare(sequences_of(read_table({source}), columns){balanced})
given = prepared.given
labels = held_out.labels_of(given, mean=prepared.mean, spread=prepared.spread, whole=prepared.sequences.whole)
answers = [
    held_out.base_rate(given, labels),
{regressions}
]
for name, specs in specs_of(given, units={settings.units}, epochs={settings.epochs}{waiting}).items():
    answers.append(held_out.network(name, train_many(specs), given, labels))
print(held_out.standing(answers, labels).to_string(index=False))
'''


def code(subject: Subject, settings: DataSettings) -> None:
    """A button that shows the code of what the page shows."""
    opened = st.popover(
        "Code", type="tertiary", icon=":material/code:", key=state.widget(PAGE, "code"), on_change="rerun"
    )
    if not opened.open:
        return
    with opened:
        st.markdown(words.CODE)
        text = script(subject, settings)
        st.download_button(
            "Script", text, "your_data.py", "text/x-python", icon=":material/download:", on_click="ignore"
        )
        st.code(text, language="python", height=HEIGHT)
