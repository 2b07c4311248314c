"""What a class costs the machine: the processor's share and the memory of the app, its worker and the browser."""

import os
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import psutil

EVERY_S = 0.5
APP, WORKER, BESIDE, BROWSER, CLIENT = "app", "worker", "worker's keeper", "Chromium", "visitors"


def _role(process: psutil.Process, app: int) -> str:
    if process.pid == app:
        return APP
    line = " ".join(process.cmdline())
    if "chrom" in process.name() or "chrom" in line.split(" ", maxsplit=1)[0]:
        return BROWSER
    if process.pid == os.getpid() or "playwright" in line:
        return CLIENT
    return BESIDE if "dask_worker" in line or "resource_tracker" in line else WORKER


@dataclass(slots=True)
class Load:
    """Samples of the processes of an app and of this one. app: the process id of the app"""

    app: int
    memory: dict[str, list[float]] = field(default_factory=dict)  # MB, all processes of a role
    together: list[float] = field(default_factory=list)  # MB, all processes that the app needs
    machine: list[float] = field(default_factory=list)  # % of all cores, by whatever runs on them
    _spent: dict[tuple[int, float], tuple[str, float]] = field(default_factory=dict)  # by process and its start
    _first: dict[tuple[int, float], float] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _begun: float = 0.0
    passed: float = 0.0

    def __enter__(self) -> "Load":
        self._begun = time.monotonic()
        psutil.cpu_percent()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        assert self._thread
        self._thread.join()
        self.passed = time.monotonic() - self._begun

    def _sample(self) -> None:
        while not self._over.wait(EVERY_S):
            self.machine.append(psutil.cpu_percent())
            memory: dict[str, float] = {}
            ours = psutil.Process()
            for process in {ours, *ours.children(recursive=True)}:
                try:
                    with process.oneshot():
                        role, spent = _role(process, self.app), process.cpu_times()
                        memory[role] = memory.get(role, 0.0) + process.memory_info().rss / 1e6
                        name = process.pid, process.create_time()
                        now = spent.user + spent.system
                        self._first.setdefault(name, now)
                        self._spent[name] = role, now
                except psutil.Error:  # it has just ended
                    continue
            self.together.append(sum(memory.get(role, 0.0) for role in (APP, WORKER, BESIDE)))
            for role, size in memory.items():
                self.memory.setdefault(role, []).append(size)

    def told(self) -> dict[str, Any]:
        """For each role the share of one core, and memory: mean and peak; others: cores that all else took.

        together_mb: the peak of what the app needs in all; what processes share is counted for each of them
        """
        roles: dict[str, Any] = {}
        for role, sizes in sorted(self.memory.items()):
            spent = sum(now - self._first[name] for name, (whose, now) in self._spent.items() if whose == role)
            roles[role] = {
                "processor_s": round(spent, 1),
                "core_share": round(spent / max(self.passed, 1e-9), 3),
                "mean_mb": round(sum(sizes) / len(sizes)),
                "peak_mb": round(max(sizes)),
            }
        busy = sum(self.machine) / max(1, len(self.machine)) / 100
        others = busy * (psutil.cpu_count() or 1) - sum(used["core_share"] for used in roles.values())
        told = {"seconds": round(self.passed), "machine_busy": round(busy, 2), "others": round(others, 2)}
        return told | {"processes": roles, "together_mb": round(max(self.together, default=0.0))}
