"""Formulas of one's own: what they say, held to a plain loop; what is refused; and what is known of them."""

import ast
import math
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from bilstm_core import codec
from bilstm_core.analysis import frames
from bilstm_core.bayes import bayes_risk
from bilstm_core.engine import cost
from bilstm_core.evaluation import evaluation_sequences, evaluation_size
from bilstm_core.problems import VIEWS, formula
from bilstm_core.problems.base import WAITED_NS, reads
from bilstm_core.problems.cumulative_sum import CUMULATIVE_SUM
from bilstm_core.problems.formula import language, named, problem_of, values
from bilstm_core.problems.formula.examples import EXAMPLES
from bilstm_core.problems.formula.language import FormulaError, parsed
from bilstm_core.specs import WHOLE_NUMBERS, ProblemSpec, RunSpec, SettingError, TrainingSpec
from tests.fuzz.examples import is_sentence, many
from ui import formulas
from ui.derivation import DOCUMENT, section
from ui.problem.words import BOTH_STAND, KNOWN_TO, known_to

SLOW_S = 2.0  # of a processor, that no text may take


class Loop:
    """A formula worked out for one label at a time, in plain Python, by the words of docs/problems.md."""

    def __init__(self, sequence: list[float], t: int) -> None:
        self.sequence, self.t = sequence, t

    def of(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant():
                return float(node.value)  # type: ignore[arg-type]
            case ast.Name(id="t"):
                return float(self.t)
            case ast.Name(id="T"):
                return float(len(self.sequence))
            case ast.Subscript():
                step = self.of(node.slice)
                return self.sequence[int(step) - 1] if 1 <= step <= len(self.sequence) else 0.0
            case ast.UnaryOp():
                value = self.of(node.operand)
                return not value if isinstance(node.op, ast.Not) else -value if isinstance(node.op, ast.USub) else value
            case ast.BinOp():
                return two(node.op, self.of(node.left), self.of(node.right))
            case ast.BoolOp():
                each = [self.of(part) for part in node.values]
                return all(each) if isinstance(node.op, ast.And) else any(each)
            case ast.Compare():
                sides = [self.of(node.left), *map(self.of, node.comparators)]
                return all(two(op, sides[place], sides[place + 1]) for place, op in enumerate(node.ops))
            case ast.IfExp():
                return self.of(node.body) if self.of(node.test) else self.of(node.orelse)
            case ast.Call(func=ast.Name(id=word)):
                return self.called(word, node.args)
        raise AssertionError(ast.dump(node))

    def called(self, word: str, parts: list[ast.expr]) -> Any:
        if word == "count":
            (compared,) = parts
            assert isinstance(compared, ast.Compare)
            right = self.of(compared.comparators[0])
            return float(sum(two(compared.ops[0], value, right) for value in self.group(compared.left)))
        if len(parts) > 1:
            each = [self.of(part) for part in parts]
            return math.nan if any(map(math.isnan, each)) else max(each) if word == "max" else min(each)
        if word == "abs":
            return abs(self.of(parts[0]))
        held = self.group(parts[0])
        if not held:
            return 1.0 if word == "min" else 0.0
        total = math.fsum(held)
        return {"sum": total, "mean": total / len(held), "max": max(held), "min": min(held)}[word]

    def group(self, node: ast.expr) -> list[float]:
        place = self.t - 1
        if isinstance(node, ast.Call):
            reach = node.args[0].value  # type: ignore[attr-defined]
            return self.sequence[max(0, place - reach) : place + reach + 1]
        assert isinstance(node, ast.Name)
        return {"before": self.sequence[:place], "after": self.sequence[place + 1 :], "all": self.sequence}[node.id]


def two(op: ast.AST, left: Any, right: Any) -> Any:
    match op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div() | ast.FloorDiv() | ast.Mod() if right == 0:
            infinite = math.copysign(math.inf, left) * math.copysign(1, right)  # a zero has a sign, too
            return math.nan if left == 0 or math.isnan(left) or isinstance(op, ast.Mod) else infinite
        case ast.Div():
            return left / right
        case ast.FloorDiv():
            return left // right
        case ast.Mod():
            return left % right
        case ast.Lt():
            return left < right
        case ast.LtE():
            return left <= right
        case ast.Gt():
            return left > right
        case ast.GtE():
            return left >= right
        case ast.Eq():
            return left == right
    return left != right


def looped(text: str, x: np.ndarray) -> list[list[bool]]:
    tree = parsed(text).tree
    return [
        [bool(Loop([float(value) for value in sequence], t).of(tree)) for t in range(1, len(sequence) + 1)]
        for sequence in x
    ]


EACH = [
    "x[t] > 0.5",
    "x[t - 1] + x[t + 1] > 1",
    "x[1] < x[T]",
    "x[T + 1 - t] >= x[t]",
    "x[t + 300] > 0",
    "x[t - 1] - x[t] <= 0",
    "x[t] * x[t - 1] > 0.25",
    "x[t - 1] / x[t] > 2",
    "1 / (T - t) > 0.3",
    "x[t] // 0.25 == 1",
    "x[t] % 0.25 < 0.1",
    "t % 2 == 0",
    "x[t] != x[t - 1]",
    "-x[t] < -0.5",
    "+x[t] > 0.5",
    "not x[t] > 0.5",
    "0.2 < x[t] < 0.8",
    "0.9 > x[t] > x[t - 1] > 0.1",
    "x[t] > 0.5 and x[t + 1] > 0.5 and x[t - 1] > 0.2",
    "x[t] > 0.9 or x[t + 1] > 0.9 or t == 3",
    "(x[t - 1] > 0.5) == (x[t + 1] > 0.5)",
    "(x[t - 1] > 0.5) != (x[t + 1] > 0.5)",
    "(x[t - 1] if x[t] > 0.5 else x[t + 1]) > 0.5",
    "x[t] > 0.5 if t > 2 else x[t] < 0.5",
    "(1 if t > 2 else 0) * 3 > 2",
    "abs(x[t] - x[t - 1]) < 0.2",
    "max(x[t - 1], x[t + 1], 0.2) < x[t]",
    "min(x[t - 1], x[t + 1]) > 0.3",
    "max(2, 3) > t",
    "x[t] < x[t] / -x[t - 1]",
    "max(-x[t], x[t] % x[t - 1]) < x[t]",
    "x[max(t - 2, 1)] > 0.5",
    "x[min(t + 2, T)] > 0.5",
    "x[T // 2] > x[t]",
    "count(before > 0.5) % 2 == 1",
    "count(after >= x[t]) < 2",
    "count(all < mean(all)) > 3",
    "count(near(2) <= x[t]) == 3",
    "count(before != t / 10) > 2",
    *[f"{word}({group}) > 0.5" for word in ("mean", "max", "min") for group in ("before", "after", "all", "near(2)")],
    *[f"sum({group}) + x[t] >= T / 4" for group in ("before", "after", "all", "near(3)")],
    "t > 3",
    "1 > 0",
    "not 1 > 0 or x[t] > 0.5",
    "2 * 3 - 5 > x[t]",
    *[example.text for example in EXAMPLES],
]


@pytest.mark.parametrize("text", EACH)
@pytest.mark.parametrize("timesteps", [1, 2, 7])
def test_every_part_of_the_language_means_what_a_plain_loop_says(text: str, timesteps: int) -> None:
    x = np.random.default_rng(0).random((20, timesteps), dtype=np.float32)
    assert values.labels(parsed(text), x).tolist() == looped(text, x)


@pytest.mark.parametrize("text", EACH)
def test_values_that_do_not_stand_in_a_formula_decide_nothing(text: str) -> None:
    stand = values.reads(parsed(text), 7)
    declared = problem_of(named(text))
    assert not (declared.deciding(7) & ~stand).any()
    for way in ("forward", "backward"):
        if declared.solved_by == way:
            assert not (stand & ~reads(way, 7)).any()


def tokens(texts: Iterable[str]) -> set[str]:
    return {token.text for text in texts for token in language._tokens(text)}


def test_every_word_and_sign_is_tried() -> None:
    assert {*language.WORDS, *language.SIGNS} <= tokens(EACH)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write a formula"),
        ("x[t]", "A label is 1 or 0: end in a comparison"),
        ("max(after) > x", "x stands for no single value"),
        ("x[t] = 1", "Write == at character 6"),
        ("x[t] ** 2 > 1", "There are no powers"),
        ("foo > 1", "'foo' at character 1 is not known"),
        ("__import__('os')", "'__import__' at character 1 is not known"),
        ("x.shape > 1", "'.' at character 2"),
        ("x[t] >", "something is missing at its end"),
        ("(x[t] > 1", "can't be read at character 1"),
        ("x[t] > 1)", "can't be read at character 9"),
        ("x[t] + (x[t] > 1) > 1", "'x[t] > 1' at character 9 is true or not"),
        ("x[t] and x[t + 1] > 1", "'x[t]' at character 1 is a number"),
        ("(x[t] > 1) < (x[t] > 0)", "Only == and !="),
        ("1 / (2 - 2) > x[t]", "divides by zero"),
        ("x[T / 2] > 1", "must have a timestep in its brackets"),
        ("x[x[t]] > 1", "must have a timestep in its brackets"),
        ("x[t, 1] > 1", "one timestep in its brackets"),
        ("all > 1", "is several values"),
        ("near(2) > 1", "Write it as in mean(near(2))"),
        ("mean(near(t)) > 1", "near takes a whole number from 1 to 20"),
        ("mean(near(21)) > 1", "near takes a whole number from 1 to 20"),
        ("count(x[t] > 1) > 1", "Write it as in count(before > 0.5)"),
        ("sum > 1", "lacks its brackets"),
        ("max(*all) > 1", "is not how max is written"),
        ("(1, 2) > 1", "is not part of the language"),
        ("1000001 > t", "must be at most 1,000,000"),
        ("0.00001 > t", "at most 4 decimals"),
        ("1000 * 1001 > t", "more than 1,000,000"),
        ("9" * 400 + ">t", "at most 400 characters"),
        ("9" * 390 + ">t", "must be at most 1,000,000"),
        ("(" * 39 + "x[t]" + ")" * 39 + " > 1", "at most 80 words"),
        ("-" * 70 + "x[t] > 1", "more than 40 deep"),
        ("+".join(["sum(all)"] * 7) + " > 1", "at most 6 groups"),
        ("x[t]" + "+999999.1234" * 32 + ">1", "the formula has 456 characters, where 400 are allowed"),
        ("\0", "is no sign of a formula"),
        ("١ > t", "is no sign of a formula"),
        ("x[t] > 1; 1", "is no sign of a formula"),
    ],
)
def test_what_is_no_formula_is_refused_in_a_sentence_that_says_where(text: str, sentence: str) -> None:
    with pytest.raises(FormulaError) as refused:
        parsed(text)
    assert sentence in str(refused.value)
    assert is_sentence(str(refused.value))


