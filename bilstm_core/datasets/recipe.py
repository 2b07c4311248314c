"""What is trained on sequences that somebody brought: a network of each direction, from several starts.

Where an answer can wait for some timesteps, but not for the end, there is a forward network more, that answers late.
"""

from bilstm_core.choices import DIRECTIONS, Direction
from bilstm_core.datasets.bounds import counted
from bilstm_core.problems import Problem, given
from bilstm_core.problems.given import MOST_NUMBERS, Given
from bilstm_core.specs import WHOLE_NUMBERS, ModelSpec, ProblemSpec, RunSpec, SettingError, TrainingSpec

STARTS = 3
EPOCHS = 20
RATE = 0.003
UPDATES, MOST_UPDATES = 50, 300  # of an epoch: few sequences come in small batches, very many in large ones
BATCH, MOST_BATCH = 16, 1_000


def batch_size(sequences: int) -> int:
    """Sequences of a batch, where so many are trained on."""
    return min(max(1, min(BATCH, sequences // UPDATES), sequences // MOST_UPDATES), MOST_BATCH)


def late(steps: int) -> str:
    """What a forward network is called that answers so many timesteps late."""
    return f"forward {counted(steps, 'step')} late"


def label_of(spec: RunSpec) -> str:
    """The name of the network that a run is a start of."""
    steps = given.late_of(spec.problem.name)
    return late(steps) if steps else spec.model.direction


def check_ahead(brought: Given, steps: int) -> None:
    """Raise SettingError, with a sentence, for a look-ahead that such sequences don't have room for."""
    longest, most = brought.timesteps, WHOLE_NUMBERS["timesteps"][1]
    if steps >= longest:
        raise SettingError(
            "Look-ahead", f"of {counted(steps, 'step')} is the whole of sequences of at most {longest} timesteps."
        )
    if longest + steps > most:
        raise SettingError(
            "Look-ahead",
            f"of {counted(steps, 'step')} is too much beside sequences of {longest} timesteps: together they may have"
            f" {most}.",
        )
    numbers = len(brought.lengths) * (longest + steps) * (brought.x.shape[1] + 1)
    if numbers > 2 * MOST_NUMBERS:
        raise SettingError("Look-ahead", f"of {counted(steps, 'step')} is too much for so many sequences.")


def specs_of(brought: Given, *, units: int, epochs: int, ahead: int = 0) -> dict[str, list[RunSpec]]:
    """The runs of each network, by its name: of each direction, and of one that answers late, where there is time.

    ahead: timesteps after the one that is asked for, which can be waited for
    Raises SettingError, with a sentence, for numbers that are not allowed. The sequences are held in this process from
    now on.
    """
    given.hold(brought)
    if ahead:
        check_ahead(brought, ahead)
    own: dict[str, list[RunSpec]] = {}
    for direction in DIRECTIONS:
        own[direction] = _starts(brought, direction, units, epochs)
        if ahead and direction == "forward":
            own[late(ahead)] = _starts(brought.delayed(ahead), direction, units, epochs)
    return own


def _starts(brought: Given, direction: Direction, units: int, epochs: int) -> list[RunSpec]:
    trained_on = int((~brought.held_out).sum())
    return [
        RunSpec(
            problem=ProblemSpec(name=brought.name, timesteps=brought.timesteps),
            model=ModelSpec(direction=direction, units=units),
            training=_training_on(trained_on, epochs, seed),
        ).canonical()
        for seed in range(STARTS)
    ]


def _training_on(sequences: int, epochs: int, seed: int) -> TrainingSpec:
    """So many rounds over a fixed number of sequences."""
    return TrainingSpec(
        epochs=epochs,
        sequences_per_epoch=sequences,
        batch_size=batch_size(sequences),
        fresh_data=False,
        learning_rate=RATE,
        seed=seed,
    )


def training_of(problem: Problem, *, epochs: int, seed: int = 0) -> TrainingSpec:
    """How a problem is trained where only the epochs are chosen: of drawn sequences one an epoch, else all.

    Raises AbsentError, with a sentence, where the sequences are not at hand.
    """
    return (
        _training_on(problem.fixed().training, epochs, seed)
        if problem.fixed
        else TrainingSpec(epochs=epochs, seed=seed)
    )
