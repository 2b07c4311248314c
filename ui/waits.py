"""What pages wait for beside their own jobs: the browser listens, and has the page run once what is awaited is there.

Results that are computed in the background, and other pages' jobs, are listened to by one component at the page's end
(ui/waits.js), which also keeps the browser's history short (ui/history.js). Where the server tells nothing, fragments
ask again and again instead. This module imports little, for the first page of a new server waits for it.
"""

import json
import threading
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypedDict

import streamlit as st
from cachetools import LRUCache

from ui import state, wire

ASK_S = 0.5  # where the server tells nothing
MOST = 1_000  # results that are awaited at once; a page whose result is forgotten runs once, and asks anew
KEY = "waits.listener"

_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "bilstm_explorer.waits",
    js="".join((_HERE / name).read_text(encoding="utf-8") for name in ("history.js", "chart/listen.js", "waits.js")),
    isolate_styles=False,  # a line of another page's job looks like a caption of the app's
)

Ready = Callable[[], bool]
_lock = threading.Lock()  # held while what is awaited is asked or changed


class Elsewhere(TypedDict):
    """A job of another page, for the browser. now: what is said of it; trained, failed: what will be, % for a number"""

    job: str
    now: str
    trained: str
    failed: str


@st.cache_resource(show_spinner=False)
def _awaited() -> LRUCache[str, Ready]:
    return LRUCache(MOST)


def offer(ready: Ready) -> str:
    """Let the server's route say when something is ready. Returns the unguessable name to ask for it by.

    ready: asked in any thread, again and again; it returns at once
    """
    name = uuid.uuid4().hex
    with _lock:
        _awaited()[name] = ready
    return name


def find(name: str) -> Ready | None:
    """What is awaited under this name, if anything is."""
    with _lock:
        return _awaited().get(name)


def again_when(ready: Ready, meanwhile: str = "") -> None:
    """Run the page again once something in the background is ready; until then say so, if there is anything to say.

    ready: as `offer` takes it
    """
    if not state.DEAF.get():
        state.WAITS.ensure().append(offer(ready))
        if meanwhile:
            st.caption(meanwhile)
        return

    @st.fragment(run_every=ASK_S)
    def wait() -> None:
        if ready():
            st.rerun()
        if meanwhile:
            st.caption(meanwhile)

    wait()


def begin() -> None:
    """The page is drawn anew: it waits for nothing yet."""
    state.WAITS.set([])


def listen(watcher: str = "", jobs: Sequence[Elsewhere] = ()) -> None:
    """Have the browser listen to all that the page waits for; called at the page's end.

    watcher: the session's name, where there are jobs
    """
    names = [] if state.DEAF.get() else state.WAITS.get()
    asked = json.dumps({"waits": names, "watcher": watcher, "jobs": list(jobs)})
    with st.container(key="waits"):
        _COMPONENT(
            key=KEY,
            data={"asked": asked},  # in lists Streamlit would look for tables, with pandas
            on_ready_change=partial(_report, "ready"),
            on_deaf_change=partial(_report, "deaf"),
        )


def _report(event: str) -> None:
    """Take in what the browser reports; the page runs again whatever it is."""
    sent = state.event(KEY, event)
    if sent is None:
        return
    if not isinstance(sent, str):
        wire.refuse(KEY)
    elif event == "deaf":
        state.DEAF.set(True)
