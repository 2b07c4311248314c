"""The pieces of an exported program, and its two forms: a plain script, and a notebook with the same code in cells."""

import json
import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple

WIDTH = 100  # characters of a line of the exported program
WITH_KERAS = "Needs Keras, NumPy and Plotly. Tested with Keras 3.15 on TensorFlow 2.21."
WITHOUT_KERAS = "Needs NumPy and Plotly."


class Piece(NamedTuple):
    """One thought of a program: a paragraph that says what comes, and the code."""

    text: str
    code: str


class Program(NamedTuple):
    """What a page shows, as code.

    name: of its files, without an ending
    title: what it does; needs: the libraries
    with_core: the few lines that come to the same with `bilstm_core`
    """

    name: str
    title: str
    needs: str
    pieces: Sequence[Piece]
    with_core: str

    def script(self) -> str:
        """The text of a Python file."""
        head = f"{_wrapped(self.title)}\n\n{self.needs}"
        parts = [f'"""{head}\n"""']
        for text, code in self.pieces:
            comment = "".join(f"# {line}\n" for line in textwrap.wrap(text, WIDTH - 2))
            around = "\n" if code.startswith("def ") else ""
            parts.append(f"{around}{comment}{code}{around}")
        return "\n\n".join(parts).replace("\n\n\n\n", "\n\n\n").rstrip("\n") + "\n"

    def notebook(self) -> str:
        """The text of a Jupyter notebook, format 4.5."""
        cells = [_cell("markdown", f"# {self.title}\n\n{self.needs}")]
        for text, code in self.pieces:
            cells += [*([_cell("markdown", text)] if text else []), _cell("code", code)]
        document = {
            "cells": [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells, start=1)],
            "metadata": {
                "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                "language_info": {"name": "python"},
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _wrapped(text: str) -> str:
    quotes = '"""'  # stand before it
    filled = textwrap.fill(text, WIDTH, initial_indent=quotes, break_long_words=False, break_on_hyphens=False)
    return filled.removeprefix(quotes)


def _cell(kind: str, text: str) -> dict[str, Any]:
    more: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True), **more}