def test_texts_of_one_formula_have_one_name() -> None:
    names = {named(text) for text in ("x[t-1]>.5", " x [ t - 1 ]  > 0.50\n", "(x[(t-1)]) > 00.5", "x[t−1] > 0.5")}
    assert names == {"formula: x[t - 1] > 0.5"}
    assert ProblemSpec(name="formula:x[t-1]>.5") == ProblemSpec(name="formula: x[t - 1] > 0.5")
    assert named("x[t] ≥ 2 × x[t-1]") == "formula: x[t] >= 2 * x[t - 1]"
    assert named("x[t - 1] < 0.5") not in names


PARTS = some.sampled_from([*language.WORDS, *language.SIGNS, "x[t]", "x[t-1]", "0.5", "2", "10", "7.25", " "])
LONG_NUMBERS = some.lists(
    some.tuples(some.sampled_from("+-*/%"), some.sampled_from(["999999.1234", "1000000.000", "x[t-1]", "x[t]", "T"])),
    min_size=20,
    max_size=39,
).map(lambda parts: "x[t]" + "".join(map("".join, parts)) + ">1")
GARBAGE = some.lists(PARTS, max_size=30).map(" ".join) | some.lists(PARTS, max_size=12).map("".join) | some.text()
NUMBERS = some.recursive(
    some.sampled_from(["x[t]", "x[t - 1]", "x[T + 1 - t]", "t", "T", "0", "0.5", "3", "sum(before)", "mean(all)",
                       "max(after)", "min(near(2))", "count(all > x[t])"]),
    lambda part: some.one_of(
        some.tuples(part, some.sampled_from([*"+-*/%", "//"]), part).map(lambda each: "({} {} {})".format(*each)),
        part.map("-{}".format),
        part.map("abs({})".format),
        some.tuples(part, part).map(lambda each: "max({}, {})".format(*each)),
        some.tuples(part, part, part).map(lambda each: "({} if {} > 0.5 else {})".format(*each)),
    ),
    max_leaves=6,
)  # fmt: skip
TRUTHS = some.recursive(
    some.tuples(NUMBERS, some.sampled_from(["<", "<=", ">", ">=", "==", "!="]), NUMBERS).map(" ".join),
    lambda part: some.one_of(
        some.tuples(part, some.sampled_from(["and", "or"]), part).map(lambda each: "({} {} {})".format(*each)),
        part.map("not ({})".format),
        some.tuples(part, part).map(lambda each: "({}) == ({})".format(*each)),
    ),
    max_leaves=3,
)


