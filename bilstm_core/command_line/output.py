"""Where a command's results go: the standard output or a file, as CSV, JSON or a report."""

import json
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click
import numpy as np
import pandas as pd

from bilstm_core.command_line.options import InSection
from bilstm_core.files import tables

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class Output(NamedTuple):
    """Where results go, and as what. path: of the file; None for the standard output"""

    kind: str
    path: Path | None

    def write(self, content: bytes) -> None:
        """Write the results. Raises click.ClickException, with a sentence, where that fails."""
        try:
            if self.path is None:
                click.echo(content, nl=False)
                return
            self.path.write_bytes(content)
        except BrokenPipeError:
            raise  # whoever reads has enough of it; click ends quietly
        except OSError as error:
            where = self.path or "The standard output"
            raise click.ClickException(f"{where} cannot be written ({error.strerror or error}).") from None
        click.echo(f"Written to {self.path}.", err=True)

    def write_table(self, table: pd.DataFrame) -> None:
        """Write a table as CSV; cells that a spreadsheet would carry out are defused.

        A file is as the pages' downloads are. The standard output has no byte order mark, and lines that end as usual.
        """
        content = tables.csv(table)
        if self.path is None:
            content = content.decode("utf-8-sig").replace("\r\n", "\n").encode()
        self.write(content)

    def write_json(self, document: Mapping[str, Any]) -> None:
        """Write a JSON object; a number that is none (a regression has no accuracy) becomes null."""
        self.write((json.dumps(plain(document), indent=1, allow_nan=False, ensure_ascii=False) + "\n").encode())


def options(endings: Mapping[str, str], default: str) -> Callable[[Decorated], Decorated]:
    """`--format` and `--out`. endings: of a file of each kind; default: what is written where nobody says."""

    def decorate(command: Decorated) -> Decorated:
        command = click.option(
            "--out",
            cls=InSection,
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="Write to this file, not to the standard output. Its ending says the format where --format does not.",
        )(command)
        return click.option(
            "--format",
            "kind",
            cls=InSection,
            type=click.Choice(list(endings)),
            help=f"What is written.  [default: {default}]",
        )(command)

    return decorate


def chosen(kind: str | None, path: Path | None, endings: Mapping[str, str], default: str) -> Output:
    """Where results go, looked at before any work is done. Raises click.UsageError."""
    if kind is None:
        ending = path.suffix.lower() if path else ""
        kind = next((name for name, own in endings.items() if own == ending), "" if ending else default)
        if not kind:
            raise click.UsageError(f"--out: {ending} says no format. Add --format, one of {', '.join(endings)}.")
    if path is not None:
        reason = _unwritable(path)
        if reason:
            raise click.UsageError(f"--out: {path} cannot be written: {reason}.")
    return Output(kind, path)


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, pd.DataFrame):
        return [plain(row) for row in value.to_dict("records")]
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _unwritable(path: Path) -> str:
    try:
        if path.is_dir():
            return "it is a folder"
        if not path.parent.is_dir():
            return f"there is no folder {path.parent}"
    except (OSError, ValueError) as error:
        return str(error)
    return "" if os.access(path if path.exists() else path.parent, os.W_OK) else "this is not allowed"
