"""Whether a package that the app pins has a known weakness, by pip-audit and the data of osv.dev.

Where those cannot be reached, or take longer than is allowed, a line says so, and nothing fails.
"""

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = "https://api.osv.dev/v1/vulns/PYSEC-2018-28"  # a small entry that stands
PROBE_S = 3.0
COMMAND = (
    *(sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / "requirements.txt"), "--no-deps", "--disable-pip"),
    *("--vulnerability-service", "osv", "--progress-spinner", "off"),
)


def reachable(address: str = DATA, seconds: float = PROBE_S) -> bool:
    """Whether the data can be had."""
    try:
        with urllib.request.urlopen(address, timeout=seconds):
            return True
    except urllib.error.HTTPError:
        return True  # it answers
    except OSError:
        return False


def run(command: Sequence[str], seconds: float | None) -> int | None:
    """What a command ends with; None if it takes longer."""
    try:
        return subprocess.run(command, timeout=seconds, check=False).returncode
    except subprocess.TimeoutExpired:
        return None


def audit(
    seconds: float | None,
    *,
    installed: Callable[[], bool] = lambda: find_spec("pip_audit") is not None,
    reached: Callable[[], bool] = reachable,
    runs: Callable[[Sequence[str], float | None], int | None] = run,
) -> tuple[int, str]:
    """What to exit with, and a line that says why nothing was looked at. seconds: at most; None: as long as it takes"""
    if not installed():
        return 0, "Known weaknesses were not looked for: pip-audit is not installed."
    if not reached():
        return 0, "Known weaknesses were not looked for: api.osv.dev cannot be reached."
    code = runs(COMMAND, None if seconds is None else seconds - PROBE_S)
    if code is None:
        return 0, f"Known weaknesses were not looked for to the end within {seconds:.0f} s: make audit takes its time."
    return code, ""


if __name__ == "__main__":
    exit_code, line = audit(float(sys.argv[1]) if len(sys.argv) > 1 else None)
    if line:
        print(line)
    sys.exit(exit_code)
