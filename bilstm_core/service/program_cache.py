"""Compiled programs kept on disk between workers: a first training waits for a third of the time.

XLA reads and writes such files itself, and a damaged one, or a full disk, fails every training. So XLA gets a folder of
its own in each worker; what it writes there is copied, whole, to a folder shared by all, under a name that holds its
checksum; and what a worker finds there is checked before XLA sees it. The checksum guards against damage, not against
people: a folder that others could write to is not used. Nothing here raises: where the disk fails, programs are
compiled. TensorFlow is not imported.
"""

import atexit
import contextlib
import hashlib
import os
import platform
import re
import shutil
import stat
import tempfile
import threading
import time
import uuid
from pathlib import Path

from bilstm_core.runs import installed_versions
from bilstm_core.service.lifeline import SCRATCH
from bilstm_core.store import user_cache_dir

SIZE_LIMIT = 100_000_000  # bytes of the shared folder, about 200 programs; the oldest go first
ROOM = 4_000_000  # bytes that must be free for the worker's own folder
FLAG = "--tf_xla_persistent_cache_directory="
UNUSED_S = 30 * 86_400.0  # after which another version's programs go
ABANDONED_S = 3_600.0  # after which a file that is being written was left behind
FOLDER = re.compile(r"[0-9a-f]{16}")  # what is ours; anything else beside it stays
PROGRAM = re.compile(r"(.+)\.([0-9a-f]{64})")
PART = re.compile(r"[0-9a-f]{32}\.part")
OFF = "program-cache-off"  # a file in the scratch folder: XLA failed with the cache on
# What TensorFlow 2.21 says of a file cut short, of another program's, and of one that is altered; of a folder that is
# full, gone or none it names the file. Running out of memory and data that don't fit are told by the same classes.
OF_A_FILE = (
    "Read less bytes than requested",
    "Serialized cache key does not match",
    "Failed to parse serialized",
    "xla_compile_cache",
)

_lock = threading.Lock()
_own: Path | None = None  # XLA's folder in this process
_saved: set[str] = set()  # names in it that the shared folder has


def start() -> bool:
    """Give XLA a folder with all programs that are kept and sound; before TensorFlow is imported.

    Returns whether the cache is on.
    """
    global _own  # noqa: PLW0603 - one XLA a process
    scratch = os.environ.get(SCRATCH)
    if scratch and (Path(scratch) / OFF).exists():
        return False
    own: Path | None = None
    try:
        for earlier in Path(scratch).glob("programs-*") if scratch else ():  # of a worker before this one
            shutil.rmtree(earlier, ignore_errors=True)
        own = Path(tempfile.mkdtemp(prefix="programs-", dir=scratch))
        if " " in str(own):
            raise OSError("TF_XLA_FLAGS are separated by spaces")
        trial = own / "trial"
        trial.write_bytes(bytes(ROOM))
        trial.unlink()
        shared = _own_folder()
        _drop_old_versions(shared)
        _saved.update(_load(shared, own))
    except OSError:
        if own is not None:
            shutil.rmtree(own, ignore_errors=True)
        return False
    os.environ["TF_XLA_FLAGS"] = f"{os.environ.get('TF_XLA_FLAGS', '')} {FLAG}{own}".strip()
    _own = own
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    return True


def save() -> None:
    """Copy what XLA has written since to the shared folder; while no program is being compiled."""
    with _lock, contextlib.suppress(OSError):
        if _own is None:
            return
        shared = _own_folder()
        new = [path for path in _own.iterdir() if path.name not in _saved]
        for path in new:
            with contextlib.suppress(OSError):  # and tried again after the next training
                _keep(path, shared)
                _saved.add(path.name)
        if new:
            _make_room(shared)


def give_up(error: Exception) -> bool:
    """If this error of a training can come of the cache, have the next worker of this app do without.

    Returns whether it can. A worker that does without and fails too lets the next one have the cache again: it was not
    the reason.
    """
    if not type(error).__module__.startswith("tensorflow"):
        return False
    scratch = os.environ.get(SCRATCH)
    with contextlib.suppress(OSError):
        if _own is None:
            if scratch:
                (Path(scratch) / OFF).unlink(missing_ok=True)
        elif any(sign in str(error) for sign in (*OF_A_FILE, str(_own))):
            if scratch:
                (Path(scratch) / OFF).touch()
            return True
    return False


def shared_folder() -> Path:
    """Where programs of this TensorFlow and this processor are kept: machine code of one may not run on another."""
    chosen = os.environ.get("BILSTM_STORE")
    machine = f"{installed_versions()} {platform.platform()} {_processor()}"
    name = hashlib.sha256(machine.encode()).hexdigest()[:16]
    return (Path(chosen) if chosen else user_cache_dir()) / "programs" / name


def _processor() -> str:
    """What tells processors apart: on Linux the instruction sets that they have."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith(("flags", "Features")):
                return line
    return platform.processor() or platform.machine()


def _own_folder() -> Path:
    """The shared folder, made if it is missing. Raises OSError where others could put machine code into it."""
    shared = shared_folder()
    shared.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix":
        found = shared.lstat()
        writable = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or writable:
            raise PermissionError(f"{shared} is not this user's alone")
    return shared


def _drop_old_versions(shared: Path) -> None:
    """Delete the programs of other versions that nobody has added to for long; what is not ours stays."""
    for other in shared.parent.glob("*"):
        with contextlib.suppress(OSError):
            if other != shared and FOLDER.fullmatch(other.name) and time.time() - other.stat().st_mtime > UNUSED_S:
                shutil.rmtree(other, ignore_errors=True)


def _load(shared: Path, own: Path) -> set[str]:
    """Copy the sound programs of the shared folder and delete the damaged; the names of those copied.

    What is not ours or cannot be read is passed over; raises OSError if XLA's folder cannot be written.
    """
    loaded = set()
    for path in shared.glob("*"):
        named = PROGRAM.fullmatch(path.name)
        try:
            if named is None:
                if PART.fullmatch(path.name) and time.time() - path.stat().st_mtime > ABANDONED_S:
                    path.unlink()
                continue
            content = path.read_bytes()
            if named[2] != hashlib.sha256(content).hexdigest():
                path.unlink()
                continue
        except OSError:  # a folder, not ours to read, or gone since
            continue
        (own / named[1]).write_bytes(content)
        loaded.add(named[1])
    return loaded


def _keep(path: Path, shared: Path) -> None:
    content = path.read_bytes()
    part = shared / f"{uuid.uuid4().hex}.part"
    try:
        part.write_bytes(content)
        part.replace(shared / f"{path.name}.{hashlib.sha256(content).hexdigest()}")
    finally:
        part.unlink(missing_ok=True)


def _make_room(shared: Path) -> None:
    """Delete the oldest programs over the limit."""
    files = []
    for path in shared.iterdir():
        with contextlib.suppress(OSError):  # gone since
            found = path.stat()
            if PROGRAM.fullmatch(path.name) and stat.S_ISREG(found.st_mode):
                files.append((found.st_mtime_ns, found.st_size, path))
    total = 0
    for _, size, path in sorted(files, reverse=True):
        total += size
        if total > SIZE_LIMIT:
            with contextlib.suppress(OSError):
                path.unlink()
