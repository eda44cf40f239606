"""Settings name the made-up organisation, which only an Adobe on this machine may be asked for."""

import pytest


@pytest.fixture(autouse=True)
def adobe_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADOBE_PLATFORM_URL", "http://127.0.0.1:9")
