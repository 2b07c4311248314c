"""Whoever can reach a socket of ours, and holds no key of this run, can neither have code run nor learn anything."""

import contextlib
import gc
import socket
import ssl
import stat
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError

import psutil
import pytest
from distributed import Client
from distributed.security import Security

from bilstm_core.service.cluster import Cluster

READY_S = 60.0
TRIES = 20

# a client that was refused leaves sockets of Dask's to the collector, which tells of them
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """What a test leaves to the collector is collected in that test, and not in another file's.

    Not before its end: a refused client closes itself under a lock of Dask's, which waits for ever where the
    collector comes by while that very lock is held.
    """
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A scheduler in this process with its worker at work."""
    running = Cluster()
    try:
        running.start_worker()
        running.client.wait_for_workers(1, timeout=READY_S)
        yield running
    finally:
        running.close()


def listening() -> list[int]:
    """The ports that this process and those it started listen at."""
    own = psutil.Process()
    return [
        connection.laddr.port
        for process in [own, *own.children(recursive=True)]
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]


def answer(port: int, request: bytes, context: ssl.SSLContext | None = None) -> bytes:
    """What a socket of ours sends to somebody who says this, until it hangs up or says nothing any more."""
    reply = b""
    with (
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", port), timeout=0.5) as plain,
        context.wrap_socket(plain, do_handshake_on_connect=False) if context else plain as connection,
    ):
        connection.settimeout(10 if context else 0.5)  # ours begin, with whom they know
        connection.sendall(request)
        while piece := connection.recv(4096):
            reply += piece
            connection.settimeout(0.5)
    return reply


def test_ours_is_let_in_and_can_have_code_run(cluster: Cluster) -> None:
    assert cluster.client.submit(sum, [1, 2]).result(timeout=READY_S) == 3
    assert cluster.client.run_on_scheduler(lambda: 4) == 4
    begin = time.monotonic()
    for number in range(20):
        cluster.client.submit(abs, number, pure=False).result(timeout=READY_S)
    print(f"a round trip takes {(time.monotonic() - begin) / 20 * 1e3:.1f} ms")


@pytest.mark.parametrize("pair", ["none, without TLS", "none", "its own"])
def test_a_strangers_client_is_refused(cluster: Cluster, pair: str) -> None:
    address = cluster.address.replace("tls://", "tcp://") if "without" in pair else cluster.address
    security = Security.temporary() if pair == "its own" else Security()
    with pytest.raises((OSError, TypeError, RuntimeError)):
        Client(address, security=security, set_as_default=False, timeout=1.5)


def test_no_socket_speaks_with_a_stranger(cluster: Cluster) -> None:
    """Neither plainly nor over TLS without a certificate or with one of its own: not the scheduler, nanny or worker."""
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    own = Security.temporary().get_connection_args("client")["ssl_context"]
    own.check_hostname, own.verify_mode = False, ssl.CERT_NONE
    certificate, key = cluster._pair()
    ours = ssl.create_default_context(cafile=str(certificate))
    ours.check_hostname = False
    ours.load_cert_chain(certificate, key)
    ports = set(listening())
    web = {port for port in ports if answer(port, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1")}
    assert len(ports - web) >= 3, "scheduler, nanny and worker"
    for port in ports - web:
        greetings = (answer(port, b"", ours) for _ in range(TRIES))  # a machine that does much else is late
        assert any(len(greeting) > 10 for greeting in greetings), "Dask begins with a handshake of its own"
        for context in (None, anybody, own):
            heard = answer(port, b"x" * 64, context)
            assert heard == b"" or heard[0] == 0x15, "a TLS alert at most"


@pytest.mark.usefixtures("cluster")
def test_dasks_own_web_pages_are_off() -> None:
    for port in listening():
        for path in ("", "status", "info/main/workers.html", "json/counts.json", "health", "metrics"):
            with pytest.raises((HTTPError, URLError, OSError)) as refused:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=0.5)
            if isinstance(refused.value, HTTPError):
                refused.value.close()  # it holds a socket
                assert refused.value.code == 404


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_the_pair_is_in_files_for_this_user_alone(cluster: Cluster) -> None:
    folder = Path(cluster._scratch.name)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    pair = sorted(folder.glob("*.pem"))
    assert [path.name for path in pair] == ["certificate.pem", "key.pem"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in pair} == {0o600}
