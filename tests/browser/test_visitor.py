"""The visitor without a browser that benchmarks/classroom.py sends to the app: the app takes it for one."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from benchmarks.visitor import Visitor
from tests.browser.conftest import App

PATIENCE_S = 60.0


def test_a_visitor_over_the_protocol_opens_train_changes_units_and_sees_its_training_to_the_end(app: App) -> None:
    async def visit() -> None:
        visitor = Visitor(app.url)
        try:
            await visitor.open("train")
            await visitor.settled()
            assert any("After 1,000 sequences it labels" in text for text in visitor.page.texts())
            await visitor.press("Train")
            await visitor.settled()
            assert any(text.startswith("These settings are trained already") for text in visitor.page.texts())
            await visitor.set("Units", 3)
            await visitor.settled()
            assert visitor.query == "units=3"
            await visitor.set("Epochs", 150)
            await visitor.settled()
            result = visitor.says("After 150 sequences it labels")
            await visitor.press("Train")
            await result
            await visitor.settled()
            assert not visitor.job()
            assert visitor.errors == []
            assert visitor.page.runs in (5, 6, 7)  # opened, three times asked, and once or twice at the training's end
        finally:
            await visitor.close()

    with ThreadPoolExecutor(1) as apart:  # Playwright has a loop in this thread
        apart.submit(asyncio.run, asyncio.wait_for(visit(), PATIENCE_S)).result()
