"""How sentences are written: all that the modules of words can make, from every line of them."""

import inspect
import itertools
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from types import CodeType, FrameType, ModuleType, SimpleNamespace
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest

from bilstm_core import presets, questions, settings
from bilstm_core.analysis import both_ways, deciding, telling
from bilstm_core.analysis.held_out import Lead
from bilstm_core.analysis.smallest import Smallest, Tried
from bilstm_core.analysis.telling import Told
from bilstm_core.datasets import recipe
from bilstm_core.engine import cost
from bilstm_core.evaluation import wilson_interval
from bilstm_core.network.stepping import GATES, UnitStep
from bilstm_core.page_settings import SWEEPS
from bilstm_core.presets import WHY_MORE, WHY_STEPS
from bilstm_core.problems import PROBLEMS
from bilstm_core.problems.formula import named
from bilstm_core.problems.formula.examples import EXAMPLES
from bilstm_core.service import failure
from bilstm_core.settings import FIELDS
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.sweep_settings import BESIDE
from bilstm_core.sweeps import SWEPT, spaced
from tests.test_store import finished
from ui import controls, derivation, lesson_texts, pasted, wire, wording
from ui.cell import sentences as cell
from ui.compare import words as compare
from ui.inside import words as inside
from ui.overview import words as overview
from ui.problem import words as problem
from ui.problems import words as problems
from ui.sweeps import data_words
from ui.sweeps import words as sweeps
from ui.train import words as train
from ui.why import words as why
from ui.your_data import words as your_data

Call = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]
MODULES: tuple[ModuleType, ...] = (
    wording, overview, problem, problems, train, compare, why, inside, cell, sweeps, data_words, your_data,
    lesson_texts, failure,
)  # fmt: skip
TOLD = Told("So it is.", "On 10 runs.")
SPEC = RunSpec()


def call(function: Callable[..., Any], *given: Any, **named: Any) -> Call:
    return function, given, named


def rows(labels: list[int], values: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"timestep": range(1, len(labels) + 1), "x": values, "expected": labels})


FORMULAS = [named(example.text) for example in EXAMPLES[:3]]


def measured(count: int) -> Any:
    return SimpleNamespace(
        exact=count / 100,
        exact_count=count,
        n_sequences=100,
        exact_interval=wilson_interval(count, 100),
        accuracy=0.30000001,
        per_timestep=pd.DataFrame({"timestep": [1, 2], "accuracy": [0.9, 0.8]}),
    )


def view(**changed: Any) -> Any:
    first = {
        "at_work": False, "restarted": False, "ahead": 0, "steps_done": 0, "steps": 10, "compiling": False,
        "waits_s": 0.0, "short": 0, "silent_s": 0.0, "remaining_s": None, "elapsed_s": 1.0,
    }  # fmt: skip
    return SimpleNamespace(**first | changed)


def step(timestep: int, change: float = 0.30000001) -> UnitStep:
    gates = dict.fromkeys(GATES, 0.30000001)
    return UnitStep(timestep, 0.1, 0.0, 0.1, gates, gates, gates, gates, gates, 0.1 + change, -0.2)


def of_wording() -> Iterator[Call]:
    for name in (*PROBLEMS, *FORMULAS):
        yield call(wording.outlined, ProblemSpec(name=name))
    yield call(wording.own_formula, EXAMPLES[0].text)
    yield call(wording.always, 0, 1_000, 10)
    yield call(wording.always, 1, 1_000, 1)
    yield call(wording.own_problem, "mine.csv")
    for whole in (True, False):
        yield call(wording.fixed_by_data, 1, 30, whole=whole)
    yield call(wording.formula_refused, "Write a formula, such as x[t] > 0.5.")
    for state in ("ready", "starting"):
        yield call(wording.doing, view(), state)
    yield call(wording.doing, view(), "ready", "There is no worker.")
    for changed in (
        {"restarted": True},
        {"ahead": 1, "waits_s": 2.0, "short": 500},
        {"ahead": 2, "steps_done": 5},
        {"at_work": True, "compiling": True},
        {"at_work": True, "silent_s": 9.0},
        {"at_work": True, "steps_done": 5, "remaining_s": 3.0},
    ):
        yield call(wording.doing, view(**changed), "ready")
    yield call(wording.elsewhere_failed, "Train")
    yield call(wording.elsewhere_trained, "Train", "50%")
    run = finished()
    for origin in ("recorded", "imported", "trained"):
        of = SimpleNamespace(
            spec=run.spec, origin=origin, timing=run.timing, versions={"keras": "3.0", "tensorflow": "2.0"}
        )
        for day in (None, date(2026, 2, 3)):
            yield call(wording.origin, of, recorded=day, stored=day)
            yield call(wording.origins, [of], day)
    yield call(wording._seeds, [3, 4, 9])
    yield call(wording.sequence, 1, edited=False)
    yield call(wording.sequence, 1, edited=True)
    yield call(wording.sequence_alt, "Fresh sequence 1: 1 of 10 labels wrong")
    for count in (1, 2):
        yield call(wording.wrong, count, 10)
        yield call(wording.values_wanted, count)
        yield call(wording.values_of_link, count, 10)
        yield call(wording.mistakes_help, count)
        for labels in (True, False):
            yield call(wording.wall, count, labels=labels)
            yield call(wording.wall_alt, count, labels=labels)
        for too_many in (True, False):
            yield call(wording.files, count, too_many=too_many)
        yield call(wording.shared, [SPEC], [SPEC] * count)
    yield call(wording.files, 0, too_many=False)
    yield call(wording.shared, [], [])
    yield call(wording.shared, [SPEC], [])
    yield call(wording.shared, [SPEC], [RunSpec(training=TrainingSpec(epochs=20_000, sequences_per_epoch=100))])


