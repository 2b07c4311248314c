"""What all figures have in common: no background of their own, 14 px text, axes that stay where they are."""

import json
from collections.abc import Collection, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.utils import PlotlyJSONEncoder

TEXT = 14  # px, the smallest text of any figure
APART = 16.0  # px between the labels at the lines' ends

Item = dict[str, Any]  # a trace, axis, shape or annotation, in Plotly's own words


def axis(title: str, **more: Any) -> Item:
    """A named axis that can't be dragged or zoomed."""
    return {
        "title": {"text": title, "font": {"size": TEXT}, "standoff": 8},
        "tickfont": {"size": TEXT},
        "fixedrange": True,
        "zeroline": False,
        **more,
    }


def bare_axis(**more: Any) -> Item:
    """An axis that is only there to place things."""
    return {"visible": False, "fixedrange": True, **more}


def timestep_axis(first: int, last: int, **more: Any) -> Item:
    """The axis of timesteps `first` to `last`, with at most 16 ticks."""
    step = next(step for step in (1, 5, 10, 20, 50) if (last - first) / step <= 15)
    ticks = [t for t in range(first, last + 1) if t % step == 0 or t == first]
    return axis(
        "timestep",
        **{"range": [first - 0.55, last + 0.55], "tickvals": ticks, "showgrid": False, "ticks": "", **more},
    )


def note(text: str, x: float, y: float, **more: Any) -> Item:
    """A text without an arrow, placed on the paper unless `more` says otherwise."""
    return {
        "text": text,
        "x": x,
        "y": y,
        "xref": "paper",
        "yref": "paper",
        "showarrow": False,
        "font": {"size": TEXT},
        **more,
    }


def figure(
    traces: Sequence[Item],
    *,
    height: int,
    margin: tuple[int, int, int, int],
    narrow: Item | None = None,
    frames: Sequence[Item] = (),
    growing: Item | None = None,
    drag: Item | None = None,
    says: str = "",
    **layout: Any,
) -> go.Figure:
    """A figure from plain parts.

    margin: left, right, top, bottom in px; narrow: layout changes on a narrow screen; growing: what the page fills in
    drag: which bars a page can let be dragged: their trace, whether they are stacked, from_end, and which is chosen
    says: what is to be seen, in words made from the data; the page tells it to those who can't see the figure
    frames: the moments of a replay; they are kept as text (see `frames_of`), for Plotly would take longer to check and
        copy them than all the rest
    """
    left, right, top, bottom = margin
    whole = {
        "height": height,
        "margin": {"l": left, "r": right, "t": top, "b": bottom, "pad": 0, "autoexpand": False},
        "font": {"size": TEXT},
        "hoverlabel": {"font": {"size": TEXT}},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "dragmode": False,
        "barmode": "overlay",
        "hovermode": "closest",
        "template": {"layout": {}},
        "meta": {
            "narrow": narrow or {},
            **({"growing": growing} if growing else {}),
            **({"drag": drag} if drag else {}),
            **({"says": says} if says else {}),
            **({"frames": json.dumps(frames, cls=PlotlyJSONEncoder)} if frames else {}),
        },
        **layout,
    }
    return go.Figure(data=list(traces), layout=whole)


def says(figure: go.Figure) -> str:
    """What is to be seen in a figure, in words; "" of one that says nothing."""
    return str((figure.layout.meta or {}).get("says", ""))


def column(name: str | None, value: str = "y", row: str | None = "x", rows: str = "") -> Item:
    """How a trace stands in the table of the figure's data, as a part of the trace (ui/chart/table.js).

    name: of its column, None for what is no data; of a heatmap, the table's own
    value, row: the parts of the trace that hold the cells and what each row is called; row None counts them
    rows: what the rows are, by default the title of the x axis
    Without it a trace has the column of its name, unless nothing is said where one points at it.
    """
    return {"meta": {"column": name, "value": value, "row": row, "rows": rows}}


def heat_columns(name: str, across: Sequence[str], down: Sequence[str]) -> Item:
    """How a heatmap stands in the table, where its columns and rows are called otherwise than by their places."""
    return {"meta": {"column": name, "value": "z", "names_across": list(across), "names_down": list(down)}}


