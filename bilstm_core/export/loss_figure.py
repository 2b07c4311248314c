"""The figure of an exported run: its loss while it learnt, and what it says of one sequence."""

from bilstm_core import wording
from bilstm_core.export import networks, sequences
from bilstm_core.figures.loss_plot import LONG, WORDS, X, loss_title
from bilstm_core.page_settings import TUTORIAL_EPOCHS
from bilstm_core.palette import EDGE, SHADE, WRONG, color, faint
from bilstm_core.specs import ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.wording import classes, loss_name

Y_MAX = 0.75  # of the axis of a loss in nats, as figures have it


def one_by_one(training: TrainingSpec) -> bool:
    """Whether each epoch is one fresh sequence: then epochs, sequences and updates are the same."""
    return training.sequences_per_epoch == 1 and training.fresh_data


def curve(spec: RunSpec, window: int, best: float | None, x: X) -> str:
    """The lines that draw the loss of each update and its trailing mean; arguments as of `script.program`."""
    model, training = spec.model, spec.training
    colour = color(model.direction, model.merge_mode)
    total = training.steps if x == "updates" else training.sequences
    along = "at" if x == "updates" or one_by_one(training) else "np.cumsum(sizes)"
    kind = ', type="log"' if total > LONG else ""
    lines = [
        *_trailing_mean(training, window),
        *([] if along == "at" else [f"at = {along}"]),
        "figure = make_subplots(rows=2, row_heights=[0.75, 0.25])",
        f'dots = {{"size": 4, "color": "{faint(colour, 0.35)}"}}',
        'figure.add_scatter(x=at, y=losses, mode="markers", name="each sequence", marker=dots)',
        f'figure.add_scatter(x=at, y=means, mode="lines", name="{model.direction}", line_color="{colour}")',
        *guides(spec.problem, row=1),
        *([f'figure.add_hline({best:.4g}, line_dash="dash", row=1)  # the best possible'] if best is not None else []),
    ]
    if total > LONG and x == "sequences_seen":
        lines.append(f'figure.add_vline({TUTORIAL_EPOCHS}, line_dash="dot", row=1)  # where the tutorial stops')
    lines += [
        f'figure.update_xaxes(title="{WORDS[x][0]}"{kind}, row=1)',
        loss_axis(spec.problem, window, row=1),
    ]
    return "\n".join(lines)


def guides(problem: ProblemSpec, row: int | None = None) -> list[str]:
    """The line of a guess among equally likely labels."""
    count = classes(problem)
    if not count:
        return []
    name = "a coin toss" if count == 2 else f"a guess among {count}"
    return [f'figure.add_hline(np.log({count}), line_dash="dot"{f", row={row}" if row else ""})  # {name}']


def loss_axis(problem: ProblemSpec, window: int, row: int | None = None) -> str:
    """The lines that name the loss, and end its axis where the page's ends. window: epochs of its trailing mean"""
    highest = wording.loss_axis(problem).get("y_max", Y_MAX)
    of_row = f", row={row}" if row else ""
    title = f'title = "{loss_title(loss_name(problem), window)}"'
    return f"{title}\nfigure.update_yaxes(title=title, range=[0, {highest:g}]{of_row})"


def _trailing_mean(training: TrainingSpec, window: int) -> list[str]:
    """The lines that make `means`, of as many updates as `window` sequences take."""
    size = training.batch_size
    if training.sequences_per_epoch % size == 0:
        return trailing_mean(-(-window // size))
    return [
        "seen = np.cumsum(sizes)",
        f'first = np.searchsorted(seen, seen - {window}, side="right")  # of each mean',
        "spans = [slice(begin, end + 1) for end, begin in enumerate(first)]",
        "means = [np.average(losses[span], weights=sizes[span]) for span in spans]",
        "at = np.arange(len(losses)) + 1",
    ]


def trailing_mean(updates: int) -> list[str]:
    """The lines that make `means` of the last so many of `losses`, of fewer at first."""
    return [
        "at = np.arange(len(losses)) + 1",
        f"sums = np.cumsum(np.pad(losses, ({updates}, 0)))",
        f"means = (sums[{updates}:] - sums[:-{updates}]) / np.minimum(at, {updates})",
    ]


def probe(spec: RunSpec, noise: bool) -> str:
    """The lines that draw below it what the network says of one sequence. noise: whether it is fed noise, too"""
    problem = spec.problem
    head, model = problem.problem.head, spec.model
    lines = [f"{sequences.names(problem)} = draw_sequences(32, np.random.default_rng([0, 5]))"]
    lines += networks.fed_noise("[0, 4]") if noise else []
    real = "[mask[0]]" if problem.problem.padded else ""
    lines += [
        f"expected = y[0, :, 0]{real}",
        f"answers = keras.ops.convert_to_numpy(model(x[:1]))[0]{real}",
        "steps = np.arange(len(expected)) + 1",
    ]
    colour = color(model.direction, model.merge_mode)
    if head == "regression":
        lines += [
            f'figure.add_scatter(x=steps, y=expected, name="expected", line_color="{EDGE}", row=2, col=1)',
            f'figure.add_scatter(x=steps, y=answers[:, 0], name="predicted", line_color="{colour}", row=2, col=1)',
        ]
        title = "answer"
    else:
        if head == "binary":
            lines += [
                "chance = answers[:, 0]  # of label 1",
                "right = (chance >= 0.5) == expected",
                'half = {"base": expected / 2, "width": 1, "marker_color": "' + SHADE + '"}',
                'figure.add_bar(x=steps, y=np.full(len(steps), 0.5), name="expected", **half, row=2, col=1)',
            ]
            title = "probability of 1"
        else:
            lines += ["chance = answers.max(axis=-1)", "right = answers.argmax(axis=-1) == expected"]
            title = "probability of the predicted label"
        lines += [
            f'colors = np.where(right, "{colour}", "{WRONG}")',
            'dots = {"name": "predicted", "mode": "markers", "marker_color": colors}',
            "figure.add_scatter(x=steps, y=chance, **dots, row=2, col=1)",
        ]
    lines += [
        'figure.update_xaxes(title="timestep", row=2)',
        f'figure.update_yaxes(title="{title}", row=2)',
        "figure.show()",
    ]
    return "\n".join(lines)