def of_start() -> Iterator[Call]:
    whole, past = [[1, 2]] * 2, [[1], [1, 2]]
    for read in (whole, past, [[1, 2], [2]], [[2], [1, 2]]):
        yield call(overview.answer, read)
    yield call(overview.output, 1, [1])
    yield call(overview.output, 2, [1, 2])
    yield call(overview.alt, "backward", 5, turned=True)
    yield call(overview.alt, "backward", 5, turned=False)
    sums, still, quarters = (
        ProblemSpec(name=name) for name in ("cumulative_sum", "reverse_cumulative_sum", "total_quarters")
    )
    one = ProblemSpec(timesteps=1)
    for labels in ([0, 1], [1, 1], [0, 0], [0, 1] * 5):
        for limits_ in (None, [0.30000001], [0.5, 1.0]):
            yield call(problem.flip, sums, rows(labels, [0.1] * len(labels)), limits_)
    yield call(problem.flip, one, rows([1], [0.9]), [0.25])
    for labels in ([1, 1], [1, 0], [0, 0]):
        yield call(problem.flip, still, rows(labels, [0.1, 0.2]), [0.3])
    yield call(problem.flip, quarters, rows([0, 1], [0.1, 0.2]), [0.1, 0.2])
    yield call(problem.at, [])
    yield call(problem.about, sums)
    yield call(problem.how_often, 2)
    yield call(problem.how_often, 4)
    yield call(problem.by_mean, 0.5)
    yield call(problem.by_position, 0.893)
    for name in (*PROBLEMS, *FORMULAS):
        yield call(problems.choice, name)
        yield call(problems.opened, name, "forward")
        yield call(problem.known_to, ProblemSpec(name=name))
    for sequences in (1, 7_246, 20_000):
        yield call(problems.ones, 0.30000001, sequences)
        yield call(problem.counted_on, sequences)
    for example in EXAMPLES:
        yield call(problems.example, *example)
    yield call(problems.origin, 10_000, "Recorded.", 0, 9)
    yield call(problems.origin, 10_000, "", 1, 9)
    yield call(problems.numbers, ["cosine_from_sine"])
    yield call(problems.again, 3.2)
    yield call(problems.cost, 3)
    yield call(problems.cost, 1)
    yield call(problems.below, "share_of_total", "forward")
    yield call(problems.error, 0.1, None)
    yield call(problems.error, 0.1, 0.05)
    for best in (None, 0.5, 0.21, 0.19, 0.01):
        yield call(problems.right, 0.2, (0.15, 0.25), 10_000, best)
    yield call(problems.grid, sums)
    yield call(problems.grid_alt, "forward")


def of_train() -> Iterator[Call]:
    for best in (None, 0.5, 0.1):
        yield call(train.labels_right, 1, measured(20), best)
        for others in ([0.7], [0.01], [0.01, 0.7]):
            yield call(train.labels_right, 1, measured(20), best, [measured(20).exact, *others])
        of_one_timestep = measured(20)
        of_one_timestep.per_timestep = of_one_timestep.per_timestep[:1]
        yield call(train.labels_right, 1, of_one_timestep, best)
    yield call(train.squared_error, 1_000, 0.1, wording.SQUARED, 100)
    yield call(train.diverged, 1_000, wording.DIVERGED)
    for differs in (["forward"], ["forward", "20 units", "1 epoch", "seed 3"]):
        yield call(train.meanwhile, differs)
        yield call(train.other_settings, differs)
    yield call(train.meanwhile)
    yield call(train.share, 0.2, (0.15, 0.25))
    yield call(train.interval, 0.2, (0.15, 0.25))
    yield call(train.of_numbers, 100)
    yield call(train.facts, (0.9, 0.1), 1_781, 0.1, 1, 1.5)
    yield call(train.facts, (0.9, 0.1), 1_781, 0.1, 9, 1.5)
    yield call(train.facts, None, 1_781, 0.1, 0, 0.0)
    for values, own in (([0.1, 0.2, 0.3], 0.1), ([0.1, 0.2, 0.3], 0.2), ([0.1, 0.2, 0.3], 0.3), ([0.1] * 3, 0.1)):
        yield call(train.standing, values, own, 100)
        yield call(train.standing_of_errors, values, own)
    for count in (1, 2):
        yield call(train.ten_right, count)
        yield call(train.tray_full, count)
        yield call(train.first_drawn, 1 + count)
        yield call(train.no_room, count, 3)
        yield call(train.brought, count, count, count)
    for fixed in (True, False):
        yield call(train.squared_error, 1_000, 0.1, "mean squared error", 30, fixed=fixed)
    yield call(train.labels_of_data, 1_000, measured(30))
    for drawing in ("fresh", "held-out"):
        yield call(train.whole_right_help, drawing)
        yield call(train.squared_help, drawing)
        yield call(train.of_numbers, 30, drawing)
        yield call(wording.mistakes_help, 1, 30, drawing)
        for labels in (True, False):
            yield call(wording.wall, 1, 30, drawing, labels=labels)
            yield call(wording.wall_alt, 1, 30, drawing, labels=labels)
    yield call(train.take_file, 100)
    yield call(train.refused, "It is empty.")
    yield call(train.too_large, 3_000_000, 2)
    yield call(train.brought, 2, 9, 2)


