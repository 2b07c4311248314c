"""Plotly's script in the app's static folder, compressed there once out of its wheel.

It is served by the route assets/ of ui/server.py. Where there are no routes the browser takes it from the folder as it
lies there: Streamlit would compress a script anew at each request, and sets no Cache-Control. The file's name has its
content's hash, so that the browser may keep it for good.
"""

import base64
import gzip
import hashlib
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

STATIC = Path(__file__).parents[2] / "static"


class Library(NamedTuple):
    """Plotly's script in its wheel, None where Plotly is not installed.

    name: that it is served by; integrity: what a browser holds its content to
    """

    source: Path | None
    name: str
    integrity: str


@cache
def library() -> Library:
    """The script of the Plotly that is installed."""
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        return Library(None, "plotly.min.js", "")
    source = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    if not source.exists():
        return Library(source, "plotly.missing.min.js", "")
    digest = hashlib.sha256(source.read_bytes())
    integrity = f"sha256-{base64.b64encode(digest.digest()).decode()}"
    return Library(source, f"plotly.{digest.hexdigest()[:16]}.min.js", integrity)


def ensure(folder: Path = STATIC) -> str:
    """Compress plotly.min.js into `folder` unless it is there already, in place of another version's.

    Returns "" or a sentence that says why it could not be done.
    """
    source, name, _ = library()
    if source is None:
        return "Plotly is not installed: install the packages in requirements.txt."
    target = folder / f"{name}.gz"
    try:
        if not target.exists():
            folder.mkdir(exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as part:
                part.write(gzip.compress(source.read_bytes(), 6, mtime=0))
            Path(part.name).chmod(0o644)
            Path(part.name).replace(target)  # whole, or not there: another process may be writing it as well
            for other in set(folder.glob("plotly.*")) - {target}:  # of versions that were installed before
                other.unlink(missing_ok=True)
    except OSError as error:
        return f"The charts can't be drawn: {target} could not be written ({error.strerror}). Make its folder writable."
    return ""
