"""The tests of the service look for its processes among the children of their own: no other service may have any."""

import pytest

from ui import services


@pytest.fixture(autouse=True, scope="package")
def _no_service_of_the_pages() -> None:
    """The tests of pages, in the same process before, have left the app's service at work."""
    services.jobs.clear()
