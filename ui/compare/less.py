"""Fewer epochs and starts of a comparison, where all that are chosen are too much, or would wait."""

from dataclasses import replace

from bilstm_core.comparison import each_once, specs_of
from bilstm_core.engine import cost
from bilstm_core.page_settings import ComparisonSettings
from bilstm_core.settings import STARTS
from bilstm_core.wording import counted
from ui import state
from ui.compare.comparison import Comparison, epochs_of


def fitting(comparison: Comparison, settings: ComparisonSettings, share: float) -> ComparisonSettings | None:
    """The settings with the most epochs and starts that take this share of the work; None where no choice is so small.

    Fewer starts go before fewer epochs where both take as long. A share of 0 is of settings that make no spec.
    """
    if not share:
        return None
    most_s = share * _seconds(comparison, settings)
    found = [
        (needed_s, epochs, smaller)
        for epochs in epochs_of(comparison, settings) or [settings.epochs]
        for starts in STARTS
        if epochs <= settings.epochs and starts <= settings.starts
        if (needed_s := _seconds(comparison, smaller := replace(settings, epochs=epochs, starts=starts))) <= most_s
    ]
    return max(found, key=lambda each: each[:2])[-1] if found and share < 1 else None


def told(smaller: ComparisonSettings, settings: ComparisonSettings) -> str:
    """What of these settings is less than in others, in words."""
    words = [f"{smaller.epochs:,} epochs"] if smaller.epochs < settings.epochs else []
    words += [counted(smaller.starts, "start")] if smaller.starts < settings.starts else []
    return " and ".join(words)


def choose(comparison: Comparison, settings: ComparisonSettings) -> None:
    """Set the page to these epochs and starts; only from a callback."""
    state.field(comparison.page, "starts").set(settings.starts)
    if comparison.epochs:
        state.field(comparison.page, "epochs").set(settings.epochs)


def _seconds(comparison: Comparison, settings: ComparisonSettings) -> float:
    return cost.seconds(each_once(specs_of(comparison, settings)))
