"""Stacks on the real engine alone."""

import shutil
from pathlib import Path

import pytest

from tests.drivers import Engine, need_the_engine
from tests.settled import made_once, settle


@pytest.fixture(scope="session")
def settled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state after one complete `up`."""
    need_the_engine()
    return made_once(tmp_path_factory, "engine", "settled", settle)


@pytest.fixture
def settled(settled_home: Path, tmp_path: Path) -> Engine:
    """A stack after one complete `up`."""
    shutil.copytree(settled_home, tmp_path / "home")
    return Engine(tmp_path / "home")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """A stack that nothing was done with yet."""
    need_the_engine()
    return Engine(tmp_path / "home")
