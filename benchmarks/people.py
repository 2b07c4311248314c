"""What an open page costs in memory: an app of its own, with more and more visits that stay, until it is full.

python -m benchmarks.people, two minutes. The visits read a page each and train nothing.
"""

import contextlib
import json
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.browser.conftest import App
from ui.hosting.door import SLACK

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
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as visits:
        folder = Path(name)
        app = App(folder / "store", folder / "log.txt", BILSTM_STATUS="1", BILSTM_PEOPLE=str(VISITS[-1]))
        host = urlsplit(app.url).netloc
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
            app.end()


if __name__ == "__main__":
    main()
