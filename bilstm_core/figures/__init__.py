"""Figures: pure functions from tidy frames to Plotly figures."""

from bilstm_core.figures.board import board
from bilstm_core.figures.cell import cell
from bilstm_core.figures.checkpoints import Moment, checkpoints
from bilstm_core.figures.comparisons import (
    accuracy_by_timestep,
    error_by_timestep,
    label_shares,
    numbers_told,
    paired_differences,
)
from bilstm_core.figures.curves import loss_curves
from bilstm_core.figures.fronts import front
from bilstm_core.figures.grids import NUMBERED, confusion, three_by_three
from bilstm_core.figures.inside import gates, hidden_states, sensitivity
from bilstm_core.figures.labeled import labeled
from bilstm_core.figures.loss_plot import COIN_TOSS, Floor
from bilstm_core.figures.merges import merge_drawing, merge_steps
from bilstm_core.figures.reading import reading_grid
from bilstm_core.figures.replay import curve_and_timeline
from bilstm_core.figures.small_maps import small_maps
from bilstm_core.figures.smoothing import smooth_and_band, thin
from bilstm_core.figures.standing import standing
from bilstm_core.figures.strip import starts_strip
from bilstm_core.figures.sweep import sweep_map
from bilstm_core.figures.timeline import around_flip, names_fit, timeline, words_fit
from bilstm_core.figures.wall import wall
from bilstm_core.palette import WRONG, Style, color, dash, style

__all__ = [
    "COIN_TOSS",
    "NUMBERED",
    "WRONG",
    "Floor",
    "Moment",
    "Style",
    "accuracy_by_timestep",
    "around_flip",
    "board",
    "cell",
    "checkpoints",
    "color",
    "confusion",
    "curve_and_timeline",
    "dash",
    "error_by_timestep",
    "front",
    "gates",
    "hidden_states",
    "label_shares",
    "labeled",
    "loss_curves",
    "merge_drawing",
    "merge_steps",
    "names_fit",
    "numbers_told",
    "paired_differences",
    "reading_grid",
    "sensitivity",
    "small_maps",
    "smooth_and_band",
    "standing",
    "starts_strip",
    "style",
    "sweep_map",
    "thin",
    "three_by_three",
    "timeline",
    "wall",
    "words_fit",
]
