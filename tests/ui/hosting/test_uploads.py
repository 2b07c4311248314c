"""Files that are brought back are bounded each and all together, whoever sends them."""

import asyncio
from types import SimpleNamespace

import pytest
from starlette.types import Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from tests.ui.hosting.asgi import Message, answering, ask, scope, talk
from ui.hosting import uploads
from ui.hosting.uploads import MEGABYTE, Uploads

PATH = "/lab/_stcore/upload_file/session/file"


def sent(length: int | str, path: str = PATH) -> Scope:
    return {**scope(path=path, content_length=str(length)), "method": "PUT"}


@pytest.mark.parametrize(("length", "status"), [(10 * MEGABYTE, 200), (11 * MEGABYTE, 200), (11 * MEGABYTE + 1, 413)])
def test_a_file_has_its_bound_and_what_stands_around_it_some_more(length: int, status: int) -> None:
    assert ask(Uploads(answering, 10), sent(length))[0] == status


@pytest.mark.parametrize("length", ["", "-1", "1e3", "٣", "9" * 5_000, "0" * 5_000 + "5"])
def test_a_length_that_is_none_is_refused(length: str) -> None:
    assert ask(Uploads(answering, 10), sent(length))[0] == 411
    assert ask(Uploads(answering, 10), {**scope(path=PATH), "method": "PUT"})[0] == 411


def test_what_is_no_file_passes() -> None:
    assert ask(Uploads(answering, 10), sent(10**12, "/train"))[0] == 200
    assert ask(Uploads(answering, 10), {**sent(10**12), "method": "DELETE"})[0] == 200


def test_what_lies_in_memory_counts_until_it_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = MemoryUploadedFileManager("")
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: SimpleNamespace(uploaded_file_mgr=kept))
    for number in range(3):
        kept.add_file(f"visit {number}", UploadedFileRec(f"{number}", "a.zip", "", bytes(MEGABYTE)))
    assert uploads.held() == 3 * MEGABYTE
    status, headers, text = ask(Uploads(answering, 1), sent(4 * MEGABYTE // 2))
    assert (status, text) == (200, "the page"), "three are as many as may lie there, with what stands around them"
    kept.add_file("visit 3", UploadedFileRec("3", "a.zip", "", bytes(2 * MEGABYTE)))
    status, headers, text = ask(Uploads(answering, 1), sent(2 * MEGABYTE))
    assert (status, headers["retry-after"], text) == (503, "60", uploads.MANY)
    kept.remove_session_files("visit 3")
    assert ask(Uploads(answering, 1), sent(2 * MEGABYTE))[0] == 200


def test_what_is_on_its_way_counts() -> None:
    async def run() -> None:
        go_on = asyncio.Event()

        async def slow(_: Scope, __: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await go_on.wait()

        app, heard = Uploads(slow, 1), list[Message]()
        coming = [asyncio.create_task(talk(app, sent(2 * MEGABYTE), heard)) for _ in range(3)]
        while len(heard) < 3:
            await asyncio.sleep(0)
        refused = list[Message]()
        await talk(app, sent(1), refused)
        assert refused[0]["status"] == 503
        go_on.set()
        await asyncio.gather(*coming)
        assert app._coming == 0

    asyncio.run(run())
