"""A merge mode that is none of ours is refused wherever a merge is said once more."""

import numpy as np
import pytest

from bilstm_core.choices import MERGE_MODES
from bilstm_core.files import keras_graph
from bilstm_core.network.equations import merge

ONES = np.ones((1, 2, 3), np.float32)
REFUSED = f"merge_mode must be one of {', '.join(MERGE_MODES)}, not 'left'"


def test_the_equations_know_our_merge_modes_and_no_other() -> None:
    assert [merge(mode, ONES, 3 * ONES)[0, 0, 0] for mode in MERGE_MODES] == [1, 4, 3, 2]
    with pytest.raises(ValueError, match=REFUSED):
        merge("left", ONES, ONES)  # type: ignore[arg-type]


def test_the_graph_of_a_keras_file_knows_our_merge_modes_and_no_other() -> None:
    node = keras_graph.Node("Input", {}, ())
    kinds = {mode: keras_graph._merged(mode, node, node).kind for mode in MERGE_MODES}
    assert kinds == {"concat": "Concatenate", "sum": "Add", "mul": "Multiply", "ave": "TrueDivide"}
    with pytest.raises(ValueError, match=REFUSED):
        keras_graph._merged("left", node, node)
