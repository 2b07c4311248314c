"""How long formulas take to label sequences, and what they are reckoned to: nanoseconds a timestep of a sequence."""

import time

import numpy as np

from bilstm_core.problems.formula import values
from bilstm_core.problems.formula.language import MOST_GROUPS, parsed

PARTS = (
    "x[t]",
    " + ".join(["x[t - 1]"] * 8),
    "x[t]" + " * x[t]" * 10,
    "x[t]" + " % t" * 10,
    "x[t]" + " // t" * 10,
    "x[t]" + " * 1000000" * 12 + " % (x[t - 1]" + " / 1000000" * 10 + ")",
    "max(x[t], t, t, t, t, t, t)",
    "(x[t] if x[t] > x[t - 1] else t) + (x[t] if x[t] > x[t - 1] else t)",
    *[f"{word}({group})" for word in ("sum", "mean", "max") for group in ("before", "after", "all", "near(20)")],
    *[f"count({group} > {right})" for group in ("before", "all", "near(20)") for right in ("0.5", "x[t]")],
    " + ".join(["count(all > x[t])"] * MOST_GROUPS),
)
TIMESTEPS, VALUES, TIMES = (2, 10, 50, 200), 400_000, 3


def main() -> None:
    """Print a row for each part and number of timesteps."""
    print("| timesteps | measured | reckoned | of it | formula |\n| ---: | ---: | ---: | ---: | --- |")
    for part in PARTS:
        formula = parsed(f"{part} > 0.3")
        for timesteps in TIMESTEPS:
            least, n = np.inf, VALUES // timesteps
            for _ in range(TIMES):
                begin = time.thread_time()
                x = np.random.default_rng(0).random((n, timesteps), dtype=np.float32)
                values.labels(formula, x).astype(np.int64)
                least = min(least, time.thread_time() - begin)
            measured, reckoned = least * 1e9 / VALUES, values.work(formula, timesteps) / timesteps
            print(f"| {timesteps} | {measured:.1f} | {reckoned:.1f} | {measured / reckoned:.2f} | `{part}` |")


if __name__ == "__main__":
    main()