def frames_of(figure: go.Figure) -> list[Item]:
    """The moments of a figure's replay, as Plotly's JSON has frames: name, and what of data and layout changes."""
    frames: list[Item] = json.loads((figure.layout.meta or {}).get("frames", "[]"))
    return frames


def narrow_legend(labels: Collection[str], *, top: int, right: int, y: float = 1.0, **margin: int) -> Item:
    """On a narrow screen names stand in a legend above; one line alone needs none. Margins in px.

    Two stand in a row if none is longer than "bidirectional", else one.
    """
    columns = 2 if max(map(len, labels), default=0) <= len("bidirectional") else 1
    rows = -(-len(labels) // columns) if len(labels) > 1 else 0
    return {
        "showlegend": rows > 0,
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": y,
            "xanchor": "left",
            "yanchor": "bottom",
            "itemclick": False,
            "itemdoubleclick": False,
            "font": {"size": TEXT},
        },
        "margin": {"t": top + (28 if columns == 2 else 21) * rows, "r": right, **margin},
    }


def _steps(colours: Sequence[str]) -> list[list[Any]]:
    """A colour scale of flat steps, for whole numbers from 0."""
    n = len(colours)
    return [[edge, colour] for i, colour in enumerate(colours) for edge in (i / n, (i + 1) / n)]


def flat(colours: Sequence[str]) -> Item:
    """What a heatmap of whole numbers from 0 needs to show each in its own colour."""
    return {"colorscale": _steps(colours), "zmin": -0.5, "zmax": len(colours) - 0.5, "showscale": False}


def changing(moments: Sequence[Sequence[Item]], final: Sequence[Item]) -> list[list[Item]]:
    """The moments of a replay, each item without what is the same in all of them and in the finished figure.

    moments, final: the same items in the same order. Whatever changes at any moment stands in every one, the last too:
    a frame is drawn over the frame before it, and only what it says is undone.
    A text comes with its `name`, its short form on narrow screens.
    """
    names: list[set[str]] = [set() for _ in final]
    for moment in moments:
        for changed, item, last in zip(names, moment, final, strict=True):
            if item != last:
                changed |= {name for name in item.keys() | last.keys() if item.get(name) != last.get(name)}
    written = [changed | {"name"} if "text" in changed else changed for changed in names]
    return [
        [
            {name: value for name, value in item.items() if name in wanted}
            for item, wanted in zip(items, written, strict=True)
        ]
        for items in moments
    ]


def panels(
    heights: Sequence[float], *, gap: float | Sequence[float], height: int, top: int, bottom: int
) -> list[list[float]]:
    """Axis domains of panels stacked from the top, that share the figure's height in the ratio of `heights`.

    gap: px between one panel and the next, one for all or one for each.
    """
    plot = height - top - bottom
    gaps = [float(gap)] * (len(heights) - 1) if isinstance(gap, (int, float)) else list(gap)
    scale = (plot - sum(gaps)) / sum(heights)
    domains, above = [], 0.0
    for index, share in enumerate(heights):
        below = above + share * scale
        domains.append([max(0.0, 1 - below / plot), 1 - above / plot])
        above = below + (gaps[index] if index < len(gaps) else 0)
    return domains


def spread(positions: Sequence[float], *, apart: float, low: float, high: float) -> list[float]:
    """Positions moved as little as needed to lie `apart` from each other, within low to high where they fit."""
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    groups: list[tuple[float, list[int]]] = []  # the middle of each group, and its members in order

    def middle(members: list[int]) -> float:
        half = apart * (len(members) - 1) / 2
        wanted = sum(positions[i] for i in members) / len(members)
        return max(low + half, min(wanted, high - half))

    for index in order:
        members = [index]
        centre = middle(members)
        while groups and centre - apart * (len(members) - 1) / 2 < groups[-1][0] + apart * (len(groups[-1][1]) + 1) / 2:
            members = groups.pop()[1] + members
            centre = middle(members)
        groups.append((centre, members))
    placed = [0.0] * len(positions)
    for centre, members in groups:
        for rank, index in enumerate(members):
            placed[index] = centre + apart * (rank - (len(members) - 1) / 2)
    return placed
