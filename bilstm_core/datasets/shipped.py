"""The data sets that come with the program, so that the page works at once; shipped/README.md says where from."""

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bilstm_core.datasets.columns import Columns

OWN = "own"  # in a setting, in place of a name: what a visitor has brought
FOLDER = Path(__file__).resolve().parents[1] / "shipped"


class Shipped(NamedTuple):
    """A data set.

    title: as a choice; asked: what is told of each timestep, in a question
    source, license, address: which are told wherever it is used
    changed: what was done to it, as its license asks to be told
    """

    title: str
    asked: str
    source: str
    license: str
    address: str
    changed: str
    columns: Columns


SHIPPED: Mapping[str, Shipped] = {
    "tags": Shipped(
        title="Words of English sentences",
        asked="Which part of speech is each word?",
        source="Universal Dependencies English Web Treebank, its development part",
        license="CC BY-SA 4.0",
        address="https://github.com/UniversalDependencies/UD_English-EWT",
        changed="Sentences of 5 to 20 words; words in small letters, with their last two letters and their shape.",
        columns=Columns(sequence="sentence", timestep="position", features=("word", "ending", "shape"), label="tag"),
    ),
    "occupancy": Shipped(
        title="Sensors of an office",
        asked="Is somebody in the room, minute by minute?",
        source="Occupancy Detection, L. Candanedo, UCI Machine Learning Repository, doi.org/10.24432/C5X01N",
        license="CC BY 4.0",
        address="https://archive.ics.uci.edu/dataset/357/occupancy+detection",
        changed="Cut into hours; numbers rounded; humidity ratio left out.",
        columns=Columns(
            sequence="hour",
            timestep="minute",
            features=("temperature", "humidity", "light", "co2"),
            label="occupied",
        ),
    ),
}


def read(name: str) -> bytes:
    """The CSV file of a data set. Raises KeyError for another name."""
    if name not in SHIPPED:
        raise KeyError(name)
    return gzip.decompress((FOLDER / f"{name}.csv.gz").read_bytes())
