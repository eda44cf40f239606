"""A representative set of faults on the real engine: crashes, signals, lost answers, and no secret in any log."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from simulation.adobe.faults import Faults
from simulation.adobe.http import CLIENT_SECRET
from simulation.cloud import Cloud, opened
from simulation.environment import simulated
from tests.drivers import Engine, until
from tests.engine.edited import IMPATIENT, project

POST = "POST /data/infrastructure/manager/customer/config"


def posts(engine: Engine) -> int:
    return sum(entry["call"] == POST for entry in engine.journal())


def held(engine: Engine) -> int:
    return sum(len(configurations) for configurations in engine.state()["adobe"]["configurations"].values())


@pytest.mark.parametrize(
    ("fault", "succeeds", "sent", "words"),
    [
        ("reset-after@config-post*1", True, 1, "the outcome of the POST is unclear"),
        ("504-after@config-post*1", True, 1, "reading the configuration back"),
        ("401@config-get*1", True, 1, ""),
        ("403-permission@config-post", False, 1, "Manage Customer Managed Key"),
        ("html-200@config-get", False, 0, "Adobe's response does not match its documentation"),
        ("redirect@app-get", False, 0, "a redirect, which is never followed with a credential"),
    ],
)
def test_a_fault_ends_in_one_configuration_or_one_clear_error(
    engine: Engine, tmp_path: Path, fault: str, succeeds: bool, sent: int, words: str
) -> None:
    engine.faults = [fault]
    code, text = engine.plain_up()
    assert (code == 0) == succeeds, text
    assert posts(engine) == sent
    assert words in text
    for unwanted in ("Traceback", "KeyboardInterrupt", CLIENT_SECRET, "eyJ-simulated"):
        assert unwanted not in text
    engine.faults = []
    code, text = engine.plain_up(cwd=project(tmp_path, IMPATIENT))
    assert code == 0, text
    assert held(engine) == 1


def test_an_app_that_fails_while_the_program_still_looks_something_up_is_one_clear_error(
    engine: Engine, tmp_path: Path
) -> None:
    line = "group_name, vault_name = self._names(name, args, start, child)\n"
    lookups = "for _ in range(8):\n            __import__('time').sleep(1)\n            current_place(lookups)\n"
    slow = project(tmp_path, {"components/customer_managed_keys.py": [(line, f"{lookups}        {line}")]})
    engine.faults = ["redirect@app-get"]
    code, text = engine.plain_up(cwd=slow)
    assert code != 0
    assert "a redirect, which is never followed with a credential" in text
    for unwanted in ("Traceback", "KeyboardInterrupt"):
        assert unwanted not in text
    assert posts(engine) == 0


def test_an_unreachable_adobe_is_one_clear_error(engine: Engine) -> None:
    nowhere = {"ADOBE_ACCESS_TOKEN": "abc", "ADOBE_PLATFORM_URL": "http://127.0.0.1:9"}
    code, text = engine.plain_up(environment=nowhere)
    assert code != 0
    assert "no response from Adobe (the connection failed or was interrupted); at GET http://127.0.0.1:9/data" in text
    assert "Traceback" not in text


@pytest.mark.parametrize("fault", ["", "403025@config-get"], ids=["succeeding", "failing"])
def test_neither_the_token_nor_the_secret_is_in_the_most_verbose_log_or_in_the_state(engine: Engine, fault: str) -> None:
    engine.faults = [fault] if fault else []
    code, text = engine.plain_up("--logtostderr", "--logflow", "-v=9")
    assert (code == 0) == (not fault)
    assert "RegisterResource" in text
    _, state = engine.plain("stack", "export", "--stack", "dev")
    saved = [path.read_text() for path in (engine.home / "pulumi").rglob("*.json*") if path.is_file()]
    for output in (text, state, *saved, (engine.home / "cloud.json").read_text()):
        assert CLIENT_SECRET not in output
        assert "eyJ-simulated" not in output


def run_until(
    engine: Engine, faults: list[str], reached: Callable[[Cloud], bool], sign: signal.Signals, linger: float = 0
) -> None:
    """Start an `up`, and send the engine a signal once the clouds are so far; the second of two interrupts counts.

    :param linger: seconds that the clouds stay up afterwards.
    """
    engine.plain("stack", "ls")
    with opened(engine.home) as cloud, simulated(cloud, engine.home, Faults(faults)) as environment:
        process = engine.started_up(environment)
        until(lambda: reached(cloud))
        # The engine alone is killed, as by a crash; what it started has to notice by itself.
        os.kill(process.pid, sign)
        if sign is signal.SIGINT:
            time.sleep(1)
            os.kill(process.pid, sign)
        process.wait(timeout=60)
        time.sleep(linger)


def is_sent(cloud: Cloud) -> bool:
    return any(entry["call"] == POST for entry in cloud.adobe.journal)


def is_polled(cloud: Cloud) -> bool:
    return is_sent(cloud) and "config/cmk-config" in cloud.adobe.journal[-1]["call"]


@pytest.mark.every_time
def test_a_crash_between_the_post_and_its_answer_leaves_one_configuration_that_the_next_up_finds(engine: Engine) -> None:
    run_until(engine, ["slow@config-post"], is_sent, signal.SIGKILL)
    engine.plain("cancel", "--yes", "--stack", "dev")
    code, text = engine.plain_up()
    assert code == 0, text
    assert "already has the configuration 'cmk-config' for this key" in text
    assert (posts(engine), held(engine)) == (1, 1)


def is_read(path: str) -> Callable[[Cloud], bool]:
    return lambda cloud: any(path in entry["call"] for entry in cloud.adobe.journal)


@pytest.mark.parametrize(
    ("fault", "reached"),
    [
        ("slow@app-get", is_read("byok/app-registration")),
        ("slow@config-get", is_read("customer/config/cmk-config")),
        ("backwards@config-get", is_polled),
    ],
    ids=["reading the app", "reading before the POST", "waiting for Adobe"],
)
def test_a_crash_at_a_call_to_adobe_is_completed_by_the_next_up(
    engine: Engine, fault: str, reached: Callable[[Cloud], bool]
) -> None:
    run_until(engine, [fault], reached, signal.SIGKILL)
    engine.plain("cancel", "--yes", "--stack", "dev")
    code, text = engine.plain_up()
    assert code == 0, text
    assert (posts(engine), held(engine)) == (1, 1)


def test_an_interrupt_in_the_wait_loses_nothing(engine: Engine) -> None:
    run_until(engine, ["backwards@config-get"], is_polled, signal.SIGINT)
    engine.plain("cancel", "--yes", "--stack", "dev")
    code, text = engine.plain_up()
    assert code == 0, text
    assert (posts(engine), held(engine)) == (1, 1)


def test_a_plugin_that_outlives_its_engine_sends_nothing(engine: Engine) -> None:
    engine.configure(rolePropagationSeconds="5")
    run_until(engine, [], lambda cloud: bool(cloud.state["azure"]["roleAssignments"]), signal.SIGKILL, linger=8)
    assert posts(engine) == 0
    engine.plain("cancel", "--yes", "--stack", "dev")
    engine.configure()
    code, text = engine.plain_up()
    assert code == 0, text
    assert (posts(engine), held(engine)) == (1, 1)


@pytest.mark.every_time
def test_two_ups_at_once_send_one_configuration(engine: Engine) -> None:
    engine.plain("stack", "ls")
    with opened(engine.home) as cloud, simulated(cloud, engine.home) as environment:
        ups = [engine.started_up(environment) for _ in range(2)]
        codes = [up.wait(timeout=90) for up in ups]
    assert 0 in codes
    code, text = engine.plain_up()
    assert code == 0, text
    assert (posts(engine), held(engine)) == (1, 1)
