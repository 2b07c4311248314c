"""Compiled programs kept on disk between workers: a first training waits for a third of the time.

XLA reads and writes such files itself, and a damaged one, or a full disk, fails every training. So XLA gets a folder of
its own in each worker; what it writes there is copied, whole, to a folder shared by all, under a name that holds its
checksum; and what a worker finds there is checked before XLA sees it. Nothing here raises: where the disk fails,
programs are compiled. TensorFlow is not imported.
"""

import atexit
import contextlib
import hashlib
import os
import platform
import shutil
import tempfile
import threading
import time
import uuid
from pathlib import Path

from bilstm_core.lifeline import SCRATCH
from bilstm_core.runs import installed_versions
from bilstm_core.store import user_cache_dir

SIZE_LIMIT = 100_000_000  # bytes of the shared folder, about 200 programs; the oldest go first
ROOM = 4_000_000  # bytes that must be free for the worker's own folder
FLAG = "--tf_xla_persistent_cache_directory="
UNUSED_S = 30 * 86_400.0  # after which another version's programs go
OFF = "program-cache-off"  # a file in the scratch folder: XLA failed with the cache on

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
        _saved.update(_load(shared_folder(), own))
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
        shared = shared_folder()
        for path in _own.iterdir():
            if path.name not in _saved:
                _saved.add(path.name)
                _keep(path, shared)


def give_up() -> bool:
    """Have the next worker of this app do without; returns whether the cache was on in this one."""
    if _own is None:
        return False
    scratch = os.environ.get(SCRATCH)
    if scratch:
        with contextlib.suppress(OSError):
            (Path(scratch) / OFF).touch()
    return True


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


def _load(shared: Path, own: Path) -> set[str]:
    """Copy the sound programs of the shared folder, delete the others and old ones of other versions; the names."""
    loaded = set()
    for other in shared.parent.glob("*"):
        if other != shared and time.time() - other.stat().st_mtime > UNUSED_S:
            shutil.rmtree(other, ignore_errors=True)
    for path in shared.glob("*"):
        content = path.read_bytes()
        name, _, checksum = path.name.rpartition(".")
        if checksum != hashlib.sha256(content).hexdigest():
            path.unlink(missing_ok=True)
            continue
        (own / name).write_bytes(content)
        loaded.add(name)
    return loaded


def _keep(path: Path, shared: Path) -> None:
    shared.mkdir(parents=True, exist_ok=True)
    content = path.read_bytes()
    part = shared / f"{uuid.uuid4().hex}.part"  # its name is no checksum, so that one left behind is deleted
    try:
        part.write_bytes(content)
        part.replace(shared / f"{path.name}.{hashlib.sha256(content).hexdigest()}")
    finally:
        part.unlink(missing_ok=True)
    files = sorted(((one.stat().st_mtime_ns, one.stat().st_size, one) for one in shared.iterdir()), reverse=True)
    total = 0
    for _, size, one in files:
        total += size
        if total > SIZE_LIMIT:
            one.unlink(missing_ok=True)
