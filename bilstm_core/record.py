"""Makes the recorded results that open every page: `make record`; with `--missing`, only those not there yet.

They are ordinary runs of train_many, without Adam's state, and with snapshots only where a page replays them.
"""

import sys
from dataclasses import replace

from bilstm_core.analysis.parameter_matching import matched_units
from bilstm_core.presets import DIRECTIONS, EVERY_PROBLEM, INSIDE, MERGE_MODES, PRESETS, WHY_FIRST, WHY_MORE, WHY_STEPS
from bilstm_core.runs import Run
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.store import RECORDED, read_recorded, write_recorded
from bilstm_core.training import train_many

STARTS = 10


def recorded_specs() -> list[RunSpec]:
    """Every spec that is recorded.

    The presets, what Inside offers, every problem read in every direction, and ten starts of each model compared.
    """
    steps = [
        replace(step.model, units=matched_units(ProblemSpec(), step.model, WHY_FIRST["bidirectional"]))
        if step.matched
        else step.model
        for step in (*WHY_STEPS, WHY_MORE)
    ]
    models: list[ModelSpec] = list(dict.fromkeys([*DIRECTIONS.values(), *MERGE_MODES.values(), *steps]))
    starts = [
        RunSpec(model=model, training=TrainingSpec(seed=seed)).canonical() for model in models for seed in range(STARTS)
    ]
    return list(dict.fromkeys([*PRESETS.values(), *INSIDE, *EVERY_PROBLEM, *starts]))


def replayed(spec: RunSpec) -> bool:
    """Whether a page replays this run from its record; Why and Problems show curves alone, and Inside none."""
    replays = [*DIRECTIONS.values(), *MERGE_MODES.values(), *(preset.model for preset in PRESETS.values())]
    looked_into = spec in (*INSIDE, *EVERY_PROBLEM) and spec not in PRESETS.values()
    return spec.training.seed == 0 and spec.model in replays and not looked_into


def main() -> None:
    """Train what is to be recorded and write it."""
    specs = recorded_specs()
    if "--missing" in sys.argv[1:]:
        specs = [spec for spec in specs if read_recorded(spec) is None]
    runs: list[Run] = train_many(specs)
    write_recorded(
        [replace(run, optimizer_state={}) for run in runs], RECORDED, keep_snapshots=lambda run: replayed(run.spec)
    )
    print(f"recorded {len(runs)} runs in {RECORDED}")


if __name__ == "__main__":
    main()