def of_comparisons() -> Iterator[Call]:
    for ours, every in ((0, 4), (1, 4), (4, 4)):
        yield call(compare.training, ours, every, 2, 2)
    yield call(compare.training, 40, 40, 4, 10, ["backward, tutorial's order"])
    yield call(compare.and_then, Told("Nobody wins."), "It has led since about sequence 30.")
    yield call(compare.in_place, Told("Nobody wins."), "Nobody wins.", "Bidirectional led from about sequence 30.")
    yield call(compare.with_whole_sequences, TOLD, {"forward": 0.351, "bidirectional": 0.367})
    yield call(compare.with_whole_sequences, TOLD, {})
    yield call(compare.some_are_missing, 1, 30)
    yield call(compare.above_best_possible, {})
    yield call(compare.above_best_possible, {"forward": 0.1})
    for starts in (1, 10):
        yield call(compare.of_a_long_run, TOLD, "It fell.", "", "", starts)
        yield call(compare.curves, starts)
    yield call(compare.verdict, compare.NONE, [])
    yield call(compare.verdict, compare.NONE, ["forward"])
    yield call(compare.verdict, "forward", [])
    yield call(compare.verdict, "forward", ["forward", "backward"])
    yield call(compare.stands_still, ["forward"])
    yield call(compare.other_settings, compare.GUESS_FIRST)
    yield call(compare.press_train, "9 s", compare.wish(50, "2 min"))
    yield call(compare.lowered, 50, 10)
    for seconds in (3, 33, 333):
        yield call(compare.rounded, seconds)
    for few, many, fair in ((5, 5, False), (5, 5, True), (5, 9, False)):
        yield call(compare.parameters, ("forward", few), ("sum", many), fair=fair, close=True)
    yield call(compare.reading, "decides the label", 20)
    yield call(compare.reading, "")
    for drawing in ("fresh", "held-out"):
        yield call(compare.loss, drawing)
        yield call(compare.curves, 3, drawing)
    for best in (True, False):
        yield call(compare.right_by_timestep, best=best)
    yield call(compare.merge_alt, "mul")
    for help_ in (compare.above_help, compare.mean_help):
        yield call(help_, 10_000)
    yield call(compare.loss_help, "loss (nats per label)", 10_000)
    yield call(compare.starts_needed, None, 1_000)
    yield call(compare.differences, "forward")
    yield call(compare.differences_alt, "forward")
    yield call(compare.differences_legend, few=True)
    yield call(compare.differences_legend, few=False)
    yield call(why.answer, TOLD, [""])
    yield call(why.only_here, TOLD, 10)
    yield call(why.give_forward, 29)
    yield call(why.place, 1, 5)
    yield call(why.long_run, 4_000)
    yield call(why.long_run_help, 20, ["forward"])
    yield call(why.refused, "This takes too long.")
    yield call(why.so_far, [TOLD], 250)
    for step in (*WHY_STEPS, WHY_MORE):
        yield call(why.asks_of, step.now)
    yield call(why.asks_of_long_run, 4_000)
    yield call(why.setting, 20, 0.003)
    yield call(why.difference, "-0.100", "-0.120", "-0.080")


def of_parts() -> Iterator[Call]:
    """What Inside says of a matrix that shows not all."""
    for features in (1, 20, 30):
        yield call(inside.moved, features, 30)
        yield call(inside.matrix_in_files, "change of log-odds by change of value", inside.moved(features, 30))
    for padded, turns in itertools.product((True, False), repeat=2):
        yield call(inside.shown_part, 3, 8, 40, padded=padded, turns=turns)


