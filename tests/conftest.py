"""Fixtures that tiers share: a clock that is set by hand, clouds in memory, Adobe over HTTP, stacks on the engine."""

import gc
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from components.adobe.api.auth import ServerToServer
from components.adobe.api.client import PlatformApi
from components.adobe.api.http import HttpExchange
from components.adobe.provider import forget_everything
from components.dynamic.provider import PluginProvider
from simulation.adobe.http import CLIENT_ID, CLIENT_SECRET, ORG, AdobeServer
from simulation.cloud import Cloud
from tests.clock import ManualClock
from tests.drivers import Engine, need_the_engine
from tests.settled import made_once, prepare, settle

# Thousands of tests leave little behind that is a cycle, and each look for it goes through all that was imported.
gc.set_threshold(100_000, 50, 100)
ALL_TESTS = os.environ.get("ALL_TESTS") == "1"
if ALL_TESTS:
    settings.register_profile("all", max_examples=300)
    settings.load_profile("all")


def on_the_engine(item: pytest.Item) -> bool:
    """Whether a test runs on the engine: all under tests/engine and tests/promises, and that half of each scenario."""
    return item.path.parent.name in ("engine", "promises") or "engine" in item.name.partition("[")[2].rstrip("]").split("-")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only `make test-all` runs (ALL_TESTS=1).

    On the engine what the mock engine shows as well; off it, of a `sampled` matrix all but some cases.
    """
    if ALL_TESTS:
        return
    total = Counter(_matrix(item) for item in items)
    seen: Counter[tuple[str, bool]] = Counter()
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        matrix = _matrix(item)
        number, seen[matrix] = seen[matrix], seen[matrix] + 1
        is_due = _is_first(item, number) if on_the_engine(item) else _is_sampled(item, number, total[matrix])
        (kept if is_due else left_out).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)


def _matrix(item: pytest.Item) -> tuple[str, bool]:
    """The cases of one test, on the engine or off it."""
    return item.nodeid.partition("[")[0], on_the_engine(item)


def _is_first(item: pytest.Item, number: int) -> bool:
    mark = item.get_closest_marker("every_time")
    return mark is not None and number < mark.kwargs.get("cases", number + 1)


def _is_sampled(item: pytest.Item, number: int, total: int) -> bool:
    """Whether a case is one of those that are spread evenly over its matrix; all of a test without the mark."""
    mark = item.get_closest_marker("sampled")
    cases = min(mark.kwargs["cases"], total) if mark else total
    return number * cases // total != (number - 1) * cases // total


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> ManualClock:
    """The clock of the clouds and of the providers alike."""
    clock = ManualClock()
    monkeypatch.setattr(PluginProvider, "clock", clock)
    return clock


@pytest.fixture
def cloud(clock: ManualClock) -> Cloud:
    return Cloud(clock=clock)


@pytest.fixture
def adobe(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[AdobeServer]:
    """Adobe over HTTP, with the environment that leads to it."""
    forget_everything()
    monkeypatch.delenv("ADOBE_ACCESS_TOKEN", raising=False)
    with AdobeServer(cloud).serving() as server:
        monkeypatch.setenv("ADOBE_PLATFORM_URL", server.url)
        monkeypatch.setenv("ADOBE_IMS_URL", server.url)
        monkeypatch.setenv("ADOBE_CLIENT_ID", CLIENT_ID)
        monkeypatch.setenv("ADOBE_CLIENT_SECRET", CLIENT_SECRET)
        yield server


@pytest.fixture
def api(adobe: AdobeServer, clock: ManualClock) -> PlatformApi:
    exchange = HttpExchange(adobe.url, clock)
    credentials = ServerToServer(CLIENT_ID, CLIENT_SECRET, "openid", exchange, clock)
    return PlatformApi(exchange, credentials, ims_org_id=ORG, api_key="acp_provisioning")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """A stack on the real engine that nothing was done with yet."""
    need_the_engine()
    return Engine(tmp_path / "home")


@pytest.fixture(scope="session")
def settled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state after one complete `up`."""
    need_the_engine()
    return made_once(tmp_path_factory, "engine", "settled", settle)


@pytest.fixture
def settled(settled_home: Path, tmp_path: Path) -> Engine:
    """A stack on the real engine after one complete `up`."""
    shutil.copytree(settled_home, tmp_path / "home")
    return Engine(tmp_path / "home")


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state of a stack with everything but the configuration."""
    need_the_engine()
    return made_once(tmp_path_factory, "engine", "prepared", prepare)


@pytest.fixture
def prepared(prepared_home: Path, tmp_path: Path) -> Engine:
    """A stack on the real engine with everything but the configuration, which the next `up` sends."""
    shutil.copytree(prepared_home, tmp_path / "home")
    return Engine(tmp_path / "home")
