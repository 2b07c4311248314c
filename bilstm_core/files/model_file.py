"""A trained network as a `.keras` file: plain Keras loads it, and this program brings it back as the run that it was.

Beside what Keras writes it has one member that Keras does not look at, with the run's spec, its curve and its versions.
"""

import tempfile
from pathlib import Path
from zipfile import ZipFile

from bilstm_core.files import h5_arrays, imported, keras_graph
from bilstm_core.files.archive import Archive, packed
from bilstm_core.network.initial_weights import branches, shapes
from bilstm_core.runs import Run

CONFIG, WEIGHTS, METADATA, RECORD = "config.json", "model.weights.h5", "metadata.json", "bilstm_explorer.npz"
MAX_CONFIG = 2_000_000  # bytes
NOISY = (
    "A model whose second branch is fed noise cannot be saved for plain Keras: the noise is drawn anew at every call,"
    " by a layer that plain Keras does not have. Choose another second branch."
)


def refusal(run: Run) -> str:
    """Why a run's network has no `.keras` file, in a sentence; empty where it has one. Keras is not imported."""
    if any(side.reads == "noise" for side in branches(run.spec.model)):
        return NOISY
    try:
        imported.check(run)
    except ValueError as error:
        return str(error)
    return ""


def write_model_file(run: Run) -> bytes:
    """The `.keras` file of a run's network, compiled, with Adam at its beginning. Imports TensorFlow.

    Raises ValueError, with a sentence, for a branch fed noise, and for a run that diverged or has learnt nothing yet.
    """
    if reason := refusal(run):
        raise ValueError(reason)
    from bilstm_core.models import plain_model

    record, _ = imported.written(run, weights=False)
    spec = run.spec
    network = plain_model(spec.problem, spec.model, run.weights, learning_rate=spec.training.learning_rate)
    with tempfile.TemporaryDirectory(prefix="bilstm-") as folder:
        path = Path(folder) / "model.keras"
        network.save(path)
        with ZipFile(path) as saved:
            members = {name: saved.read(name) for name in saved.namelist()}
    return packed({**members, RECORD: record})


def read_model_file(data: bytes) -> Run:
    """The run of a `.keras` file that `write_model_file` wrote, of origin "imported".

    Its network is held against its spec, its weights against the run's digest. Keras is not imported, nothing is
    written to the disk and nothing unpickled. Raises ValueError, with a sentence that says what is wrong.
    """
    return read_archive(Archive(data))


def read_archive(archive: Archive) -> Run:
    """As `read_model_file`, of a ZIP that is open."""
    if archive.sizes.get(CONFIG, 0) > MAX_CONFIG:
        raise ValueError("The .keras file's list of layers is too long.")
    config = imported.document_of(archive.read(CONFIG), CONFIG)
    keras_graph.check_kinds(config)
    others = sorted(set(archive.sizes) - {CONFIG, WEIGHTS, METADATA, RECORD})
    if others:
        raise ValueError(f"The .keras file has {others[0]} in it, which no file that was saved here has.")
    if RECORD not in archive.sizes:
        raise ValueError(
            "The .keras file does not say what its network was trained on. Only files that were saved here, and not"
            " saved again by Keras, can be brought back."
        )
    document, arrays = imported.parts_of(archive.read(RECORD))
    spec = imported.spec_of(document)
    places = keras_graph.check(config, spec.problem, spec.model)
    wanted = shapes(spec.problem, spec.model)
    weights = h5_arrays.read(archive.read(WEIGHTS), {places[name]: shape for name, shape in wanted.items()})
    arrays = {name: array for name, array in arrays.items() if not name.startswith("weights:")}
    arrays |= {f"weights:{name}": weights[places[name]] for name in wanted}
    return imported.checked(document, arrays, document.get("digest"))
