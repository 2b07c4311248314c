"""What a comparison and a run have found, put together for the report: each number is one of the runs'."""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bilstm_core import figures, reports
from bilstm_core.bayes import bayes_risk, view_of
from bilstm_core.comparison import DIRECTIONS, MERGE_MODES, Compared, specs_of
from bilstm_core.evaluation import evaluate
from bilstm_core.files.findings import Findings
from bilstm_core.files.report import report
from bilstm_core.page_settings import ComparisonSettings
from bilstm_core.presets import DEFAULT_PRESET, PRESETS
from bilstm_core.runs import Run, Snapshots
from bilstm_core.specs import ProblemSpec
from bilstm_core.store import read_recorded
from tests.files.samples import SPEC, untrained

WORDS = {"title": "Directions", "question": "Does direction matter?", "sentences": ["Nothing is settled."]}


def found(compared: Compared, starts: int = 2, epochs: int = 4, name: str = "cumulative_sum") -> Findings:
    settings = ComparisonSettings(name=name, epochs=epochs, starts=starts, timesteps=4, units=2, seed=3)
    runs = {label: [untrained(spec) for spec in group] for label, group in specs_of(compared, settings).items()}
    return reports.of_comparison(
        compared,
        settings,
        runs,
        scores(runs),
        risks={label: bayes_risk(settings.problem, view_of(group[0].spec.model)) for label, group in runs.items()},
        right={label: np.linspace(0.5, 1, 4) for label in runs},
        labels=[label for label in runs if label not in compared.hidden_at_first],
        link="http://127.0.0.1/directions",
        **WORDS,
    )


def scores(runs: Mapping[str, list[Run]]) -> pd.DataFrame:
    rows = []
    for number, (label, group) in enumerate(runs.items()):
        for run in group:
            seed = run.spec.training.seed
            rows.append(
                {"label": label, "seed": seed, "loss": 0.1 * number + 0.01 * seed, "accuracy": 0.9, "exact": 0.5}
            )
    return pd.DataFrame(rows)


def frame(findings: Findings, title: str) -> pd.DataFrame:
    return next(table.frame for table in findings.tables if table.title == title)


def test_a_comparison_has_its_results_its_pairs_and_every_start() -> None:
    findings = found(DIRECTIONS)
    results = frame(findings, "Results").set_index("label")
    assert list(results.index) == list(DIRECTIONS.models)
    assert results.loc["forward", "loss"] == pytest.approx((0.03 + 0.04) / 2)
    best = bayes_risk(ProblemSpec(timesteps=4), "forward").loss
    assert results.loc["forward", "excess"] == pytest.approx(0.035 - best)
    pairs = frame(findings, reports.PAIRS)
    assert (pairs["mean"] > 0).all()
    assert len(pairs) == math.comb(len(DIRECTIONS.models), 2)
    assert len(frame(findings, "Starts")) == 2 * len(DIRECTIONS.models)
    assert set(frame(findings, "Curves")["seed"]) == {3, 4}
    assert findings.starts == 2
    assert findings.specs["forward"].training.seed == 3
    assert findings.versions == {"keras": "3.15.1", "tensorflow": "2.21.0"}


def test_only_what_is_drawn_has_a_curve_and_only_a_baseline_gives_differences() -> None:
    directions, merge_modes = found(DIRECTIONS), found(MERGE_MODES)
    names = {trace.name for trace in directions.drawings[0].figure.data}
    assert "bidirectional" in names
    assert "backward, tutorial's order" not in names
    assert [drawing.title for drawing in directions.drawings] == ["Loss curves", reports.BY_TIMESTEP]
    assert "Loss minus that of concat" in [drawing.title for drawing in merge_modes.drawings]
    differences = frame(merge_modes, "Loss minus that of concat")
    order = list(MERGE_MODES.models)
    wanted = {label: 0.1 * (order.index(label) - order.index("concat")) for label in order if label != "concat"}
    assert differences.groupby("label")["difference"].mean().to_dict() == pytest.approx(wanted)


def test_a_curve_with_snapshots_has_a_row_of_probabilities_below_as_on_the_page() -> None:
    run = read_recorded(PRESETS[DEFAULT_PRESET])
    assert run is not None
    none = Snapshots(*(part[:0] for part in run.snapshots))
    for snapshots, axes in ((run.snapshots, ["yaxis", "yaxis2"]), (none, ["yaxis"])):
        label, labeled = "forward", {"forward": replace(run, snapshots=snapshots)}
        findings = reports.of_run(
            labeled,
            label,
            evaluate(run, 20),
            styles={label: figures.style("forward")},
            risks={label: None},
            title="Train",
            question="?",
            sentences=[],
        )
        curve = findings.drawings[0]
        assert [name for name in curve.figure.to_dict()["layout"] if name.startswith("yaxis")] == axes
        assert ("probe sequence" in curve.caption) == (len(axes) == 2)


def test_one_start_has_no_pairs_and_numbers_have_no_labels() -> None:
    findings = found(MERGE_MODES, starts=1, name="cosine_from_sine")
    assert reports.PAIRS not in [table.title for table in findings.tables]
    assert not {"accuracy", "exact"} & set(frame(findings, "Results"))
    assert reports.BY_TIMESTEP not in [drawing.title for drawing in findings.drawings]
    assert "squared error" in findings.drawings[0].figure.layout.yaxis.title.text


def test_a_report_is_written_of_it_with_headings_and_few_digits() -> None:
    text = report(found(MERGE_MODES))
    assert '<th class="number">whole sequences right</th>' in text
    assert '<td class="number">50.0%</td>' in text
    assert "seeds 3 to 4" in text
    assert "<td>no</td>" in text  # no pair is settled by two starts
    assert "<h2>Starts</h2>" not in text  # for files alone


@pytest.mark.parametrize("name", ["cumulative_sum", "cosine_from_sine"])
def test_a_run_has_its_scores_and_the_curves_of_those_beside_it(name: str) -> None:
    run = untrained(replace(SPEC, problem=ProblemSpec(name=name, timesteps=4)))
    other = untrained(replace(run.spec, training=replace(run.spec.training, seed=8)))
    evaluation = evaluate(run, 50)
    findings = reports.of_run(
        {"mine": run, "kept": other},
        "mine",
        evaluation,
        styles={"mine": figures.style("bidirectional"), "kept": figures.style("forward")},
        risks={"mine": None, "kept": None},
        **WORDS,
    )
    row = frame(findings, "On fresh sequences").iloc[0]
    assert row["loss"] == evaluation.loss
    labeled = name == "cumulative_sum"
    assert ("exact_low" in row) == labeled
    assert ("Confusion matrix" in [table.title for table in findings.tables]) == labeled
    assert set(frame(findings, "Curves")["label"]) == set(frame(findings, "Epochs")["label"]) == {"mine", "kept"}
    assert {"mine", "kept"} <= {trace.name for trace in findings.drawings[0].figure.data}
    assert findings.specs == {"mine": run.spec, "kept": other.spec}
    report(findings)


def test_runs_of_other_versions_are_all_named() -> None:
    run = untrained()
    assert reports.versions([run, replace(run, versions={"keras": "4.0"}), run]) == {
        "keras": "3.15.1 and 4.0",
        "tensorflow": "2.21.0",
    }