def or_sentence(text: str) -> str | None:
    """The problem's name, or None where the text is refused in a sentence; never late."""
    begin = time.thread_time()
    try:
        return named(text)
    except FormulaError as error:
        sentence = str(error)
    finally:
        assert time.thread_time() - begin < SLOW_S
    assert is_sentence(sentence), sentence
    return None


@many(300)
@given(GARBAGE | TRUTHS | LONG_NUMBERS)
@example("x[t]" + "+999999.1234" * 32 + ">1")
@example("x[t]" + "+999999.1234" * 27 + ">1")
def test_whatever_is_written_is_a_formula_or_a_sentence(text: str) -> None:
    name = or_sentence(text)
    if name is None:
        return
    assert formula.canonical_name(name) == name
    assert len(formula.text_of(name)) <= language.MOST_CHARACTERS
    spec = RunSpec(problem=ProblemSpec(name=name))
    assert codec.decode(codec.encode(spec)) == spec.canonical()
    begin = time.thread_time()
    x = np.random.default_rng(0).random((4, 6), dtype=np.float32)
    assert values.labels(parsed(formula.text_of(name)), x).shape == (4, 6)
    assert time.thread_time() - begin < SLOW_S


@many(500)
@given(TRUTHS)
def test_whatever_formula_is_made_of_parts_means_what_a_plain_loop_says(text: str) -> None:
    if or_sentence(text):
        x = np.random.default_rng(1).random((3, 4), dtype=np.float32)
        assert values.labels(parsed(text), x).tolist() == looped(text, x)


