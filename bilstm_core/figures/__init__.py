"""Figures: pure functions from tidy frames to Plotly figures."""

from bilstm_core.figures.curves import Floor, loss_curves, smooth_and_band
from bilstm_core.figures.palette import WRONG, Style, color, dash, style
from bilstm_core.figures.replay import curve_and_timeline
from bilstm_core.figures.timeline import around_flip, timeline

__all__ = [
    "WRONG",
    "Floor",
    "Style",
    "around_flip",
    "color",
    "curve_and_timeline",
    "dash",
    "loss_curves",
    "smooth_and_band",
    "style",
    "timeline",
]
