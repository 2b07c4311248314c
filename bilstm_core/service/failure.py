"""What a person is told of a training that failed: a sentence that says what to do."""

LOST = "The request was lost on its way to the training process. Press Retry."
KILLED = (
    "The training process stopped or hung again and again, most likely for lack of memory."
    " Press Retry, or choose fewer units, timesteps or sequences."
)


def failure(error: BaseException | None) -> str:
    """What to tell a person of a training that failed."""
    kind = type(error).__name__
    if kind == "KilledWorker":
        return KILLED
    if kind == "SourceMismatchError":
        return "The program has been updated since this page was opened. Reload the page and press Retry."
    if error is None:
        return LOST
    return f"The training failed: {str(error) or kind}".rstrip(".") + ". Press Retry, or change a setting."