MOST = WHOLE_NUMBERS["timesteps"][1]
LONG = [
    " + ".join(["count(all > x[t])"] * 6) + " > 3",
    "count(all > count(all > count(all > count(all > count(all > count(all > x[t])))))) > 3",
    " + ".join(["count(before > x[t] % t)"] * 6) + " > 3",
    " + ".join(["max(near(20))"] * 6) + " > 3",
    " + ".join(["sum(before)"] * 6) + " > 3",
    "x[t - 1]" + " * x[t]" * 14 + " > 3",
    "x[t]" + " % t" * 37 + " > 0.5",
    "x[t]" + " // t" * 37 + " > 0.5",
    "x[t]" + " * 1000000" * 15 + " % (x[t]" + " / 1000000" * 15 + ") > 0.5",
]


def pages_draw(text: str, timesteps: int) -> dict[str, tuple[int, Callable[[], object]]]:
    """What pages have worked out of a formula in their own run: sequences in all, and the call."""
    read, problem = parsed(text), ProblemSpec(name=named(text), timesteps=timesteps)
    declared, size = problem.problem, evaluation_size(RunSpec(problem=problem))
    return {
        "shares": (frames.counted_on(problem), lambda: frames.label_shares(problem)),
        "changes": ((timesteps + 1) * formula.tried(read, timesteps), lambda: formula.changed(read, timesteps)),
        "risk": (formula.counted(read, timesteps), lambda: declared.risk(timesteps, "position")),
        "evaluation": (size, lambda: evaluation_sequences(problem, size)),
        "one label": (formulas.drawn(problem.name, timesteps), lambda: formulas.only_label(problem.name, timesteps)),
    }


