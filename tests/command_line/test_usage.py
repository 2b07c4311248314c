"""What a command is asked for: options, links, files, and a sentence for what cannot be."""

from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as some

from bilstm_core import choices
from bilstm_core.command_line import links
from bilstm_core.command_line.program import EXIT_CODES
from bilstm_core.comparison import DIRECTIONS, MERGE_MODES
from bilstm_core.page_settings import BY_PATH, TRAIN, WHY
from tests.command_line.conftest import Command
from tests.fuzz.examples import many

BAD = {
    "run --units 0": "'--units': must be a whole number from 1 to 256, not 0.",
    "run --merge left": f"'--merge': must be one of {', '.join(choices.MERGE_MODES)}, not 'left'.",
    "run --fresh maybe": "'--fresh': must be yes or no, not 'maybe'.",
    "run --rate nan": "'--rate': must be a number, not 'nan'.",
    "run --epochs 20000 --sequences 100000": "times the work that is allowed",
    "run http://host/train?units=0": "The link's units must be a whole number from 1 to 256, not 0.",
    "run train?fresh=on": "The link's fresh must be yes or no, not 'on'.",
    "run http://host/directions?units=9": "one to Directions is for compare.",
    "run inside?train=yes": "The link shows the run of the page Train, and does not say which.",
    "run http://[": "'http://[' is no link.",
    "run nowhere": "A link to Train, Need both? or Inside is wanted here, not 'nowhere'.",
    "run --out nowhere/curve.csv": "there is no folder nowhere.",
    "run --out .": "it is a folder.",
    "run --out curve.png": ".png says no format. Add --format, one of csv, json, report.",
    "compare http://host/app/train?units=9": "one to Train is for run, evaluate or export.",
    "compare http://host": "; Overview trains nothing.",
    "compare http://host/overview": "; Overview trains nothing.",
    "compare problem": "The problem trains nothing.",
    "compare directions?epochs=300": "The link's epochs must be one of 250, 4000, 20000, not 300.",
    "compare merge_modes --stage 2": "--stage is no setting of Merge modes, which has --problem, --epochs,",
    "compare --starts 2": "'--starts': must be one of 1, 3, 10, 50, not 2.",
    "compare --units 256 --timesteps 200 --epochs 20000": "times the work that is allowed",
    "compare --curves forward.left": "'--curves': must be some of forward, backward, backward-tutorial-s-order,",
    "compare directions?problem=tags&epochs=80": "sequences of Your data, which commands do not take",
    "run train?problem=own": "sequences of Your data, which commands do not take",
    "compare directions?curves=none": "The link's curves must name a model: forward.backward.",
    "compare why --curves forward": "--curves is of Directions and Merge modes; Why shows all.",
    "compare problems --curves forward": "--curves is of comparisons over starts",
    "compare problems --table pairs": "--table pairs is of comparisons over starts",
    "evaluate nothing.keras": "nothing.keras cannot be read (No such file or directory).",
    "evaluate text.zip": "The file is no ZIP and no .keras file.",
    "evaluate text": "text cannot be opened. The file is no ZIP",
    "evaluate text.zip --units 9": "--units cannot be set beside text.zip",
    "evaluate --on 0": "'--on': 0 is not in the range",
    "export --format keras --out .": "it is a folder.",
    "record --folder text": "Directory 'text' is a file.",
    "run a b": "Got unexpected extra argument",
    "run --unit 9": "No such option '--unit'",
    "train": "No such command 'train'.",
}


@pytest.mark.parametrize("words", BAD)
def test_what_cannot_be_is_one_sentence_and_exit_code_2(command: Command, words: str) -> None:
    for name in ("text", "text.zip"):
        Path(name).write_text("no ZIP")
    result = command(*words.split())
    assert result.exit_code == 2
    assert BAD[words] in " ".join(result.stderr.split())
    assert result.stderr.count("Error:") == 1
    assert result.stdout == ""


def test_a_link_of_as_many_characters_as_are_read_is_read() -> None:
    link = "train?values=".ljust(links.LONGEST, "1")
    assert links.read(link, "run")[0] == "train"
    with pytest.raises(click.UsageError, match="longer than"):
        links.read(f"{link}1", "run")


def test_a_long_word_that_is_no_link_is_cut_in_the_sentence() -> None:
    for length, shown in ((60, repr("x" * 60)), (61, repr("x" * 57 + "..."))):
        with pytest.raises(click.UsageError) as refused:
            links.read("x" * length, "run")
        assert refused.value.message.endswith(f"not {shown}.")


def test_curves_are_those_of_the_option_or_the_link_or_the_page_in_the_order_of_the_models() -> None:
    labels = list(DIRECTIONS.models)
    assert links.curves("directions", None, DIRECTIONS, "directions") == [labels[0], labels[1], labels[3]]
    assert links.curves("x?curves=bidirectional.forward", None, DIRECTIONS, "directions") == [labels[0], labels[3]]
    assert links.curves("x?curves=forward", "backward", DIRECTIONS, "directions") == [labels[1]]
    assert links.curves("x?curves=sum", None, MERGE_MODES, "merge_modes") == ["sum"]


