"""Makes the recorded results that open every page: `make record`.

They are ordinary runs of train_many, without Adam's state, and with snapshots only where a page replays them.
"""

from dataclasses import replace

from bilstm_core.presets import DIRECTIONS, MERGE_MODES, PRESETS
from bilstm_core.runs import Run
from bilstm_core.specs import ModelSpec, RunSpec, TrainingSpec
from bilstm_core.store import RECORDED, write_recorded
from bilstm_core.training import train_many

STARTS = 10


def recorded_specs() -> list[RunSpec]:
    """Every spec that is recorded: the presets, and ten starts of each direction and merge mode."""
    models: list[ModelSpec] = list(dict.fromkeys([*DIRECTIONS.values(), *MERGE_MODES.values()]))
    starts = [
        RunSpec(model=model, training=TrainingSpec(seed=seed)).canonical() for model in models for seed in range(STARTS)
    ]
    return [*PRESETS.values(), *starts]


def replayed(spec: RunSpec) -> bool:
    """Whether a page replays this run from its record."""
    return spec.training.seed == 0


def main() -> None:
    """Train what is recorded and write it."""
    runs: list[Run] = train_many(recorded_specs())
    write_recorded(
        [replace(run, optimizer_state={}) for run in runs], RECORDED, keep_snapshots=lambda run: replayed(run.spec)
    )
    print(f"recorded {len(runs)} runs in {RECORDED}")


if __name__ == "__main__":
    main()
