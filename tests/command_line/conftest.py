"""A command in this process, with a store of its own that has untrained runs in it."""

import io
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from bilstm_core.command_line.program import bilstm
from bilstm_core.specs import RunSpec
from bilstm_core.store import Store
from tests.test_store import finished

Command = Callable[..., Result]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Carries a command out; nothing it prints is a traceback."""
    monkeypatch.setenv("BILSTM_STORE", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)

    def invoke(*words: object) -> Result:
        result = CliRunner().invoke(bilstm, [str(word) for word in words], prog_name="bilstm")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return result

    return invoke


@pytest.fixture
def stored(tmp_path: Path) -> Callable[[Iterable[RunSpec]], None]:
    """Puts an untrained run of each spec into the store."""

    def put(specs: Iterable[RunSpec]) -> None:
        store = Store(tmp_path / "store")
        for spec in specs:
            store.put(finished(spec))

    return put


def table_of(result: Result) -> pd.DataFrame:
    assert result.exit_code == 0, result.output
    return pd.read_csv(io.StringIO(result.stdout))
