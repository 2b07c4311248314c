"""Whether this machine's clock was set back, which stops what Dask has to send.

A connection of Dask's waits between two messages until a moment of the clock that can be set (`distributed.batched`).
Set back by an hour, it sends nothing for that hour: client, scheduler and worker alike.
"""

import time
from dataclasses import dataclass, field

SET_BACK_S = 1.0  # between two looks; one that is kept right by a network is moved by less


def _ahead() -> float:
    """Seconds that the clock which can be set is ahead of the one which nobody sets."""
    return time.time() - time.monotonic()


@dataclass(slots=True)
class Clock:
    """How the clock stood when it was last looked at."""

    ahead: float = field(default_factory=_ahead)

    def set_back(self) -> bool:
        """Whether it was set back since the last look."""
        before, self.ahead = self.ahead, _ahead()
        return before - self.ahead > SET_BACK_S
