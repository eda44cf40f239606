"""Stacks on the real engine alone."""

import shutil
from pathlib import Path

import pytest

from tests.drivers import Engine, need_the_engine


@pytest.fixture(scope="session")
def settled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state after one complete `up`, made once."""
    need_the_engine()
    first = Engine(tmp_path_factory.mktemp("engine") / "home")
    outcome = first.up()
    assert outcome.exit_code == 0, outcome.text
    return first.home


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
