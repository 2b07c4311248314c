"""A fresh machine: its browser, its addresses and its store."""

import gzip
import hashlib
import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.browser import find
from tools.addresses import announcement
from ui.chart import plotly_script

ROOT = Path(__file__).parents[1]


class Machine:
    """A faked machine: commands are noted, and one whose words include `gives` leaves a browser behind."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch, *, gives: str = "", user: int = 0) -> None:
        self.path, self.gives, self.commands = path, gives, list[str]()
        monkeypatch.setenv("PATH", str(path))
        monkeypatch.setattr(find, "USUAL_PLACES", ())
        monkeypatch.setattr(find, "playwrights_own", lambda: str(path / "own"))
        monkeypatch.setattr(os, "geteuid", lambda: user)

    def add(self, name: str) -> None:
        (self.path / name).write_text("#!/bin/sh\n")
        (self.path / name).chmod(0o755)

    def run(self, command: Sequence[str], seconds: float) -> bool:
        assert seconds > 0
        self.commands.append(" ".join(command).replace(sys.executable, "python"))
        if self.gives and self.gives in self.commands[-1]:
            self.add("own" if "playwright" in self.gives else "chromium")
        return True


def test_a_chrome_that_is_there_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(tmp_path, monkeypatch)
    assert find.browser() == ""
    machine.add("google-chrome")
    assert find.browser() == str(tmp_path / "google-chrome")


def test_playwrights_chromium_comes_before_debians(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(tmp_path, monkeypatch, gives="playwright install chromium")
    machine.add("apt-get")
    assert find.install(machine.run) == str(tmp_path / "own")
    assert machine.commands == ["python -m playwright install chromium"]


@pytest.mark.parametrize(("user", "prefix"), [(0, ""), (1000, "sudo -n ")])
def test_debians_chromium_is_installed_where_playwrights_cannot_be(
    user: int, prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(tmp_path, monkeypatch, gives="apt-get install", user=user)
    machine.add("apt-get")
    machine.add("sudo")
    assert find.install(machine.run) == str(tmp_path / "chromium")
    assert machine.commands[-1].startswith(f"{prefix}env DEBIAN_FRONTEND=noninteractive apt-get install")


def test_without_the_right_to_use_apt_nothing_is_asked_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(tmp_path, monkeypatch, user=1000)
    machine.add("apt-get")
    assert find.install(machine.run) == ""
    assert machine.commands == ["python -m playwright install chromium"]


def test_the_app_is_bound_to_the_loopback_by_make_run_only() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert "address" not in config["server"]
    shown = subprocess.run(
        ["make", "-n", "run", "class", "PORT=9000"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "--server.address 127.0.0.1 --server.port 9000" in shown
    assert "--server.address 0.0.0.0 --server.port 9000" in shown


def test_a_class_is_told_every_address_but_the_loopback() -> None:
    told = announcement(["127.0.0.1", "192.168.1.7", "169.254.3.3", "10.0.0.2"], 9000)
    assert [line.strip() for line in told.splitlines() if "http" in line] == [
        "http://192.168.1.7:9000",
        "http://10.0.0.2:9000",
    ]
    assert "no address in a network" in announcement(["127.0.0.1"], 9000)


KEEP_A_RUN = """
import tests.conftest
from bilstm_core.store import Store, user_cache_dir
from tests.test_store import finished
run = finished()
store = Store()
store.put(run)
assert Store().get(run.spec) is not None, store.notice
user_cache_dir().mkdir(parents=True)
"""


def test_tests_write_nothing_into_a_developers_own_store(tmp_path: Path) -> None:
    own = {name: str(tmp_path / name) for name in ("HOME", "BILSTM_STORE", "XDG_CACHE_HOME")}
    subprocess.run([sys.executable, "-c", KEEP_A_RUN], cwd=ROOT, env={**os.environ, **own}, check=True)
    assert list(tmp_path.iterdir()) == []


def test_a_fresh_clone_has_its_static_folder() -> None:
    """In an archive without git, that the folder is there is all that can be asked."""
    assert [path.name for path in (ROOT / "static").glob(".*")] == [".gitkeep"]
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "static"], cwd=ROOT, capture_output=True, text=True, check=True)
        assert listed.stdout.split() == ["static/.gitkeep"]


def test_plotly_is_compressed_once_under_its_contents_hash(tmp_path: Path) -> None:
    assert plotly_script.ensure(tmp_path) == ""
    (written,) = tmp_path.iterdir()
    digest = hashlib.sha256(gzip.decompress(written.read_bytes())).hexdigest()[:16]
    assert written.name == f"plotly.{digest}.min.js.gz"
    before = written.stat()
    assert plotly_script.ensure(tmp_path) == ""
    assert written.stat() == before


def test_plotly_of_another_version_goes_when_a_new_one_is_written(tmp_path: Path) -> None:
    for name in ("plotly.0123456789abcdef.min.js.gz", "plotly.min.js", "logo.svg", "tmpabc.part"):
        (tmp_path / name).touch()
    assert plotly_script.ensure(tmp_path) == ""
    *others, plotly = sorted(tmp_path.iterdir(), key=lambda path: path.stat().st_size)
    assert {path.name for path in others} == {"logo.svg", "tmpabc.part"}
    assert len(gzip.decompress(plotly.read_bytes())) > 1_000_000
