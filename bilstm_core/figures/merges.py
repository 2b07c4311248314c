"""Drawings of what a merge makes of the outputs of two branches."""

import numpy as np
import plotly.graph_objects as go

from bilstm_core.figures import canvas, spoken
from bilstm_core.figures.canvas import Item
from bilstm_core.palette import BACKWARD, FORWARD, INK, SHADE, color

WORDS = {"concat": "side by side", "sum": "added", "mul": "multiplied", "ave": "averaged"}


def merge_drawing(merge_mode: str, *, height: int = 300) -> go.Figure:
    """What a merge makes of four numbers of the forward branch and four of the backward branch."""
    forward, backward = np.array([0.5, -0.5, 0.8, 0.2]), np.array([0.4, 0.6, -0.5, 0.5])
    merged = {
        "concat": np.concatenate([forward, backward]),
        "sum": forward + backward,
        "mul": forward * backward,
        "ave": (forward + backward) / 2,
    }[merge_mode]
    both = color("bidirectional", merge_mode)
    traces: list[Item] = []
    notes: list[Item] = []
    rows = [("forward", forward, 2.4, FORWARD), ("backward", backward, 1.4, BACKWARD), ("merged", merged, 0.0, both)]
    for name, numbers, level, colour in rows:
        start = -(len(numbers) - 1) / 2
        places = start + np.arange(len(numbers))
        traces.append(
            {
                "type": "bar",
                "name": name,
                "x": places,
                **canvas.column(name, "customdata", None, "number"),
                "y": np.full(len(numbers), 0.62),
                "base": level,
                "width": 0.9,
                "marker": {"color": SHADE, "line": {"color": colour, "width": 3}, "cornerradius": 4},
                "customdata": numbers.round(2),
                "hoverinfo": "skip",
            }
        )
        notes += [
            canvas.note(f"{number:.2g}", place, level + 0.31, xref="x", yref="y")
            for place, number in zip(places, numbers.round(2), strict=True)
        ]
        if name != "merged":
            notes.append(
                canvas.note(
                    f"<b>{name}</b>", -2.6, level + 0.31, xref="x", yref="y", xanchor="right",
                    font={"size": canvas.TEXT, "color": colour},
                )
            )  # fmt: skip
    count = len(merged)
    notes.append(
        canvas.note(
            f"<b>{merge_mode}</b>: 4 and 4 numbers,<br>{WORDS[merge_mode]} → {count} numbers",
            0,
            1.01,
            xref="x",
            yref="y",
            font={"size": canvas.TEXT + 1, "color": INK},
        )
    )
    return canvas.figure(
        traces,
        height=height,
        margin=(8, 8, 8, 8),
        xaxis=canvas.bare_axis(range=[-4.55, 4.55]),
        says=" ".join(f"{name}: {spoken.listed([_plain(n) for n in numbers])}." for name, numbers, _, _ in rows),
        yaxis=canvas.bare_axis(range=[-0.1, 3.1]),
        annotations=notes,
    )


def merge_steps(forward: float, backward: float, *, height: int = 330) -> go.Figure:
    """What each merge makes of one unit's two numbers at one timestep: how it is reckoned, and what comes out."""
    first, second = _plain(forward), _plain(backward)
    bracketed = f"({second})" if backward < 0 else second
    rows = [
        ("forward", "", [forward], FORWARD),
        ("backward", "", [backward], BACKWARD),
        ("sum", f"{first} + {bracketed} =", [forward + backward], color("bidirectional", "sum")),
        ("mul", f"{first} × {bracketed} =", [forward * backward], color("bidirectional", "mul")),
        ("ave", f"({first} + {bracketed}) / 2 =", [(forward + backward) / 2], color("bidirectional", "ave")),
        ("concat", f"{first} beside {second}:", [forward, backward], color("bidirectional")),
    ]
    traces: list[Item] = []
    notes: list[Item] = []
    for place, (name, reckoned, numbers, colour) in enumerate(rows):
        level = place + (0.35 if place > 1 else 0.0)
        traces.append(
            {
                "type": "bar",
                "name": name,
                "x": np.arange(len(numbers)) * 0.82,
                **canvas.column(name, "customdata", None, "number"),
                "y": np.full(len(numbers), 0.72),
                "base": level - 0.36,
                "width": 0.74,
                "marker": {"color": SHADE, "line": {"color": colour, "width": 3}, "cornerradius": 4},
                "customdata": numbers,
                "hoverinfo": "skip",
            }
        )
        formula = f'<b><span style="color:{colour}">{name}</span></b>  {reckoned}'.rstrip()
        notes.append(canvas.note(formula, -0.46, level, xref="x", yref="y", xanchor="right"))
        notes += [
            canvas.note(_plain(number), at * 0.82, level, xref="x", yref="y") for at, number in enumerate(numbers)
        ]
    return canvas.figure(
        traces,
        height=height,
        margin=(4, 4, 4, 4),
        xaxis=canvas.bare_axis(range=[-2.5, 1.3]),
        says=" ".join(f"{name}: {spoken.listed([_plain(n) for n in numbers])}." for name, _, numbers, _ in rows),
        yaxis=canvas.bare_axis(range=[5.85, -0.5]),
        annotations=notes,
    )


def _plain(number: float) -> str:
    return f"{number:.2f}".replace("-", "−")
