"""The systems that readers know from tutorials, by name."""

from collections.abc import Mapping

from bilstm_core.specs import ModelSpec, RunSpec, TrainingSpec

_LONG = TrainingSpec(epochs=1_000)

PRESETS: Mapping[str, RunSpec] = {
    "LSTM, 1,000 epochs": RunSpec(model=ModelSpec(direction="forward"), training=_LONG),
    "Bidirectional LSTM, 1,000 epochs": RunSpec(training=_LONG),
    "The book's lesson: 50 units, 50,000 sequences": RunSpec(
        model=ModelSpec(units=50),
        training=TrainingSpec(epochs=1, sequences_per_epoch=50_000, batch_size=10, fresh_data=False),
    ),
}
DEFAULT_PRESET = "LSTM, 1,000 epochs"

DIRECTIONS: Mapping[str, ModelSpec] = {
    "forward": ModelSpec(direction="forward"),
    "backward": ModelSpec(direction="backward"),
    "backward, tutorial's order": ModelSpec(direction="backward", backward_output="raw"),
    "bidirectional": ModelSpec(),
}

MERGE_MODES: Mapping[str, ModelSpec] = {
    "concat": ModelSpec(merge_mode="concat"),
    "sum": ModelSpec(merge_mode="sum"),
    "mul": ModelSpec(merge_mode="mul"),
    "ave": ModelSpec(merge_mode="ave"),
}
