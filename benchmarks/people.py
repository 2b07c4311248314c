"""What an open page costs in memory: an app of its own, with more and more visits that stay, until it is full.

python -m benchmarks.people, two minutes. The visits read a page each and train nothing.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from ui.hosting.door import SLACK

ROOT = Path(__file__).parents[1]
PAGES = ("train", "directions", "why", "problems", "merge_modes", "inside", "problem", "")
VISITS = (8, 30, 60, 100)
READY_S = 120.0


def come(host: str, page: str, visits: contextlib.ExitStack) -> None:
    """Open a page, read it to its end, and stay."""
    client = visits.enter_context(
        connect(f"ws://{host}/_stcore/stream", subprotocols=["streamlit"], max_size=None)  # type: ignore[list-item]
    )
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = ""
    client.send(message.SerializeToString())
    while ForwardMsg.FromString(client.recv(timeout=60)).WhichOneof("type") != "script_finished":
        pass


def status(host: str) -> dict:
    with urllib.request.urlopen(f"http://{host}/status", timeout=30) as answer:
        return json.loads(answer.read())


def wait_until_ready(host: str) -> None:
    end = time.monotonic() + READY_S
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if status(host)["worker"] == "ready":
                return
        time.sleep(0.5)
    raise TimeoutError("the app did not get ready")


def main() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    host = f"127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    command += ["--server.address=127.0.0.1", f"--server.port={port}"]
    with tempfile.TemporaryDirectory() as store, contextlib.ExitStack() as visits:
        environment = {**os.environ, "BILSTM_STORE": store, "BILSTM_STATUS": "1", "BILSTM_PEOPLE": str(VISITS[-1])}
        app = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        try:
            wait_until_ready(host)
            print("| open pages | app, MB | worker, MB |\n|---|---|---|")
            count = 0
            for wanted in VISITS:
                while count < wanted:
                    come(host, PAGES[count % len(PAGES)], visits)
                    count += 1
                memory = status(host)["memory_mb"]
                print(f"| {count} | {memory['app']} | {memory['workers']} |", flush=True)
            for _ in range(SLACK):
                come(host, "train", visits)
            try:
                come(host, "train", visits)
            except InvalidStatus:
                print(f"With {count + SLACK} open pages the next one was refused.")
        finally:
            visits.close()
            app.terminate()
            app.wait(20)


if __name__ == "__main__":
    main()
