"""Each scenario runs on both drivers; without a CLI the engine's half is skipped, or fails where it is required."""

from pathlib import Path

import pytest

from tests.drivers import DRIVERS, Driver, need_the_engine
from tests.settled import copied, made_once, prepare, settle


@pytest.fixture(scope="session", params=["engine", "rehearsal"])
def kind(request: pytest.FixtureRequest) -> str:
    if request.param == "engine":
        need_the_engine()
    return str(request.param)


@pytest.fixture
def driver(kind: str, tmp_path: Path) -> Driver:
    """A stack that nothing was done with yet."""
    return DRIVERS[kind](tmp_path / "home")


@pytest.fixture(scope="session")
def settled_home(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state after one complete `up`."""
    return made_once(tmp_path_factory, kind, "settled", settle)


@pytest.fixture
def settled(kind: str, settled_home: Path, tmp_path: Path) -> Driver:
    """A stack after one complete `up`."""
    return copied(kind, settled_home, tmp_path)


@pytest.fixture(scope="session")
def prepared_home(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state of a stack with everything but the configuration."""
    return made_once(tmp_path_factory, kind, "prepared", prepare)


@pytest.fixture
def prepared(kind: str, prepared_home: Path, tmp_path: Path) -> Driver:
    """A stack with everything but the configuration."""
    return copied(kind, prepared_home, tmp_path)
