"""What watching a job costs the app's process: `python -m benchmarks.watchers`.

The routes are served here, in a process of their own, over a job that reports five times a second and is not trained;
another process opens the sockets. The processor's seconds of the serving process are counted, and those that it spends
without anybody who watches are taken off.
"""

import contextlib
import json
import multiprocessing
import socket
import sys
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

WATCHERS = (0, 1, 10, 30)
SECONDS = 6.0
REPORTS_A_SECOND = 5
NEW_POINTS = 20  # of a report, as a curve in thinned windows has them


def serve(pipe: Connection) -> None:
    """Serve a job that goes on and on; answers each message with the processor's seconds spent."""
    import uvicorn
    from starlette.applications import Starlette

    from bilstm_core.service.jobs import Jobs
    from bilstm_core.specs import RunSpec, TrainingSpec
    from ui import server, services

    service = Jobs(delay_s=0.0)
    service.close()  # it trains nothing here
    service._state = "ready"
    job = service.submit([RunSpec(training=TrainingSpec(epochs=20_000))], watcher="benchmark")
    service._hear((0.0, {"event": "started", "job": job, "part": 0}))
    services.jobs = lambda: service  # type: ignore[assignment]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(Starlette(routes=server.routes()), port=port, log_level="error")
    threading.Thread(target=uvicorn.Server(config).run, daemon=True).start()

    def report() -> None:
        seen = 0
        while True:
            steps = [1 + (seen + new) % 20_000 for new in range(NEW_POINTS)]
            if steps[-1] < steps[0]:
                service._hear((0.0, {"event": "started", "job": job, "part": 0}))
                steps = list(range(1, NEW_POINTS + 1))
            seen = steps[-1]
            run: dict[str, Any] = {"run": 0, "steps_done": seen, "steps": 20_000, "seen": steps}
            losses = [1 / step for step in steps]
            run |= {"loss": losses, "count": [1] * NEW_POINTS, "last": losses}
            service._hear((0.0, {"event": "progress", "job": job, "part": 0, "runs": [run]}))
            time.sleep(1 / REPORTS_A_SECOND)

    threading.Thread(target=report, daemon=True).start()
    pipe.send((port, job))
    while pipe.recv():
        pipe.send(time.process_time())


def listen(address: str, job: str, told: list[int], over: threading.Event) -> None:
    from websockets.sync.client import connect

    with connect(address, origin="http://127.0.0.1") as client:  # type: ignore[arg-type]
        client.send(json.dumps({"follow": job, "as": 1, "watcher": "", "version": 0}))
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                json.loads(client.recv(timeout=1))
                told.append(1)


def main() -> None:
    """Print a line for each number of watchers."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    port, job = ours.recv()

    def spent_s() -> float:
        ours.send(True)
        return float(ours.recv())

    print("| sockets | messages a second, each | % of a core |\n|---|---|---|")
    alone = 0.0
    for watchers in WATCHERS:
        over = threading.Event()
        told: list[list[int]] = [[] for _ in range(watchers)]
        threads = [
            threading.Thread(target=listen, args=(f"ws://127.0.0.1:{port}/live", job, heard, over)) for heard in told
        ]
        for thread in threads:
            thread.start()
        time.sleep(2.0)
        before, start, heard_before = spent_s(), time.monotonic(), sum(map(len, told))
        time.sleep(SECONDS)
        passed, spent = time.monotonic() - start, spent_s() - before
        heard = sum(map(len, told)) - heard_before
        share = 100 * spent / passed
        alone = alone if watchers else share
        rate = heard / passed / max(1, watchers)
        print(f"| {watchers} | {rate:.1f} | {share - alone:.1f} (with the reports themselves {share:.1f}) |")
        sys.stdout.flush()
        over.set()
        for thread in threads:
            thread.join()
    ours.send(False)
    process.join(5)


if __name__ == "__main__":
    main()
