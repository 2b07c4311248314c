"""What can be set: every setting declared once, and the records of those of a run and of a problem.

A widget, an option of the command line, the sentence about a value that is not allowed, and a record's default all come
from the declaration; what a spec knows already, its defaults, ranges and choices, comes from the spec.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from bilstm_core.datasets.shipped import OWN, SHIPPED
from bilstm_core.presets import WHY_MORE, WHY_STEPS
from bilstm_core.problems import PROBLEMS, formula
from bilstm_core.quoting import quoted
from bilstm_core.specs import CHOICES, WHOLE_NUMBERS, ModelSpec, ProblemSpec, RunSpec, SettingError, TrainingSpec

STARTS = (1, 3, 10, 50)

Part = TypeVar("Part", ProblemSpec, ModelSpec, TrainingSpec)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A setting.

    link: its name in a link
    spec: the spec that it is a field of, which has its default and checks its values; None for one of the pages' own
    first: the default of one of the pages' own
    choices: what it can be; empty for numbers and switches
    words: what choices are called that have another name for readers
    step: of a number that need not be whole; 0 for a whole one
    open: whether it can be something else than one of the choices, which its spec checks, too
    """

    name: str
    label: str
    link: str
    help: str | None = None
    spec: type[Any] | None = None
    first: Any = None
    choices: tuple[Any, ...] = ()
    words: Mapping[Any, str] = field(default_factory=dict)
    step: float = 0.0
    open: Callable[[Any], bool] | None = None

    @property
    def default(self) -> Any:
        """What it is until somebody sets it."""
        return self.spec.__dataclass_fields__[self.name].default if self.spec else self.first

    def complaint(self, value: Any) -> str:
        """The sentence about a value that is not allowed, with the setting's label, or nothing."""
        refused = self.refusal(value)
        return f"{self.label} {refused}" if refused else ""

    def refusal(self, value: Any) -> str:
        """What of `complaint` follows the label."""
        if self.spec:
            try:
                self.spec(**{self.name: value})
            except SettingError as error:
                return error.reason
        if not self.choices or value in self.choices or (self.open and self.open(value)):
            return ""
        return f"must be one of {', '.join(map(str, self.choices))}, not {quoted(value)}."

    def spell(self, value: Any) -> str:
        """The value as a link has it."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        short = plain(float(f"{value:.6g}")) if isinstance(value, float) else value
        return f"{short:.6g}" if isinstance(short, float) else str(short)

    def parse(self, text: str) -> Any:
        """The value that a link's text says; ValueError, with a sentence that lacks its subject, if not allowed."""
        value: Any = text
        if isinstance(self.default, bool):
            if text not in ("yes", "no"):
                raise ValueError(f"must be yes or no, not {text[:40]!r}.")
            value = text == "yes"
        elif isinstance(self.default, int | float) or self.step:
            if not re.fullmatch(r"[-+]?[0-9]{1,12}(\.[0-9]{1,12})?(e[-+]?[0-9]{1,2})?", text):
                raise ValueError(f"must be a number, not {text[:40]!r}.")
            value = float(text) if self.step else plain(float(text))
        refused = self.refusal(value)
        if refused:
            raise ValueError(refused)
        return getattr(self.spec(**{self.name: value}), self.name) if self.spec and self.open else value

    def word(self, choice: Any) -> str:
        """What a choice is called."""
        return self.words.get(choice, str(choice))


def _range(name: str) -> str:
    low, high = WHOLE_NUMBERS[name]
    return f"{low:,} to {high:,}."


def _of(spec: type[Any], name: str, label: str, link: str, text: str | None = None, **further: Any) -> Field:
    further = {"choices": CHOICES.get(name, ()), **further}
    return Field(spec=spec, name=name, label=label, link=link, help=text, **further)


