"""The visitor without a browser that benchmarks/classroom.py sends to the app: the app takes it for one.

The second test waits for TensorFlow where no other test of the shared app has trained yet.
"""

from collections.abc import Awaitable, Callable

from benchmarks.visitor import Visitor
from tests.browser.conftest import App, apart

PATIENCE_S = 90.0


def visit(app: App, script: Callable[[Visitor], Awaitable[None]]) -> None:
    async def whole() -> None:
        visitor = Visitor(app.url)
        try:
            await visitor.open("train")
            await visitor.settled()
            await script(visitor)
            assert visitor.errors == []
        finally:
            await visitor.close()

    apart(whole(), PATIENCE_S)


def test_a_visitor_over_the_protocol_opens_train_presses_it_and_changes_units(app: App) -> None:
    async def script(visitor: Visitor) -> None:
        assert any("After 1,000 training sequences, this network" in text for text in visitor.page.texts())
        await visitor.press("Train")
        await visitor.settled()
        assert any(text.startswith("Trained already") for text in visitor.page.texts())
        await visitor.set("Units", 3)
        await visitor.settled()
        assert visitor.query == "units=3"
        assert any(text.startswith("Figure and numbers are of other settings") for text in visitor.page.texts())
        assert visitor.page.runs == 3

    visit(app, script)


def test_a_visitor_over_the_protocol_follows_its_training_to_the_result(app: App) -> None:
    async def script(visitor: Visitor) -> None:
        await visitor.set("Epochs", 150)
        await visitor.settled()
        result = visitor.says("After 150 training sequences, this network")
        await visitor.press("Train")
        await result
        await visitor.settled()
        assert not visitor.job()

    visit(app, script)
