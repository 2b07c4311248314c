"""Starting and ending the processes that train: a Dask scheduler in this process, and one worker as a child.

Everything listens on the loopback only. With DASK_SCHEDULER_ADDRESS set, the cluster it names is used instead and
nothing is started. `distributed` is imported inside functions: it costs a second or more.
"""

import hashlib
import os
import platform
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import psutil

from bilstm_core.store import user_cache_dir

ROOT = Path(__file__).resolve().parent.parent
MEMORY_SHARE = 0.7  # of the machine's memory, for the worker
MEMORY_NEEDED = 1_000_000_000  # bytes: TensorFlow and a few compiled programs
ALLOWED_DEATHS = 2  # of the worker in one training; the next one fails the training
CLOSE_S = 1.5


class NotEnoughMemoryError(RuntimeError):
    """This machine can't hold a worker."""


class Cluster:
    """The scheduler and worker that this app started, or the client of a cluster that others run.

    Raises OSError, RuntimeError or TimeoutError if no scheduler can be started or reached.
    """

    def __init__(self, worker_memory_limit: int | str | None = None) -> None:
        import dask
        from distributed import Client, LocalCluster

        self._child: subprocess.Popen[bytes] | None = None
        self._local: Any = None
        self._memory_limit = worker_memory_limit
        self._scratch = tempfile.TemporaryDirectory(prefix="bilstm-explorer-", ignore_cleanup_errors=True)
        dask.config.set(
            {
                "distributed.admin.low-level-log-length": 100,  # events are kept for nobody
                "distributed.admin.large-graph-warning-threshold": "1GB",  # a resumed run carries its weights
            }
        )
        address = os.environ.get("DASK_SCHEDULER_ADDRESS")
        self.remote = bool(address)
        if not address:
            self._local = LocalCluster(
                n_workers=0,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"allowed_failures": ALLOWED_DEATHS},
            )
            address = self._local.scheduler_address
        self.address: str = address
        try:
            self.client: Any = Client(address, set_as_default=False, timeout=10)
        except BaseException:
            self.close()
            raise

    def start_worker(self) -> None:
        """Start the worker process and the one that restarts it when it dies.

        Raises NotEnoughMemoryError where TensorFlow could not even be loaded.
        """
        limit = self._memory_limit
        if limit is None:
            from distributed.system import MEMORY_LIMIT

            limit = int(MEMORY_LIMIT * MEMORY_SHARE)
            if limit < MEMORY_NEEDED:
                raise NotEnoughMemoryError(
                    f"This machine has {MEMORY_LIMIT / 1e6:,.0f} MB of memory and training needs about"
                    f" {MEMORY_NEEDED / MEMORY_SHARE / 1e6:,.0f} MB, so only recorded results can be shown."
                )
        command = [sys.executable, "-m", "distributed.cli.dask_worker", self.address]
        command += ["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0", "--nworkers", "1", "--nthreads", "2"]
        command += ["--resources", "TRAIN=1", "--memory-limit", str(limit), "--death-timeout", "15"]
        command += ["--local-directory", self._scratch.name]
        command += ["--preload", "bilstm_core.worker", "--preload-nanny", "bilstm_core.lifeline"]
        with (Path(self._scratch.name) / "worker.log").open("ab") as log:
            self._child = subprocess.Popen(
                command,
                env=_worker_environment(),
                stdin=subprocess.PIPE,  # never written to: see lifeline.py
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=os.name == "posix",  # Ctrl-C ends the app, and the app ends the worker
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )

    def worker_gone(self) -> bool:
        """Whether the child that looks after the worker has itself ended."""
        return self._child is not None and self._child.poll() is not None

    def end_worker(self) -> None:
        """Kill the child and all its children."""
        child, self._child = self._child, None
        if child is None:
            return
        family = []
        try:
            parent = psutil.Process(child.pid)
            family = [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            pass
        for process in family:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(family[1:], timeout=CLOSE_S)
        child.wait(timeout=CLOSE_S)
        if child.stdin:
            child.stdin.close()

    def close(self) -> None:
        """End the worker, then the scheduler; takes less than two seconds."""
        self.end_worker()
        closing = threading.Thread(target=self._close_scheduler, name="closing", daemon=True)
        closing.start()
        closing.join(CLOSE_S)
        self._scratch.cleanup()

    def _close_scheduler(self) -> None:
        if hasattr(self, "client"):
            self.client.close(timeout=1)
        if self._local is not None:
            self._local.close(timeout=1)


def _worker_environment() -> dict[str, str]:
    """The worker's environment: one thread for TensorFlow, no GPU, compiled programs kept between starts."""
    compiled = user_cache_dir() / "compiled" / _machine()
    memory = {f"DASK_DISTRIBUTED__WORKER__MEMORY__{name}": "False" for name in ("TARGET", "SPILL", "PAUSE")}
    paths = [str(ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    environment = os.environ | memory
    environment |= {
        "PYTHONPATH": os.pathsep.join(paths),
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "TF_NUM_INTRAOP_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    try:
        compiled.mkdir(parents=True, exist_ok=True)
    except OSError:
        return environment
    return environment | {"TF_XLA_FLAGS": f"--tf_xla_persistent_cache_directory={compiled}"}


def _machine() -> str:
    """A name for this kind of processor: programs compiled for one may not run on another."""
    text = platform.machine() + platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        text += next((line for line in cpuinfo.read_text().splitlines() if line.startswith(("flags", "Features"))), "")
    return hashlib.sha256(text.encode()).hexdigest()[:12]
