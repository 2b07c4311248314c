"""The processes of a cluster, each started as docs/cluster.md has it."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
PRELOAD = ("--preload", "bilstm_core.service.worker")


class Hall:
    """The processes of a cluster on the loopback."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start_scheduler(self) -> None:
        self._start("scheduler", "scheduler", "--port", str(self.port))

    def start_worker(self, name: str, *options: str) -> None:
        sizes = ["--nworkers", "1", "--nthreads", "2", "--resources", "TRAIN=1", "--memory-limit", "0"]
        self._start(name, "worker", self.address, *sizes, *options)

    def _start(self, name: str, *command: str) -> None:
        words = [sys.executable, "-m", "dask", *command, "--host", "127.0.0.1", "--no-dashboard"]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(words, cwd=ROOT, env=os.environ, stdout=log, stderr=log)

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        if process.poll() is None:
            top = psutil.Process(process.pid)
            for each in [*top.children(recursive=True), top]:
                each.kill()
        process.wait(20)

    def end(self) -> None:
        for name in list(self.processes):
            self.kill(name)
