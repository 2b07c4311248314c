"""A visitor whose computer sleeps in a training: the connection is gone, the session forgotten, the address is left."""

import asyncio

import pytest

from benchmarks.visitor import Visitor
from bilstm_core.service.forgetting import QUIET_ALONE_S
from tests.browser.conftest import App, apart

ASLEEP_S = QUIET_ALONE_S + 35  # it stands still for half a minute; Streamlit forgets a session sooner
PATIENCE_S = 400.0
LONG = {"Timesteps": 100, "Units": 60, "Sequences per epoch": 8, "Epochs": 20_000}


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_page_that_comes_back_after_minutes_finds_its_training_and_that_goes_on(app: App) -> None:
    async def visit() -> None:
        before, after = Visitor(app.url), Visitor(app.url)
        try:
            await before.open("train")
            await before.settled()
            for label, value in LONG.items():
                await before.set(label, value)
                await before.settled()
            await before.press("Train")
            await before.settled()
            job, address = before.job(), before.query
            assert job
            assert f"job={job}" in address
            await asyncio.sleep(5)
            await before.close()
            await asyncio.sleep(ASLEEP_S)
            after.query = address
            await after.open("train")
            await after.settled()
            assert after.job() == job
            while job not in after.first_point:
                await asyncio.sleep(0.1)
            await after.press("Stop")
            await after.until(lambda _: not after.job())
        finally:
            await after.close()

    apart(visit(), PATIENCE_S)