def of_cells() -> Iterator[Call]:
    read = np.array([True, True, False])
    yield call(inside.not_trained, "forward, 250 sequences", "")
    yield call(inside.not_trained, "forward, 250 sequences", "backward, 250 sequences")
    yield call(inside.trained, "forward, 250 sequences")
    yield call(inside.of_data, "mine.csv", 20)
    yield call(wording.held_out, 1_200)
    yield call(wording.sequence_of_data, [], "")
    yield call(wording.sequence_of_data, ["high", "low"], "", bars=False)
    yield call(wording.sequence_of_data, ["high", "low"], "Dogs · bark")
    yield call(inside.states, 8, 73, together=False, layers=1, fresh=False)
    yield call(inside.matrix, ProblemSpec(name="given_3_binary_1_" + "0" * 32))
    yield call(inside.nothing, 100)
    for most in (None, 2):
        yield call(inside.reaction, 2, turns=bool(most), read=read, most=most, part=bool(most))
        yield call(inside.reaction, 2, turns=False, read=read, most=1, part=False, named={1: "dogs", 2: "bark"})
    for unread, faded in ((0, 0), (1, 0), (0, 1), (45, 0), (0, 45), (45, 5)):
        yield call(inside.zeros, unread, faded, 100)
        yield call(inside.reached, unread, faded)
    yield call(inside.idle, 0.0)
    yield call(inside.idle, 0.62)
    yield call(inside.idle, 0.62, measured=True)
    for known in ([False], [True], [True, True], [True, True, False]):
        yield call(inside.span, np.array(known))
    for name in PROBLEMS:
        yield call(inside.unit_of, PROBLEMS[name].head)
    for name in (*PROBLEMS, named("max(after) > x[t]"), f"given_2_binary_1_{'0' * 32}"):
        yield call(inside.matrix, ProblemSpec(name=name))
        yield call(inside.grid, ProblemSpec(name=name))
        yield call(inside.grid_alt, ProblemSpec(name=name))
    yield from of_parts()
    for count in (1, 2):
        yield call(inside.matrix_alt, count)
        yield call(inside.states, count, 100, together=count > 1, layers=count)
        yield call(inside.train_checkpoints, count)
        yield call(inside.checkpoints, list(range(1, count + 1)), count)
        yield call(inside.moment, 1, count)
    yield call(inside.states_alt, "forward")
    yield call(inside.unit, 3, None)
    yield call(inside.unit, 3, -0.61)
    for name in inside.CELLS:
        yield call(inside.gates, name, from_end=name == "lstm")
    yield call(inside.gates_alt, 3, "forward")
    yield call(inside.merge_alt, 0.1, -0.2)
    for mode in inside.MERGING:
        yield call(inside.merged_by, mode)
    for log_odds in (True, False):
        yield call(inside.weighed, [(0.1, -0.2)], 4, -1.2, log_odds=log_odds)
    for updates in (1, 2):
        yield call(inside.no_checkpoint, updates, 2)
    steps = [step(1), step(2)]
    for flip in (None, 2):
        yield call(cell.answer, steps, flip, 2.5, 3)
        yield call(cell.most, steps, flip)
        yield call(cell.follows, -0.61)
    for line in "zifgoch":
        yield call(cell.described, steps[0], line, 20, 10)
        yield call(cell.filled_in, steps[0], line)
    yield call(cell.bracketed, -0.3)
    yield call(cell.through, 3)
    yield call(cell.through_alt, 3, GATES.values())
    yield call(cell.place, 4, 5, 7)


def of_sweeps() -> Iterator[Call]:
    values = {name: spaced(name, swept.low, swept.high, 3) for name, swept in SWEPT.items()}
    for x, y in itertools.permutations(SWEPT, 2):
        for value in (values[x][0], values[x][-1]):
            yield call(sweeps.measuring, x, value)
            for reached, whole in itertools.product((None, *values[y]), (True, False)):
                column = sweeps.Column(x, value, y, values[y], reached, whole, (0.816, values[y][1]))
                yield call(sweeps.answer, column, 0.9, "On 3 starts.")
                short = values[y][-1:] if whole else [*values[y], *values[y]]
                beyond = column._replace(below=values[y][0], short=short if reached is not None else [])
                yield call(sweeps.answer, beyond, 0.9, "")
                for gap in (0.02, 0.11):
                    yield call(sweeps.answer, beyond._replace(gap=gap, starts=3, chance=0.05), 0.9, "")
        yield call(sweeps.square, x, values[x][0], y, values[y][-1])
    for starts in (1, 3):
        yield call(sweeps.rests_on, 400, 400, starts, 10_000, float("nan"))
        yield call(sweeps.rests_on, 16, 400, starts, 10_000, 0.375)
        yield call(sweeps.measured, 0.8163, 0.3000001, starts)
    for runs in (1, 1_200):
        yield call(sweeps.cost, runs, 400, 400, "2 min")
        yield call(sweeps.cost, runs, 12, 400, "9 s")
    for left in ("", "9 s"):
        yield call(sweeps.under_way, 16, 400, left)
    for measured_ in (0, 16, 400):
        yield call(sweeps.legend, measured_, 400, 0.9)
    yield call(sweeps.opened, "10 timesteps, 7 units")
    for shares in ([], [0.5], [0.5, 0.7, 0.6]):
        yield call(sweeps.starts, shares, max(1, len(shares)))
    for where in ("", "at 10 timesteps"):
        yield call(sweeps.front, sweeps.BY_SECONDS, where)
    for what in BESIDE.choices[1:]:
        yield call(sweeps.beside, BESIDE.word(what))
    yield from of_the_board()
    yield call(wording.recorded_on, date(2026, 11, 27), {"keras": "3.15.1", "tensorflow": "2.21.0"})
    yield call(sweeps.guessed, 0.8163)
    yield call(sweeps.parameters, 1)
    yield call(sweeps.best, 0.375)


