"""A cell at one timestep, drawn as the way that its numbers take."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from bilstm_core.figures import canvas, spoken
from bilstm_core.figures.canvas import Item
from bilstm_core.palette import FORWARD, INK, LINE, PAPER, QUIET

GATES_AT = {"f": 30.0, "i": 46.0, "g": 62.0, "o": 79.0}
NAMES = {"f": "forget gate", "i": "input gate", "g": "candidate", "o": "output gate"}
NAMES_END = {"f": 29.0, "i": 45.0, "g": 61.0, "o": 76.0}  # beside the way up, clear of what it leads to
HALF, WIDE_HALF = 7.2, 8.0  # of a box's width; of one whose title has a second word
LEVEL = "rgba(45, 102, 247, 0.28)"  # FORWARD, faint
UNKNOWN = "?"
KEPT, ADDED, SHOWN = (30.0, 88.0), (54.0, 88.0), (79.0, 66.0)  # where numbers are multiplied or added
LET_IN = (54.0, 66.0)

# From one place to the next; the first word is the line of the equations that makes use of it
WAYS: Sequence[tuple[str, Sequence[tuple[float, float]]]] = (
    ("z", [(15.5, 40), (19, 40), (19, 12)]),
    ("z", [(15.5, 12), (79, 12)]),
    *(("z", [(x, 12), (x, 31)]) for x in GATES_AT.values()),
    ("c", [(15.5, 88), (27.5, 88)]),
    ("c", [(30, 50), (30, 82)]),
    ("c", [(32.5, 88), (51.5, 88)]),
    ("c", [(46, 50), (46, 66), (51.5, 66)]),
    ("c", [(62, 50), (62, 66), (56.5, 66)]),
    ("c", [(54, 72), (54, 82)]),
    ("c", [(56.5, 88), (71.5, 88)]),
    ("h", [(79, 80), (79, 72)]),
    ("h", [(79, 50), (79, 60)]),
    ("h", [(81.5, 66), (88.3, 66)]),
)


def cell(
    numbers: Mapping[str, float], known: Sequence[str], now: str, *, reach: float = 1.0, height: int = 330
) -> go.Figure:
    """An LSTM's cell at one timestep, for one unit.

    numbers: x, h_before, c_before; z_i, z_f, z_g, z_o, the gates' sums; i, f, g, o; c; h
    known: which lines of the equations have been worked out: "z", "i", "f", "g", "o", "c", "h"; what they give is
        shown, and the rest is still a question mark
    now: the one that is at work, which is outlined
    reach: the size of a cell state that fills its box
    """
    shapes: list[Item] = []
    notes: list[Item] = []
    order = sorted(WAYS, key=lambda way: way[0] == now)
    for line, places in order:
        used = line in known
        path = "M" + "L".join(f"{x},{y}" for x, y in places)
        look = {"color": FORWARD if line == now else INK if used else LINE, "width": 4 if line == now else 2}
        shapes.append({"type": "path", "path": path, "line": look, "layer": "below", "name": f"way {line}"})

    def box(name: str, at: tuple[float, float], *, line: str, title: str, level: float | None) -> None:
        x, y = at
        shown = not line or line in known
        working = line == now
        edge = {
            "color": FORWARD if working else INK if shown else QUIET,
            "width": 4 if working else 1.5,
            "dash": "solid" if shown else "dot",
        }
        half = HALF if line else WIDE_HALF
        corners = {"x0": x - half, "x1": x + half, "y0": y - 10, "y1": y + 10}
        shapes.append({"type": "rect", **corners, "fillcolor": PAPER, "line": {"width": 0}})
        if shown and level is not None:
            low, high = sorted((y, y + 10 * level)) if line in ("g", "c", "h", "") else (y - 10, y - 10 + 20 * level)
            inside = {"x0": x - half, "x1": x + half, "y0": max(low, y - 10), "y1": min(high, y + 10)}
            shapes.append({"type": "rect", **inside, "fillcolor": LEVEL, "line": {"width": 0}, "name": f"level {name}"})
        shapes.append({"type": "rect", **corners, "line": edge, "name": f"box {name}"})
        value = exact(numbers[name]) if shown else UNKNOWN
        text = f"<b>{title}</b><br>{value}" if line else f"{title}<br>{value}"
        ink = {"size": canvas.TEXT, "color": INK if shown else QUIET}
        notes.append(canvas.note(text, x, y, xref="x", yref="y", font=ink))

    box("x", (8, 12), line="", title="x", level=None)
    box("h_before", (8, 40), line="", title="h before", level=numbers["h_before"])
    box("c_before", (8, 88), line="", title="c before", level=numbers["c_before"] / reach)
    for gate, x in GATES_AT.items():
        box(gate, (x, 40), line=gate, title=gate, level=numbers[gate])
        if "z" in known:
            total = exact(numbers[f"z_{gate}"])
            notes.append(
                canvas.note(
                    f"<b>{total}</b>" if now == "z" else total, x, 21, xref="x", yref="y", bgcolor=PAPER,
                    font={"size": canvas.TEXT, "color": FORWARD if now == "z" else INK},
                )
            )  # fmt: skip
        gate_name = NAMES[gate].replace(" ", "<br>")
        at = {"xref": "x", "yref": "y", "xanchor": "right", "yanchor": "bottom", "align": "right"}
        notes.append(canvas.note(gate_name, NAMES_END[gate], 50, name=" ", **at))
    box("c", (79, 88), line="c", title="c", level=numbers["c"] / reach)
    box("h", (95.5, 66), line="h", title="h", level=numbers["h"])
    for (x, y), sign, line in ((KEPT, "×", "c"), (LET_IN, "×", "c"), (ADDED, "+", "c"), (SHOWN, "×", "h")):
        working = line == now
        shapes.append(
            {
                "type": "circle", "x0": x - 2.5, "x1": x + 2.5, "y0": y - 6, "y1": y + 6, "fillcolor": PAPER,
                "line": {"color": FORWARD if working else INK if line in known else QUIET, "width": 2},
            }
        )  # fmt: skip
        notes.append(canvas.note(f"<b>{sign}</b>", x, y, xref="x", yref="y", font={"size": 16, "color": INK}))
    notes.append(canvas.note("tanh", 77.5, 75, xref="x", yref="y", xanchor="right"))
    return canvas.figure(
        [{"type": "scatter", "mode": "markers", "x": [], "y": [], "hoverinfo": "skip"}],
        height=height,
        margin=(2, 2, 2, 2),
        narrow={"height": 300},
        says=spoken.cell(numbers, known, NAMES),
        xaxis=canvas.bare_axis(range=[-0.5, 103.5]),
        yaxis=canvas.bare_axis(range=[0, 100]),
        shapes=[{"xref": "x", "yref": "y", **shape} for shape in shapes],
        annotations=notes,
    )


def plain(number: float) -> str:
    """A number with two decimals and a true minus sign, and no minus before zero."""
    return f"{round(number, 2) + 0.0:.2f}".replace("-", "−")


def exact(number: float) -> str:
    """A number as it is reckoned with: with three decimals."""
    return f"{round(number, 3) + 0.0:.3f}".replace("-", "−")
