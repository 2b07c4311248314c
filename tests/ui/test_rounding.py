"""Numbers as pages print them: within their own intervals, and never run together."""

import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from bilstm_core.analysis.statistics import Difference, amounts, shares
from bilstm_core.analysis.telling import ends, lead
from bilstm_core.evaluation import wilson_interval
from bilstm_core.presets import INSIDE
from ui import session
from ui.inside import sensitivity
from ui.sequence import sequences
from ui.train import words

NUMBER = re.compile(r"-?\d+\.?\d*")


def counts() -> list[tuple[int, int]]:
    rng = np.random.default_rng(0)
    sizes = np.concatenate([rng.integers(1, 30, 500), rng.integers(1, 10_001, 2_000)])
    return [(9_654, 10_000), *((int(rng.integers(0, size + 1)), int(size)) for size in sizes)]


def printed(text: str) -> list[float]:
    return [float(number) for number in NUMBER.findall(text)]


def test_a_share_lies_within_its_own_interval_as_printed() -> None:
    for count, size in counts():
        value, low, high = (printed(text)[0] for text in shares(count / size, *wilson_interval(count, size)))
        assert 0 <= low <= value <= high <= 100, (count, size)


def test_what_is_nearly_all_is_not_printed_as_all() -> None:
    assert shares(1.0, *wilson_interval(10_000, 10_000)) == ["100.00%", "99.96%", "100.00%"]
    assert shares(0.9654, 0.9617, 0.9688) == ["96.5%", "96.2%", "96.9%"]
    assert shares(0.0, 0.0, -1e-18) == ["0.0%"] * 3


def test_a_difference_lies_within_its_own_interval_as_printed() -> None:
    rng = np.random.default_rng(1)
    for scale in (1e-4, 1e-3, 1e-2, 1.0):
        for low, mean, high in np.sort(rng.normal(scale, scale, (500, 3)), axis=1):
            pair = Difference("a", "b", mean, low, high, 6, 10, 10)
            inside_its = printed(ends(pair))
            assert inside_its[0] <= printed(lead(pair))[0] <= inside_its[1], pair


def test_what_rounds_to_zero_has_no_sign() -> None:
    assert amounts(-0.00001, 0.5) == ["0.0000", "0.5000"]


@pytest.mark.parametrize(("count", "size"), counts()[:200])
def test_trains_sentence_prints_a_share_within_its_interval(count: int, size: int) -> None:
    evaluation: Any = SimpleNamespace(
        exact=count / size,
        exact_count=count,
        n_sequences=size,
        exact_interval=wilson_interval(count, size),
        accuracy=0.99,
        per_timestep=pd.DataFrame({"timestep": [1], "accuracy": [0.99]}),
    )
    answer, counts = words.labels_right(9, evaluation, None)
    _, value = printed(answer)
    low, high = printed(counts.partition("95% interval ")[2])[:2]
    assert low <= value <= high
    assert words.share(evaluation.exact, evaluation.exact_interval) in answer


def test_no_sentence_about_cells_starts_with_a_number_after_a_number() -> None:
    run = session.find(next(spec for spec in INSIDE if spec.model.direction == "forward"))
    assert run
    values = sequences.fresh(run.spec.problem).x[0]
    assert not re.search(r"\d\**\. \**\d", sensitivity.sentence(run, values))


def page() -> None:
    import plotly.graph_objects as go

    from ui.chart.component import chart

    chart(go.Figure(), key="figure", alt="At timestep **4**: there it turns.")


def test_what_a_figure_shows_is_told_without_marks() -> None:
    visit = AppTest.from_function(page).run()
    assert not visit.exception
    (component,) = visit.get("bidi_component")
    assert "At timestep 4: there it turns." in component.proto.json
