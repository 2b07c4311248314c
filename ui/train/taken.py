"""What Train has to take home."""

from functools import partial

from bilstm_core import reports
from bilstm_core.evaluation import Evaluation
from bilstm_core.files.findings import Findings
from bilstm_core.runs import Run
from ui import best_possible, code, evaluations, files, live, registry, session, state
from ui.train import numbers, trainer, tray

NOT_YET = "Files come once a run is trained and evaluated."


def offer(page: str, run: Run | None, evaluation: Evaluation | None) -> files.Offer | str:
    """The run with the curves that are drawn beside it."""
    if run is None or evaluation is None or live.active(page):
        return NOT_YET
    drawn = tray.runs(run, run.spec.problem)
    label = next(name for name, each in drawn.items() if session.run_key(each) == session.run_key(run))
    styles, window = tray.styles(drawn), state.SMOOTHING(page).get()
    x = trainer.axis(page)
    risks = best_possible.risks_of({name: each.spec for name, each in drawn.items()})
    sentence = numbers.answer(run, evaluation).whole

    def gather() -> Findings:
        return reports.of_run(
            drawn,
            label,
            evaluation,
            styles=styles,
            risks=risks,
            title=registry.TRAIN.title,
            question=registry.TRAIN.question,
            sentences=[sentence],
            window=window,
            x=x,
            origin=evaluations.origin(run),
        )

    program = partial(code.of_run, page, run, x=x, window=window)
    known = tuple(name for name, risk in risks.items() if risk)
    key = (
        tuple((name, session.run_key(each), styles[name]) for name, each in drawn.items()),
        label,
        window,
        x,
        known,
    )
    return files.Offer(key=key, gather=gather, runs=list(drawn.values()), model=run, program=program)
