"""What a model says at each timestep, beside what is right: stems for labels, a curve for a regression.

Rows have the columns timestep (from 1), expected, probability and predicted. With two classes, probability is that of
class 1, and 0.5 or more predicts 1; with more, it is that of the predicted class; for a regression, it is the output.
`classes` is the number of classes, 0 for a regression.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bilstm_core.figures import canvas
from bilstm_core.figures.canvas import Item
from bilstm_core.palette import EDGE, SHADE, WRONG

Rows = pd.DataFrame | Mapping[str, npt.NDArray[Any]]  # the columns that are named above

DIGITS_UP_TO = 15  # timesteps
WIDE_UP_TO = 50  # timesteps


def is_right(rows: Rows, classes: int = 2) -> npt.NDArray[np.bool_]:
    """Which labels are met, (timesteps,); all of a regression, which has none."""
    expected = np.asarray(rows["expected"])
    if classes == 0:
        return np.ones(len(expected), dtype=bool)
    if classes > 2:
        met: npt.NDArray[np.bool_] = np.asarray(rows["predicted"]) == expected
        return met
    answers = np.asarray(rows["predicted" if "predicted" in rows else "probability"])
    same: npt.NDArray[np.bool_] = (answers >= 0.5) == (expected >= 0.5)
    return same


def verdict(rows: Rows, classes: int = 2) -> tuple[str, str, bool]:
    """How good the answers are: in words, shorter, and whether something is wrong."""
    if classes == 0:
        error = float(np.square(np.asarray(rows["probability"], np.float64) - np.asarray(rows["expected"])).mean())
        return f"squared error {error:.3f}", f"{error:.3f}", False
    right = is_right(rows, classes)
    wrong = int((~right).sum())
    return f"{wrong} of {len(right)} wrong", f"{wrong}/{len(right)} wrong", wrong > 0


def sizes(timesteps: int) -> tuple[float, float]:
    """Width of dots and of crosses in px."""
    return (10, 15) if timesteps <= DIGITS_UP_TO else (7, 12) if timesteps <= WIDE_UP_TO else (5, 9)


def wanted(rows: Rows, classes: int = 2, **axes: str) -> list[Item]:
    """What is right, behind the answers: the half of each column in which a right probability of 1 lies, or a curve.

    Nothing with more than two classes. rows: timestep, expected
    """
    if classes > 2:
        return []
    t, expected = np.asarray(rows["timestep"]), np.asarray(rows["expected"])
    if classes == 0:
        return [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": "expected",
                "x": t,
                "y": expected.round(4),
                "line": {"color": EDGE, "width": 3, "dash": "dot"},
                "marker": {"color": EDGE, "size": sizes(len(t))[0], "symbol": "circle-open", "line": {"width": 2}},
                "hovertemplate": "timestep %{x}: expected %{y:.2f}<extra></extra>",
                "showlegend": False,
                **axes,
            }
        ]
    return [
        {
            "type": "bar",
            **canvas.column("expected", "customdata"),
            "x": t,
            "y": np.full(len(t), 0.5),
            "base": np.where(expected >= 0.5, 0.5, 0.0),
            "width": 1.0,
            "customdata": expected,
            "marker": {"color": SHADE, "line": {"width": 0}},
            "hoverinfo": "skip",
            "showlegend": False,
            **axes,
        }
    ]


def stems(rows: Rows, colour: str, classes: int = 2, *, column: str = "", **axes: str) -> list[Item]:
    """Three traces: stems (of a regression the curve through its answers), dots that are right, crosses that are wrong.

    Stems of two classes stand on 0.5, those of more on 0. column: of the dots in a table, by default what they are
    """
    t = np.asarray(rows["timestep"])
    p = np.asarray(rows["probability"], np.float64).round(3)
    right = is_right(rows, classes)
    dot, cross = sizes(len(t))
    gaps = np.full(len(t), np.nan)
    foot = np.full(len(t), 0.5 if classes == 2 else 0.0)
    x, y = (t, p) if classes == 0 else (np.column_stack([t, t, gaps]).ravel(), np.column_stack([foot, p, gaps]).ravel())
    common = {"type": "scatter", "showlegend": False, **axes}
    hover, answers = _hover(rows, classes)
    told = canvas.column(column or answer_words(classes))
    return [
        {
            **common,
            "mode": "lines",
            "name": "stems",
            "x": x,
            "y": y,
            "line": {"color": colour, "width": 3 if len(t) <= WIDE_UP_TO else 2},
            "hoverinfo": "skip",
        },
        {
            **common,
            "mode": "markers",
            "name": "right",
            **told,
            "x": t[right],
            "y": p[right],
            "customdata": answers[right],
            "marker": {"color": colour, "size": dot},
            "hovertemplate": hover + (", right" if classes else "") + "<extra></extra>",
        },
        {
            **common,
            "mode": "markers",
            "name": "wrong",
            **told,
            "x": t[~right],
            "y": p[~right],
            "customdata": answers[~right],
            "marker": {"color": WRONG, "size": cross, "symbol": "x"},
            "hovertemplate": hover + ", <b>wrong</b><extra></extra>",
        },
    ]


def _hover(rows: Rows, classes: int) -> tuple[str, npt.NDArray[Any]]:
    """What a dot says, and the number that it says it of."""
    answers = np.asarray(rows["predicted" if classes > 2 else "probability"])
    words = {0: "answer %{y:.2f}", 2: "probability of 1 %{y:.2f}"}
    return "timestep %{x}: " + words.get(classes, "class %{customdata}, probability %{y:.2f}"), answers


def answer_axis(title: str, classes: int, span: Sequence[float] = (-1, 1), **more: Any) -> Item:
    """From 0 to 1 with a little air; of a regression, over `span`, the lowest and highest answer."""
    if classes == 0:
        low, high = min(span), max(span)
        air = 0.08 * max(high - low, 0.1)
        return canvas.axis(title, **{"range": [low - air, high + air], "nticks": 5, "tickformat": "~g", **more})
    return canvas.axis(
        title, **{"range": [-0.08, 1.08], "tickvals": [0, 0.5, 1], "tickformat": ".1f", "showgrid": False, **more}
    )


def answer_words(classes: int) -> str:
    """What a dot's height is."""
    return {0: "answer", 2: "probability of 1"}.get(classes, "probability of the answer")
