import pytest

from bilstm_core.service.failure import failure


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            type("KilledWorker", (Exception,), {})("x"),
            "The training process stopped or hung again and again, most likely for lack of memory."
            " Press Retry, or choose fewer units, timesteps or sequences.",
        ),
        (
            type("SourceMismatchError", (Exception,), {})("x"),
            "The program has been updated since this page was opened. Reload the page and press Retry.",
        ),
        (None, "The request was lost on its way to the training process. Press Retry."),
        (ValueError("It went wrong."), "The training failed: It went wrong. Press Retry, or change a setting."),
        (ValueError("disk full"), "The training failed: disk full. Press Retry, or change a setting."),
        (MemoryError(), "The training failed: MemoryError. Press Retry, or change a setting."),
    ],
)
def test_a_training_that_failed_is_told_of_in_sentences(error: BaseException | None, words: str) -> None:
    assert failure(error) == words
