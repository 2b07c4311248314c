"""A ZIP comes back as it was; one that lies is refused with a sentence."""

import hashlib
import io
import json
import struct
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bilstm_core import codec, run_format
from bilstm_core.downsampling import curve_steps
from bilstm_core.files import archive as archive_module
from bilstm_core.files.archive import Archive, packed
from bilstm_core.files.bundle import read_bundle, read_file, write_bundle
from bilstm_core.files.findings import Findings
from bilstm_core.runs import Run, to_parts
from bilstm_core.specs import RunSpec
from bilstm_core.store import Store
from tests.files.samples import SPEC, findings, members, seeds, untrained, zipped

WHOLE = write_bundle(replace(findings(), drawings=[]), seeds(2))  # without figures, and so without Plotly


def refused(data: bytes) -> str:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 -- its sentence is looked at
        read_file(data)
    sentence = str(caught.value)
    assert sentence[0].isupper() or sentence.split(maxsplit=1)[0].count(".") == 1  # or a file's name
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert sentence.isprintable()
    assert len(sentence) < 400
    return sentence


def changed(change: Callable[[dict[str, Any]], None]) -> bytes:
    """The ZIP with another manifest."""
    contents = members(WHOLE)
    manifest = json.loads(contents["manifest.json"])
    change(manifest)
    return zipped(contents | {"manifest.json": json.dumps(manifest).encode()})


def with_run(run: Run, **document: Any) -> bytes:
    """A ZIP whose first run is this one, with a manifest that fits it."""
    parts, arrays = to_parts(run)
    buffer = io.BytesIO()
    run_format.write(buffer, parts | document, arrays, compressed=True)
    return with_member("runs/001.npz", buffer.getvalue(), digest=run.digest, spec=codec.encode(run.spec))


def with_member(name: str, content: bytes, **entry: Any) -> bytes:
    def change(manifest: dict[str, Any]) -> None:
        for member in manifest["members"]:
            if member["name"] == name:
                member |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        manifest["runs"][0] |= entry

    return zipped(members(changed(change)) | {name: content})


def test_runs_come_back_as_they_were_without_adams_state() -> None:
    runs = seeds(2)
    back = read_bundle(WHOLE)
    assert read_file(WHOLE)[1].spec == runs[1].spec
    for run, other in zip(back, runs, strict=True):
        assert run.spec == other.spec
        assert run.history.equals(other.history)
        assert run.steps.equals(other.steps)
        assert all(np.array_equal(run.weights[name], other.weights[name]) for name in other.weights)
        assert all(np.array_equal(a, b) for a, b in zip(run.snapshots, other.snapshots, strict=True))
        assert (run.timing, run.versions, run.optimizer_state) == (other.timing, other.versions, {})
        assert run.origin == "imported"


def test_what_was_brought_back_is_never_taken_for_what_was_trained_here(tmp_path: Any) -> None:
    run = read_bundle(WHOLE)[0]
    assert run.digest != seeds(1)[0].digest
    other = replace(run, history=run.history.assign(loss=0.0))
    assert other.digest != run.digest
    store = Store(tmp_path, tmp_path)
    store.put(run)
    assert store.get(run.spec) is None


def test_a_run_that_was_brought_back_can_be_saved_and_brought_back_again() -> None:
    runs = read_bundle(WHOLE)
    again = read_bundle(write_bundle(Findings(title="a", question="b"), runs))
    assert [run.digest for run in again] == [run.digest for run in runs]