def of_why_of_data() -> Iterator[Call]:
    for epochs in (1, 20):
        yield call(why.only_data, TOLD, epochs)


def of_maps_of_data() -> Iterator[Call]:
    settings = ("units", "layers", "batch_size", "learning_rate", "sequences")
    values = {name: spaced(name, SWEPT[name].low, SWEPT[name].high, 3) for name in settings}
    scale = data_words.Scale(0.5, 0.8163, 0.02)
    for x, y in itertools.permutations(settings, 2):
        for reached, whole in itertools.product((None, *values[y]), (True, False)):
            column = sweeps.Column(x, values[x][0], y, values[y], reached, whole, (0.8163, values[y][1]))
            yield call(data_words.answer, column, 0.8, scale, "On 3 starts.")
            yield call(data_words.answer, column, 0.8, scale._replace(base=0.81), "")
            short = column._replace(short=values[y][-1:] if reached is not None else [])
            yield call(data_words.answer, short, 0.8, scale._replace(within=0.01), "On 3 starts.")
            yield call(data_words.answer, short._replace(gap=0.1, starts=3, chance=0.05), 0.8, scale, "On 3 starts.")
    for starts in (1, 3):
        yield call(data_words.rests_on, 16, 16, starts, 1, 0.5)
        yield call(data_words.rests_on, 4, 16, starts, 46, 0.5)
    for measured_ in (0, 4, 16):
        yield call(data_words.legend, measured_, 16, 0.02)
    for varied in (True, False):
        yield call(data_words.rounds, 20, varied)
    for right in (sweeps.WHOLE, data_words.LABELS):
        yield call(sweeps.measured, 0.8163, 0.3000001, 3, right)
        yield call(sweeps.guessed, 0.8163, right)
        yield call(sweeps.starts, [0.5, 0.7], 3, right)
        yield call(sweeps.front, sweeps.BY_PARAMETERS, "", right)


def of_the_board() -> Iterator[Call]:
    for own in (True, False):
        yield call(sweeps.board, 10_000, 3, 0.99, own=own)
    for model in (
        ModelSpec(units=1), ModelSpec(units=3, cell="rnn", direction="forward"), ModelSpec(layers=2, merge_mode="sum")
    ):  # fmt: skip
        spec = RunSpec(model=model, training=TrainingSpec(epochs=1, sequences_per_epoch=100_000, batch_size=10))
        found = Smallest(spec, 1_035, (0.98, 0.9912, 1.0), 2)
        ways = ({"rnn": (1,)}, {"rnn": (1, 2, 4), "lstm": (1, 2, 4)}, {"rnn": (1, 2), "lstm": (1,)})
        tried = [None, *(Tried(units, 0.9712, spec) for units in ways)]
        for own in (True, False):
            yield call(sweeps.found, found, own=own)
            yield call(sweeps.yours, found, first=own, goal=0.99)
        for tried_ in tried:
            yield call(sweeps.smallest, found, tried_, 0.99)
            yield call(sweeps.none_found, tried_, 0.99)
            yield call(sweeps.none_in_short, tried_)
    yield call(sweeps.impossible_in_short, 0.1342)
    yield call(sweeps.impossible, "backward", 0.1342, 0.99)
    yield call(sweeps.place, "Cumulative sum", "forward", 1)
    yield call(sweeps.length, 5)


