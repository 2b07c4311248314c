"""How much memory there is for this process: the machine's, or less where a container or a setting gives less."""

import contextlib
from pathlib import Path

from bilstm_core.limits import limits

CGROUPS, OWN = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")


def memory_bytes(cgroups: Path = CGROUPS, own: Path = OWN) -> int:
    """Bytes that this process and its children may have at most.

    cgroups, own: where Linux says what a container may have; elsewhere they are not there
    """
    import psutil  # of an extra

    granted = [limits().memory_mb * 1_000_000] if limits().memory_mb else []
    return min([int(psutil.virtual_memory().total), *_bounds(cgroups, own), *granted])


def _bounds(cgroups: Path, own: Path) -> list[int]:
    """Of all groups that the process is in: of version 2, each above it bounds it too; of version 1 alike."""
    places = [cgroups / "memory.max", cgroups / "memory" / "memory.limit_in_bytes"]
    with contextlib.suppress(OSError):
        for line in own.read_text(encoding="utf-8").splitlines():
            _, controllers, path = [*line.split(":", 2), "", ""][:3]
            if controllers and "memory" not in controllers.split(","):
                continue
            root, name = (cgroups / "memory", "memory.limit_in_bytes") if controllers else (cgroups, "memory.max")
            parts = [part for part in path.split("/") if part not in ("", "..")]
            places += [root.joinpath(*parts[: depth + 1]) / name for depth in range(len(parts))]
    bounds = []
    for place in dict.fromkeys(places):
        with contextlib.suppress(OSError, ValueError):  # "max": no bound
            bounds.append(int(place.read_text(encoding="utf-8")))
    return [bound for bound in bounds if bound > 0]
