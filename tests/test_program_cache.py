"""Programs on disk never fail a training: what is damaged is not used, and a folder that fails is done without."""

import hashlib
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path

import pytest

from bilstm_core.service import program_cache

NAME = "xla_compile_cache__1__2__XLA_CPU_JIT.pb"
TRAIN = """
from bilstm_core.service import program_cache
on = program_cache.start()
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.training import train
spec = RunSpec(problem=ProblemSpec(timesteps=3), model=ModelSpec(direction="forward", cell="rnn", units=2),
               training=TrainingSpec(epochs=3))
run = train(spec)
program_cache.save()
print(on, repr(run.history["loss"].to_list()))
"""
HARMED = """
import shutil, sys
from bilstm_core.service import program_cache
program_cache.start()
(path,) = program_cache._own.iterdir()
content = path.read_bytes()
if sys.argv[1] == "gone":
    shutil.rmtree(program_cache._own)
    program_cache._own.touch()
elif sys.argv[1] == "altered":
    middle = len(content) // 2
    path.write_bytes(content[:middle] + bytes(200) + content[middle + 200 :])
else:
    path.write_bytes(content[:1000] if sys.argv[1] == "cut" else b"")
try:
    exec(sys.argv[2])
except Exception as error:
    print(type(error).__name__, error)
    print(program_cache.give_up(error))
"""
OTHERS = """
from bilstm_core.service import program_cache
program_cache.start()
import tensorflow as tf
for work in (lambda: tf.zeros((2**45,)), lambda: tf.reshape(tf.zeros(3), (2, 2))):
    try:
        work()
    except Exception as error:
        print(type(error).__name__, program_cache.give_up(error))
"""


@pytest.fixture(autouse=True)
def own_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The module as a fresh process has it, and a store of its own."""
    monkeypatch.setenv("BILSTM_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("BILSTM_SCRATCH", str(tmp_path / "scratch"))
    monkeypatch.setenv("TF_XLA_FLAGS", "")
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(program_cache, "_own", None)
    monkeypatch.setattr(program_cache, "_saved", set())


def own_folder() -> Path:
    return Path(os.environ["TF_XLA_FLAGS"].split("=")[1])


def keep(content: bytes, name: str = NAME) -> Path:
    """A sound file of the shared folder."""
    shared = program_cache.shared_folder()
    shared.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = shared / f"{name}.{hashlib.sha256(content).hexdigest()}"
    path.write_bytes(content)
    return path


def restart() -> bool:
    program_cache._own = None
    program_cache._saved.clear()
    os.environ["TF_XLA_FLAGS"] = ""
    return program_cache.start()


def test_what_one_worker_wrote_the_next_one_has() -> None:
    assert program_cache.start()
    (own_folder() / NAME).write_bytes(b"machine code")
    program_cache.save()
    before = own_folder()
    assert restart()
    assert own_folder() != before
    assert not before.exists()
    assert (own_folder() / NAME).read_bytes() == b"machine code"


def test_a_file_cut_short_or_altered_is_deleted_and_never_seen() -> None:
    cut, altered, sound = keep(b"machine code", "cut"), keep(b"machine code", "altered"), keep(b"machine code", "sound")
    cut.write_bytes(b"machine")
    altered.write_bytes(b"machine Code")
    left_behind = program_cache.shared_folder() / f"{uuid.uuid4().hex}.part"
    left_behind.write_bytes(b"of a worker that was killed")
    os.utime(left_behind, (1, 1))
    assert program_cache.start()
    assert [path.name for path in own_folder().iterdir()] == ["sound"]
    assert list(program_cache.shared_folder().iterdir()) == [sound]


def test_what_another_worker_is_writing_is_left_to_it() -> None:
    keep(b"machine code")
    part = program_cache.shared_folder() / f"{uuid.uuid4().hex}.part"
    part.write_bytes(b"half of it")
    assert program_cache.start()
    assert part.exists()
    assert [path.name for path in own_folder().iterdir()] == [NAME]


def test_what_cannot_be_read_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder and a person's note among the programs, and a file that another worker deletes in between."""
    gone = keep(b"machine code", "gone")
    keep(b"machine code", "sound")
    (program_cache.shared_folder() / "folder").mkdir()
    note = program_cache.shared_folder() / "notes.txt"
    note.write_text("a person's")
    read = Path.read_bytes

    def after_another(path: Path) -> bytes:
        gone.unlink(missing_ok=True)
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", after_another)
    assert program_cache.start()
    assert "sound" in {path.name for path in own_folder().iterdir()}
    assert note.exists()
    (own_folder() / "new").write_bytes(b"machine code")
    program_cache.save()
    assert any(path.name.startswith("new.") for path in program_cache.shared_folder().iterdir())


def test_old_programs_of_other_versions_go_and_nothing_that_is_not_ours() -> None:
    programs = program_cache.shared_folder().parent
    for name in ("0123456789abcdef", "Photos", "0123456789abcdef.old"):
        (programs / name).mkdir(parents=True)
        os.utime(programs / name, (1, 1))
    assert program_cache.start()
    left = {path.name for path in programs.iterdir()}
    assert left == {"Photos", "0123456789abcdef.old", program_cache.shared_folder().name}