def of_the_lesson() -> Iterator[Call]:
    for page in ("Train", "Why"):
        yield call(lesson_texts.to_a_class, page)
    yield call(lesson_texts.to_a_class, "Problem")
    for right, guesses in ((6, 10), (1, 2), (1, 1)):
        yield call(lesson_texts.tally, right, guesses)
    yield call(lesson_texts.turning, [0.1, 0.2, 0.7], 2.5)
    yield call(lesson_texts.wholly_right, 0.21, 0.912)
    for losses in ({"forward": 0.3, "bidirectional": 0.2}, {"forward": 0.1, "mul": 0.2}, {"forward": 0.3, "sum": 0.4}):
        yield call(lesson_texts.lowest, losses, 250)
        yield call(lesson_texts.lowest, losses, 250, [*losses])
        yield call(lesson_texts.slowest, losses, 250)
    for shares in ([0.95, 0.97, 1.0], [0.5, 0.91, 0.9], [0.5, 0.6, 0.8]):
        yield call(lesson_texts.enough, (1, 3, 40), shares, 0.9)
    for best in ((0.14, 0.15), (0.14, 1.0), (1.0, 1.0)):
        yield call(lesson_texts.cannot, dict(zip(("forward", "backward"), best, strict=True)))
    for kind in ("enough", "open"):
        yield call(lesson_texts.explains, "It is bigger", kind, ["Size explains the whole gain."])
    yield call(lesson_texts.largest_step, [0.1, -0.2], None)
    for largest in range(3):
        yield call(lesson_texts.largest_step, [-0.9 if place == largest else 0.1 for place in range(3)], 2)
    for reached in ([[True, False], [True, True]], [[False, True], [True, False]], [[True, True], [True, True]]):
        yield call(lesson_texts.reacts, reached)
    for kind in get_args(both_ways.Kind):
        yield call(lesson_texts.both_ways, kind, {"forward": "77.3%", "bidirectional": "80.3%"})
    for guess in ("sum", "mul"):
        yield call(lesson_texts.verdict, guess, lesson_texts.Answer(("mul",), "It is mul."))


def of_your_data() -> Iterator[Call]:
    yield call(your_data.take_file, 100)
    yield call(your_data.too_large, 3_000_000, 2)
    yield call(your_data.refused, "The file is empty.")
    yield call(your_data.taken, "mine.csv", "30 sequences of 5 timesteps, 1 feature, 2 classes; 8 sequences held out")
    for names in ([], ["word"], ["word", "shape"]):
        yield call(your_data.text_columns, names)
    for classes, whole in ((True, False), (True, True), (False, False)):
        yield call(your_data.axis, classes=classes, whole=whole)
        for kind in get_args(both_ways.Kind):
            for beside in (-0.1, 0.0, 0.1):
                for past in (0.77012345, 0.80312345):
                    for available in (True, False):
                        yield call(
                            your_data.answer,
                            verdict(kind, beside, past=past, available=available),
                            available=available,
                            classes=classes,
                            whole=whole,
                            starts=3,
                            sequences=292,
                        )
        for kind in get_args(both_ways.Kind):
            for beside in (-0.1, 0.0, 0.1):
                for ahead in (1, 5):
                    found = verdict(kind, beside, past=0.7, available=False, ahead=ahead)
                    how = {"available": False, "classes": classes, "whole": whole}
                    yield call(your_data.answer, found, **how, starts=3, sequences=292)
                    worse = found._replace(gain=Lead(recipe.late(ahead), "forward", -0.07, -0.09, -0.05))
                    yield call(your_data.answer, worse, **how, starts=3, sequences=292)
    yield call(your_data.cost, 9, 1_100)
    yield call(your_data.origin, date(2026, 3, 9), {"keras": "3.15.1", "tensorflow": "2.21.0"}, 3)
    yield call(your_data.origin, date(2026, 3, 9), {"keras": "3.15.1"}, 3, recipe.late(2))
    yield call(your_data.trained_here, 1)
    for number in (0, 1, 4_000):
        yield call(your_data.mistakes_of, "bidirectional", number)
        yield call(your_data.labels_at, 1, 4_000, 20, number)
    yield call(your_data.labels_at, 1, 20, 60, 20)
    yield call(your_data.which, 2_000)
    yield call(your_data.wrong_of, {"forward": 3, "backward": 0, "bidirectional": 1}, 12)
    yield call(your_data.wrong_of, {"forward": 0}, 1)
    for errors in ({}, {"forward": 0.123, "bidirectional": 0.5}):
        yield call(your_data.errors_of, errors)
    yield call(your_data.one_alt, 1_200)
    yield call(your_data.confusion_alt, "forward")
    yield call(your_data.confused, 3)
    yield call(your_data.shipped, "A treebank", "CC BY-SA 4.0", "https://example.org", "Words in small letters.")


def verdict(kind: both_ways.Kind, beside: float, *, past: float, available: bool, ahead: int = 0) -> both_ways.Verdict:
    shares = (0.16812345, past, 0.80312345, 0.77312345, *([0.79112345] if ahead else []), 0.75812345, 0.80312345)
    best, regression = ("bidirectional", both_ways.SIDES) if available else ("forward", both_ways.PAST)
    if ahead:
        best, regression = recipe.late(ahead), both_ways.window(ahead)
    return both_ways.Verdict(
        kind=kind,
        gain=Lead("bidirectional", "forward", 0.03, -0.01, 0.07),
        best=best,
        regression=regression,
        beside=Lead(best, regression, beside, beside - 0.01, beside + 0.01),
        margin=0.02,
        scores=dict(zip(both_ways.models(ahead), shares, strict=True)),
        ahead=ahead,
    )


