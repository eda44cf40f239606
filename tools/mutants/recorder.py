"""A plugin of pytest that leaves the engine's half of the scenarios out, and writes down how long each other test takes."""

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

_seconds: defaultdict[str, float] = defaultdict(float)
_unusable: set[str] = set()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = [item for item in items if _driver(item) != "engine"]


def _driver(item: pytest.Item) -> object:
    """What a scenario runs on; None of another test."""
    call = getattr(item, "callspec", None)
    return call.params.get("kind") if call else None


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _seconds[report.nodeid] += report.duration
    if not report.passed:
        _unusable.add(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    # Not in the processes that run tests for the one that writes.
    if not hasattr(session.config, "workerinput"):
        passed = {test: seconds for test, seconds in _seconds.items() if test not in _unusable}
        Path(os.environ["MUTANTS_RECORD"]).write_text(json.dumps(passed), encoding="utf-8")
