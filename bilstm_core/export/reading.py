"""What Overview shows, which values each output has read, asked of Keras by changing one value at a time."""

from bilstm_core.export.pieces import WITH_KERAS, Piece, Program
from bilstm_core.palette import color
from bilstm_core.problems import View

TITLES: dict[View, str] = {
    "forward": "A forward LSTM: which values has each output read?",
    "backward": "A backward LSTM: which values has each output read?",
    "backward_raw": "A backward LSTM in Keras's own order of outputs: which values has each output read?",
    "bidirectional": "A bidirectional LSTM: which values has each output read?",
}


def program(view: View, merge_mode: str = "concat", timesteps: int = 5) -> Program:
    """What finds and draws the values that each output has read.

    view: of the network, not "position"; merge_mode: of both directions; timesteps: of its sequence
    Run, it leaves a matrix (outputs, values) of 0 and 1 in `has_read`.
    """
    cell, direction = "keras.layers.LSTM(4, return_sequences=True)", view.split("_", maxsplit=1)[0]
    backward = cell.replace(")", ", go_backwards=True)")
    mode = f', merge_mode="{merge_mode}"' if merge_mode != "concat" else ""
    network = {
        "forward": f"network = {cell}",
        "backward": f"inputs = keras.Input((TIMESTEPS, 1))\noutputs = {backward}(inputs)\n"
        "network = keras.Model(inputs, keras.ops.flip(outputs, axis=1))  # Keras gives the last timestep first",
        "backward_raw": f"network = {backward}  # gives the output of the last timestep first",
        "bidirectional": f"network = keras.layers.Bidirectional({cell}{mode})",
    }[view]
    asked = """x = np.random.default_rng(0).random((1, TIMESTEPS, 1), dtype=np.float32)
outputs = keras.ops.convert_to_numpy(network(x))[0]
has_read = np.zeros((TIMESTEPS, TIMESTEPS), dtype=int)
for value in range(TIMESTEPS):
    changed = x.copy()
    changed[0, value] += 0.5
    differs = keras.ops.convert_to_numpy(network(changed))[0] != outputs
    has_read[:, value] = differs.any(axis=-1)
print(has_read)"""
    drawn = f"""steps = np.arange(TIMESTEPS) + 1
scale = [[0, "white"], [1, "{color(direction, merge_mode)}"]]
figure = go.Figure(go.Heatmap(x=steps, y=steps, z=has_read, zmin=0, colorscale=scale, showscale=False))
figure.update_traces(xgap=2, ygap=2)
figure.update_xaxes(title="value")
figure.update_yaxes(title="output", autorange="reversed")
figure.show()"""
    return Program(
        "bilstm_reading",
        TITLES[view],
        WITH_KERAS,
        [
            Piece("", "import keras\nimport numpy as np\nimport plotly.graph_objects as go"),
            Piece("", f"TIMESTEPS = {timesteps}"),
            Piece("A network as it starts, not trained: reading needs no learning.", network),
            Piece("Change one value at a time. An output that differs has read it.", asked),
            Piece("Filled: this output has read that value.", drawn),
        ],
        f'from bilstm_core.problems.base import reads\nhas_read = reads("{view}", {timesteps})\n',
    )
