"""What was cached under an older source is forgotten as the source changes.

It imports little, for the first page of a new server waits for it.
"""

import threading
from pathlib import Path

import streamlit as st

from bilstm_core.service.source import fingerprint


def renew() -> None:
    """Forget what was cached under an older source: a hot reload replaces classes, and old objects fit no new one.

    Sessions that come at once take turns: the first forgets, the others find what is new, and close nothing of it.
    """
    with _lock():
        if _loaded()["source"] != _source():
            st.cache_resource.clear()
            st.cache_data.clear()
            _loaded()  # so that the next change is one from this source


def _lock() -> threading.Lock:
    """One lock a process; this module is loaded anew as the source changes, and its own would be two."""
    return vars(st).setdefault("_bilstm_renewal", threading.Lock())  # type: ignore[no-any-return]


@st.cache_resource(show_spinner=False)
def _loaded() -> dict[str, str]:
    return {"source": _source()}


def _source() -> str:
    """What the sources are, on disk; nothing where no change of them is looked for, and no page waits for the look."""
    if st.get_option("server.fileWatcherType") == "none":
        return ""
    return fingerprint() + fingerprint(Path(__file__).parent)