@pytest.mark.skipif(os.name != "posix", reason="owners and modes of POSIX")
def test_a_folder_that_others_can_write_to_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(b"machine code")
    shared = program_cache.shared_folder()
    for mode in (0o770, 0o707):
        shared.chmod(mode)
        assert not program_cache.start()
    shared.chmod(0o755)
    assert restart()
    monkeypatch.setattr("bilstm_core.service.program_cache.os.getuid", lambda: shared.stat().st_uid + 1)
    assert not restart()


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
def test_a_link_in_the_place_of_the_folder_is_not_used(tmp_path: Path) -> None:
    shared = program_cache.shared_folder()
    (tmp_path / "elsewhere").mkdir()
    shared.parent.mkdir(parents=True)
    shared.symlink_to(tmp_path / "elsewhere")
    assert not program_cache.start()


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_the_folder_is_made_for_this_user_alone() -> None:
    assert program_cache.start()
    assert program_cache.shared_folder().stat().st_mode & 0o777 == 0o700


def test_a_program_that_could_not_be_saved_is_saved_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert program_cache.start()
    (own_folder() / NAME).write_bytes(b"machine code")
    with monkeypatch.context() as full:
        full.setattr(Path, "write_bytes", _no_room)
        program_cache.save()
    assert list(program_cache.shared_folder().iterdir()) == []
    program_cache.save()
    assert len(list(program_cache.shared_folder().iterdir())) == 1


def _no_room(*_: object) -> int:
    raise OSError("no space left on device")


def test_the_oldest_programs_go_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program_cache, "SIZE_LIMIT", 100)
    old = keep(bytes(60), "old")
    os.utime(old, (1, 1))
    program_cache.start()
    (own_folder() / "new").write_bytes(bytes(50))
    program_cache.save()
    assert [path.name.partition(".")[0] for path in program_cache.shared_folder().iterdir()] == ["new"]


def test_a_shared_folder_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    program_cache.start()
    if os.environ["TF_XLA_FLAGS"]:
        (own_folder() / NAME).write_bytes(b"machine code")
    program_cache.save()
    assert (tmp_path / "store").read_text() == "a file where the folder should be"


def test_without_room_for_xlas_own_folder_the_cache_is_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILSTM_SCRATCH", str(tmp_path / "nowhere"))
    assert not program_cache.start()
    assert os.environ["TF_XLA_FLAGS"] == ""
    assert not program_cache.give_up(tensorflows("Read less bytes than requested"))


def tensorflows(message: str) -> Exception:
    """An error such as TensorFlow raises, without it."""
    kind = type("InternalError", (Exception,), {"__module__": "tensorflow.python.framework.errors_impl"})
    error: Exception = kind(message)
    return error


def test_a_worker_that_failed_has_the_next_one_do_without() -> None:
    assert program_cache.start()
    assert program_cache.give_up(tensorflows("Failed to parse serialized CpuAotCompilationResult."))
    assert not restart()


def test_where_the_cache_was_not_the_reason_it_is_off_for_one_worker_only() -> None:
    assert program_cache.start()
    assert program_cache.give_up(tensorflows("Failed to parse serialized CpuAotCompilationResult."))
    assert not restart()
    assert not program_cache.give_up(tensorflows("Failed to parse serialized CpuAotCompilationResult."))
    assert restart()


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The store of a first process, which compiled a program, and what it printed: a process costs seconds."""
    folder = tmp_path_factory.mktemp("first")
    (folder / "scratch").mkdir()
    own = {"BILSTM_STORE": str(folder / "store"), "BILSTM_SCRATCH": str(folder / "scratch"), "TF_XLA_FLAGS": ""}
    return folder / "store", trained(own)


@pytest.fixture
def printed(first: tuple[Path, str], tmp_path: Path) -> str:
    """What the first process printed. Its store is this test's own."""
    shutil.copytree(first[0], tmp_path / "store")
    return first[1]


@pytest.mark.parametrize("harm", ["cut", "empty", "altered", "gone"])
@pytest.mark.usefixtures("printed")
def test_what_xla_says_of_its_files_turns_the_cache_off(harm: str) -> None:
    """The files of XLA's own folder are harmed after they were checked, before it reads them."""
    script = [sys.executable, "-c", HARMED, harm, TRAIN.replace("on = program_cache.start()", "on = True")]
    done = subprocess.run(script, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "True", done.stdout


def test_memory_and_data_of_a_training_turn_no_cache_off() -> None:
    said = subprocess.run([sys.executable, "-c", OTHERS], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines() == ["ResourceExhaustedError False", "InvalidArgumentError False"]


def test_a_program_from_disk_gives_the_same_numbers_and_a_damaged_one_too(printed: str) -> None:
    """The first process compiles, the second reads, the third finds what it would read cut short."""
    said = [printed]
    (kept,) = program_cache.shared_folder().iterdir()
    written = kept.stat().st_mtime_ns
    said.append(trained())
    assert kept.stat().st_mtime_ns == written
    kept.write_bytes(kept.read_bytes()[:1000])
    said.append(trained())
    assert said[0].startswith("True")
    assert said == [said[0]] * 3


def trained(own: Mapping[str, str] | None = None) -> str:
    """What a process that trains prints. own: of its environment, where that differs"""
    environment = {**os.environ, **(own or {})}
    done = subprocess.run([sys.executable, "-c", TRAIN], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()