def test_the_zip_has_all_parts_under_plain_names_and_is_the_same_each_time() -> None:
    whole = write_bundle(findings(), seeds(2))
    assert list(members(whole)) == [
        "manifest.json", "report.html", "tables/results.csv", "tables/results.parquet", "tables/curves.csv",
        "tables/curves.parquet", "figures/loss.html", "script.py", "notebook.ipynb", "runs/001.npz", "runs/002.npz",
        "README.txt",
    ]  # fmt: skip
    assert write_bundle(findings(), seeds(2)) == whole
    manifest = json.loads(members(whole)["manifest.json"])
    assert manifest["specs"]["forward"]["direction"] == "forward"
    assert manifest["link"] == findings().link
    for entry in manifest["members"]:
        content = members(whole)[entry["name"]]
        assert (entry["size"], entry["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())


def test_a_run_that_diverged_is_left_out_and_counted() -> None:
    run = untrained()
    bad = replace(run, weights=run.weights | {"head/bias": np.array([np.nan], np.float32)})
    data = write_bundle(Findings(title="a", question="b"), [bad, run])
    assert json.loads(members(data)["manifest.json"])["runs_left_out"] == 1
    assert len(read_bundle(data)) == 1


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip", WHOLE[:-1], WHOLE + b"x", WHOLE[: len(WHOLE) // 2]])
def test_what_is_no_whole_zip_is_refused(data: bytes) -> None:
    assert "ZIP" in refused(data)


NAMES = [
    "../x", "/etc/passwd", "a/../../x", "C:/x", "..\\x", "a\\b", "a//b", "./a", "a/", "x\x00y",
    "a\nb", "<b>", "x" * 201,
    "\u202etxt", "__MACOSX/..",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    assert "The ZIP has a member named" in refused(
        zipped({"manifest.json": b"{}", name.replace("\x00", "~"): b""}).replace(b"x~y", b"x\x00y")
    )


def test_a_bomb_is_refused_by_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "MAX_UNPACKED", 1_000_000)
    assert "would unpack to 2.0 MB" in refused(zipped({"manifest.json": b"0" * 2_000_000}))


def test_a_bomb_that_says_less_is_unpacked_no_further_than_it_says() -> None:
    huge = 200_000_000
    data = zipped({"manifest.json": b"{}" + b" " * huge})
    assert len(data) < 1_000_000
    lying = data.replace(struct.pack("<I", huge + 2), struct.pack("<I", 1_000))
    assert lying != data
    assert Archive(lying).sizes == {"manifest.json": 1_000}
    before = peak()
    assert "does not unpack to what the ZIP says" in refused(lying)
    assert peak() - before < 20_000_000


def peak() -> int:
    """The most memory of this process so far, bytes; 0 where that is not known."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1_024)


def test_members_that_lie_over_one_another_are_unpacked_within_bounds() -> None:
    data = bytearray(zipped({"manifest.json": b"{}", "b": b"1" * 10}))
    place = data.rindex(b"PK\x01\x02")
    data[place + 42 : place + 46] = struct.pack("<I", 0)  # the second member's place is the first's
    with pytest.raises(ValueError, match="does not unpack"):
        Archive(bytes(data)).read("b")


def test_too_large_too_many_and_too_long_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    many = zipped({f"m{number}": b"" for number in range(30)})
    monkeypatch.setattr(archive_module, "MAX_MEMBERS", 20)
    assert "30 members" in refused(many)
    monkeypatch.setattr(archive_module, "MAX_DIRECTORY", 100)
    assert "list of members" in refused(many)
    monkeypatch.setattr(archive_module, "MAX_FILE", 100)
    assert "can be brought back" in refused(many)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_ways_of_packing_that_have_no_bounds_are_refused(method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as zip_file:
        zip_file.writestr("manifest.json", "{}")
    assert "packed in a way" in refused(buffer.getvalue())


def test_two_members_of_one_name_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        data = zipped_twice()
    assert "two members" in refused(data)


def zipped_twice() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zip_file:
        zip_file.writestr("manifest.json", "{}")
        zip_file.writestr("manifest.json", "{}")
    return buffer.getvalue()


@pytest.mark.parametrize(
    "manifest",
    [b"", b"[]", b"null", b"{", b"\xff", b"[" * 100_000, b'{"format": 1}', b'{"format": 2}', b"9" * 10_000,
     b'{"format": 1, "members": [1]}', b'{"format": 1, "members": [], "runs": 3}'],
)  # fmt: skip
def test_a_manifest_of_another_shape_is_refused(manifest: bytes) -> None:
    refused(zipped({"manifest.json": manifest}))


def test_a_zip_of_others_is_refused() -> None:
    assert "no manifest.json" in refused(zipped({"readme.txt": b"x"}))


def test_a_manifest_that_lies_is_refused() -> None:
    def member(manifest: dict[str, Any]) -> None:
        manifest["members"][0]["sha256"] = "0" * 64

    def size(manifest: dict[str, Any]) -> None:
        manifest["members"][0]["size"] += 1

    def missing(manifest: dict[str, Any]) -> None:
        del manifest["members"][0]

    def digest(manifest: dict[str, Any]) -> None:
        manifest["runs"][0]["digest"] = "0" * 32

    def spec(manifest: dict[str, Any]) -> None:
        manifest["runs"][0]["spec"]["seed"] = "77"

    def swapped(manifest: dict[str, Any]) -> None:
        manifest["runs"][0]["file"] = "runs/002.npz"

    def elsewhere(manifest: dict[str, Any]) -> None:
        manifest["runs"][0]["file"] = "../../etc/passwd"

    def none(manifest: dict[str, Any]) -> None:
        manifest["runs"] = []

    sentences = [refused(changed(lie)) for lie in (member, size, missing, digest, spec, swapped, elsewhere, none)]
    assert "not what the ZIP's manifest.json says" in sentences[0]
    assert "other weights" in sentences[3]
    assert "other settings" in sentences[4]
    assert "other weights" in sentences[5]


def test_other_weights_under_the_old_digest_are_refused() -> None:
    run = untrained()
    other = replace(run, weights=run.weights | {"head/bias": np.array([3.0], np.float32)})
    parts, arrays = to_parts(other)
    buffer = io.BytesIO()
    run_format.write(buffer, parts, arrays, compressed=True)
    assert "other weights" in refused(with_member("runs/001.npz", buffer.getvalue(), digest=run.digest))


def wrong(**changes: Any) -> Run:
    return replace(untrained(), **changes)


RUN = untrained()
WRONG = {
    "not a number": wrong(weights=RUN.weights | {"head/bias": np.array([np.inf], np.float32)}),
    "other kind": wrong(weights=RUN.weights | {"head/bias": np.array([1.0], np.float64)}),
    "other shape": wrong(weights=RUN.weights | {"head/bias": np.zeros(2, np.float32)}),
    "one more": wrong(weights=RUN.weights | {"more": np.zeros(2, np.float32)}),
    "one less": wrong(weights={}),
    "more updates": wrong(steps_done=6),
    "none": wrong(steps_done=0),
    "fewer epochs": wrong(history=RUN.history[:3]),
    "other epochs": wrong(history=RUN.history.assign(epoch=0)),
    "loss": wrong(history=RUN.history.assign(loss=np.nan)),
    "accuracy": wrong(history=RUN.history.assign(accuracy=3.0)),
    "columns": wrong(history=RUN.history.rename(columns={"loss": "<b>"})),
    "steps": wrong(steps=RUN.steps.assign(step=[1, 2, 2, 3, 9])),
    "no steps": wrong(steps=RUN.steps[:0]),
    "snapshots": wrong(snapshots=RUN.snapshots._replace(probabilities=np.zeros((2, 1, 1, 1), np.float16))),
    "snapshot order": wrong(snapshots=RUN.snapshots._replace(step=np.array([5, 0]))),
    "versions": wrong(versions={"keras": "<script>"}),
    "version": wrong(versions={"keras": "1" * 1_000}),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_run_that_none_of_ours_can_be_is_refused(name: str) -> None:
    assert refused(with_run(WRONG[name])).startswith("A run in the file cannot be shown: ")


def long_without_means() -> Run:
    spec = replace(SPEC, training=replace(SPEC.training, epochs=1_001, sequences_per_epoch=2))
    run = untrained(spec)
    seen = run.history["epoch"] * spec.training.sequences_per_epoch
    return replace(run, history=run.history.assign(sequences_seen=seen))


def with_means(**changes: Any) -> Run:
    run = long_without_means()
    step = curve_steps(run.steps_done)
    means = pd.DataFrame({"step": step, "loss": 1 / step, "total": np.cumsum(1 / step)})
    return replace(run, means=means.assign(**changes))


def test_a_run_of_an_earlier_version_without_the_means_of_its_curve_is_refused_and_what_to_do_is_said() -> None:
    assert refused(with_run(long_without_means())) == (
        "A run in the file cannot be shown: an earlier version of this program saved it, without the means of its"
        " curve. Train it again."
    )


def test_a_run_has_the_means_that_it_must_have_and_no_others() -> None:
    whole = with_means()
    assert run_format.fits(whole, whole.spec)
    for other in (long_without_means(), with_means(step=0), with_means(total=np.inf), with_means(further=0.0)):
        assert not run_format.fits(other, other.spec)
    assert not run_format.fits(replace(untrained(), means=whole.means), SPEC)
    assert "the means of its curve do not fit" in refused(with_run(with_means(step=0)))


@pytest.mark.parametrize(
    "document",
    [{"spec": {"units": "999999"}}, {"spec": {"units": 3}}, {"spec": []}, {"spec": {"<b>": "1"}}, {"steps_done": "x"},
     {"steps_done": float("inf")}, {"timing": [1]}, {"timing": ["a", 1, 1]}, {"timing": [float("nan"), 1, 1]},
     {"timing": [1, 1, 0]}, {"versions": 3}, {"versions": {"a": 1}}],
    ids=str,
)  # fmt: skip
def test_a_document_that_none_of_ours_can_be_is_refused(document: dict[str, Any]) -> None:
    refused(with_run(untrained(), **document))


def npy(content: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, content, allow_pickle=True)
    return buffer.getvalue()


def test_a_run_is_never_unpickled_nor_believed_in_its_size() -> None:
    parts = members(members(WHOLE)["runs/001.npz"])
    pickled = npy(np.array([print], dtype=object))
    huge = io.BytesIO()
    np.lib.format.write_array_header_1_0(huge, {"shape": (10**15,), "fortran_order": False, "descr": "|u1"})
    for content in (pickled, huge.getvalue(), npy(np.zeros(3)), b"\x93NUMPY", b""):
        refused(with_member("runs/001.npz", zipped(parts | {"data.npy": content})))
    refused(with_member("runs/001.npz", zipped(parts | {"document.npy": npy(np.frombuffer(b"{}", np.uint8))})))
    refused(with_member("runs/001.npz", b"no zip"))


def test_random_changes_never_end_in_anything_but_a_sentence_or_the_same_runs() -> None:
    small = packed({name: content for name, content in members(WHOLE).items() if name.startswith(("runs", "mani"))})
    rng = np.random.default_rng(0)
    for _ in range(300):
        data = bytearray(small)
        for place in rng.integers(0, len(data), rng.integers(1, 4)):
            data[place] = rng.integers(0, 256)
        try:
            read_file(bytes(data))
        except ValueError as error:
            assert str(error).endswith(".")  # noqa: PT017 -- most, not all, are refused


def test_a_spec_of_a_stopped_run_comes_back_too() -> None:
    spec = replace(SPEC, training=replace(SPEC.training, epochs=9))
    stopped = replace(untrained(), spec=spec)
    (run,) = read_bundle(write_bundle(Findings(title="a", question="b"), [stopped]))
    assert not run.finished
    assert run.spec == RunSpec(problem=spec.problem, model=spec.model, training=spec.training)