@pytest.mark.parametrize("text", LONG)
def test_no_page_waits_long_for_any_formula(text: str) -> None:
    assert MOST == formula.MOST_TIMESTEPS
    for timesteps in (10, 50, MOST):
        each = formula.work(parsed(text), timesteps)
        for what, (sequences, call) in pages_draw(text, timesteps).items():
            assert sequences * each <= WAITED_NS, (what, timesteps)
            begin = time.thread_time()
            call()
            assert time.thread_time() - begin < SLOW_S, (what, timesteps)


def test_a_usual_formula_is_counted_on_as_many_sequences_as_other_problems() -> None:
    for each in EXAMPLES:
        assert frames.counted_on(ProblemSpec(name=named(each.text))) == frames.counted_on(ProblemSpec()) == 20_000
        assert formula.tried(parsed(each.text), 10) == formula.TRIED
        assert formula.counted(parsed(each.text), 10) == formula.COUNTED


class Comparisons:
    """Counts what `values` compares: pairs of a value and a number."""

    def __init__(self) -> None:
        self.pairs = 0

    def __call__(self, left: Any, right: Any) -> Any:
        found = left > right
        self.pairs += np.size(found)
        return found


@pytest.mark.parametrize(
    ("text", "pairs"),
    [("all > x[t]", 50), ("before > x[t]", 24.5), ("after > t / 50", 24.5), ("all > 0.5", 1), ("all > mean(all)", 1),
     ("all > x[T]", 1), ("before > max(all)", 1), ("near(2) > x[t]", 5)],
)  # fmt: skip
def test_no_more_is_compared_than_the_work_counts(text: str, pairs: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """pairs: for each label; only a number that differs from timestep to timestep is compared with each value"""
    compare, read = Comparisons(), parsed(f"count({text}) > -1")
    monkeypatch.setattr(values, "OPERATIONS", {**values.OPERATIONS, ast.Gt: compare})
    values.labels(read, np.random.default_rng(0).random((3, 50), dtype=np.float32))
    assert compare.pairs <= 3 * 50 * (pairs + 1)  # and whether it is above -1
    assert compare.pairs * values.COMPARED < 3 * values.work(read, 50)


def test_the_work_of_a_formula_counts_in_jobs_and_evaluations() -> None:
    slow, fast = (
        RunSpec(
            problem=ProblemSpec(name=named(text), timesteps=MOST),
            training=TrainingSpec(batch_size=50, sequences_per_epoch=50),
        )
        for text in (LONG[0], "x[t] > 0.5")
    )
    spent = cost.seconds([slow]) - cost.seconds([fast])
    more = formula.work(parsed(LONG[0]), MOST) - formula.work(parsed("x[t] > 0.5"), MOST)
    width = cost.stack_width(slow, 1)
    assert spent == pytest.approx(1e-9 * width * slow.training.steps * slow.training.batch_size * more)
    assert evaluation_size(slow) < evaluation_size(fast)
    assert cost.seconds([replace(fast, problem=ProblemSpec(timesteps=MOST))]) < cost.seconds([fast])


def test_what_decides_is_the_same_however_many_values_are_drawn_anew_together(monkeypatch: pytest.MonkeyPatch) -> None:
    together = formula.changed(parsed("x[t - 1] > x[t + 1]"), 7)
    monkeypatch.setattr(values, "AT_ONCE", 1)
    np.testing.assert_array_equal(together, formula.changed(parsed("x[t - 1] > x[t + 1]"), 7))


def test_what_is_kept_of_formulas_takes_little_memory() -> None:
    kept = formula._changes.cache_parameters()["maxsize"]
    assert kept * MOST * MOST * np.dtype(np.float64).itemsize < 20e6
    problem_of(named("x[t] > 0.25")).changing(MOST)
    assert formula._changes.cache_info().currsize <= kept


def test_a_formula_goes_through_specs_and_codec() -> None:
    spec = RunSpec(problem=ProblemSpec(name="formula:max(after)>x[t]", timesteps=6, threshold=0.5)).canonical()
    assert spec.problem.threshold == ProblemSpec().threshold
    assert codec.encode(spec)["problem"] == "formula: max(after) > x[t]"
    assert codec.decode(codec.encode(spec)) == spec
    assert codec.decode({"problem": "formula: max( after )>x[t]", "t": "6"}) == spec
    with pytest.raises(SettingError, match=r"name is a formula that can't be read\. 'foo' at character 1 is not known"):
        ProblemSpec(name="formula: foo")


def test_sequences_are_drawn_as_those_of_the_cumulative_sum() -> None:
    declared = problem_of(named("sum(before) + x[t] >= T / 4"))
    ours, theirs = (each.sample(500, 10, np.random.default_rng(3)) for each in (declared, CUMULATIVE_SUM))
    np.testing.assert_array_equal(ours.x, theirs.x)
    np.testing.assert_array_equal(ours.y, theirs.y)
    assert ours.y.dtype == theirs.y.dtype
    assert ours.mask.all()
    np.testing.assert_array_equal(declared.deciding(10)[2:], CUMULATIVE_SUM.deciding(10)[2:])
    assert not declared.deciding(10)[:2].any(), "two values never reach 2.5"
    assert declared.solved_by == "forward"


def decided(text: str, timesteps: int = 4) -> list[list[int]]:
    return problem_of(named(text)).deciding(timesteps).astype(int).tolist()


def test_which_values_decide_is_measured() -> None:
    assert decided("x[T + 1 - t] > x[t]") == [[1, 0, 0, 1], [0, 1, 1, 0], [0, 1, 1, 0], [1, 0, 0, 1]]
    assert decided("x[t - 1] - x[t - 1] + x[t] > 0.5") == np.eye(4, dtype=int).tolist()
    assert decided("x[t] > 1") == np.zeros((4, 4), dtype=int).tolist()
    shares = formula.changed(parsed("x[t] > 0.5"), 4)
    np.testing.assert_allclose(np.diag(shares), 0.5, atol=0.05)
    assert not (shares - np.diag(np.diag(shares))).any()
    np.testing.assert_array_equal(problem_of(named("x[t] > 0.5")).changing(4), shares)
    assert CUMULATIVE_SUM.changing(4) is None


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("x[t - 1] > x[t]", "forward"),
        ("max(before) < x[t]", "forward"),
        ("x[1] > 0.5", "forward"),
        ("x[t + 1] > x[t]", "backward"),
        ("sum(after) > 1", "backward"),
        ("x[T] > 0.5", "backward"),
        ("t > 3", "forward"),
        ("x[2] > 0.5", "bidirectional"),
        ("x[150] > 0.5", "bidirectional"),
        ("x[t + 200] > 0.5", "forward"),
        ("mean(near(1)) > 0.5", "bidirectional"),
    ],
)
def test_which_direction_reads_all_that_stands_in_a_formula(text: str, way: str) -> None:
    assert problem_of(named(text)).solved_by == way


