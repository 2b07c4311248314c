"""Starting and ending the processes that train: a Dask scheduler in this process, and one worker as a child.

Everything listens on the loopback only, and speaks with those alone who hold the key pair that is made for this run:
whoever a scheduler listens to can have it run code. With DASK_SCHEDULER_ADDRESS set, the cluster it names is used
instead and nothing is started; its certificates are those of Dask's own configuration (distributed.comm.tls).
`distributed` is imported inside functions: it costs a second or more.
"""

import contextlib
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from bilstm_core.engine.environment import TENSORFLOW
from bilstm_core.limits import limits
from bilstm_core.machine import memory_bytes
from bilstm_core.service.fitness import left_out, objection, papers
from bilstm_core.service.heartbeat import Sight
from bilstm_core.service.parent_death import SCRATCH
from bilstm_core.service.source import fingerprint

ROOT = Path(__file__).resolve().parents[2]
MEMORY_SHARE = 0.7  # of the machine's memory, for the worker
MEMORY_NEEDED = 1_000_000_000  # bytes: TensorFlow and a few compiled programs
CORES_A_WORKER, WORKER_BYTES, MOST_WORKERS = 2, 1_500_000_000, 4
ALLOWED_DEATHS = 2  # of the worker in one training; the next one fails the training
CONNECT_S = 10.0
CLOSE_S = 1.5
LOOK_S = 2.0  # between two questions to others' scheduler about its workers


class NotEnoughMemoryError(RuntimeError):
    """This machine can't hold a worker."""


def scheduler_address() -> str:
    """Of the scheduler that others run, which trainings go to; empty where none is named."""
    return os.environ.get("DASK_SCHEDULER_ADDRESS", "")


