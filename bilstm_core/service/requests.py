"""Short questions to a worker, such as for the text of Keras's model.summary() or a model's file, and their answers.

Neither `distributed` nor TensorFlow is imported with this module.
"""

import importlib
import threading
import uuid
from asyncio import CancelledError
from typing import Any

KEPT_ANSWERS, KEPT_BYTES = 200, 100_000_000  # the oldest give way
FAILED = {"regression_job": "The regression could not be fitted"}  # how it is told; of all others Keras is asked
LOST = "The request was lost on its way to the training process"


class Requests:
    """What was asked, each under an id of its own, and its answer. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[str, str | bytes | None] = {}  # None while it is awaited
        self._unanswered: set[str] = set()  # whose answer says why there is none

    def open(self, request: str) -> bool:
        """Take in a question, and return whether it has to be sent: it is new, or failed the last time."""
        with self._lock:
            if request in self._answers and request not in self._unanswered:
                return False
            self._unanswered.discard(request)
            self._answers.pop(request, None)  # the newest come last
            self._answers[request] = None
            self._drop_oldest()
            return True

    def _drop_oldest(self) -> None:
        held = sum(len(answer) for answer in self._answers.values() if isinstance(answer, bytes))
        for old, answer in list(self._answers.items())[:-1]:
            is_file = isinstance(answer, bytes)
            if len(self._answers) > KEPT_ANSWERS or (is_file and held > KEPT_BYTES):
                held -= len(answer) if isinstance(answer, bytes) else 0
                del self._answers[old]
                self._unanswered.discard(old)

    def send(self, client: Any, request: str, job: str, question: Any, source: str) -> None:
        """Give a question to a worker; it never waits behind a training. Another thread takes the answer in.

        job: the function of `worker` that answers; question: what that takes; source: the app's fingerprint
        """
        worker = importlib.import_module("bilstm_core.service.worker")
        key = f"{job}-{uuid.uuid4().hex}"
        try:
            future = client.submit(getattr(worker, job), question, source, key=key, priority=1, pure=False)
            future.add_done_callback(lambda done: self._take(request, job, done))
        except Exception as error:
            self.fail(request, f"The training process could not be asked: {error}")

    def answer(self, request: str) -> str | bytes | None:
        """The text or the file, or a sentence that says why there is none; None while it is awaited."""
        with self._lock:
            return self._answers.get(request, "This question was lost when the program changed. Ask again.")

    def unanswered(self, request: str) -> bool:
        """Whether `answer` says why there is none."""
        with self._lock:
            return request in self._unanswered or request not in self._answers

    def fail(self, request: str, problem: str) -> None:
        """There will be no answer, for a reason that is no whole sentence yet."""
        self._end(request, f"{problem.rstrip('.')}. Ask again.", answered=False)

    def fail_all(self, problem: str) -> None:
        """Nothing more will be answered, for a reason that is a sentence."""
        with self._lock:
            awaited = [request for request, answer in self._answers.items() if answer is None]
        for request in awaited:
            self._end(request, problem, answered=False)

    def _take(self, request: str, job: str, future: Any) -> None:
        """Take in the end of a question's task; runs in the client's thread for it."""
        try:
            if future.status == "finished":
                self._end(request, future.result(timeout=10), answered=True)
                return
            failed = FAILED.get(job, "Keras could not build the model")
            problem = f"{failed}: {future.exception(timeout=10)}"
            self.fail(request, problem if future.status == "error" else LOST)
        except (Exception, CancelledError):
            self.fail(request, LOST)

    def _end(self, request: str, answer: str | bytes, *, answered: bool) -> None:
        with self._lock:
            self._answers.pop(request, None)
            self._answers[request] = answer
            self._drop_oldest()
            if not answered:
                self._unanswered.add(request)
