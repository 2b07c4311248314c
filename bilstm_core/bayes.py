"""The best that any model can do with what it has read of a sequence. NumPy only."""

import functools

from bilstm_core.problems import VIEWS, BayesRisk, View
from bilstm_core.specs import ModelSpec, ProblemSpec


def bayes_risk(problem: ProblemSpec, view: View) -> BayesRisk:
    """The least loss and the best accuracies with a view; docs/problems.md derives them.

    view: "position" knows the timestep alone, "forward" the values up to it, "backward" those from it on,
    "backward_raw" as many of the last values as the timestep's number, "bidirectional" all of them.
    Raises ValueError for another view. Results are kept.
    """
    if view not in VIEWS:
        raise ValueError(f"view must be one of {', '.join(VIEWS)}, not {view!r}.")
    return _risk(problem.canonical(), view)


@functools.lru_cache(maxsize=256)
def _risk(problem: ProblemSpec, view: View) -> BayesRisk:
    return problem.problem.risk(problem.timesteps, view, **problem.parameters())


def view_of(model: ModelSpec) -> View:
    """What the outputs of a model have read.

    A second branch that reads a constant or noise tells nothing of the values, so that the pair sees what its forward
    branch sees. Told positions add nothing: a recurrent network can count the values that it has read.
    """
    model = model.canonical()
    if model.direction == "backward":
        return "backward_raw" if model.backward_output == "raw" else "backward"
    return "bidirectional" if model.direction == "bidirectional" and model.second_branch == "backward" else "forward"
