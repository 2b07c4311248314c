"""Exported programs run in this process, and trainings to hold them to, at sizes where only the shapes count."""

import json
import warnings
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import plotly.graph_objects as go
import tensorflow as tf

from bilstm_core.engine import programs


class Uncompiled:
    """TensorFlow, whose `function` leaves a chunk of weight updates as it is."""

    def __getattr__(self, name: str) -> Any:
        return getattr(tf, name)

    def function(self, chunk: Any, **_: Any) -> Any:
        return SimpleNamespace(get_concrete_function=lambda: chunk)


@contextmanager
def uncompiled() -> Iterator[None]:
    """Keras and the engine do every operation as it comes: a few steps take far less than tracing and compiling them.

    What they compute is the same; that the compiled programs are Keras's equal is held by the tests of the engine.
    """
    tf.config.run_functions_eagerly(True)
    try:
        with (
            warnings.catch_warnings(),
            patch.object(programs, "tf", Uncompiled()),
            patch.object(programs, "_programs", OrderedDict()),
        ):
            warnings.filterwarnings("ignore", "Even though the `tf.config.experimental_run_functions_eagerly`")
            yield
    finally:
        tf.config.run_functions_eagerly(False)


def executed(code: str) -> dict[str, Any]:
    """What a program leaves behind."""
    names: dict[str, Any] = {}
    with patch.object(go.Figure, "show"):
        exec(compile(code, "exported", "exec"), names)
    return names


def code_cells(notebook: str) -> list[str]:
    """The code of a notebook, cell by cell."""
    cells = json.loads(notebook)["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