def test_a_link_of_100_kilobytes_is_refused_unread(command: Command) -> None:
    result = command("run", f"train?values={'1_' * 50_000}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("Error: The link is longer than 20,000 characters.\n")


@many(300)
@given(some.text(max_size=60), some.sampled_from(sorted(BY_PATH)), some.booleans())
def test_whatever_a_link_says_is_settings_or_a_sentence(text: str, page: str, query: bool) -> None:
    for kind in links.COMMANDS:
        link = f"http://host/{page}?units={text}&problem={text}&seed={text}" if query else text
        sentence, complaints = ".", {""}
        try:
            path, held = links.read(link, kind)
            complaints = {each.complaint(getattr(held, each.name)) for each in BY_PATH[path].fields}
        except click.UsageError as error:
            sentence = error.message
        assert sentence.endswith(".")
        assert complaints == {""}


@pytest.mark.parametrize(
    "link",
    [
        "http://localhost:8501/train?units=40&merge=sum&seed=7",
        "https://host/class/train?seed=7&merge=sum&units=40&view=class&at=3&values=0.5_1#top",
        "/train?units=40&units=41&units=40&merge=sum&seed=7",
        "train?units=40&merge=sum&seed=7&direction=",
        "http://host/train/?units=40&merge=sum&seed=7",
    ],
)
def test_a_link_has_its_settings_and_the_defaults_of_its_page(link: str) -> None:
    path, held = links.read(link, "run")
    assert path == "train"
    others = {"units": 40, "merge_mode": "sum", "seed": 7}
    assert held == type(held)(**{each.name: getattr(TRAIN.first, each.name) for each in TRAIN.fields} | others)


def test_a_link_of_why_says_how_far_its_presses_have_come() -> None:
    path, held = links.read("http://host/why?stage=2&noise=yes&guess=it-is-bigger&epochs=300", "compare")
    assert (path, held.stage, held.noise, held.epochs) == ("why", 2, True, 300)
    assert held.starts == WHY.first.starts


@pytest.mark.parametrize(
    ("link", "options", "address"),
    [
        ("http://host/why?epochs=4000&guess=it-is-bigger#x", {}, "http://host/why?epochs=4000"),
        (
            "https://h:8501/app/directions?units=9",
            {"units": 8, "fair": True},
            "https://h:8501/app/directions?units=8&fair=yes",
        ),
        ("http://host/directions?units=9", {"units": 20}, "http://host/directions"),
        ("http://host/directions", {"epochs": 300}, ""),
        ("directions?units=9", {}, ""),
        ("javascript://host/directions?units=9", {}, ""),
    ],
)
def test_the_address_of_settings_is_on_the_host_of_their_link(link: str, options: dict[str, int], address: str) -> None:
    """Empty where no host is named, and for settings that the page does not have."""
    path, held = links.read(link, "compare")
    assert links.address(link, path, links.with_options(path, held, options)) == address


def test_the_address_has_the_curves_that_are_named() -> None:
    path, held = links.read("http://host/merge-modes?units=9", "compare")
    assert path == "merge_modes"
    assert (
        links.address("http://host/merge_modes", path, held, "sum.ave")
        == "http://host/merge_modes?units=9&curves=sum.ave"
    )


def test_settings_are_spelt_as_the_link_that_gives_them() -> None:
    path, held = links.read("merge_modes?units=9&fair=yes&starts=3", "compare")
    query = "&".join(f"{name}={value}" for name, value in links.spelt(path, held).items())
    assert links.read(f"{path}?{query}", "compare") == (path, held)
    assert "fair=yes" in query


@pytest.mark.parametrize("name", ["run", "evaluate", "export"])
def test_every_setting_of_train_is_an_option_under_its_name_in_links(command: Command, name: str) -> None:
    lines = command(name, "--help").stdout.splitlines()
    for declared in TRAIN.fields:
        (line,) = [line for line in lines if line.split()[:1] == [f"--{declared.link}"]]
        assert line.startswith("  --")
    assert max(map(len, lines)) <= 80


def test_help_says_the_default_of_each_command_and_every_exit_code(command: Command) -> None:
    def default(name: str) -> str:
        text = " ".join(command(name, "--help").stdout.split())
        return text.split("--epochs N")[1].split("[default: ")[1].split("]")[0]

    assert default("run") == str(TRAIN.first.epochs)
    assert default("compare") == str(WHY.first.epochs)
    assert default("run") != default("compare")
    words = command("--help").stdout
    assert all(f"\n  {code} " in words and meaning.split(",")[0] in words for code, meaning in EXIT_CODES)
