"""What a comparison has to take home."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from bilstm_core import reports
from bilstm_core.export import comparison
from bilstm_core.export.pieces import Program
from bilstm_core.files.findings import Findings
from ui import best_possible, evaluations, files, registry, state
from ui.compare.resolved import Shown
from ui.compare.tables import right_of

NOT_YET = "Files come once all runs are trained and evaluated."


def program(shown: Shown, question: str) -> Program:
    """The code of what is drawn. question: of the page"""
    risks = best_possible.risks_of({label: group[0] for label, group in shown.specs.items()})
    page = _page(shown)
    return comparison.program(
        shown.comparison,
        shown.all_settings,
        question=question,
        page=Path(page.path).stem,
        labels=shown.visible,
        best={label: risk.loss for label, risk in risks.items() if risk},
    )


def _page(shown: Shown) -> registry.Page:
    return registry.PAGES[registry.place_of(shown.page)]


def offer(shown: Shown, question: str, sentences: Callable[[], Sequence[str]]) -> files.Offer | str:
    """Its curves, tables and runs. question: of the page; sentences: what may be told, once all is evaluated"""
    scores = shown.scores
    if shown.busy or scores is None or any(len(shown.runs[label]) < len(shown.specs[label]) for label in shown.specs):
        return NOT_YET
    each_run = bool(state.Entry(state.widget(shown.page, "singly"), False).get())
    told = [sentence for sentence in sentences() if sentence]
    risks = best_possible.risks_of({label: group[0] for label, group in shown.specs.items()})
    runs = [run for group in shown.runs.values() for run in group]

    def gather() -> Findings:
        return reports.of_comparison(
            shown.comparison,
            shown.settings,
            shown.runs,
            scores,
            title=_page(shown).title,
            question=question,
            sentences=told,
            risks=risks,
            right=right_of(shown),
            labels=shown.visible,
            each_run=each_run,
            origin=evaluations.origin_of(runs),
        )

    known = tuple(label for label, risk in risks.items() if risk)
    key = (shown.key, shown.settings, tuple(shown.visible), each_run, known, tuple(told))
    return files.Offer(key=key, gather=gather, runs=runs, program=partial(program, shown, question))
