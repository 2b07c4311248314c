"""What is trained on sequences that somebody brought: a network of each direction, from several starts."""

from bilstm_core.choices import DIRECTIONS
from bilstm_core.problems import given
from bilstm_core.problems.given import Given
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec

STARTS = 3
EPOCHS = 20
RATE = 0.003
UPDATES, MOST_UPDATES = 50, 300  # of an epoch: few sequences come in small batches, very many in large ones
BATCH, MOST_BATCH = 16, 1_000


def batch_size(sequences: int) -> int:
    """Sequences of a batch, where so many are trained on."""
    return min(max(1, min(BATCH, sequences // UPDATES), sequences // MOST_UPDATES), MOST_BATCH)


def specs_of(brought: Given, *, units: int, epochs: int) -> dict[str, list[RunSpec]]:
    """The runs of each direction, by its name. Raises SettingError, with a sentence, for numbers that are not allowed.

    The sequences are held in this process from now on.
    """
    trained_on = int((~brought.held_out).sum())
    problem = ProblemSpec(name=given.hold(brought), timesteps=brought.timesteps)
    return {
        direction: [
            RunSpec(
                problem=problem,
                model=ModelSpec(direction=direction, units=units),
                training=TrainingSpec(
                    epochs=epochs,
                    sequences_per_epoch=trained_on,
                    batch_size=batch_size(trained_on),
                    fresh_data=False,
                    learning_rate=RATE,
                    seed=seed,
                ),
            ).canonical()
            for seed in range(STARTS)
        ]
        for direction in DIRECTIONS
    }
