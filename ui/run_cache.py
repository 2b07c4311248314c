"""Runs at hand, by digest: one cache for all sessions, bounded in bytes, tighter where there is little memory.

What gives way is read from the store again, or comes from the session that holds it.
"""

import threading

from cachetools import LRUCache

from bilstm_core.machine import memory_bytes
from bilstm_core.runs import Run

BESIDE = 2_000_000_000  # bytes of memory for all else: pages, ended jobs, the worker and its keeper
LEAST_BYTES, MOST_BYTES = 100_000_000, 500_000_000  # 50 starts of four merge modes at 256 units take 430 MB


def room(memory: int) -> int:
    """Bytes for runs at hand where there are so many bytes of memory."""
    return max(LEAST_BYTES, min(MOST_BYTES, memory - BESIDE))


MAX_BYTES = room(memory_bytes())
OVERHEAD = 10_000  # bytes of a run beside its arrays: tables, names, the record itself

_lock = threading.Lock()  # held while either of them is asked or changed: an LRU changes when it is asked
_runs: LRUCache[str, Run] = LRUCache(MAX_BYTES, getsizeof=lambda run: run.nbytes + OVERHEAD)
_by_name: LRUCache[str, str] = LRUCache(10_000)  # the digest of the run that the store gave for a name


def get(digest: str) -> Run | None:
    """The run of this digest, if it is at hand."""
    with _lock:
        return _runs.get(digest)


def named(name: str) -> Run | None:
    """The run that was put under a name, if it is at hand."""
    with _lock:
        return _runs.get(_by_name.get(name, ""))


def put(run: Run, name: str = "") -> None:
    """Have the run at hand, under a name too; those that were asked for longest ago give way.

    Of two with the same weights the fuller stays, the one with Adam's state and snapshots. One that is larger than the
    whole cache is not taken in.
    """
    digest = run.digest
    with _lock:
        if name:
            _by_name[name] = digest
        known = _runs.get(digest)
        if known is run or (known and known.nbytes > run.nbytes):
            return
        if run.nbytes + OVERHEAD <= _runs.maxsize:
            _runs[digest] = run
