"""Runs the notebooks of this folder and writes what comes of them into them: `make notebooks`.

The cells run in one process, one after the other; Jupyter is not needed. Figures are kept as pictures, for where
nothing is run. Of a notebook, the cells are written by hand and the outputs by this.
"""

import ast
import base64
import contextlib
import io
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

FOLDER = Path(__file__).parent
WIDTH = 860  # px of a picture

Bundle = dict[str, Any]  # what stands for a value, by media type
Cell = dict[str, Any]


def read(path: Path) -> dict[str, Any]:
    """A notebook as Jupyter's JSON has it."""
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def execute(notebook: dict[str, Any], picture: Callable[[go.Figure], bytes] | None = None) -> dict[str, Any]:
    """Run all cells, put their outputs into the notebook, and give the names that they have left behind.

    picture: makes a PNG of a figure; without it a figure's output is its text alone
    Raises what a cell raises.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(code, start=1):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            value = _run("".join(cell["source"]), names, f"cell {number}")
        cell["execution_count"] = number
        cell["outputs"] = _outputs(printed.getvalue(), value, number, picture)
    return names


def _run(source: str, names: dict[str, Any], where: str) -> Any:
    """The value of the last line, where that is an expression."""
    tree = ast.parse(source, where)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, where, "exec"), names)
    return None if last is None else eval(compile(ast.Expression(last.value), where, "eval"), names)


def _outputs(
    printed: str, value: Any, number: int, picture: Callable[[go.Figure], bytes] | None
) -> list[dict[str, Any]]:
    outputs: list[dict[str, Any]] = []
    if printed:
        outputs.append({"name": "stdout", "output_type": "stream", "text": printed.splitlines(keepends=True)})
    if value is not None:
        shown = {"data": bundle(value, picture), "execution_count": number, "metadata": {}}
        outputs.append(shown | {"output_type": "execute_result"})
    return outputs


def bundle(value: Any, picture: Callable[[go.Figure], bytes] | None = None) -> Bundle:
    """What a notebook keeps of a value."""
    if isinstance(value, go.Figure):
        shown: Bundle = {"text/plain": ["<Figure>"]}
        if picture is not None:
            shown["image/png"] = base64.b64encode(picture(value)).decode("ascii")
        return shown
    shown = {"text/plain": repr(value).splitlines(keepends=True)}
    as_html = getattr(value, "_repr_html_", None)
    return shown | {"text/html": as_html().splitlines(keepends=True)} if as_html else shown


@contextlib.contextmanager
def photographer() -> Any:
    """A function that makes a PNG of a figure, in the browser of the tests."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    from bilstm_core.files.figures import figure_html
    from tests.browser.find import browser as find_browser

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figure.html"
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": WIDTH + 48, "height": 800}, device_scale_factor=1.5)

        def picture(figure: go.Figure) -> bytes:
            file.write_text(figure_html(figure, "figure"), encoding="utf-8")
            page.goto(file.as_uri())
            page.wait_for_selector(".main-svg")
            page.evaluate("document.querySelectorAll('.modebar-container').forEach((bar) => bar.remove())")
            small = io.BytesIO()
            with Image.open(io.BytesIO(page.locator(".figure").screenshot())) as image:
                image.convert("RGB").quantize(96).save(small, "PNG", optimize=True)
            return small.getvalue()

        yield picture
        browser.close()


def main() -> None:
    """Run the notebooks that are named, or all, and write their outputs."""
    paths = [Path(name) for name in sys.argv[1:]] or sorted(FOLDER.glob("*.ipynb"))
    with photographer() as picture:
        for path in paths:
            notebook = read(path)
            execute(notebook, picture)
            path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
