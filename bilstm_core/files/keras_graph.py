"""What the config.json of a `.keras` file must say for the network of a spec, and where its weights then lie.

Keras is not asked: to load a file is to build what it says. models.plain_model writes such a network.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from bilstm_core.choices import unknown_merge_mode
from bilstm_core.network.inference import CONSTANT
from bilstm_core.network.initial_weights import branches
from bilstm_core.specs import ModelSpec, ProblemSpec

CELLS = {"lstm": "LSTM", "gru": "GRU", "rnn": "SimpleRNN"}
FOLDERS = {  # of a layer's weights
    "LSTM": "lstm",
    "GRU": "gru",
    "SimpleRNN": "simple_rnn",
    "Bidirectional": "bidirectional",
    "TimeDistributed": "time_distributed",
}
LAYERS = ("InputLayer", "Dense", *FOLDERS)
OPERATIONS = (
    "Add", "Cast", "Concatenate", "Cumsum", "Divide", "Flip", "FullLike", "GetItem", "Multiply", "OneHot", "OnesLike",
    "Squeeze", "Subtract", "TrueDivide",
)  # fmt: skip
BESIDE = (
    "Functional", "DTypePolicy", "GlorotUniform", "Orthogonal", "Zeros", "Adam", "BinaryCrossentropy",
    "SparseCategoricalCrossentropy", "MeanSquaredError", "__keras_tensor__", "__ellipsis__", "__slice__",
)  # fmt: skip
ALLOWED = frozenset((*LAYERS, *OPERATIONS, *BESIDE))
ACTIVATIONS = {"binary": "sigmoid", "categorical": "softmax", "regression": "linear"}
MOST_LAYERS = 100


class Node(NamedTuple):
    """A layer or an operation: Keras's class, the settings that decide what it computes, and what it takes.

    inputs: nodes, constants, and tuples of them. name: of a layer that has weights
    """

    kind: str
    settings: Mapping[str, Any]
    inputs: tuple[Any, ...]
    name: str = ""


def check_kinds(config: Mapping[str, Any]) -> None:
    """Raises ValueError, with a sentence that names it, for anything that no network of this program has."""
    for kind, module in _kinds(config):
        if kind not in ALLOWED or not (module is None or module.split(".")[0] == "keras"):
            what = f"a {kind} layer" if kind == "Lambda" else f"{kind!a:.60}"
            raise ValueError(
                f"The .keras file has {what} in it, which no network of this program has. Only files that were saved"
                " here can be brought back."
            )


def check(config: Mapping[str, Any], problem: ProblemSpec, model: ModelSpec) -> dict[str, str]:
    """The place of each weight in the file's model.weights.h5, by its name, in their order.

    Raises ValueError, with a sentence, if the file's network is another than that of problem and model.
    """
    problem, model = problem.canonical(), model.canonical()
    parts = config.get("config")
    layers = parts.get("layers") if isinstance(parts, dict) else None
    if not isinstance(layers, list) or not 0 < len(layers) <= MOST_LAYERS or not isinstance(parts, dict):
        raise ValueError("The .keras file does not list its layers.")
    try:
        by_name = {layer["name"]: layer for layer in layers}
        names: dict[str, str] = {}  # of the file's layers, by ours
        _match({"class_name": "__keras_tensor__", "config": {"keras_history": parts["output_layers"]}},
               _network(problem, model), by_name, names)  # fmt: skip
        places = _places(layers)
        return {weight: f"{places[names[layer]]}{rest}" for weight, layer, rest in _weights(model)}
    except (KeyError, TypeError, IndexError, AttributeError):
        raise ValueError("The .keras file's list of layers cannot be read.") from None


def _kinds(value: Any) -> Iterator[tuple[str, str | None]]:
    if isinstance(value, dict):
        kind, module = value.get("class_name"), value.get("module")
        if "class_name" in value or "module" in value:
            yield str(kind), None if module is None else str(module)
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _kinds(part)


def _network(problem: ProblemSpec, model: ModelSpec) -> Node:
    declared, timesteps = problem.problem, problem.timesteps
    inputs = Node("InputLayer", {"batch_shape": [None, timesteps, declared.features]}, ())
    position = _position(model, timesteps, inputs)
    outputs = _told(inputs, position)
    for layer in range(1, model.layers + 1):
        outputs = _layer(model, layer, outputs, inputs, position)
    activation = ACTIVATIONS[declared.head]
    dense = {"class_name": "Dense", "config": {"units": declared.outputs, "activation": activation, "use_bias": True}}
    return Node("TimeDistributed", {"layer": dense}, (outputs,), "head")


def _position(model: ModelSpec, timesteps: int, inputs: Node) -> Node | None:
    if model.position == "none":
        return None
    part = {"class_name": "__slice__", "config": {"start": None, "stop": 1, "step": None}}
    first = Node("GetItem", {}, (inputs, ({"class_name": "__ellipsis__", "config": {}}, part)))
    number = Node("Cumsum", {"axis": 1}, (Node("OnesLike", {}, (first,)),))
    if model.position == "fraction":
        return Node("Divide", {}, (number, timesteps))
    place = Node("Subtract", {}, (Node("Squeeze", {"axis": -1}, (number,)), 1))
    return Node("OneHot", {"num_classes": timesteps, "axis": -1}, (Node("Cast", {"dtype": "int32"}, (place,)),))


def _told(inputs: Node, position: Node | None) -> Node:
    return inputs if position is None else Node("Concatenate", {"axis": -1}, ((inputs, position),))


def _layer(model: ModelSpec, layer: int, outputs: Node, inputs: Node, position: Node | None) -> Node:
    name = f"layer{layer}"
    if model.second_branch != "backward":
        first, second = branches(model)
        constant = Node("FullLike", {}, (inputs, CONSTANT))
        forward = Node(*_cell(model, first.reverse), (_told(inputs, position),), f"{name}_{first.name}")
        beside = Node(*_cell(model, second.reverse), (_told(constant, position),), f"{name}_{second.name}")
        return _merged(model.merge_mode, forward, Node("Flip", {"axis": 1}, (beside,)) if second.reverse else beside)
    if model.direction == "bidirectional":
        kind, settings = _cell(model, reverse=False)
        wrapped = {"class_name": kind, "config": settings}
        return Node("Bidirectional", {"merge_mode": model.merge_mode, "layer": wrapped}, (outputs,), name)
    backward = model.direction == "backward"
    node = Node(*_cell(model, backward), (outputs,), name)
    raw = model.backward_output == "raw" and layer == model.layers
    return Node("Flip", {"axis": 1}, (node,)) if backward and not raw else node


def _cell(model: ModelSpec, reverse: bool) -> tuple[str, dict[str, Any]]:
    settings = {
        "units": model.units, "activation": "tanh", "use_bias": True, "return_sequences": True, "go_backwards": reverse,
        "stateful": False, "dropout": 0.0, "recurrent_dropout": 0.0,
    }  # fmt: skip
    if model.cell != "rnn":
        settings["recurrent_activation"] = "sigmoid"
    if model.cell == "gru":
        settings["reset_after"] = True
    return CELLS[model.cell], settings


def _merged(merge_mode: str, first: Node, second: Node) -> Node:
    if merge_mode == "concat":
        return Node("Concatenate", {"axis": -1}, ((first, second),))
    if merge_mode == "mul":
        return Node("Multiply", {}, (first, second))
    total = Node("Add", {}, (first, second))
    if merge_mode == "sum":
        return total
    if merge_mode == "ave":
        return Node("TrueDivide", {}, (total, 2))
    raise unknown_merge_mode(merge_mode)


def _match(written: Any, expected: Any, by_name: Mapping[str, Any], names: dict[str, str]) -> None:
    """Hold what a layer takes against what it must take, and all that stands before it."""
    if isinstance(expected, tuple) and not isinstance(expected, Node):
        if not isinstance(written, list) or len(written) != len(expected):
            raise ValueError(_other("a list of inputs", written))
        for part, other in zip(written, expected, strict=True):
            _match(part, other, by_name, names)
        return
    if not isinstance(expected, Node):
        if written != expected or isinstance(written, bool):
            raise ValueError(_other(str(expected), written))
        return
    layer = by_name[written["config"]["keras_history"][0]]
    if layer["class_name"] != expected.kind:
        raise ValueError(_other(expected.kind, layer["class_name"]))
    for name, value in expected.settings.items():
        _match_setting(layer["config"].get(name), value, f"{expected.kind}'s {name}")
    if expected.name:
        names[expected.name] = layer["name"]
    calls = layer["inbound_nodes"]
    if expected.inputs:
        if len(calls) != 1:
            raise ValueError(_other("one call of a layer", len(calls)))
        _match(calls[0]["args"], expected.inputs, by_name, names)


def _match_setting(written: Any, expected: Any, what: str) -> None:
    if isinstance(expected, dict):
        for name, value in expected.items():
            _match_setting(written.get(name) if isinstance(written, dict) else None, value, f"{what}: {name}")
    elif written != expected or isinstance(written, bool) != isinstance(expected, bool):
        raise ValueError(_other(f"{expected} as {what}", written))


def _other(wanted: str, written: Any) -> str:
    return (
        f"The .keras file has another network than its own record says: {wanted} belongs there, not {written!a:.60}."
        " Bring a file as it was saved here."
    )


def _places(layers: list[Any]) -> dict[str, str]:
    """The folder of each layer's weights: its class's, numbered from the second on."""
    counts: dict[str, int] = {}
    places = {}
    for layer in layers:
        folder = FOLDERS.get(layer["class_name"])
        if folder:
            number = counts.get(folder, 0)
            counts[folder] = number + 1
            places[layer["name"]] = f"layers/{folder}" + (f"_{number}" if number else "")
    return places


def _weights(model: ModelSpec) -> Iterator[tuple[str, str, str]]:
    """Each weight's name, the name of its layer, and its place within the layer's folder."""
    for layer in range(1, model.layers + 1):
        for side in branches(model):
            own = f"layer{layer}_{side.name}" if model.second_branch != "backward" else f"layer{layer}"
            wrapped = model.direction == "bidirectional" and model.second_branch == "backward"
            within = f"/{side.name}_layer/cell/vars" if wrapped else "/cell/vars"
            for number, matrix in enumerate(("kernel", "recurrent_kernel", "bias")):
                yield f"layer{layer}/{side.name}/{matrix}", own, f"{within}/{number}"
    for number, matrix in enumerate(("kernel", "bias")):
        yield f"head/{matrix}", "head", f"/layer/vars/{number}"
