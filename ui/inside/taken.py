"""What Inside has to take home."""

from bilstm_core import figures, reports
from bilstm_core.analysis import frames
from bilstm_core.bayes import view_of
from bilstm_core.files.findings import Drawing, Findings
from bilstm_core.network import introspection
from bilstm_core.runs import Run
from ui import code, files, live, registry, session
from ui.inside import sensitivity, subject, tabs, words
from ui.sequence import sequences
from ui.sequence.timeline import Values


def program(page: str, run: Run | None) -> None:
    """A button that shows the code of the run."""
    own = run is not None and not run.spec.problem.problem.kept
    code.popover_of_run(page, None if own else run, without=words.NO_CODE if own else "")


def offer(page: str, run: Run | None) -> files.Offer | str:
    """The sequence, what each output reacts to, and what the units do on it."""
    if run is None or live.active(page):
        return words.NO_FILES
    values = subject.chosen_values(page, run)
    return files.Offer(
        key=(run.digest, values.tobytes()),
        gather=lambda: _gather(page, run, values),
        runs=[run],
        model=run,
        program=lambda: code.of_run(page, run),
    )


def _gather(page: str, run: Run, values: Values) -> Findings:
    spec, model, problem = run.spec, run.spec.model, run.spec.problem
    name, view = session.describe(spec, run.sequences_seen), view_of(model)
    rows = sequences.rows_of(subject.shown_sequence(page, problem), run)
    matrix, part = sensitivity.matrix_of(run, values), sensitivity.window(run, values)
    states, drawn = tabs.states_of(run, values)
    curve = frames.losses({name: [run]})
    colour = figures.color(model.direction, model.merge_mode)
    reacts = figures.sensitivity(
        [(sensitivity.TITLES[view], view, matrix)], unit=sensitivity.unit_of(run), first=part.start + 1
    )
    return Findings(
        title=registry.INSIDE.title,
        question=registry.INSIDE.question,
        sentences=[sensitivity.sentence(run, values), f"On this sequence {sequences.verdict(problem, rows)}."],
        drawings=[
            Drawing("The sequence", sequences.figure(problem, rows, colour), words.FILES["The sequence"]),
            Drawing(
                "What each output reacts to",
                reacts,
                words.matrix_in_files(
                    sensitivity.unit_of(run), words.moved(sensitivity.moved(run), sensitivity.movable(problem))
                ),
            ),
            Drawing("Hidden states", drawn, words.FILES["Hidden states"]),
        ],
        tables=[
            reports.table("The sequence", rows),
            reports.table("Sensitivity", introspection.sensitivity_frame(matrix, part.start + 1), report=False),
            reports.table("Hidden states", states, report=False),
            reports.table("Curve", curve, report=False),
        ],
        specs={name: spec} if problem.problem.kept else {},
        versions=reports.versions([run]),
    )
