"""Changes the code, one change at a time, and says which changes no test notices.

`make mutants` fails if a change survives that tests/mutants.toml does not list with a reason, or if one that it lists
is noticed by now. Names of modules after it ask for those alone. mutmut works in a copy of the sources, in which
cached functions and properties are plain ones, for it leaves decorated functions alone.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
LISTED = ROOT / "tests/mutants.toml"
COPIED = ("app.py", "bilstm_core", "ui", "pages", "tests", "static", "tools", ".streamlit", "pyproject.toml")
CACHES = re.compile(r"^@functools\.(lru_cache|cache)\b.*\n", re.MULTILINE)
KILLED = {1, 3, -9, -11, -24, 24, 36, 152, 255}  # pytest failed, or mutmut ended what ran out of time or memory
MOST = 0.1  # of a module's mutants may survive


class Outcome(NamedTuple):
    """What became of a module's mutants: how many there were, and the changes that no test noticed."""

    mutants: int
    survivors: list[str]


def opened(source: str) -> str:
    """A module's source with the caches taken off, and its properties as plain methods that are made properties."""
    lines = CACHES.sub("", source).splitlines()
    inserted: dict[int, str] = {}
    for kind in ast.walk(ast.parse("\n".join(lines))):
        for method in kind.body if isinstance(kind, ast.ClassDef) else []:
            if not isinstance(method, ast.FunctionDef):
                continue
            if [ast.unparse(decorator) for decorator in method.decorator_list] == ["property"]:
                lines[method.decorator_list[0].lineno - 1] = ""
                place = method.lineno - 1
                lines[place] = lines[place].replace(f"def {method.name}(", f"def of_{method.name}(")
                inserted[method.end_lineno or 0] = f"    {method.name} = property(of_{method.name})"
    for place in sorted(inserted, reverse=True):
        lines.insert(place, inserted[place])
    docstring = ast.parse("\n".join(lines)).body[0]
    # mutmut moves methods into the class under other names: a method `date` would stand in another's annotation
    lines.insert(docstring.end_lineno or 0, "from __future__ import annotations")
    return "\n".join(lines) + "\n"


def _copy(folder: Path, module: dict[str, Any]) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "plotly.*.gz"))
        elif source.exists():
            shutil.copy(source, folder / name)
    path = folder / module["path"]
    path.write_text(opened(path.read_text(encoding="utf-8")), encoding="utf-8")
    settings = {
        "source_paths": [Path(module["path"]).parts[0]],
        "only_mutate": [module["path"]],
        "also_copy": list(COPIED),
        "pytest_add_cli_args": ["--timeout=60", *(f"--deselect={test}" for test in module.get("without", []))],
        "pytest_add_cli_args_test_selection": module["tests"],
    }
    text = "\n".join(f"{name} = {json.dumps(value)}" for name, value in settings.items())
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[tool.mutmut]\n{text}\n")


def _change(folder: Path, mutant: str) -> str:
    """What a mutant changes: the function, and the lines that were and that are."""
    shown = subprocess.run([_MUTMUT, "show", mutant], cwd=folder, capture_output=True, text=True, check=True).stdout
    lines = [line for line in shown.splitlines() if line[:1] in "+-" and not line.startswith(("---", "+++"))]
    was, now = (" ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+")
    function = mutant.rsplit(".", 1)[1].rsplit("__mutmut_", 1)[0].removeprefix("x").replace("ǁ", ".").strip("._")
    return f"{function}: {was} -> {now}"


_MUTMUT = str(Path(sys.executable).with_name("mutmut"))


def survivors(module: dict[str, Any]) -> Outcome:
    """Run mutmut over one module with its tests. module: path, tests, and functions where not all of them count"""
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name)
        _copy(folder, module)
        dotted = module["path"].removesuffix(".py").replace("/", ".")
        wanted = [f"{dotted}.x_{function}__mutmut_*" for function in module.get("functions", [])]
        environment = {**os.environ, "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        run = subprocess.run(
            [_MUTMUT, "run", "--max-children", "1", *wanted],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
        meta = folder / "mutants" / f"{module['path']}.meta"
        if run.returncode or not meta.exists():
            sys.exit(f"mutmut could not try {module['path']}:\n{run.stdout[-3000:]}\n{run.stderr[-3000:]}")
        codes: dict[str, int | None] = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
        tried = {mutant: code for mutant, code in codes.items() if code is not None}
        left = [mutant for mutant, code in tried.items() if code not in KILLED]
        return Outcome(len(tried), sorted(_change(folder, mutant) for mutant in left))


def main(asked: list[str]) -> int:
    """Try the modules that were asked for, or all; returns how many of them hold a surprise."""
    surprises = 0
    for module in tomllib.loads(LISTED.read_text(encoding="utf-8"))["module"]:
        if asked and not any(name in module["path"] for name in asked):
            continue
        count, left = survivors(module)
        known = Counter(entry["change"] for entry in module.get("survivor", []))
        new, gone = Counter(left) - known, known - Counter(left)
        print(f"{module['path']}: {count} mutants, {count - len(left)} killed, {len(left)} survived", flush=True)
        for change in new.elements():
            print(f"  survived, and is not listed: {change}", flush=True)
        for change in gone.elements():
            print(f"  is listed, and did not survive: {change}", flush=True)
        if len(left) > MOST * count:
            print(f"  more than {MOST:.0%} survived")
        surprises += bool(new or gone or len(left) > MOST * count)
    return surprises


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