@pytest.mark.parametrize(
    ("text", "timesteps", "way"),
    [
        ("x[20] > 0.5 and x[t - 1] > 0.5", 10, "forward"),
        ("x[20] > 0.5 and x[t - 1] > 0.5", 20, "bidirectional"),
        ("x[t + 1] > x[t - 15]", 10, "backward"),
        ("x[t + 1] > x[t - 15]", 17, "bidirectional"),
        ("sum(before) > sum(after)", 1, "forward"),
        ("sum(before) > sum(after)", 2, "bidirectional"),
        ("x[t - 1] > x[t]", 200, "forward"),
    ],
)
def test_who_can_know_is_asked_of_the_timesteps_that_a_page_has(text: str, timesteps: int, way: str) -> None:
    problem = ProblemSpec(name=named(text), timesteps=timesteps)
    assert problem.problem.solver(timesteps) == way
    assert known_to(problem) == (BOTH_STAND if way == "bidirectional" else KNOWN_TO[way])
    assert CUMULATIVE_SUM.solver(timesteps) == CUMULATIVE_SUM.solved_by


def test_who_has_read_all_knows_and_who_has_read_none_guesses() -> None:
    known = {view: bayes_risk(ProblemSpec(name=named("sum(before) + x[t] >= T / 4")), view) for view in VIEWS}
    exact = {view: bayes_risk(ProblemSpec(), view) for view in VIEWS}
    for view in ("forward", "bidirectional"):
        assert (known[view].loss, known[view].accuracy, known[view].exact) == (0, 1, 1)
    for name in ("loss", "accuracy", "exact"):
        close = 4 * math.hypot(known["position"].error, exact["position"].error)
        assert getattr(known["position"], name) == pytest.approx(getattr(exact["position"], name), abs=close)
    assert math.isnan(known["backward"].loss)
    assert math.isnan(known["backward"].exact)
    future = bayes_risk(ProblemSpec(name=named("x[t + 1] > 0.5")), "forward")
    assert future.loss == pytest.approx(0.9 * math.log(2), abs=1e-3)  # at t = T there is no further value
    assert future.per_timestep_loss[-1] == 0
    assert future.exact == pytest.approx(2**-9, abs=4 * future.exact_error)
    both = bayes_risk(ProblemSpec(name=named("x[t - 1] + x[t + 1] > 1")), "forward")
    assert math.isnan(both.loss)
    assert both.per_timestep_loss[-1] == 0
    assert np.isnan(both.per_timestep_loss[1:-1]).all()


