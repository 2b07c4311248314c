"""A person's own sequence, from text, checked."""

import math
import re

import numpy as np
import numpy.typing as npt


def parse_values(text: str, timesteps: int) -> npt.NDArray[np.float32]:
    """The `timesteps` values of a text, separated by spaces, commas, semicolons, brackets or line ends: (timesteps,).

    Raises ValueError, with a sentence, for a word that is not a number, a number outside [0, 1), or a wrong count.
    """
    words = [word for word in re.split(r"[\s,;\[\](){}]+", text) if word]
    values = []
    for place, word in enumerate(words, start=1):
        try:
            value = float(word)
        except ValueError:
            raise ValueError(f"Value {place}, {word[:20]!r}, is not a number. Write it like 0.25.") from None
        values.append(checked_value(value, place))
    if len(values) != timesteps:
        raise ValueError(f"A sequence of {timesteps} timesteps needs {timesteps} values, and this has {len(values)}.")
    return np.array(values, dtype=np.float32)


def checked_value(value: float, place: int) -> float:
    """The value of timestep `place` (from 1) if it lies in [0, 1); else ValueError with a sentence."""
    if not math.isfinite(value) or not 0 <= value < 1 or np.float32(value) >= 1:
        raise ValueError(f"Value {place} must be at least 0 and less than 1, not {value!r}.")
    return value