def refused(asked: Callable[[], object]) -> str:
    with pytest.raises(ValueError, match=r".") as caught:
        asked()
    return str(caught.value)


def of_limits() -> Iterator[Call]:
    for kind in ("KilledWorker", "SourceMismatchError"):
        yield call(failure.failure, type(kind, (Exception,), {})("why"))
    yield call(failure.failure, None)
    yield call(failure.failure, ValueError("It has no weights."))
    long = [RunSpec(problem=ProblemSpec(timesteps=200), model=ModelSpec(units=256))] * 600
    long = [RunSpec(**{**vars_of(each), "training": TrainingSpec(seed=seed)}) for seed, each in enumerate(long)]
    for others in (False, True):
        yield call(refused, lambda others=others: cost.check(long, others_wait=others))
    for needed in (61.0, 100.0, 9_000.0):
        for sequences in (1, 1_000):
            for starts in (1, 2):
                yield call(cost._too_much, needed, 60.0, False, sequences, starts)
    huge = TrainingSpec(epochs=20_000, sequences_per_epoch=100_000)
    wide = TrainingSpec(epochs=1, sequences_per_epoch=1_000, batch_size=1_000)
    large = ModelSpec(units=256, layers=3)
    yield call(refused, lambda: RunSpec(training=huge))
    yield call(refused, lambda: RunSpec(problem=ProblemSpec(timesteps=200), model=large, training=wide))
    for text in ("0.5", "0.5 x", "0.5 1.5", "0.5 " * 9_000):
        yield call(refused, lambda text=text: pasted.parse_values(text, 2))
    yield call(refused, lambda: pasted.padded(ProblemSpec(timesteps=2), np.zeros(3, np.float32), np.zeros(3)))
    yield call(controls.amount_of_work, TrainingSpec(epochs=1))
    yield call(controls.amount_of_work, TrainingSpec(sequences_per_epoch=3, fresh_data=False))
    yield call(wire.sentence, "")
    for declared in [*FIELDS.values(), *SWEEPS.fields]:
        if not declared.choices and not isinstance(declared.default, bool):  # a box for a number
            for value in (-1.0, 0.1 + 0.2, 1e9, 7.5):
                yield call(declared.complaint, settings.plain(value))
    for best in (None, 0.5, 0.21, 0.19, 0.01):
        yield call(telling.beside_best, 0.2, (0.15, 0.25), best)


def vars_of(spec: RunSpec) -> dict[str, Any]:
    return {"problem": spec.problem, "model": spec.model}


def nine(exact: float, low: float, alone: float = 0.1) -> pd.DataFrame:
    table = []
    for kind in deciding.KINDS.values():
        for direction in ("forward", "backward", "bidirectional"):
            able = direction == "bidirectional" or direction == {"past decides": "forward"}.get(kind, "backward")
            share = exact if able and not (kind.startswith("both") and direction != "bidirectional") else alone
            table.append(
                {"decides": kind, "direction": direction, "seed": len(kind) % 2}
                | {"exact": share, "low": min(low, share), "high": share}
            )
    return pd.DataFrame(table)


def of_need_both() -> Iterator[Call]:
    for table in (nine(0.97, 0.96), nine(0.9, 0.8), nine(0.97, 0.96, alone=0.96), nine(0.2, 0.1), nine(np.nan, np.nan)):
        yield call(deciding.headline, table)
    for shares, best in (((0.2, 0.3, 0.97), 0.4), ((0.2, 0.3, 0.97), 1.0), ((0.2, 0.3, 0.97), np.nan),
                         ((0.97, 0.3, 0.9), 1.0), ((0.2, 0.3, 0.4), 1.0), ((0.2, 0.85, 0.97), 1.0)):  # fmt: skip
        rows = {"direction": ["forward", "backward", "bidirectional"], "exact": shares, "best": best}
        rows |= {"low": np.subtract(shares, 0.01), "high": np.add(shares, 0.01)}
        yield call(deciding.of_own, pd.DataFrame(rows))
    yield call(problems.constant, 1)


CALLS = [
    of_wording, of_start, of_train, of_comparisons, of_cells, of_sweeps, of_maps_of_data, of_why_of_data, of_the_lesson,
    of_limits, of_need_both, of_your_data,
]  # fmt: skip


def texts(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from texts([*value.keys(), *value.values()])
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)


def constants() -> Iterator[str]:
    """The texts that stand in the modules as they are, and those of the settings."""
    for module in (*MODULES, questions):
        for name, value in vars(module).items():
            if name.isupper():
                yield from texts(value)
    for declared in [*FIELDS.values(), *SWEEPS.fields]:
        words = {} if declared.name == "name" else declared.words  # names of problems are their keys
        yield from texts([declared.label, declared.help or "", [*words.values()]])
    for each in PROBLEMS.values():
        yield from (each.title, each.question)
    yield from texts([*presets.PRESETS, derivation.LOSS, derivation.POSITION, derivation.REACTION, derivation.PAIRED])
    yield from (derivation.BEST, controls.MORE_REFUSED)
    for step_ in (*presets.WHY_STEPS, presets.WHY_MORE):
        yield from texts(step_)


