"""An app that is ended or killed in mid-training and started again, on the same store."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

import pytest

from benchmarks.visitor import Visitor
from tests.browser.conftest import App, apart
from tests.browser.test_sleep import LONG, PATIENCE_S
from ui.train.words import TRAINED_ALREADY

EPOCHS = 130  # of the run that is finished; no recorded one has so many


def visit(url: str, script: Callable[[Visitor], Awaitable[None]], address: str = "") -> None:
    """Follow a script on Train, from an address on."""

    async def whole() -> None:
        visitor = Visitor(url)
        visitor.query = address
        try:
            await visitor.open("train")
            await visitor.settled()
            await script(visitor)
        finally:
            await visitor.close()

    apart(whole(), PATIENCE_S)


async def change(visitor: Visitor, **settings: int) -> None:
    for label, value in settings.items():
        await visitor.set(label, value)
        await visitor.settled()


async def first_point(visitor: Visitor) -> None:
    while visitor.job() not in visitor.first_point:
        await asyncio.sleep(0.1)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_an_app_that_ends_in_mid_training_has_what_was_finished_when_it_is_back_and_begins_the_rest_again(
    start_app: Callable[..., App], how: signal.Signals
) -> None:
    app, left = start_app(), []

    async def finish_one_and_begin_another(visitor: Visitor) -> None:
        await change(visitor, Epochs=EPOCHS)
        result = visitor.says(f"After {EPOCHS} training sequences, this network")
        await visitor.press("Train")
        await result
        await visitor.settled()
        await change(visitor, **LONG)
        await visitor.press("Train")
        await visitor.until(lambda _: bool(visitor.job()))
        await first_point(visitor)
        left.append(visitor.query)
        assert app.survivors(how, 10) == []

    async def come_back(visitor: Visitor) -> None:
        for label, value in LONG.items():
            assert visitor.page.find("number_input", label).drawn.value == value
        await visitor.until(lambda _: bool(visitor.job()))
        assert visitor.job() not in left[0]
        await first_point(visitor)
        await visitor.press("Stop")
        await visitor.until(lambda _: not visitor.job())

    async def ask_for_the_finished_one(visitor: Visitor) -> None:
        await change(visitor, Epochs=EPOCHS)
        await visitor.press("Train")
        await visitor.settled()
        assert TRAINED_ALREADY in visitor.page.texts()

    visit(app.url, finish_one_and_begin_another)
    again = start_app(app.store)
    visit(again.url, ask_for_the_finished_one)
    visit(again.url, come_back, left[0])
