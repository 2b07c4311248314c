"""A known weakness of a pinned package fails the check; without a network nothing does, and quickly."""

import time
from collections.abc import Sequence

import pytest

from tests.ui.test_server import free_port
from tools import audit


def test_without_pip_audit_or_its_data_a_line_says_so() -> None:
    assert audit.audit(10, installed=lambda: False) == (
        0,
        "Known weaknesses were not looked for: pip-audit is not installed.",
    )
    code, line = audit.audit(10, installed=lambda: True, reached=lambda: False)
    assert (code, line.split(": ")[1]) == (0, "api.osv.dev cannot be reached.")


@pytest.mark.parametrize(("code", "told"), [(0, 0), (1, 1)])
def test_what_pip_audit_finds_fails_the_check(code: int, told: int) -> None:
    asked: list[tuple[Sequence[str], float | None]] = []
    runs = lambda command, seconds: asked.append((command, seconds)) or code  # noqa: E731
    assert audit.audit(10, installed=lambda: True, reached=lambda: True, runs=runs) == (told, "")
    ((command, seconds),) = asked
    assert command[-1] == "off"
    assert seconds == 10 - audit.PROBE_S


def test_what_takes_too_long_is_left_with_a_line() -> None:
    begin = time.monotonic()
    sleepy = [*audit.COMMAND[:1], "-c", "import time; time.sleep(30)"]
    runs = lambda _, __: audit.run(sleepy, 0.2)  # noqa: E731
    code, line = audit.audit(10, installed=lambda: True, reached=lambda: True, runs=runs)
    assert (code, "make audit" in line) == (0, True)
    assert time.monotonic() - begin < 5


def test_a_host_that_does_not_answer_is_not_waited_for() -> None:
    assert not audit.reachable(f"http://127.0.0.1:{free_port()}/", 1.0)
