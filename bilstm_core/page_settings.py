"""What can be set on each page that asks for runs, as its link has it and a command takes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Generic, TypeVar, cast

from bilstm_core.choices import Direction
from bilstm_core.datasets.recipe import EPOCHS
from bilstm_core.evaluation import AFFORDABLE_BESIDE, evaluation_size
from bilstm_core.presets import DEFAULT_PRESET, LONG_ENOUGH, PRESETS, trained_long_enough
from bilstm_core.settings import Field, ProblemSettings, field_of, settings_of_run
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.sweep_settings import SweepSettings

CURVES = "curves"  # in a link to Directions or Merge modes: the models that are drawn and ranked
TUTORIAL_EPOCHS = 250  # of one sequence each, where the well-known comparisons stop

Settings = TypeVar("Settings", bound=Any)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonSettings:
    """What all runs of a comparison have in common, at first that of the recorded one: ten starts of 250 epochs.

    Whatever the widgets hold fits in; it is checked where specs are made of it.
    fair: whether all models have about as many parameters, not as many units
    seed: of the first start
    """

    name: str = field_of("name")
    epochs: int = field_of("epochs")
    starts: int = field_of("starts")
    timesteps: int = field_of("timesteps")
    units: int = field_of("units")
    fair: bool = field_of("fair")
    seed: int = field_of("seed")

    @property
    def problem(self) -> ProblemSpec:
        """The problem that all runs have; ValueError with the core's sentence."""
        return ProblemSpec(name=self.name, timesteps=self.timesteps)

    @property
    def reference(self) -> ModelSpec:
        """The model whose number of parameters a fair race gives to all; ValueError with the core's sentence."""
        return ModelSpec(units=self.units)

    @property
    def sequences(self) -> int:
        """On how many fresh sequences every run is evaluated; the same for all models."""
        spec = RunSpec(problem=self.problem, model=self.reference)
        return evaluation_size(spec, AFFORDABLE_BESIDE / self.starts)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhySettings(ComparisonSettings):
    """The settings of Why's runs, and how far the page's presses have come.

    stage: how many of WHY_STEPS are behind; noise: whether WHY_MORE is tried, too
    """

    stage: int = field_of("stage")
    noise: bool = field_of("noise")

    @property
    def of_runs(self) -> ComparisonSettings:
        """Those of the runs alone."""
        return ComparisonSettings(**{each.name: getattr(self, each.name) for each in fields(ComparisonSettings)})


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSettings:
    """A cell of Problems. seed: that the networks of its row start from"""

    name: str = field_of("name")
    direction: str = field_of("direction")
    seed: int = field_of("seed")

    @property
    def cell(self) -> tuple[str, Direction]:
        """Problem and direction."""
        return self.name, cast(Direction, self.direction)

    @property
    def spec(self) -> RunSpec:
        """What the cell shows: trained long enough, from its seed."""
        return replace(trained_long_enough(*self.cell), training=replace(LONG_ENOUGH, seed=self.seed))


@dataclass(frozen=True, slots=True, kw_only=True)
class InsideSettings:
    """Which network the page looks into.

    of_train: the one that Train shows, whatever the other settings
    of_data: one of those that Your data has handed over, of this direction
    """

    direction: str = field_of("direction")
    merge_mode: str = field_of("merge_mode")
    backward_output: str = field_of("backward_output")
    cell: str = field_of("cell")
    epochs: int = field_of("epochs")
    of_train: bool = field_of("of_train")
    of_data: bool = field_of("of_data")

    @property
    def spec(self) -> RunSpec:
        """What the settings but `of_train` and `of_data` ask for; ValueError with the core's sentence for a bad one."""
        flat: dict[str, Any] = {"direction": self.direction, "cell": self.cell}
        if self.direction == "bidirectional":
            flat["merge_mode"] = self.merge_mode
        elif self.direction == "backward":
            flat["backward_output"] = self.backward_output
        return RunSpec(model=ModelSpec(**flat), training=TrainingSpec(epochs=self.epochs)).canonical()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSettings:
    """Which sequences are read, how much of the future is there when an answer is needed, and the networks' size.

    available: all of it; ahead: else, timesteps of it
    """

    data: str = field_of("data")
    available: bool = field_of("available")
    ahead: int = field_of("ahead")
    units: int = field_of("units")
    epochs: int = field_of("epochs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered(Generic[Settings]):
    """What can be set in one place.

    first: what the settings are until somebody sets them
    choices: of those fields that have others here than elsewhere
    """

    first: Settings
    choices: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields as they are here, in the order of the record."""
        return tuple(self.field_named(each.name) for each in fields(self.first))

    def field_named(self, name: str) -> Field:
        """A field as it is here."""
        declared: Field = type(self.first).__dataclass_fields__[name].metadata["field"]
        return replace(declared, choices=self.choices.get(name, declared.choices))


PROBLEM = Offered(first=ProblemSettings())
TRAIN = Offered(first=settings_of_run(PRESETS[DEFAULT_PRESET]))
DIRECTIONS = Offered(first=ComparisonSettings(), choices={"epochs": (TUTORIAL_EPOCHS, 4_000, 20_000)})
MERGE_MODES = Offered(first=ComparisonSettings(), choices={"epochs": (TUTORIAL_EPOCHS, 1_000, 4_000)})
WHY = Offered(first=WhySettings())
PROBLEMS = Offered(first=CellSettings(name="share_of_total", direction="bidirectional"))
INSIDE = Offered(
    first=InsideSettings(epochs=PRESETS[DEFAULT_PRESET].training.epochs), choices={"epochs": (250, 1_000, 4_000)}
)
YOUR_DATA = Offered(first=DataSettings(epochs=EPOCHS))
SWEEPS = Offered(first=SweepSettings(sequences_per_epoch=10_000, batch_size=10, learning_rate=1e-2))

EXTENSIONS: Mapping[str, SweepSettings] = {  # of the book's chapter, as maps
    "The book: problems for two directions": replace(SWEEPS.first, beside="name", steps=4),
    "The book: smallest or fastest model": replace(
        SWEEPS.first,
        across="sequences",
        goal=0.99,
        steps=8,
        x_from=1_000.0,
        x_to=100_000.0,
        y_to=12.0,
        timesteps=3,
        direction="forward",
        sequences_per_epoch=100_000,
        batch_size=2,
        learning_rate=1e-3,
    ),
    "The book: size against length": SWEEPS.first,
    "The book: directions": replace(SWEEPS.first, beside="direction", steps=4),
    "The book: merge modes": replace(SWEEPS.first, beside="merge_mode", steps=4),
}

BY_PATH: Mapping[str, Offered[Any]] = {  # by the last part of the page's address
    "problem": PROBLEM,
    "train": TRAIN,
    "directions": DIRECTIONS,
    "why": WHY,
    "problems": PROBLEMS,
    "merge_modes": MERGE_MODES,
    "inside": INSIDE,
    "sweeps": SWEEPS,
    "your_data": YOUR_DATA,
}