FIELDS: Mapping[str, Field] = {
    declared.name: declared
    for declared in (
        _of(
            ProblemSpec,
            "name",
            "Problem",
            "problem",
            "What is asked at each timestep:\n\n"
            + "\n".join(f"- {problem.title}: {problem.question}" for problem in PROBLEMS.values())
            + "\n- Your formula: whatever you write, such as `max(after) > x[t]`.",
            choices=tuple(PROBLEMS),
            words={name: problem.title for name, problem in PROBLEMS.items()},
            open=formula.is_formula,
        ),
        _of(
            ProblemSpec,
            "timesteps",
            "Timesteps",
            "timesteps",
            f"How many values a sequence has, with one label for each. {_range('timesteps')}",
        ),
        _of(
            ProblemSpec,
            "threshold",
            "Threshold (share of timesteps)",
            "threshold",
            "The sum to be reached, as a share of the number of timesteps: 0.25 of 10 timesteps is 2.5.",
            step=0.05,
        ),
        _of(
            ModelSpec,
            "direction",
            "Direction",
            "direction",
            "Which way the network reads the sequence. Bidirectional has two networks, one each way.",
        ),
        _of(
            ModelSpec,
            "backward_output",
            "Order of backward outputs",
            "order",
            "Keras returns a backward layer's outputs in reversed order (`go_backwards`). "
            "Aligned turns them back, so that output t belongs to timestep t. The well-known tutorial does not.",
            words={"raw": "tutorial's order (reversed)"},
        ),
        _of(ModelSpec, "cell", "Cell", "cell", words={"lstm": "LSTM", "gru": "GRU", "rnn": "simple RNN"}),
        _of(
            ModelSpec,
            "units",
            "Units",
            "units",
            "How many numbers the network remembers, per direction. They have nothing to do with the timesteps. "
            f"{_range('units')}",
        ),
        _of(ModelSpec, "layers", "Layers", "layers"),
        _of(
            ModelSpec,
            "merge_mode",
            "Merge mode",
            "merge",
            "How the two directions' outputs become one: side by side, added, multiplied or averaged.",
        ),
        _of(
            TrainingSpec,
            "epochs",
            "Epochs",
            "epochs",
            f"Rounds of training; each shows the network one epoch's sequences. {_range('epochs')}",
        ),
        _of(TrainingSpec, "sequences_per_epoch", "Sequences per epoch", "sequences"),
        _of(TrainingSpec, "batch_size", "Batch size", "batch"),
        _of(
            TrainingSpec,
            "fresh_data",
            "Fresh sequences every epoch",
            "fresh",
            "On: new random sequences in each epoch. Off: one fixed set, reshuffled in each.",
        ),
        _of(TrainingSpec, "learning_rate", "Learning rate", "rate", step=0.0005),
        _of(
            TrainingSpec,
            "seed",
            "Seed (start)",
            "seed",
            "Fixes the initial weights and the data: the same seed gives the same run, bit for bit.",
        ),
        Field(
            name="starts",
            label="Starts",
            link="starts",
            help="Each start has its own initial weights and data. All models of one start see the same data "
            "(paired seeds).",
            first=10,
            choices=STARTS,
        ),
        Field(
            name="fair",
            label="The same for all models",
            link="fair",
            help="The same units for all models. Or each model gets the units that bring it closest to the number of "
            "parameters of bidirectional (concat).",
            first=False,
            choices=(False, True),
            words={False: "units", True: "number of parameters"},
        ),
        Field(
            name="stage",
            label="Changes behind",
            link="stage",
            help="How many of the changes that might explain the gain are tried, in their order.",
            first=0,
            choices=tuple(range(len(WHY_STEPS) + 1)),
        ),
        Field(
            name="noise", label="Try noise, too", link="noise", help=WHY_MORE.press, first=False, choices=(False, True)
        ),
        Field(
            name="data",
            label="Sequences",
            link="data",
            help="Two data sets come with the program. Your own file joins them here.",
            first="tags",
            choices=(*SHIPPED, OWN),
            words={name: shipped.title for name, shipped in SHIPPED.items()} | {OWN: "your own"},
        ),
        Field(
            name="available",
            label="Will the whole sequence be there when you need the answer?",
            link="whole",
            help="Yes for a sentence that is written, or a night that is over. No where answers can't wait so long.",
            first=True,
            choices=(True, False),
            words={True: "yes", False: "no"},
        ),
        Field(
            name="ahead",
            label="Look-ahead, steps",
            link="ahead",
            help="How many timesteps an answer can wait; 0 is at once. A forward network then answers so much later, "
            "when it has read so much of the future.",
            first=0,
            choices=(0, 1, 2, 3, 5, 10, 20),
        ),
        Field(
            name="of_train",
            label="The run on Train",
            link="train",
            help="Look inside the network that Train shows, whatever its settings.",
            first=False,
            choices=(False, True),
        ),
        Field(
            name="of_data",
            label="Your data",
            link="own",
            help="Look inside the networks that Your data was opened from, on the sequences that they were tested on.",
            first=False,
            choices=(False, True),
        ),
    )
}


def field_with(declared: Field) -> Any:
    """A field of a settings record, of this declaration."""
    return field(default=declared.default, metadata={"field": declared})


def field_of(name: str) -> Any:
    """A field of a settings record, as it is declared."""
    return field_with(FIELDS[name])


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """The settings of one run, flat. Whatever widgets hold fits in; it is checked where a spec is made of it."""

    name: str = field_of("name")
    timesteps: int = field_of("timesteps")
    threshold: float = field_of("threshold")
    direction: str = field_of("direction")
    backward_output: str = field_of("backward_output")
    cell: str = field_of("cell")
    units: int = field_of("units")
    layers: int = field_of("layers")
    merge_mode: str = field_of("merge_mode")
    epochs: int = field_of("epochs")
    sequences_per_epoch: int = field_of("sequences_per_epoch")
    batch_size: int = field_of("batch_size")
    fresh_data: bool = field_of("fresh_data")
    learning_rate: float = field_of("learning_rate")
    seed: int = field_of("seed")

    @property
    def spec(self) -> RunSpec:
        """The canonical spec of these settings; ValueError with the core's sentence if one is not allowed."""
        return RunSpec(
            problem=self._part(ProblemSpec), model=self._part(ModelSpec), training=self._part(TrainingSpec)
        ).canonical()

    def _part(self, kind: type[Part]) -> Part:
        return kind(**{name: getattr(self, name) for name in FIELDS if FIELDS[name].spec is kind})


def settings_of_run(spec: RunSpec) -> RunSettings:
    """The settings that a spec is made of."""
    flat: dict[str, Any] = {}
    for part in (spec.problem, spec.model, spec.training):
        flat |= {each.name: getattr(part, each.name) for each in fields(RunSettings) if hasattr(part, each.name)}
    return RunSettings(**flat)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemSettings:
    """The settings of a sequence that is drawn for a problem. seed: of the sequence"""

    name: str = field_of("name")
    timesteps: int = field_of("timesteps")
    threshold: float = field_of("threshold")
    seed: int = field_of("seed")

    @property
    def spec(self) -> ProblemSpec:
        """The problem; ValueError with the core's sentence if a setting is not allowed."""
        return ProblemSpec(name=self.name, timesteps=self.timesteps, threshold=self.threshold)


def plain(value: Any) -> Any:
    """A widget's value as the core takes it: a whole number as an int, and 0.1 + 0.2 as 0.3."""
    if not isinstance(value, float):
        return value
    return int(value) if value.is_integer() else float(f"{value:.12g}")
