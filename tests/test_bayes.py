from collections.abc import Iterator

import numpy as np
import pytest

from bilstm_core.bayes import bayes_risk, view_of
from bilstm_core.problems import PROBLEMS, VIEWS, Problem, View
from bilstm_core.problems.base import reads
from bilstm_core.problems.signed_sums import entropy, threshold_risk
from bilstm_core.specs import ModelSpec, ProblemSpec

LENGTHS = (1, 2, 5, 10, 20, 50, 200)
THRESHOLDS = (0.1, 0.25, 0.5, 0.9)


def simulated(timesteps: int, view: View) -> Iterator[tuple[float, dict[str, tuple[float, float]]]]:
    """For each threshold, mean and standard error of what a guesser gets who counts other sequences' unseen sums.

    No formula of the distribution of sums is used.
    """
    x, others = (
        np.random.default_rng([timesteps, seed]).random((min(10_000, most // timesteps), timesteps))
        for seed, most in ((0, 100_000), (1, 200_000))
    )
    past, seen = np.tri(timesteps, dtype=bool), reads(view, timesteps)
    sums, read = x.cumsum(axis=1), (x @ (past & seen).T).T
    unread = np.sort((others @ (past & ~seen).T).T)
    for threshold in THRESHOLDS:
        limit = threshold * timesteps
        labels = sums >= limit
        losses, hits = np.zeros(labels.shape), np.zeros(labels.shape, bool)
        for t in range(timesteps):
            enough = len(others) - np.searchsorted(unread[t], limit - read[t])
            all_read, none_read = seen[t, : t + 1].all(), not seen[t, : t + 1].any()
            chance = np.where(all_read, labels[:, t], (enough + 0.5) / (len(others) + 1))
            losses[:, t] = -np.log(np.where(labels[:, t], chance, 1 - chance))
            even = 0.45 if none_read else 0.5  # a guess by position alone may face an even chance
            hits[:, t] = (chance >= even) == labels[:, t]
        scores = {"loss": losses.mean(axis=1), "accuracy": hits.mean(axis=1), "exact": hits.all(axis=1)}
        yield threshold, {name: (score.mean(), score.std() / np.sqrt(len(x))) for name, score in scores.items()}


@pytest.mark.parametrize("timesteps", LENGTHS)
@pytest.mark.parametrize("view", ["position", "backward", "backward_raw"])
def test_bayes_risk_matches_simulation(view: View, timesteps: int) -> None:
    for threshold, scores in simulated(timesteps, view):
        risk = bayes_risk(ProblemSpec(timesteps=timesteps, threshold=threshold), view)
        for name, (expected, error) in scores.items():
            tolerance = 4 * np.hypot(error, risk.error) + 5e-4
            assert getattr(risk, name) == pytest.approx(expected, abs=tolerance), (threshold, name)


@pytest.mark.parametrize("view", ["forward", "bidirectional"])
@pytest.mark.parametrize("timesteps", LENGTHS)
def test_forward_and_bidirectional_can_be_perfect(timesteps: int, view: View) -> None:
    risk = bayes_risk(ProblemSpec(timesteps=timesteps), view)
    assert (risk.loss, risk.accuracy, risk.exact, risk.error) == (0, 1, 1, 0)


@pytest.mark.parametrize("timesteps", LENGTHS)
@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_more_sight_is_never_worse(threshold: float, timesteps: int) -> None:
    risks = {view: bayes_risk(ProblemSpec(timesteps=timesteps, threshold=threshold), view) for view in VIEWS}
    for view in ("forward", "backward", "backward_raw"):
        for less, more in (("position", view), (view, "bidirectional")):
            assert (risks[more].per_timestep_loss <= risks[less].per_timestep_loss + 1e-7).all()
            assert (risks[more].per_timestep_accuracy >= risks[less].per_timestep_accuracy - 1e-7).all()


def test_a_single_value_is_a_coin_with_a_known_bias() -> None:
    risk = bayes_risk(ProblemSpec(timesteps=1, threshold=0.1), "position")
    assert risk.loss == pytest.approx(-0.1 * np.log(0.1) - 0.9 * np.log(0.9))
    assert risk.accuracy == pytest.approx(0.9)


def test_one_of_two_values_seen() -> None:
    """The sum of two reaches 1/2 surely if the one seen does, else with chance 1/2 + x."""
    loss, accuracy = threshold_risk(1, 1, 0.5)
    assert loss == pytest.approx(0.25, abs=1e-7)  # the integral of the entropy of u from 0 to 1/2
    assert accuracy == pytest.approx(7 / 8, abs=1e-7)


def test_entropy_of_a_fair_and_of_a_sure_coin() -> None:
    np.testing.assert_allclose(entropy([0, 0.5, 1]), [0, np.log(2), 0])


def test_the_ceilings_of_timesteps_average_to_the_whole() -> None:
    risk = bayes_risk(ProblemSpec(), "backward")
    assert risk.per_timestep_loss.mean() == pytest.approx(risk.loss)
    assert risk.per_timestep_accuracy.mean() == pytest.approx(risk.accuracy)
    assert risk.per_timestep_loss[0] == 0


def test_a_risk_is_worked_out_once() -> None:
    assert bayes_risk(ProblemSpec(), "backward") is bayes_risk(ProblemSpec(), "backward")


def test_an_unknown_view_is_refused() -> None:
    with pytest.raises(ValueError, match="view must be one of position, forward"):
        bayes_risk(ProblemSpec(), "sideways")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("model", "view"),
    [
        (ModelSpec(), "bidirectional"),
        (ModelSpec(direction="forward", position="one_hot"), "forward"),
        (ModelSpec(direction="backward"), "backward"),
        (ModelSpec(direction="backward", layers=2), "backward"),
        (ModelSpec(direction="backward", backward_output="raw"), "backward_raw"),
        (ModelSpec(second_branch="backward_constant"), "forward"),
        (ModelSpec(second_branch="backward_noise"), "forward"),
        (ModelSpec(second_branch="forward_constant"), "forward"),
        (ModelSpec(second_branch="backward_constant", layers=2), "bidirectional"),
    ],
)
def test_a_model_sees_what_its_branches_read(model: ModelSpec, view: View) -> None:
    assert view_of(model) == view


def redrawn(problem: Problem, timesteps: int, view: View) -> dict[str, tuple[float, float]]:
    """Mean and standard error of what a guesser gets who tries out what the unseen values may be, by `labels` alone."""
    assert problem.labels is not None
    n, trials = 4_000, 120
    rng = np.random.default_rng(7)
    batch = problem.sample(n, timesteps, rng)
    classes = max(problem.outputs, 2)
    losses, hits = np.zeros((n, timesteps)), np.zeros((n, timesteps), bool)
    for t, (seen, counts_for) in enumerate(zip(reads(view, timesteps), problem.deciding(timesteps), strict=True)):
        tried = rng.random((trials, n, timesteps, 1), dtype=np.float32)
        tried[:, :, seen] = batch.x[:, seen]
        masks = np.broadcast_to(batch.mask, (trials, n, timesteps))
        labels = problem.labels(tried.reshape(-1, timesteps, 1), masks.reshape(-1, timesteps))[:, t].reshape(trials, n)
        counts = np.array([(labels == label).sum(axis=0) for label in range(classes)])
        shares = counts / trials
        bias = ((counts > 0).sum(axis=0) - 1) / (2 * trials)  # of the entropy of shares (Miller, 1955)
        losses[:, t] = -np.sum(shares * np.log(np.where(counts > 0, shares, 1)), axis=0) + bias
        if not (seen & counts_for).any():  # nothing was read that the label depends on
            shares = shares[:, batch.mask[:, t]].mean(axis=1, keepdims=True)
            shares[-1] += 0.01  # an even chance means 1
        likelier = shares.argmax(axis=0)
        hits[:, t] = likelier == batch.y[:, t, 0]
    real = batch.mask.mean()
    loss, accuracy = (losses * batch.mask).mean(axis=1) / real, (hits & batch.mask).mean(axis=1) / real
    scores = {"loss": loss, "accuracy": accuracy, "exact": (hits | ~batch.mask).all(axis=1)}
    return {name: (score.mean(), score.std() / np.sqrt(n)) for name, score in scores.items()}


@pytest.mark.parametrize("view", ["position", "forward", "backward", "backward_raw"])
@pytest.mark.parametrize(
    "name", [name for name, problem in PROBLEMS.items() if problem.labels and name != "cumulative_sum"]
)
def test_every_floor_matches_trying_out_the_unseen_values(name: str, view: View) -> None:
    timesteps = 5
    risk = PROBLEMS[name].risk(timesteps, view)
    for figure, (expected, error) in redrawn(PROBLEMS[name], timesteps, view).items():
        slack = {"loss": 3e-3, "accuracy": 6e-3, "exact": 1.2e-2}[figure]  # for 120 trials
        assert getattr(risk, figure) == pytest.approx(expected, abs=4 * np.hypot(error, risk.error) + slack), figure


WAVES = [("forward", 3), ("backward", 2), ("backward_raw", 2), ("backward_raw", 6)]


@pytest.mark.parametrize(("view", "timesteps"), WAVES)
def test_floor_of_the_wave_matches_regression_on_its_first_values(view: View, timesteps: int) -> None:
    """The mean answer in each cell of one or two values that were read, found on other waves than it is tried on."""
    problem = PROBLEMS["cosine_from_sine"]
    batch = problem.sample(600_000, timesteps, np.random.default_rng(1))
    floor = problem.risk(timesteps, view).per_timestep_loss
    half = len(batch.x) // 2
    for t, seen in enumerate(reads(view, timesteps)):
        if seen.sum() > 2:
            assert floor[t] == 0
            continue
        cells = np.floor((batch.x[:, seen, 0] + 1) * 60).astype(int) @ (1, 121)[: seen.sum()]
        answer = batch.y[:, t, 0].astype(float)
        sums = np.bincount(cells[:half], answer[:half], 121 * 122)
        means = sums / np.maximum(np.bincount(cells[:half], minlength=121 * 122), 1)
        assert floor[t] == pytest.approx(np.square(answer[half:] - means[cells[half:]]).mean(), abs=0.02)