def rendered() -> list[str]:
    """What all calls make."""
    return [text for of in CALLS for function, given, named in of() for text in texts(function(*given, **named))]


def codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


def test_the_words_of_every_page_are_among_them() -> None:
    words = {Path(str(module.__file__)) for module in MODULES}
    assert words >= {*Path(wording.__file__).parent.glob("*/words.py")}


def test_every_line_of_the_modules_of_words_is_rendered() -> None:
    files = {module.__file__: module for module in MODULES}
    seen: dict[str, set[int]] = {str(file): set() for file in files}

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        lines = seen.get(frame.f_code.co_filename)
        if lines is None:
            return None
        if event in ("call", "line"):
            lines.add(frame.f_lineno)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        rendered()
    finally:
        sys.settrace(before)
    missing = {}
    for file, module in files.items():
        functions = [
            each for _, each in inspect.getmembers(module, inspect.isfunction) if each.__module__ == module.__name__
        ]
        wanted = {
            line
            for function in functions
            for code in codes(function.__code__)
            for *_, line in code.co_lines()
            if line and line != function.__code__.co_firstlineno
        }
        missing[module.__name__] = sorted(wanted - seen[str(file)])
    assert not {name: lines for name, lines in missing.items() if lines}


BRITISH = re.compile(
    r"\b(\w*colour\w*|neighbour\w*|learnt|spelt|behaviour\w*|favour\w*|centre\w*|grey|licence|programme|judgement|"
    r"whilst|amongst|towards|metres?|labeled|modelling|cancelled|travelled|catalogue|per cent|"
    r"(analys|studenti|normali|optimi|minimi|maximi|initiali|summari|organi|recogni|reali|visuali|generali|standardi)"
    r"s(e|ed|es|ing|ation))\b",
    re.IGNORECASE,
)
COUNTED = (
    "timestep|sequence|value|unit|run|label|epoch|update|cell|start|layer|training(?! sequence)|minute|second|"
    "checkpoint|network|parameter|character|model|problem|hour"
)
WRONG = {
    "a British spelling": BRITISH,
    "a percentage in another form": re.compile(r"percent|\d %|‰"),
    "a field's name": re.compile(r"[a-z]+_[a-z]+"),
    "more digits than anybody writes": re.compile(r"\d\.\d{7,}|\de-\d\d"),
    "one of many": re.compile(rf"(?<![\d.,])\b1 (\w+ )?({COUNTED}|other)s\b"),
    "many of one": re.compile(rf"(?<![\d.,])\b(?!1 )\d[\d,]* (fresh |other |weight )?({COUNTED})\b"),
    "a plural for readers to choose": re.compile(r"\(s\)"),
    "a stray space": re.compile(r"\S  +(?!\n)\S|\s[,;:.?!](\s|$)"),
    "no text where some was meant": re.compile(r"\b(None|nan|True|False)\b"),
}
LONGEST = 30  # words of a sentence


def plain(text: str) -> str:
    """A text as it is read: without markup and code."""
    return re.sub(r"`[^`]*`", "code", re.sub(r":material/\w+:|\*\*", "", text))


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.?!])\s+|\n+|(?<=[.?!])$", plain(text)) if part]


@pytest.fixture(scope="module")
def everything() -> list[str]:
    return sorted({text for text in (*constants(), *rendered()) if " " in text})


@pytest.mark.parametrize("what", WRONG)
def test_no_sentence_has(what: str, everything: list[str]) -> None:
    equations = {text for line in "zifgoch" for text in cell.filled_in(step(1), line)}  # they have the source's names
    allowed = {"no text where some was meant": ("not None", "not nan")}.get(what, ())
    found = [
        text
        for text in everything
        if WRONG[what].search(plain(text)) and text not in equations and not any(each in text for each in allowed)
    ]
    assert not found


def test_no_sentence_is_too_long_to_be_read_aloud(everything: list[str]) -> None:
    long = [each for text in everything for each in sentences(text) if len(each.split()) > LONGEST]
    assert not long


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a British spelling", "What it learnt"),
        ("a British spelling", "Initialised weights"),
        ("a percentage in another form", "It is 21 % right"),
        ("a field's name", "sequences_per_epoch must be whole"),
        ("more digits than anybody writes", "not 0.30000001"),
        ("more digits than anybody writes", "from 1e-06 on"),
        ("one of many", "0.25 × 1 timesteps"),
        ("one of many", "1 fresh sequences"),
        ("many of one", "1,000 sequence"),
        ("a plural for readers to choose", "timestep(s)"),
        ("a stray space", "so , no"),
    ],
)
def test_what_is_wrong_is_found(what: str, text: str) -> None:
    assert WRONG[what].search(plain(text))
