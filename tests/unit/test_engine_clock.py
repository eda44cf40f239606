import socket

import pytest

from components.adobe import engine_clock
from components.adobe.engine_clock import EngineClock, engine_lives
from components.adobe.errors import Abandoned


def test_a_listening_engine_lives_and_a_closed_port_does_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as engine:
        arguments = ["dynamic", f"127.0.0.1:{engine.getsockname()[1]}"]
        assert engine_lives(arguments)
    assert not engine_lives(arguments)


@pytest.mark.parametrize("arguments", [["pytest"], ["pytest", "tests"], ["127.0.0.1:9"]])
def test_outside_a_plugin_process_nothing_is_asked(arguments: list[str]) -> None:
    assert engine_lives(arguments)


def test_a_wait_ends_when_the_engine_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_clock, "LONGEST_SLICE", 0.001)
    EngineClock().sleep(0.002)
    monkeypatch.setattr("sys.argv", ["dynamic", "127.0.0.1:9"])
    with pytest.raises(Abandoned, match="nothing more is sent to Adobe"):
        EngineClock().sleep(60)
