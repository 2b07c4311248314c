"""Words of others, made harmless: characters that nobody sees, and names for files."""

import re
import unicodedata
from collections.abc import Collection

LONGEST_NAME = 60  # characters of a file's name, without its ending
CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f"  # all but the tab and the end of a line
TURNING = r"\u200e\u200f\u202a-\u202e\u2066-\u2069"  # turn the direction in which a text is read
UNSEEN = re.compile(rf"[{CONTROLS}{TURNING}\ud800-\udfff\ufffe\uffff]")  # and halves of characters


def visible(text: str) -> str:
    """The text without control characters and those that turn the direction of reading; lines and tabs stay."""
    return UNSEEN.sub("", text)


def file_name(title: str, ending: str, taken: Collection[str] = ()) -> str:
    """A name for a file that every system takes: letters, digits and hyphens. taken: names that it must not have."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_NAME].strip("-") or "untitled"
    name, number = f"{words}{ending}", 2
    while name in taken:
        name, number = f"{words}-{number}{ending}", number + 1
    return name