def test_the_documents_bounds_are_those_that_hold() -> None:
    text, usual, long = (
        section(DOCUMENT.read_text(encoding="utf-8"), "formula"),
        parsed("x[t] > 0.5"),
        "count(all > x[t])",
    )
    told = " ".join(text.split())
    tried, shares = (
        formula.tried(parsed(f"{long} > 5"), MOST),
        frames.counted_on(ProblemSpec(name=named(f"{long} > 5"), timesteps=MOST)),
    )
    for bound in (
        f"{language.MOST_CHARACTERS} characters, {language.MOST_TOKENS} words, numbers and signs, "
        f"{language.MOST_GROUPS} groups of values, {language.MOST_DEPTH} parts within parts, "
        f"and numbers of at most {language.LARGEST:,} and {language.DECIMALS} decimals",
        f"(1 to {language.FARTHEST})",
        f"in {formula.TRIED:,} sequences ({formula.MOST_TRIED:,} / T^2, at least {formula.tried(usual, MOST)}",
        f"in {formula.COUNTED:,} sequences ({formula.MOST_VALUES:,} / T",
        f"longer than about {WAITED_NS / 1e9:.1f} s",
        f"`{long}` does: with T = {MOST} its labels are counted in some {round(shares, -3):,} sequences, and {tried}",
    ):
        assert bound in told
    written = {word for code in re.findall("`([^`]+)`", text) for word in re.findall(r"[^\W\d]\w*", code)}
    assert set(language.WORDS) <= written


def test_a_formula_in_a_spec_changes_no_other_digest() -> None:
    assert codec.encode(RunSpec())["problem"] == "cumulative_sum"
    assert set(codec.encode(RunSpec())) == set(codec.encode(RunSpec(problem=ProblemSpec(name="formula: t > 1"))))
