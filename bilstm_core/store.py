"""Finished runs on disk, found again by their spec: the user's own, and under them the recorded results.

run_format.py says what a file is. What can't be read, or doesn't fit its spec, is as if it were not there.
"""

import contextlib
import hashlib
import json
import math
import os
import re
import sys
import tempfile
import threading
import time
import uuid
import zipfile
import zlib
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import numpy as np

from bilstm_core import codec, run_format
from bilstm_core.limits import limits
from bilstm_core.runs import ENGINE_VERSION, Origin, Run, from_parts, installed_versions, to_parts
from bilstm_core.specs import RunSpec

RECORDED = Path(__file__).resolve().parent / "recorded"
DATE = "recorded_on.txt"  # beside the recorded results
SIZE_LIMIT = limits().store_mb * 1_000_000  # bytes of a user's store; what was not used for longest goes first
UNSEEN = 0.05  # of SIZE_LIMIT, which a store writes before it looks through its folder again
ABANDONED_S = 3_600.0  # a temporary file of this age has no writer any more
DAMAGED = (KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError)
UNREADABLE = (OSError, *DAMAGED)
OWN = re.compile(r"[0-9a-f]{40}\.npz")  # the files that a store may remove
OWN_PART = re.compile(r"\.[0-9a-f]{40}\.[0-9a-f]{8}\.tmp")


class OtherSpecError(ValueError):
    """A whole file, of another experiment than the one asked for."""


class Store:
    """Runs by spec. Never raises: where the disk fails, nothing is kept, and `notice` says so.

    root: the folder of the user's own runs, written to; by default that of BILSTM_STORE, or a cache folder
    recorded: the folder of the recorded results, only read; by default those that come with the program
    """

    def __init__(self, root: Path | None = None, recorded: Path | None = None) -> None:
        chosen = os.environ.get("BILSTM_STORE")
        self._root = root or (Path(chosen) if chosen else user_cache_dir() / "runs")
        self._recorded = recorded or RECORDED
        self._notice = ""
        self._lock = threading.Lock()  # held while the folder is looked through; pages and the job service may both put
        self._seen: float = math.inf  # bytes that were in the folder when it was last looked through
        self._unseen = 0  # bytes written since
        self._engine = json.dumps([ENGINE_VERSION, run_format.FORMAT, installed_versions()], sort_keys=True)

    @property
    def notice(self) -> str:
        """A sentence if runs can't be kept or found again on this machine, else empty."""
        return self._notice

    def get(self, spec: RunSpec) -> Run | None:
        """The finished run of a spec; the user's own before the recorded one.

        Its origin says which. A recorded run has no optimizer state, and snapshots only where they were kept.
        """
        run = self._own(spec)
        return run if run is not None else read_recorded(spec, self._recorded)

    def put(self, run: Run) -> None:
        """Keep a finished run. One that is unfinished, or whose weights are not finite, is not kept.

        Nor is one that was brought back: what a file says of a spec is not what training it here gives. Nor is one of
        sequences that somebody brought: nothing of these is ever written to a disk.

        The folder is looked through at first, and then whenever so much has been written that it must be: of several
        processes that write to it, each may take it past its limit by UNSEEN.
        """
        brought = run.origin == "imported" or not run.spec.problem.problem.kept
        if brought or not run.finished or not run_format.fits(run, run.spec):
            return
        target = self._path(run.spec)
        try:
            self._make_room(_write(target, run, compressed=False))
            self._notice = ""
        except OSError as error:
            self._notice = (
                f"Finished runs cannot be kept in {self._root} ({error.strerror or error}). Set BILSTM_STORE to a"
                " folder that can be written to."
            )

    def recorded_on(self) -> date | None:
        """The day of the recorded results."""
        try:
            return date.fromisoformat((self._recorded / DATE).read_text(encoding="utf-8").strip())
        except (OSError, ValueError):
            return None

    def stored_on(self, spec: RunSpec) -> date | None:
        """The day on which the user's own run was written, if there is one; its file is not read."""
        with contextlib.suppress(OSError):
            return date.fromtimestamp(self._path(spec).stat().st_mtime)
        return None

    def _path(self, spec: RunSpec) -> Path:
        return self._root / f"{_name(spec, self._engine)}.npz"

    def _own(self, spec: RunSpec) -> Run | None:
        path = self._path(spec)
        try:
            run = _read(path, spec, "trained")
            _mark_used(path)
            return run
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            self._notice = f"Finished runs cannot be read in {self._root} ({error.strerror or error})."
            return None
        except OtherSpecError:
            return None
        except DAMAGED:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            return None

    def _make_room(self, written: int) -> None:
        with self._lock:
            self._unseen += written
            if self._seen + self._unseen > SIZE_LIMIT or self._unseen > UNSEEN * SIZE_LIMIT:
                self._seen, self._unseen = self._evict(), 0

    def _evict(self) -> int:
        """Remove what writers left behind and, past the limit, what was not used for longest; returns the bytes left.

        A little more than must be is removed, so that a full store is not looked through at every put.
        """
        files = []
        with os.scandir(self._root) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if OWN.fullmatch(entry.name):
                        stat = entry.stat()
                        used = max(stat.st_mtime_ns, stat.st_atime_ns)
                        files.append((used, stat.st_size, entry.path))
                    elif OWN_PART.fullmatch(entry.name) and time.time() - entry.stat().st_mtime > ABANDONED_S:
                        Path(entry.path).unlink()
        total = sum(size for _, size, _ in files)
        if total > SIZE_LIMIT:
            for _, size, path in sorted(files)[:-1]:
                if total <= (1 - UNSEEN) * SIZE_LIMIT:
                    break
                with contextlib.suppress(OSError):
                    Path(path).unlink(missing_ok=True)  # another process may have been faster
                    total -= size
        return total


