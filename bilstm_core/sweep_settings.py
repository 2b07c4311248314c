"""What can be set of a sweep: what is varied between which values, the run that it is varied of, and the goal."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bilstm_core.datasets import recipe
from bilstm_core.problems import PROBLEMS, given
from bilstm_core.settings import FIELDS, Field, field_of, field_with, plain
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.sweeps import GOAL, SWEPT, Axis, Grid, spaced, usual_ends

STARTS = (1, 3, 10)
STEPS = (4, 8, 12, 20)
GOALS = (0.5, 0.75, GOAL, 0.99)
WITHIN = (0.01, 0.02, 0.05)
NAMES: Mapping[str, str] = {
    "units": "units",
    "timesteps": "timesteps",
    "layers": "layers",
    "batch_size": "batch size",
    "learning_rate": "learning rate",
    "sequences": "training sequences",
    "threshold": "threshold",
}

ACROSS = Field(
    name="across",
    label="Horizontal axis",
    link="x",
    help="What grows from left to right.",
    first="timesteps",
    choices=tuple(SWEPT),
    words=NAMES,
)
UP = Field(
    name="up",
    label="Vertical axis",
    link="y",
    help="What grows from bottom to top.",
    first="units",
    choices=tuple(SWEPT),
    words=NAMES,
)
SQUARE_STARTS = replace(
    FIELDS["starts"],
    help="How often each square is trained, each time from other initial weights and on other data. The color is that "
    "of the median start.",
    first=3,
    choices=STARTS,
)
STEP_COUNT = Field(
    name="steps",
    label="Steps each way",
    link="steps",
    help="How many values each of the two settings takes, at most.",
    first=12,
    choices=STEPS,
)
GOAL_FIELD = Field(
    name="goal",
    label="Goal",
    link="goal",
    help="The share of new sequences that are right from end to end. The line is drawn where models reach it.",
    first=GOAL,
    choices=GOALS,
    words={goal: f"{goal:.0%}" for goal in GOALS},
    step=0.01,
)
WITHIN_FIELD = Field(
    name="within",
    label="Goal",
    link="within",
    help="How far below the best square is near enough, in points of held-out labels right. The best is the highest of "
    "many on the same sequences, so a little of its lead is luck.",
    first=0.02,
    choices=WITHIN,
    words={points: f"best − {100 * points:.0f} points" for points in WITHIN} | {0.01: "best − 1 point"},
    step=0.01,
)
BESIDE = Field(
    name="beside",
    label="Small maps",
    link="beside",
    help="The same map once more for each cell, direction, merge mode or problem, in small, on the same colors. "
    "Then all of them are trained.",
    first="none",
    choices=("none", "cell", "direction", "merge_mode", "name"),
    words={"merge_mode": "merge mode", "name": "problem"},
)
MOST_BESIDE = 6
SEQUENCES = Field(
    spec=TrainingSpec,
    name="sequences_per_epoch",
    label="Training sequences",
    link="sequences",
    help="How many sequences each network is trained on, each of them once. 1 to 100,000.",
)


def _end(name: str, label: str, which: str) -> Field:
    return Field(name=name, label=label, link=name.replace("_", "-"), help=f"{which} Empty: the usual one.", step=0.01)


X_FROM = _end("x_from", "Horizontal, from", "The lowest value.")
X_TO = _end("x_to", "Horizontal, to", "The highest value.")
Y_FROM = _end("y_from", "Vertical, from", "The lowest value.")
Y_TO = _end("y_to", "Vertical, to", "The highest value.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSettings:
    """What is varied across and up, of which run, and from how many starts.

    Whatever the widgets hold fits in; it is checked where a grid is made of it.
    x_from, x_to, y_from, y_to: ends of what is varied; None for the usual ones
    sequences_per_epoch: those that a network is trained on, each once
    beside: the field of which there is a small map for each value
    goal: share of whole sequences right, where the boundary is drawn
    within: of labels right, how far below the best square it is drawn on sequences that somebody brought
    """

    across: str = field_with(ACROSS)
    up: str = field_with(UP)
    starts: int = field_with(SQUARE_STARTS)
    goal: float = field_with(GOAL_FIELD)
    within: float = field_with(WITHIN_FIELD)
    steps: int = field_with(STEP_COUNT)
    x_from: float | None = field_with(X_FROM)
    x_to: float | None = field_with(X_TO)
    y_from: float | None = field_with(Y_FROM)
    y_to: float | None = field_with(Y_TO)
    name: str = field_of("name")
    direction: str = field_of("direction")
    cell: str = field_of("cell")
    merge_mode: str = field_of("merge_mode")
    timesteps: int = field_of("timesteps")
    units: int = field_of("units")
    layers: int = field_of("layers")
    sequences_per_epoch: int = field_with(SEQUENCES)
    batch_size: int = field_of("batch_size")
    learning_rate: float = field_of("learning_rate")
    threshold: float = field_of("threshold")
    seed: int = field_of("seed")
    beside: str = field_with(BESIDE)

    @property
    def base(self) -> RunSpec:
        """The run that is varied; ValueError with the core's sentence.

        Of sequences that somebody brought, all that there are to learn from are gone through as Your data does.
        """
        problem = ProblemSpec(name=self.name, timesteps=self.timesteps, threshold=self.threshold)
        training = TrainingSpec(
            epochs=1,
            sequences_per_epoch=self.sequences_per_epoch,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            seed=self.seed,
        )
        if problem.problem.fixed:
            fixed = problem.problem.fixed()
            problem = replace(problem, timesteps=fixed.timesteps)
            training = replace(training, epochs=recipe.EPOCHS, sequences_per_epoch=fixed.training, fresh_data=False)
        return RunSpec(
            problem=problem,
            model=ModelSpec(
                direction=self.direction,  # type: ignore[arg-type]  # checked there
                cell=self.cell,  # type: ignore[arg-type]
                merge_mode=self.merge_mode,  # type: ignore[arg-type]
                units=self.units,
                layers=self.layers,
            ),
            training=training,
        )

    @property
    def grid(self) -> Grid:
        """What is swept; ValueError, with a sentence, where any of its runs is not allowed."""
        return Grid(
            base=self.base,
            x=self._axis(ACROSS, self.across, self.x_from, self.x_to),
            y=self._axis(UP, self.up, self.y_from, self.y_to),
            starts=self.starts,
        )

    def _axis(self, declared: Field, setting: str, low: float | None, high: float | None) -> Axis:
        """An axis between these ends, each of which is checked as a value of its setting."""
        swept, base = SWEPT[setting], self.base
        lowest, highest = usual_ends(setting, base.problem.problem)
        ends = lowest if low is None else plain(low), highest if high is None else plain(high)
        try:
            for end in ends:
                swept.put(base, end)
            return Axis(setting=setting, values=spaced(setting, *ends, count=self.steps))
        except ValueError as error:
            reason = getattr(error, "reason", "")
            told = f"{NAMES[setting]} {reason}" if reason else str(error)
            raise ValueError(f"{declared.label}: {told}") from None

    @property
    def family(self) -> Mapping[str, "SweepSettings"]:
        """The settings of each small map, by what it is called; none where there are none.

        Problems without labels, or without a threshold where that is varied, have no map; merge modes are of
        bidirectional. Beside sequences that somebody brought there is no other problem: what counts there is another.
        """
        if self.beside not in BESIDE.choices[1:] or (self.beside == "name" and given.is_given(self.name)):
            return {}
        declared = FIELDS[self.beside]
        maps = {}
        for value in declared.choices:
            changed = replace(self, beside="none", **{self.beside: value})
            if self.beside == "merge_mode":
                changed = replace(changed, direction="bidirectional")
            problem = PROBLEMS.get(changed.name)
            labels = problem is not None and problem.head != "regression"
            threshold = problem is not None and "threshold" in problem.parameters
            if self.beside != "name" or (labels and (threshold or "threshold" not in (self.across, self.up))):
                maps[declared.word(value)] = changed
        return dict(list(maps.items())[:MOST_BESIDE])
