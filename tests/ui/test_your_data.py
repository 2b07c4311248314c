"""Your data: it opens with what was measured, takes a file, and a bad one leaves it as it was."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from bilstm_core import codec
from bilstm_core.analysis import both_ways, held_out
from bilstm_core.analysis.both_ways import MODELS, NETWORKS
from bilstm_core.datasets import parquet_child, recipe
from bilstm_core.datasets.reading import read_table
from bilstm_core.datasets.shipped import SHIPPED
from bilstm_core.files.bundle import read_file, write_bundle
from bilstm_core.page_settings import DataSettings
from bilstm_core.settings import FIELDS
from bilstm_core.specs import ModelSpec, RunSpec
from tests.datasets.tables import LONG, csv, long_table, ready
from tests.datasets.test_reading import as_parquet, forged
from tests.ui.test_compare_pages import told, visit
from ui import live, own_data, page_links, registry, session, state
from ui.inside import words as inside_words
from ui.your_data import file, parts, results, subject, taken, words

ROOT = Path(__file__).parents[2]
PAGE = registry.YOUR_DATA.name
OPEN = {"Your data__bring": True}


def opened(**entries: object) -> AppTest:
    return visit("your_data", **OPEN, **entries)


def bring(app: AppTest, data: bytes, name: str = "mine.csv") -> AppTest:
    app.file_uploader[0].upload(name, data, "text/csv").run()
    assert not app.exception
    return app


def answer(app: AppTest) -> str:
    return app.main.markdown[0].value


@pytest.mark.parametrize("name", SHIPPED)
def test_it_opens_with_an_answer_of_recorded_runs_and_says_where_the_data_come_from(name: str) -> None:
    app = opened(**{"Your data__data": name})
    page = told(app)
    assert "bidirectional" in page
    assert "regression" in page
    assert words.PRESS_TRAIN.answer not in page
    captions = " ".join(caption.value for caption in app.caption)
    assert "Recorded on" in captions
    assert SHIPPED[name].license in captions
    assert SHIPPED[name].address in captions


def test_where_the_future_is_not_there_the_answer_goes_by_the_past() -> None:
    assert "Both ways help here" in told(opened())
    page = told(opened(**{"Your data__available": False}))
    assert "Both ways help here" not in page
    assert "From the past alone" in page
    assert "Waiting for the whole sequence would bring" in page


WAITS = {"Your data__available": False, "Your data__ahead": 2}


def test_an_answer_that_can_wait_has_a_forward_network_that_answers_late_beside_what_is_recorded() -> None:
    app = opened(**WAITS)
    assert words.PRESS_TRAIN.answer in told(app)
    settings = replace(subject.SETTINGS.first, available=False, ahead=2)
    shown = subject.shown(settings)
    late = results.results(shown, settings).wanted
    assert {recipe.label_of(spec) for spec in late} == {"forward 2 steps late"}
    assert words.cost(len(late), late[0].training.steps) in told(app)
    right = dict.fromkeys([recipe.late(2), both_ways.window(2)], shown.labels.expected[None])
    app.session_state[state.TOLD.key] = {results._of(shown, settings): right}
    app.run()
    assert not app.exception
    assert "Waiting 2 steps helps" in told(app)
    assert "when it answers 2 steps late" in told(app)
    assert "2 steps late against at once" in told(app)
    [table] = [frame.value for frame in app.dataframe if "bidirectional" in frame.value]
    assert "forward 2 steps late" in table
    assert results.results(shown, replace(settings, available=True)).wanted[0].model.direction == "forward"


def test_a_look_ahead_is_asked_for_only_where_the_sequence_is_not_there_and_refused_where_it_has_no_room() -> None:
    labels = [control.label for control in opened().segmented_control]
    assert FIELDS["ahead"].label not in labels
    app = bring(opened(**WAITS), csv(long_table(sequences=20)))
    app.segmented_control(key="Your data.ahead").set_value(10).run()
    assert not app.exception
    assert "Look-ahead of 10 steps is the whole of sequences of at most 5 timesteps." in told(app)
    [train] = [button for button in app.button if button.label == words.TRAIN]
    assert train.disabled
    whole = long_table(sequences=20).assign(label=lambda table: table["sequence"] % 2)
    app = bring(opened(**WAITS), csv(whole))
    assert words.WHOLE_IS_READ in told(app)
    own = app.session_state[state.OWN_DATA.key]
    prepared = ready(read_table(own["data"]).frame, subject.columns_of(own))
    shown = subject.Subject("own", "mine.csv", read_table(own["data"]), subject.columns_of(own), prepared, None)
    right = dict.fromkeys([*both_ways.REGRESSIONS, *NETWORKS], shown.labels.expected[None])
    app.session_state[state.TOLD.key] = {results._of(shown, subject.SETTINGS.first): right}
    app.run()
    assert "From the past alone" not in told(app)
    assert "The past is enough here" in told(app)
    assert FIELDS["ahead"].label not in [control.label for control in app.segmented_control]


def test_a_link_holds_the_look_ahead() -> None:
    link = next(link for link in page_links.of(PAGE) if link.name == "ahead")
    assert link.key == "Your data.ahead"
    assert FIELDS["ahead"].parse("3") == 3
    with pytest.raises(ValueError, match="must be one of 0, 1, 2, 3, 5, 10, 20, not"):
        FIELDS["ahead"].parse("4")


def test_a_file_is_shown_with_its_columns_guessed_and_these_can_be_changed() -> None:
    app = bring(opened(), csv(long_table(sequences=20)))
    assert app.selectbox(key="Your data.data").value == "own"
    assert words.PRESS_TRAIN.answer in told(app)
    assert "20 sequences of 5 timesteps, 1 feature, 2 classes; 5 sequences held out" in told(app).replace("\\", "")
    count = app.session_state[state.UPLOADED.key]["count"]
    app.selectbox(key=f"Your data.column.{count}.label").set_value("x")
    app.multiselect(key=f"Your data.column.{count}.features").set_value(["label"])
    app.segmented_control(key=f"Your data.column.{count}.answer").set_value("numbers")
    app.button[[button.label for button in app.button].index(words.USE)].click().run()
    assert not app.exception
    assert "2 features, numbers" in told(app).replace("\\", "")


def changed(row: int, column: str, value: object) -> bytes:
    """A file in which a cell is another; row from 0, without the header."""
    frame = long_table().astype({column: object})
    frame.loc[row, column] = value
    return csv(frame)


BAD: dict[str, tuple[bytes, str]] = {
    "ragged rows": (b"a,b,c\n1,2,3\n1,2\n", "3 are expected"),
    "no header, and too few sequences": (b"1,1,0.5,0\n1,2,0.5,1\n", "There are only 1 sequence"),
    "a separator that is none": (csv(long_table(), sep=" "), "Each row has one cell only"),
    "one cell": (b"nothing here", "one cell only"),
    "a number of cells in each row": (
        b"hello,world\nfoo\n,,,\n",
        "The first rows have 2, 1 and 4 cells. Every row needs",
    ),
    "a BOM that lies": (b"\xff\xfe\x00\xd8\x00", "and is not. Save it as UTF-8."),
    "Latin-1, and one class": (
        csv(long_table().assign(label="größer")).decode().encode("latin-1"),
        "Every label is “größer”",
    ),
    "a timestep twice": (changed(1, "t", 1), "has the timestep “1” twice, in rows 2 and 3"),
    "one class": (csv(long_table().assign(label="same")), "Every label is “same”"),
    "a feature of text": (
        csv(long_table().assign(x=[f"remark {row}" for row in range(60)])),
        "holds text that is nearly never the same",
    ),
    "infinite values": (changed(3, "x", "inf"), "infinite or far too large, in row 5"),
    "an empty file": (b"", "The file is empty"),
    "a header alone": (b"sequence,t,x,label\n", "no rows below it"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "neither CSV nor Parquet"),
    "Parquet with more rows than it says": (forged(as_parquet(long_table(26)), 130, 90), parquet_child.DAMAGED),
    "Parquet with fewer rows than it says": (forged(as_parquet(long_table(26)), 130, 990), parquet_child.DAMAGED),
    "more than is taken": (bytes(file.MEGABYTES * 10**6 + 1), f"at most {file.MEGABYTES} MB are taken"),
}


@pytest.fixture(scope="module")
def with_a_file() -> AppTest:
    return bring(opened(), csv(long_table(sequences=20)))


@pytest.mark.parametrize("what", BAD)
def test_what_can_not_be_taken_leaves_the_page_as_it_was_with_a_sentence(what: str, with_a_file: AppTest) -> None:
    data, reason = BAD[what]
    before = with_a_file.session_state[state.OWN_DATA.key]
    app = bring(with_a_file, data, "bad.csv")
    page = told(app).replace("\\", "")
    assert reason.replace("\\", "") in page
    assert "The page shows what it showed before." in page
    assert app.session_state[state.OWN_DATA.key] == before
    assert app.selectbox(key="Your data.data").value == "own"
    assert words.PRESS_TRAIN.answer in page


def test_columns_that_make_no_sequences_leave_the_page_as_it_was_and_can_be_mended() -> None:
    app = bring(opened(), csv(long_table(sequences=20)))
    count = app.session_state[state.UPLOADED.key]["count"]
    use = [button.label for button in app.button].index(words.USE)
    app.multiselect(key=f"Your data.column.{count}.features").set_value([])
    app.button[use].click().run()
    assert "Choose at least one feature" in told(app)
    assert app.session_state[state.OWN_DATA.key]["columns"]["features"] == ("x",)
    app.multiselect(key=f"Your data.column.{count}.features").set_value(["x"])
    app.button[use].click().run()
    assert "Choose at least one feature" not in told(app)


@pytest.mark.parametrize(("brought", "ahead"), [(True, 0), (True, 2), (False, 0)])
def test_the_code_gives_what_the_page_shows(
    brought: bool, ahead: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    data = csv(long_table(sequences=20))
    (tmp_path / "mine.csv").write_bytes(data)
    made = ready(long_table(sequences=20), LONG, balanced=True)
    own = subject.Subject("own", "mine.csv", read_table(data), LONG, made, None, balanced=True)
    shown = own if brought else subject.shown(subject.SETTINGS.first)
    text = taken.script(shown, replace(subject.SETTINGS.first, available=not ahead, ahead=ahead, units=2, epochs=1))
    if not brought:
        compile(text, "script", "exec")
        assert "shipped.read('tags')" in text
        return
    exec(text, {})
    assert "balanced=True" in text
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()[1:]]
    for line, label in zip(lines, both_ways.models(ahead), strict=True):
        assert line.startswith(f"{label} ")


def test_every_held_out_label_can_be_taken_home_as_the_file_has_it() -> None:
    first = subject.SETTINGS.first
    shown = subject.shown(first)
    known = results.results(shown, first)
    table = taken.predicted(shown, known)
    assert list(table.columns) == ["sequence", "row", "expected", *MODELS]
    frame, row = shown.table.frame, table["row"].to_numpy() - shown.table.first_row
    assert table["expected"].tolist() == frame["tag"].iloc[row].tolist()
    assert table["sequence"].tolist() == frame["sentence"].iloc[row].tolist()
    standing = held_out.standing(known.answers, shown.labels).set_index("label")
    for label in MODELS:
        right = (table[label] == table["expected"]).mean()
        assert right == pytest.approx(standing.loc[label, "scores"][0])


def test_a_held_out_sequence_is_shown_with_what_each_network_says_and_the_next_mistake_is_one() -> None:
    app = opened()
    shown = subject.shown(subject.SETTINGS.first)
    known = results.results(shown, subject.SETTINGS.first)
    taken_home = taken.predicted(shown, known)
    [mistake] = [button for button in app.button if button.label == words.NEXT_MISTAKE]
    mistake.click().run()
    assert not app.exception
    number = app.number_input(key=state.SEQUENCE(PAGE).key).value
    names = shown.prepared.sequences.names[shown.prepared.given.held_out]
    rows = taken_home[taken_home["sequence"] == names[number - 1]]
    [table] = [frame.value for frame in app.dataframe if "bidirectional" in frame.value]
    assert table["expected"].tolist() == rows["expected"].tolist()
    for label in NETWORKS:
        marks = [told.startswith(words.WRONG) for told in table[label]]
        assert marks == (rows[label] != rows["expected"]).tolist()
        assert [told.removeprefix(words.WRONG).strip() for told in table[label]] == rows[label].tolist()
    assert words.WRONG in "".join(table["bidirectional"])


@pytest.mark.parametrize("tab", words.TABS)
@pytest.mark.parametrize("name", SHIPPED)
def test_each_tab_is_drawn_of_recorded_answers(name: str, tab: str) -> None:
    app = opened(**{"Your data__data": name, "Your data__tab": tab})
    assert words.DETAILS_LEFT not in told(app)
    says = dict(zip(words.TABS, (words.FIRST_START, words.confused(3), "rests on"), strict=True))
    assert says[tab] in told(app)


@pytest.mark.parametrize("answer_", ["numbers", "whole"])
def test_of_numbers_the_error_is_told_and_of_whole_sequences_each_has_a_row(answer_: str) -> None:
    table = long_table(sequences=20)
    labels = {"numbers": table["x"] + 0.5, "whole": table["sequence"] % 2}
    app = bring(opened(), csv(table.assign(label=labels[answer_])))
    own = app.session_state[state.OWN_DATA.key]
    columns = subject.columns_of(own)
    prepared = ready(read_table(own["data"]).frame, columns)
    shown = subject.Subject("own", "mine.csv", read_table(own["data"]), columns, prepared, None)
    assert shown.whole == (answer_ == "whole")
    assert shown.classes == (answer_ == "whole")
    right = shown.labels.expected[None]
    app.session_state[state.TOLD.key] = {results._of(shown, subject.SETTINGS.first): dict.fromkeys(NETWORKS, right)}
    app.run()
    assert not app.exception
    if answer_ == "numbers":
        assert words.errors_of(dict.fromkeys(NETWORKS, 0.0)) in told(app)
    else:
        [listed] = [frame.value for frame in app.dataframe if "bidirectional" in frame.value]
        assert len(listed) == shown.held_out
        assert listed["expected"].tolist() == listed["bidirectional"].tolist()


def test_a_training_of_other_sequences_is_said_to_be_one_and_leaves_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    own, other = RunSpec(), RunSpec(model=ModelSpec(units=3))
    shown: Any = SimpleNamespace()
    known: Any = SimpleNamespace(trained=False, specs={"forward": [own]})
    monkeypatch.setattr(session, "job", lambda _: "job")
    monkeypatch.setattr(live, "active", lambda _: True)
    for trained, said in ((own, words.TRAINING), (other, words.OTHERS_TRAIN)):
        view = SimpleNamespace(over=False, specs=(trained.canonical(),))
        monkeypatch.setattr(session, "jobs", lambda view=view: SimpleNamespace(view=lambda _: view))
        assert results.others_train(known) == (trained is other)
        assert parts.answer(shown, DataSettings(), known, None) == said
    view.over = True
    assert not results.others_train(known)


def test_before_a_training_the_page_says_what_train_shows_of_single_sequences() -> None:
    app = bring(opened(), csv(long_table(sequences=20)))
    assert words.DETAILS_LEFT in told(app)
    assert not app.tabs


def test_inside_opens_with_the_networks_of_the_page_and_trains_those_that_are_recorded_alone() -> None:
    app = opened(**{"Your data__sequence": 7})
    [button] = [button for button in app.button if button.label == words.INSIDE]
    button.click().run()
    assert not app.exception
    assert app.title[0].value == registry.INSIDE.question
    assert app.session_state["Inside.of_data"] is True
    assert app.session_state["Inside.sequence"] == 7
    assert inside_words.TRAINING in told(app), "at once, and no other network's figures stand there meanwhile"
    assert not [component for component in app.main if "Inside-sensitivity" in str(component)]
    own = app.session_state[state.OWN_NETWORKS.key]
    assert own["texts"] == own_data.texts(subject.shown(subject.SETTINGS.first).prepared)
    assert [codec.decode(each).model.direction for each in own["networks"].values()] == [*NETWORKS]


def test_each_held_out_sequence_is_told_by_its_first_column_of_text() -> None:
    shown = subject.shown(subject.SETTINGS.first)
    names = shown.prepared.sequences.names[shown.prepared.given.held_out]
    frame = shown.table.frame
    every = own_data.texts(shown.prepared)
    assert len(every) == len(names)
    for name, text in list(zip(names, every, strict=True))[:20]:
        cells = frame.loc[frame["sentence"] == name, "word"].fillna(own_data.MISSING)
        assert text == own_data.BETWEEN.join(cells)
    assert own_data.texts(subject.shown(replace(subject.SETTINGS.first, data="occupancy")).prepared) == []


def test_the_zip_has_the_script_and_no_run_which_is_said_where_it_is_brought_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def standing(subject_: subject.Subject, known: results.Results) -> pd.DataFrame:
        return held_out.standing(known.answers, subject_.labels)

    monkeypatch.setattr(results, "standing", standing)  # a session has it worked out once
    settings = subject.SETTINGS.first
    shown = subject.shown(settings)
    findings = taken._gather(shown, settings, results.results(shown, settings), words.PRESS_TRAIN)
    data = write_bundle(findings)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names, listed = set(archive.namelist()), archive.read("README.txt").decode()
        assert archive.read("script.py").decode() == taken.script(shown, settings)
    for line in listed.splitlines()[2:]:
        named = line.split()[0]
        assert any(name.startswith(named) for name in names), named
    with pytest.raises(ValueError, match="The ZIP has no runs that could be shown"):
        read_file(data)


def test_files_come_with_the_answer() -> None:
    app = opened(**{"Your data__files": True})
    assert {"Report", "All as ZIP"} <= {button.label for button in app.get("download_button")}