def write_recorded(
    runs: Iterable[Run], path: Path = RECORDED, *, keep_snapshots: Callable[[Run], bool] = lambda _: False
) -> None:
    """Write finished runs as recorded results, a small file each, without optimizer state, and the date.

    keep_snapshots: which runs keep their snapshots
    Raises OSError, and ValueError for a run that is unfinished or whose weights are not finite.
    """
    for run in runs:
        if not run.finished or not run_format.fits(run, run.spec):
            raise ValueError(f"only finished runs with finite weights can be recorded, not {codec.encode(run.spec)}.")
        document, arrays = to_parts(run)
        small = {name: array for name, array in arrays.items() if not name.startswith("optimizer_state:")}
        if not keep_snapshots(run):
            nothing = {name: value[:0] for name, value in run.snapshots._asdict().items()}
            small |= {f"snapshots:{name}": value for name, value in nothing.items()}
        _write(path / f"{_name(run.spec)}.npz", from_parts(document, small), compressed=True)
    (path / DATE).write_text(f"{date.today().isoformat()}\n", encoding="utf-8")


def read_recorded(spec: RunSpec, path: Path = RECORDED) -> Run | None:
    """The recorded run of a spec, if there is one. Only its own file is read."""
    try:
        return _read(path / f"{_name(spec)}.npz", spec, "recorded")
    except UNREADABLE:
        return None


def user_cache_dir() -> Path:
    """This program's folder for what can be made again."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or tempfile.gettempdir()
    else:
        home = Path(os.path.expanduser("~"))  # noqa: PTH111 -- Path.home() raises where there is no home
        default = home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache"
        base = os.environ.get("XDG_CACHE_HOME") or str(default)
    return Path(base) / "bilstm-explorer"


def _name(spec: RunSpec, engine: str = "") -> str:
    canonical = json.dumps(codec.encode(spec), sort_keys=True)
    return hashlib.sha256(f"{canonical}\n{engine}".encode()).hexdigest()[:40]


def _mark_used(path: Path) -> None:
    """Note in a file's time of access that its run was asked for; the time of its writing stays."""
    with contextlib.suppress(OSError):
        os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))


def _write(target: Path, run: Run, *, compressed: bool) -> int:
    """Write a run's file, whole or not at all; returns its bytes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.stem}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        with temporary.open("wb") as file:
            run_format.write(file, *to_parts(run), compressed=compressed)
            size = file.tell()
        temporary.replace(target)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return size


def _read(path: Path, spec: RunSpec, origin: Origin) -> Run:
    """The run in a file, of the origin that its folder stands for.

    Raises one of UNREADABLE if there is none, or it isn't whole, or not the spec's.
    """
    with path.open("rb") as file, np.load(file, allow_pickle=False) as members:
        document, arrays = run_format.parse(*(members[name].tobytes() for name in run_format.MEMBERS))
    run = from_parts(document | {"origin": origin}, arrays)
    if codec.encode(run.spec) != codec.encode(spec):
        raise OtherSpecError("the run is of another spec")
    if not run.finished or not run_format.fits(run, spec):
        raise ValueError("the run does not fit its spec")
    return run
