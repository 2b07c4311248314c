"""Several maps of the same two settings side by side, on the same colors."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from bilstm_core.figures import canvas, spoken
from bilstm_core.figures.canvas import Item
from bilstm_core.figures.sweep import RIGHT, Segment, color_axis, dots, lines, matrix
from bilstm_core.palette import INK

ACROSS, FEW_ACROSS = 3, 2  # maps in a row, on a wide screen and on a narrow one
HEIGHT, TOP, BOTTOM, GAP = 190, 44, 50, 40  # px: of a map, above, below all, and between two rows
NARROW_NAME = 16  # characters of a name in one line, on a narrow screen
TICKS = 4  # values that are written beside an axis


def small_maps(
    tables: Mapping[str, pd.DataFrame],
    boundaries: Mapping[str, Sequence[tuple[Segment, bool]]],
    *,
    across: str,
    up: str,
    goal: float,
    what: str = RIGHT,
) -> go.Figure:
    """A small map for each table, with its name above; tables, boundaries and all others: as of `sweep_map`.

    Each square's customdata is its x, its y and the name of its map.
    """
    traces: list[Item] = []
    notes: list[Item] = []
    said = []
    for number, (name, table) in enumerate(tables.items(), start=1):
        columns, rows = list(dict.fromkeys(table["x"])), list(dict.fromkeys(table["y"]))
        right, measured, about = (matrix(table, column, rows, columns) for column in ("right", "measured", "about"))
        across_up = np.meshgrid(np.array(columns, object), np.array(rows, object))
        places = np.stack([*across_up, np.full(right.shape, name, object)], axis=-1)
        known = np.where(measured.astype(bool), right, np.nan).astype(np.float64)
        axes = {"xaxis": f"x{number}", "yaxis": f"y{number}"} if number > 1 else {}
        heat: Item = {
            "type": "heatmap",
            "name": name,
            **canvas.heat_columns(f"{what}: {name}", columns, rows),
            "x": list(range(len(columns))),
            "y": list(range(len(rows))),
            "z": known,
            "customdata": places,
            "text": about,
            "coloraxis": "coloraxis",
            "hoverongaps": False,
            "hovertemplate": f"{name}<br>%{{text}}<extra></extra>",
        }
        small = dots(right, known, about, places, size=3)
        edges = lines([line for line, _ in boundaries[name]], sure=True, width=2)
        traces += [{**trace, **axes} for trace in (heat, small, *edges)]
        place = {"xref": f"x{number if number > 1 else ''} domain", "yref": f"y{number if number > 1 else ''} domain"}
        notes.append(
            canvas.note(f"<b>{name}</b>", 0, 1, name=f"<b>{'<br>'.join(textwrap.wrap(name, NARROW_NAME))}</b>",
                        align="left", xanchor="left", yanchor="bottom", yshift=2,
                        font={"size": canvas.TEXT, "color": INK}, **place)
        )  # fmt: skip
        said.append(f"{name}: {spoken.reached(known, goal)}")
    first = next(iter(tables.values()))
    values = list(dict.fromkeys(first["x"])), list(dict.fromkeys(first["y"]))
    wide, narrow = _places(len(tables), ACROSS), _places(len(tables), FEW_ACROSS)
    heights = [_height(len(tables), count) for count in (ACROSS, FEW_ACROSS)]
    return canvas.figure(
        traces,
        height=heights[0],
        margin=(64, 96, TOP, BOTTOM),
        narrow={
            "height": heights[1],
            "margin": {"l": 50, "r": 12},
            "coloraxis": {"showscale": False},
            **{
                name: {"domain": domain, **({"title": {"text": ""}} if name[0] == "y" and not first_in_row else {})}
                for (name, domain), first_in_row in zip(narrow.items(), _starts_row(len(tables)), strict=True)
            },
        },
        says=" ".join(said),
        coloraxis=color_axis(goal, strip=False, what=what),
        annotations=notes,
        **{
            name: _axis(name, domain, values[0 if name[0] == "x" else 1], across if name[0] == "x" else up)
            for name, domain in wide.items()
        },  # type: ignore[arg-type]
    )


def _axis(name: str, domain: list[float], values: list[str], title: str) -> Item:
    step = -(-len(values) // TICKS)
    places = list(range(0, len(values), step))
    return canvas.axis(
        title,
        domain=domain,
        range=[-0.5, len(values) - 0.5],
        tickvals=places,
        ticktext=[values[place] for place in places],
        showgrid=False,
        ticks="",
        anchor=("y" if name[0] == "x" else "x") + name[5:],
    )


def _starts_row(count: int) -> list[bool]:
    """Of each axis of `_places` on a narrow screen, whether its map is the first of a row."""
    return [number % FEW_ACROSS == 0 for number in range(count) for _ in "xy"]


def _height(count: int, in_a_row: int) -> int:
    rows = -(-count // in_a_row)
    return rows * HEIGHT + (rows - 1) * (GAP + BOTTOM) + TOP + BOTTOM


def _places(count: int, in_a_row: int) -> dict[str, list[float]]:
    """The domain of each map's axes, by the name of the axis."""
    in_a_row = min(count, in_a_row)
    rows = -(-count // in_a_row)
    plot = rows * HEIGHT + (rows - 1) * (GAP + BOTTOM)
    gap = 0.09
    width = (1 - (in_a_row - 1) * gap) / in_a_row
    domains = {}
    for number in range(count):
        row, column = divmod(number, in_a_row)
        top = 1 - row * (HEIGHT + GAP + BOTTOM) / plot
        name = str(number + 1) if number else ""
        left = column * (width + gap)
        domains[f"xaxis{name}"] = [left, min(1.0, left + width)]
        domains[f"yaxis{name}"] = [max(0.0, top - HEIGHT / plot), top]
    return domains
