"""The plugin process ends when nobody reads its output any more, and not before."""

import os
import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.dynamic import engine_watch


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    codes: list[int] = []
    monkeypatch.setattr(engine_watch.os, "_exit", codes.append)
    return codes


def test_it_ends_as_soon_as_the_reader_is_gone(ended: list[int]) -> None:
    reader, writer = os.pipe()
    watch = threading.Thread(target=engine_watch._watch, args=(writer,), daemon=True)
    watch.start()
    watch.join(0.1)
    assert watch.is_alive()
    assert ended == []
    os.close(reader)
    watch.join(10)
    os.close(writer)
    assert ended == [1]


def test_what_can_be_read_from_it_is_not_its_end(ended: list[int]) -> None:
    ours, engines = socket.socketpair()
    engines.send(b"x")
    watch = threading.Thread(target=engine_watch._watch, args=(ours.fileno(),), daemon=True)
    watch.start()
    watch.join(0.1)
    assert watch.is_alive()
    engines.close()
    watch.join(10)
    ours.close()
    assert ended == [1]


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """The threads that would be started."""
    started: list[dict[str, Any]] = []

    class Thread:
        def __init__(self, **options: Any) -> None:
            self._options = options

        def start(self) -> None:
            started.append(self._options)

    monkeypatch.setattr(engine_watch, "_started", threading.Event())
    monkeypatch.setattr(engine_watch.threading, "Thread", Thread)
    with Path(os.devnull).open("w") as stdout:
        monkeypatch.setattr(engine_watch.sys, "stdout", stdout)
        yield started


def test_one_watch_for_the_process_runs_beside_its_work(threads: list[dict[str, Any]]) -> None:
    for _ in range(2):
        engine_watch.end_with_engine()
    (watch,) = threads
    assert watch["target"] is engine_watch._watch
    assert watch["args"] == (engine_watch.sys.stdout.fileno(),)
    assert watch["daemon"] is True


def test_where_the_machine_has_no_poll_there_is_none(threads: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(select, "poll")
    engine_watch.end_with_engine()
    assert threads == []
