"""How much one app gives: read once from environment variables, each with a default, a range and a sentence.

A value that is not allowed keeps nobody from the app: the default takes its place, and `problems` says so.
"""

import functools
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

FRAME_SOURCE = re.compile(r"\*|'self'|'none'|https?://(\*\.)?[A-Za-z0-9.-]+(:(\d{1,5}|\*))?")


def _limit(default: int, least: int, most: int, name: str, what: str) -> Any:
    """A whole number that is read from BILSTM_<name>. what: what it bounds, as docs/hosting.md has it"""
    about = {"name": f"BILSTM_{name}", "least": least, "most": most, "what": what}
    return field(default=default, metadata=about)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What each is, stands beside it; `of` reads them."""

    people: int = _limit(200, 1, 10_000, "PEOPLE", "pages that are open at once")
    tray_runs: int = _limit(20, 1, 200, "TRAY_RUNS", "runs that one visit keeps beside each other, and that a link has")
    store_mb: int = _limit(500, 1, 1_000_000, "STORE_MB", "MB of finished runs on disk")
    link_characters: int = _limit(20_000, 500, 1_000_000, "LINK_CHARACTERS", "characters of a link that is opened")
    paste_characters: int = _limit(20_000, 500, 1_000_000, "PASTE_CHARACTERS", "characters of a pasted sequence")
    upload_mb: int = _limit(100, 1, 100, "UPLOAD_MB", "MB of a file that is brought back")
    max_job_s: int = _limit(900, 1, 86_400, "MAX_JOB_S", "seconds of training in one job, by estimate")
    max_job_busy_s: int = _limit(300, 1, 86_400, "MAX_JOB_BUSY_S", "the same while somebody else waits")
    jobs_a_person: int = _limit(6, 1, 100, "JOBS_A_PERSON", "trainings that one visit has under way")
    memory_mb: int = _limit(0, 0, 10_000_000, "MEMORY_MB", "MB of memory that app and workers count on; 0 for all")
    workers: int = _limit(0, 0, 16, "WORKERS", "training processes that the app starts; 0 for as many as fit")
    frame_ancestors: str = field(default="", metadata={"name": "BILSTM_FRAME_ANCESTORS"})
    status: bool = field(default=False, metadata={"name": "BILSTM_STATUS"})

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "tuple[Limits, tuple[str, ...]]":
        """The limits that an environment sets, and a sentence for each value that is not allowed."""
        chosen: dict[str, Any] = {}
        sentences = []
        for each in fields(cls):
            text = environment.get(each.metadata["name"], "").strip()
            if text:
                try:
                    chosen[each.name] = _parse(text, each.default, each.metadata)
                except ValueError as error:
                    kept = f"{each.default:,}" if type(each.default) is int else each.default or "the default"
                    sentences.append(f"{each.metadata['name']} {error} Until then it is {kept}.")
        known = {each.metadata["name"] for each in fields(cls)} | {"BILSTM_STORE", "BILSTM_SCRATCH"}
        strange = sorted(name for name in environment if name.startswith("BILSTM_") and name not in known)
        sentences += [f"{name} is no setting of this app; docs/hosting.md lists them." for name in strange]
        return cls(**chosen), tuple(sentences)


def _parse(text: str, default: object, about: Mapping[str, Any]) -> object:
    """The value that a text says; ValueError, with the end of a sentence, if it is not allowed."""
    if isinstance(default, bool):
        if text not in ("0", "1"):
            raise ValueError(f"must be 0 or 1, not {text[:40]!r}.")
        return text == "1"
    if isinstance(default, str):
        sources = text.split()
        if not all(FRAME_SOURCE.fullmatch(source) for source in sources) or ("'none'" in sources and len(sources) > 1):
            raise ValueError(
                f"must be addresses such as https://moodle.example.org, or *, 'self' or 'none', not {text[:80]!r}."
            )
        return " ".join(sources)
    least, most = about["least"], about["most"]
    if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
        raise ValueError(f"must be a whole number from {least:,} to {most:,}, not {text[:40]!r}.")
    return int(text)


@functools.lru_cache(maxsize=1)
def _read() -> tuple[Limits, tuple[str, ...]]:
    return Limits.of(os.environ)


def limits() -> Limits:
    """The limits of this process, read from its environment once."""
    return _read()[0]


def problems() -> tuple[str, ...]:
    """A sentence for each setting of this process that is not allowed."""
    return _read()[1]
