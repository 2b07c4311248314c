"""A person's own sequence, from text, checked, and labeled."""

import math
import re
from typing import Any

import numpy as np
import numpy.typing as npt

from bilstm_core.limits import limits
from bilstm_core.problems import Batch
from bilstm_core.problems.variable_length import PADDING
from bilstm_core.specs import ProblemSpec
from bilstm_core.wording import counted


def parse_values(text: str, timesteps: int) -> npt.NDArray[np.float32]:
    """The `timesteps` values of a text, separated by spaces, commas, semicolons, brackets or line ends: (timesteps,).

    Raises ValueError, with a sentence, for a word that is not a number, a number outside [0, 1), a wrong count, or a
    text that is too long to be read.
    """
    most = limits().paste_characters
    if len(text) > most:
        raise ValueError(f"The text has {len(text):,} characters; at most {most:,} are read. Paste the values alone.")
    words = [word for word in re.split(r"[\s,;\[\](){}]+", text) if word]
    values = []
    for place, word in enumerate(words, start=1):
        values.append(checked_number(word, place))
    if len(values) != timesteps:
        raise ValueError(f"This sequence needs {counted(timesteps, 'value')}, not {len(values)}.")
    return np.array(values, dtype=np.float32)


def checked_number(word: str, place: int) -> float:
    """The value of timestep `place` (from 1) that a word says; ValueError with a sentence as `parse_values` has it."""
    try:
        value = float(word)
    except ValueError:
        raise ValueError(f"Value {place}, {word[:20]!r}, is not a number. Write it like 0.25.") from None
    return checked_value(value, place)


def checked_value(value: float, place: int) -> float:
    """The value of timestep `place` (from 1) if it lies in [0, 1); else ValueError with a sentence."""
    if not math.isfinite(value) or not 0 <= value < 1 or np.float32(value) >= 1:
        raise ValueError(f"Value {place} must be at least 0 and less than 1, not {value:.12g}.")
    return value


def padded(problem: ProblemSpec, values: npt.NDArray[np.float32], y: npt.NDArray[Any]) -> Batch:
    """One sequence of these values and answers, (real timesteps,) each, padded to the problem's timesteps.

    Raises ValueError if they are more than its timesteps, or fewer where the problem has no padding.
    """
    missing = problem.timesteps - len(values)
    if missing < 0 or (missing and not problem.problem.padded):
        raise ValueError(f"A sequence of {problem.timesteps} timesteps cannot have {len(values)} values.")
    x = np.pad(values, (0, missing), constant_values=PADDING)[None, :, None].astype(np.float32)
    return Batch(x, np.pad(y, (0, missing))[None, :, None], (np.arange(problem.timesteps) < len(values))[None])


def labeled(problem: ProblemSpec, values: npt.NDArray[np.float32]) -> Batch:
    """One sequence of these values, (real timesteps,), padded to the problem's timesteps, with its labels.

    Raises ValueError as `padded` does, and if values do not decide the problem's answers.
    """
    declared = problem.problem
    if declared.labels is None:
        raise ValueError(f"The answers of {declared.title} do not follow from the values alone.")
    x, _, mask = padded(problem, values, np.zeros(len(values)))
    return Batch(x, declared.labels(x, mask, **problem.parameters()), mask)
