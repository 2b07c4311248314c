"""How a sentence quotes what it refuses: short, whatever came."""

from typing import Any

MOST = 60  # characters


def quoted(value: Any) -> str:
    """A value as Python writes it, whole numbers with commas, or the beginning of that."""
    if type(value) is int and abs(value) >= 10**MOST:  # Python itself refuses to write very long ones
        return f"a number of more than {MOST} digits"
    try:
        text = f"{value:,}" if type(value) is int else repr(value)
    except ValueError:  # one that holds a very long number
        return f"a {type(value).__name__}"
    return text if len(text) <= MOST else f"{text[:MOST]}…"
