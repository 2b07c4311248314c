"""A figure as a page of its own, that can be hovered and needs no network: Plotly's script lies in it.

A page's figures take their colours from the app's theme; what leaves it has those of the light one, on white.
"""

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files as package_files
from typing import TYPE_CHECKING, Any

import numpy as np

from bilstm_core import palette
from bilstm_core.files.text import visible

if TYPE_CHECKING:
    import plotly.graph_objects as go

INK_ON_WHITE, WHITE, GRID, GREY = "#20242f", "#ffffff", "#d9dce6", "#5c6170"
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
LIGHT = {palette.INK: INK_ON_WHITE, palette.PAPER: WHITE, palette.QUIET: GREY, palette.LINE: GRID}
COLOUR = re.compile(r"var\(--st-[a-z-]+\)")
ANCHOR = re.compile(r"<(?=\s*/?\s*a\b)", re.IGNORECASE)

DRAW = """
for (const node of document.querySelectorAll(".figure")) {
  const figure = JSON.parse(document.getElementById(node.dataset.figure).textContent)
  Plotly.newPlot(node, figure.data, figure.layout, {
    displaylogo: false,
    responsive: true,
    modeBarButtons: [["toImage"]],
    toImageButtonOptions: { format: "svg", filename: node.dataset.name },
  })
}
const paper = 680
addEventListener("beforeprint", () => {
  for (const node of document.querySelectorAll(".figure")) Plotly.relayout(node, { width: paper, autosize: false })
})
addEventListener("afterprint", () => {
  for (const node of document.querySelectorAll(".figure")) Plotly.relayout(node, { width: null, autosize: true })
})
"""

STYLE = f"""
:root {{ color-scheme: light; }}
body {{ margin: 0 auto; max-width: 60rem; padding: 1.5rem; background: {WHITE}; color: {INK_ON_WHITE};
  font: 1rem/1.55 {FONT}; }}
figure {{ margin: 1rem 0 1.5rem; }}
figcaption {{ color: {GREY}; font-size: 0.9rem; }}
.plot {{ overflow-x: auto; }}
.figure {{ min-width: 32rem; }}
@media print {{
  @page {{ size: A4; margin: 15mm; }}
  body {{ max-width: none; padding: 0; font-size: 10.5pt; }}
  figure {{ break-inside: avoid; }}
  .plot {{ overflow: visible; }}
  .modebar-container {{ display: none; }}
}}
"""


@cache
def plotly_script() -> str:
    """Plotly's own script, 4.8 MB, as its wheel has it."""
    return (package_files("plotly") / "package_data" / "plotly.min.js").read_text(encoding="utf-8")


def figure_html(figure: "go.Figure", title: str, caption: str = "") -> str:
    """A page of the figure alone, on white, as high as the figure and as wide as the window; without its replay.

    title: of the page, and the name of the picture that can be saved from it. Any text may stand in title, caption and
    figure: none is taken for HTML, save Plotly's own <b>, <br> and the like in the figure.
    """
    return page(title, plot(figure, title, 0, caption), [figure])


def plot(figure: "go.Figure", title: str, number: int, caption: str = "") -> str:
    """The place of a figure in a page, as HTML; `page` then draws it. number: which of the page's figures it is."""
    below = f"<figcaption>{escaped(caption)}</figcaption>" if caption else ""
    height = round(figure.layout.height or 400)
    name = escaped(re.sub(r"\W+", "-", visible(title)).strip("-") or "figure")
    return (
        f'<figure><div class="plot"><div class="figure" data-figure="figure-{number}" data-name="{name}"'
        f' style="height: {height}px"></div></div>{below}</figure>'
    )


def page(title: str, body: str, figures: Sequence["go.Figure"], style: str = "") -> str:
    """A whole page, which asks no host for anything and runs no script but those that are written here.

    body: HTML, with a place for each of the figures. style: CSS beside that of all pages
    """
    data = "".join(
        f'<script type="application/json" id="figure-{number}">{_embedded(figure)}</script>\n'
        for number, figure in enumerate(figures)
    )
    scripts = [plotly_script(), DRAW] if figures else []
    allowed = " ".join(f"'sha256-{_hash(script)}'" for script in scripts) or "'none'"
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:;"
        " base-uri 'none'; form-action 'none'"
    )
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{escaped(title)}</title>\n<style>{STYLE}{style}</style>\n</head>\n<body>\n{body}\n{data}",
            *(f"<script>{script}</script>" for script in scripts),
            "</body>\n</html>\n",
        ]
    )


def escaped(text: str) -> str:
    """Any text as HTML that shows it."""
    return html.escape(visible(text))


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _harmless(value: Any) -> Any:
    """The same JSON, in the light theme, every text without links and without what nobody sees."""
    if isinstance(value, dict):
        return {name: _harmless(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_harmless(part) for part in value]
    if isinstance(value, str):
        return ANCHOR.sub("&lt;", visible(COLOUR.sub(lambda name: LIGHT.get(name[0], GREY), value)))
    return value


def on_white(figure: "go.Figure") -> "go.Figure":
    """The same figure in the light theme, without links and replay: as it looks in a page, wherever it is shown."""
    import plotly.graph_objects as go

    return go.Figure(_with_arrays(_drawn(figure)))


def _with_arrays(value: Any) -> Any:
    """The same, with arrays where Plotly's JSON has their bytes."""
    if isinstance(value, dict) and value.keys() >= {"dtype", "bdata"}:
        array = np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"])
        return array.reshape([int(size) for size in value["shape"].split(",")]) if "shape" in value else array
    if isinstance(value, dict):
        return {name: _with_arrays(part) for name, part in value.items()}
    return [_with_arrays(part) for part in value] if isinstance(value, list) else value


def _embedded(figure: "go.Figure") -> str:
    """The figure as JSON that can stand in a page, and nothing ends its element."""
    return json.dumps(_drawn(figure)).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _drawn(figure: "go.Figure") -> dict[str, Any]:
    """The figure's JSON in the light theme, without links and replay."""
    drawn: dict[str, Any] = _harmless(json.loads(figure.to_json()))
    layout: dict[str, Any] = drawn["layout"]
    for name in ("meta", "images", "width", "updatemenus", "sliders"):
        layout.pop(name, None)
    layout |= {"paper_bgcolor": WHITE, "plot_bgcolor": WHITE, "autosize": True}
    layout["font"] = {"color": INK_ON_WHITE, **layout.get("font", {}), "family": FONT}
    hover = layout.get("hoverlabel", {})
    layout["hoverlabel"] = {
        **hover,
        "bgcolor": WHITE,
        "bordercolor": GRID,
        "font": {**hover.get("font", {}), "color": INK_ON_WHITE},
    }
    for name, axis in layout.items():
        if re.fullmatch(r"[xy]axis\d*", name):
            colours = ("gridcolor", "linecolor", "zerolinecolor", "tickcolor")
            layout[name] = dict.fromkeys(colours, GRID) | axis
    return drawn
