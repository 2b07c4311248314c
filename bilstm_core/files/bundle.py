"""A comparison as one ZIP, and its runs brought back.

manifest.json has each other member's size and hash, what was trained, and the digest of every run.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from bilstm_core import codec
from bilstm_core.files import imported, model_file
from bilstm_core.files.archive import MAX_UNPACKED, Archive, packed
from bilstm_core.files.figures import figure_html
from bilstm_core.files.findings import Findings
from bilstm_core.files.report import report
from bilstm_core.files.tables import csv, parquet
from bilstm_core.files.text import file_name, visible
from bilstm_core.runs import ENGINE_VERSION, Run

MANIFEST, FORMAT = "manifest.json", 1
MAX_MANIFEST = 5_000_000  # bytes
README = """\
{title}: {question}

report.html    question, figures, tables and what may be said, in one page; opens without a network
tables/        each table as CSV, for a spreadsheet, and as Parquet, for pandas and R
figures/       each figure as a page that can be hovered
{runs}{script}manifest.json  the size and the hash of each of these files, what was trained, and with which versions
"""
RUNS = (
    "runs/          the trained networks in a format of BiLSTM Explorer: bring this ZIP back to see them there again\n"
)
SCRIPT = "script.py      the same again, from Python\n"
NOTEBOOK = "notebook.ipynb the same as a notebook\n"


def write_bundle(findings: Findings, runs: Iterable[Run] = ()) -> bytes:
    """The ZIP. Equal findings and runs give equal bytes.

    runs: those that `read_bundle` brings back; without Adam's state. One that diverged, or that has learnt nothing yet,
    is left out, and the manifest counts those
    Raises ValueError, with a sentence, for more than `read_bundle` takes.
    """
    members: dict[str, bytes] = {"report.html": report(findings).encode()}
    for table in findings.tables:
        name = file_name(table.title, "", {member.rsplit(".", 1)[0].removeprefix("tables/") for member in members})
        members[f"tables/{name}.csv"] = csv(table.frame)
        members[f"tables/{name}.parquet"] = parquet(table.frame)
    for drawing in findings.drawings:
        name = file_name(drawing.title, ".html", {member.removeprefix("figures/") for member in members})
        members[f"figures/{name}"] = figure_html(drawing.figure, drawing.title, drawing.caption).encode()
    if findings.script:
        members["script.py"] = findings.script.encode()
    if findings.notebook:
        members["notebook.ipynb"] = findings.notebook.encode()
    listed: list[dict[str, Any]] = []
    left_out = 0
    for run in runs:
        name = f"runs/{len(listed) + 1:03}.npz"
        try:
            members[name], digest = imported.written(run)
            listed.append({"file": name, "digest": digest, "spec": codec.encode(run.spec)})
        except ValueError:
            left_out += 1
    members["README.txt"] = README.format(
        title=visible(findings.title),
        question=visible(findings.question),
        runs=RUNS if listed else "",
        script=(SCRIPT if findings.script else "") + (NOTEBOOK if findings.notebook else ""),
    ).encode()
    manifest = {
        "format": FORMAT,
        "program": "BiLSTM Explorer",
        "engine": ENGINE_VERSION,
        "question": visible(findings.question),
        "link": findings.link,
        "versions": dict(findings.versions),
        "specs": {visible(label): codec.encode(spec) for label, spec in findings.specs.items()},
        "runs": listed,
        "runs_left_out": left_out,
        "members": [_entry(name, content) for name, content in members.items()],
    }
    text = json.dumps(manifest, indent=1).encode()
    if sum(map(len, members.values())) > MAX_UNPACKED or len(text) > MAX_MANIFEST:
        raise ValueError("These are more runs than one ZIP takes. Save fewer models, or fewer starts.")
    return packed({MANIFEST: text, **members})


def read_bundle(data: bytes) -> list[Run]:
    """The runs of a ZIP that `write_bundle` wrote, each of origin "imported", in their order; each once.

    Nothing is written to the disk, and nothing unpickled. Raises ValueError, with a sentence that says what is wrong.
    """
    return _runs(Archive(data))


def read_file(data: bytes) -> list[Run]:
    """The runs of a ZIP or of a `.keras` file, whichever it is; raises as `read_bundle`."""
    archive = Archive(data)
    if MANIFEST in archive.sizes:
        return _runs(archive)
    if model_file.CONFIG in archive.sizes:
        return [model_file.read_archive(archive)]
    raise ValueError(
        "The ZIP has no manifest.json: it was not saved by this program. Bring one of its ZIP or .keras files."
    )


def _runs(archive: Archive) -> list[Run]:
    if archive.sizes.get(MANIFEST, 0) > MAX_MANIFEST:
        raise ValueError("The ZIP's manifest.json is too long.")
    manifest = imported.document_of(archive.read(MANIFEST), MANIFEST)
    if manifest.get("format") != FORMAT:
        raise ValueError("The ZIP is of another version of this program, or of none.")
    _check_members(archive, manifest.get("members"))
    listed = manifest.get("runs")
    if not isinstance(listed, list) or not listed:
        raise ValueError("The ZIP has no runs that could be shown.")
    runs = [_run(archive, entry) for entry in listed]
    return list({run.digest: run for run in runs}.values())


def _run(archive: Archive, entry: Any) -> Run:
    name = entry.get("file") if isinstance(entry, dict) else None
    if not isinstance(name, str):
        raise ValueError("The ZIP's manifest.json has a run without a file.")
    document, arrays = imported.parts_of(archive.read(name))
    run = imported.checked(document, arrays, entry.get("digest"))
    if entry.get("spec") != codec.encode(run.spec):
        raise ValueError(f"{name} has other settings than the ZIP's manifest.json says. Bring the ZIP as it was saved.")
    return run


def _check_members(archive: Archive, entries: Any) -> None:
    """Each member is the one that the manifest lists, and there is no other."""
    try:
        listed = {entry["name"]: (entry["size"], entry["sha256"]) for entry in entries}
    except imported.MALFORMED:
        raise ValueError("The ZIP's manifest.json does not say what is in it.") from None
    others = sorted(set(archive.sizes) ^ {MANIFEST, *listed}, key=str)
    if others:
        raise ValueError(f"{others[0]} is not in both the ZIP and its manifest.json. Bring the ZIP as it was saved.")
    for name, size_and_hash in listed.items():
        if size_and_hash != (archive.sizes[name], archive.sha256(name)):
            raise ValueError(f"{name} is not what the ZIP's manifest.json says. Bring the ZIP as it was saved.")


def _entry(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
