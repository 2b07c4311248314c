"""A card of HTML that a notebook shows for a result: a title, a small curve as SVG, and facts in words.

Text and lines are in the colour of the notebook's own text, so it reads on light and on dark; it runs no script and
asks no host for anything.
"""

import html
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from bilstm_core.downsampling import lows_and_highs

WIDTH, HEIGHT = 420, 150  # of the curve's picture, in its own units; on a narrow page it shrinks
LEFT, RIGHT, TOP, BOTTOM = 40, 8, 10, 30
POINTS = 400  # of a line at most: lows and highs of as many pixels as there are

Numbers = npt.NDArray[Any]


def card(title: str, facts: Mapping[str, str], note: str, curve: str = "") -> str:
    """The whole card. Any text may stand in title, facts and note: none is taken for HTML. curve: of `loss_curve`"""
    rows = "".join(
        f'<div style="margin:0 1.6em 0.4em 0"><div style="opacity:0.7;font-size:0.85em">{html.escape(name)}</div>'
        f'<div style="font-size:1.15em">{html.escape(text)}</div></div>'
        for name, text in facts.items()
    )
    return (
        '<div style="color:inherit;max-width:40em;line-height:1.4">'
        f'<div style="font-weight:600;margin-bottom:0.3em">{html.escape(title)}</div>{curve}'
        f'<div style="display:flex;flex-wrap:wrap;margin-top:0.3em">{rows}</div>'
        f'<div style="opacity:0.7;font-size:0.85em">{html.escape(note)}</div></div>'
    )


def loss_curve(
    x: Numbers, loss: Numbers, mean_x: Numbers, mean: Numbers, *, end: int, axis: str, alt: str, colour: str
) -> str:
    """A small loss curve as SVG: the losses faintly, their mean over them.

    x, loss: (points,) ascending; mean_x, mean: (means,), perhaps none. Numbers that are not finite are gaps.
    end: the last x of the axis; axis: what stands under it; alt: what is seen, for those who do not see it
    colour: of the lines, as CSS
    """
    finite = np.concatenate([loss[np.isfinite(loss)], mean[np.isfinite(mean)]])
    if not len(finite):
        return ""
    right, top = max(end, 1), _nice(float(finite.max()))

    def places(along: Numbers, values: Numbers) -> tuple[Numbers, Numbers]:
        across = LEFT + (WIDTH - LEFT - RIGHT) * along / right
        return across, TOP + (HEIGHT - TOP - BOTTOM) * (1 - values / top)

    faint = 'opacity="0.45" stroke-width="1"' if len(mean) else 'stroke-width="1.2"'
    lines = _line(*places(x, loss), faint) + _line(*places(mean_x, mean), 'stroke-width="2.2"')
    floor = HEIGHT - BOTTOM
    ticks = "".join(
        f'<text x="{LEFT - 6}" y="{place + 4:g}" text-anchor="end">{value:g}</text>'
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{place:g}" y2="{place:g}" stroke="currentColor" opacity="0.25"/>'
        for value, place in ((0, floor), (top / 2, (floor + TOP) / 2), (top, TOP))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img"'
        f' aria-label="{html.escape(alt)}" style="max-width:100%;height:auto" font-size="12" fill="currentColor">'
        f'{ticks}<g fill="none" stroke="{html.escape(colour)}" stroke-linejoin="round">{lines}</g>'
        f'<text x="{LEFT}" y="{HEIGHT - 8}">0</text>'
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2:g}" y="{HEIGHT - 8}" text-anchor="middle">{html.escape(axis)}</text>'
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">{right:,}</text></svg>'
    )


def _nice(highest: float) -> float:
    """The end of an axis from 0 that holds the highest: 1, 2 or 4 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(max(highest, 1e-9)))
    return next(float(times * power) for times in (1, 2, 4, 10) if times * power >= highest)


def _line(across: Numbers, down: Numbers, style: str) -> str:
    """A path through the points, broken where one is missing; of many the lowest and the highest at each place."""
    if len(down) > POINTS:
        places = lows_and_highs(np.arange(len(down)) * (POINTS // 2) // len(down), down, ends=True)
        across, down = across[places], down[places]
    there = np.isfinite(down)
    begins = there & ~np.append(False, there[:-1])
    steps = [
        f"{'M' if begin else 'L'}{a:.1f} {b:.1f}"
        for a, b, begin in zip(across[there], down[there], begins[there], strict=True)
    ]
    return f'<path d="{"".join(steps)}" {style}/>' if steps else ""