class Cluster:
    """The scheduler and worker that this app started, or the client of a cluster that others run.

    Raises OSError, RuntimeError or TimeoutError if no scheduler can be started or reached.
    """

    def __init__(self, worker_memory_limit: int | str | None = None) -> None:
        import dask
        from distributed import Client, LocalCluster
        from distributed.security import Security

        self._closing = threading.Lock()
        self._closed = False
        self._client: Any = None
        self._child: subprocess.Popen[bytes] | None = None
        self._local: Any = None
        self._memory_limit = worker_memory_limit
        self._others: Mapping[str, Mapping[str, Any]] = {}
        self._looked = -LOOK_S
        self._scratch = tempfile.TemporaryDirectory(prefix="bilstm-explorer-", ignore_cleanup_errors=True)
        security: Any = None
        dask.config.set(
            {
                "distributed.scheduler.http.routes": [],  # nobody looks at Dask's own pages
                "distributed.scheduler.worker-ttl": None,  # by a clock that can be set; see heartbeat.py
                "distributed.admin.low-level-log-length": 100,  # events are kept for nobody
                "distributed.admin.large-graph-warning-threshold": "1GB",  # a resumed run carries its weights
            }
        )
        address = scheduler_address()
        self.remote = bool(address)
        self._papers = papers(fingerprint())
        if not address:
            security = Security.temporary()
            self._write_pair(security)
            self._local = LocalCluster(
                n_workers=0,
                host="127.0.0.1",
                protocol="tls://",
                security=security,
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,  # a worker that dies is told on the page
                scheduler_kwargs={"allowed_failures": ALLOWED_DEATHS, "dashboard": False},
            )
            address = self._local.scheduler_address
        self.address: str = address
        try:
            self._client = Client(address, security=security, set_as_default=False, timeout=CONNECT_S)
            self._connection = self._client.scheduler_comm
        except BaseException:
            self.close()
            raise

    @property
    def client(self) -> Any:
        """The distributed.Client."""
        return self._client

    def lost(self) -> bool:
        """Whether the scheduler was lost, and with it all that it was asked for, even if the client has found it again.

        Dask's client looks for it by itself, but has let go of every task by then.
        """
        return self._client.status != "running" or self._client.scheduler_comm is not self._connection

    def _pair(self) -> tuple[Path, Path]:
        """The files that hold this run's certificate, which is its own authority, and its key."""
        scratch = Path(self._scratch.name)
        return scratch / "certificate.pem", scratch / "key.pem"

    def _write_pair(self, security: Any) -> None:
        """Write the pair for the worker, which has no other way to it; nobody else can read the folder or the files."""
        for path, text in zip(self._pair(), (security.tls_worker_cert, security.tls_worker_key), strict=True):
            with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                file.write(text)

    def start_worker(self) -> None:
        """Start the worker process and the one that restarts it when it dies.

        Raises NotEnoughMemoryError where TensorFlow could not even be loaded.
        """
        self.end_worker()
        begin = time.monotonic()
        while self.sight() and time.monotonic() - begin < CLOSE_S:  # until the scheduler knows: the dead get no work
            time.sleep(0.01)
        limit, count = self._memory_limit, limits().workers
        if limit is None:
            from dask.system import CPU_COUNT

            there = memory_bytes()
            limit = int(there * MEMORY_SHARE)
            count = count or workers_that_fit(CPU_COUNT, limit)
            limit //= count
            if limit < MEMORY_NEEDED:
                raise NotEnoughMemoryError(
                    f"This machine has {there / 1e6:,.0f} MB of memory and training needs about"
                    f" {MEMORY_NEEDED / MEMORY_SHARE / 1e6:,.0f} MB, so only recorded results can be shown."
                )
        command = [sys.executable, "-m", "distributed.cli.dask_worker", self.address]
        command += ["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"]
        command += ["--nworkers", str(count or 1), "--nthreads", "2"]
        command += ["--resources", "TRAIN=1", "--memory-limit", str(limit), "--death-timeout", "15"]
        command += ["--local-directory", self._scratch.name, "--no-dashboard"]
        certificate, key = self._pair()
        command += ["--tls-ca-file", str(certificate), "--tls-cert", str(certificate), "--tls-key", str(key)]
        command += ["--preload", "bilstm_core.service.worker", "--preload-nanny", "bilstm_core.service.parent_death"]
        with self._closing:
            if self._closed:
                return
            with (Path(self._scratch.name) / "worker.log").open("ab") as log:
                self._child = subprocess.Popen(
                    command,
                    env=worker_environment() | {SCRATCH: self._scratch.name},
                    stdin=subprocess.PIPE,  # never written to: see parent_death.py
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=os.name == "posix",  # Ctrl-C ends the app, and the app ends the worker
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )

    def slots(self) -> int:
        """How many trainings the workers that are there can do at once: one for each that offers the resource TRAIN."""
        return len(self.seats())

    def seats(self) -> list[str]:
        """The addresses of the workers that can train: they run, offer the resource TRAIN, and are as the app is."""
        workers = self._workers().items()
        fit = (not self.remote or not objection(self._papers, worker) for _, worker in workers)
        return [
            address
            for (address, worker), fits in zip(workers, fit, strict=True)
            if fits and worker["status"] == "running" and worker["resources"].get("TRAIN", 0) >= 1
        ]

    def workers(self) -> int:
        """How many workers are there."""
        return len(self._workers())

    def there(self) -> set[str]:
        """The addresses of all workers."""
        return set(self._workers())

    def left_out(self) -> str:
        """Which of the workers that others run are not used, and why: a sentence, or empty."""
        told = ((address, objection(self._papers, worker)) for address, worker in self._workers().items())
        return left_out(self.address, [(address, why) for address, why in told if why])

    def sight(self) -> Sight | None:
        """The worker that this app started, as its scheduler knows it; None before it has come up and after its end.

        Of several it is the first, as it was seen when the one was that has been silent for longest.
        """
        workers = self._own()
        return Sight(workers[0].pid, min(worker.last_seen for worker in workers)) if workers else None

    def rss(self) -> int:
        """Bytes of resident memory of the largest worker that this app started; 0 without one."""
        sizes = [0]
        for worker in self._own():
            with contextlib.suppress(psutil.NoSuchProcess):
                sizes.append(int(psutil.Process(worker.pid).memory_info().rss))
        return max(sizes)

    def bound(self) -> int:
        """Bytes that each worker that this app started may take, past which Dask ends it; 0 without one."""
        return max((int(worker.memory_limit or 0) for worker in self._own()), default=0)

    def _own(self) -> list[Any]:
        return [] if self._local is None else list(self._local.scheduler.workers.values())

    def _workers(self) -> Mapping[str, Mapping[str, Any]]:
        """Each by its address. Others' scheduler is asked every LOOK_S, and raises what Dask raises if it is silent."""
        if self._local is not None:
            own = list(self._local.scheduler.workers.items())
            return {address: {"resources": worker.resources, "status": worker.status.name} for address, worker in own}
        if time.monotonic() - self._looked > LOOK_S:
            identity = self._client.sync(self._client.scheduler.identity, n_workers=-1, callback_timeout=CONNECT_S)
            self._others = identity["workers"]
            self._looked = time.monotonic()
        return self._others

    def worker_gone(self) -> bool:
        """Whether the child that looks after the worker has itself ended."""
        return self._child is not None and self._child.poll() is not None

    def end_worker(self) -> None:
        """Kill the child and all its children; takes CLOSE_S at most."""
        child, self._child = self._child, None
        if child is None:
            return
        family = []
        with contextlib.suppress(psutil.NoSuchProcess):
            parent = psutil.Process(child.pid)
            family = [parent, *parent.children(recursive=True)]
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=CLOSE_S)
        child.poll()
        if child.stdin:
            child.stdin.close()

    def close(self) -> None:
        """End the worker and the scheduler, in less than two seconds. Calling it again does nothing."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        closing = threading.Thread(target=self._close_scheduler, name="closing", daemon=True)
        closing.start()
        begin = time.monotonic()
        self.end_worker()
        closing.join(max(0.1, CLOSE_S - (time.monotonic() - begin)))
        self._scratch.cleanup()

    def _close_scheduler(self) -> None:
        for part in (self._client, self._local):
            if part is not None:
                with contextlib.suppress(Exception):  # of an event loop that ends at the same time
                    part.close(timeout=1)


def workers_that_fit(cores: int, memory: int) -> int:
    """How many workers a machine has room for, at least one. memory: bytes, for all of them

    One core of two is for the page, and for the thread beside a training.
    """
    return max(1, min(cores // CORES_A_WORKER, memory // WORKER_BYTES, MOST_WORKERS))


def worker_environment() -> dict[str, str]:
    """The worker's environment: one thread for TensorFlow, no GPU, memory never spilled or paused."""
    profile = {"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}  # takes the interpreter a hundred times a second
    profile["DASK_DISTRIBUTED__WORKER__HTTP__ROUTES"] = "[]"
    memory = {f"DASK_DISTRIBUTED__WORKER__MEMORY__{name}": "False" for name in ("TARGET", "SPILL", "PAUSE")}
    paths = [str(ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return os.environ | profile | memory | TENSORFLOW | {"PYTHONPATH": os.pathsep.join(paths)}
