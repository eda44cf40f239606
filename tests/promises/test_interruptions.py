"""Crashes, signals, lost answers and time-outs: the next `up` goes on, and the configuration is sent once."""

import os
import signal
import time
from collections.abc import Callable

import pytest

from simulation.adobe.faults import Faults
from simulation.adobe.http import CLIENT_SECRET
from simulation.cloud import Cloud, opened
from simulation.environment import simulated
from tests.drivers import Engine, Outcome, until
from tests.promises.judge import POST, assert_completed, assert_fails, configurations, posts


def assert_sent_once(engine: Engine) -> None:
    """The next `up` completes, and Adobe saw one POST."""
    assert_completed(engine.up())
    assert (posts(engine), configurations(engine)) == (1, ["COMPLETED"])


@pytest.mark.parametrize("fault", ["reset-after@config-post*1", "504-after@config-post*1", "401@config-get*1"])
def test_an_answer_that_was_lost_is_read_back_and_nothing_is_sent_twice(engine: Engine, fault: str) -> None:
    engine.faults = [fault]
    code, text = engine.plain_up()
    assert code == 0, text
    assert (posts(engine), configurations(engine)) == (1, ["COMPLETED"])


@pytest.mark.parametrize(
    ("fault", "sent", "named"),
    [
        # Adobe's own words.
        ("403-permission@config-post", 1, "Manage Customer Managed Keys"),
        ("html-200@config-get", 0, "proxy"),
        ("redirect@app-get", 0, "redirect"),
        # Nothing listens on that port.
        ("", 0, "http://127.0.0.1:9"),
    ],
)
def test_a_refusal_is_one_clear_error(engine: Engine, fault: str, sent: int, named: str) -> None:
    engine.faults = [fault] if fault else []
    nowhere = {"ADOBE_ACCESS_TOKEN": "abc", "ADOBE_PLATFORM_URL": "http://127.0.0.1:9"}
    code, text = engine.plain_up(environment=None if fault else nowhere)
    assert_fails(Outcome(code, text=text), named)
    for secret in (CLIENT_SECRET, "eyJ-simulated"):
        assert secret not in text
    assert (posts(engine), configurations(engine)) == (sent, [])


def test_after_a_refused_post_the_next_up_looks_for_two_minutes_and_sends_it(engine: Engine) -> None:
    engine.faults = ["403-permission@config-post"]
    assert engine.plain_up()[0] != 0
    engine.faults = []
    start = time.monotonic()
    code, text = engine.plain_up()
    assert code == 0, text
    assert time.monotonic() - start > 120
    assert (posts(engine), configurations(engine)) == (2, ["COMPLETED"])


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
    engine.plain("cancel", "--yes", "--stack", "dev")


def is_sent(cloud: Cloud) -> bool:
    return any(entry["call"] == POST for entry in cloud.adobe.journal)


def is_polled(cloud: Cloud) -> bool:
    return is_sent(cloud) and "config/cmk-config" in cloud.adobe.journal[-1]["call"]


def is_read(path: str) -> Callable[[Cloud], bool]:
    return lambda cloud: any(path in entry["call"] for entry in cloud.adobe.journal)


@pytest.mark.every_time
def test_a_crash_between_the_post_and_its_answer_leaves_one_configuration_that_the_next_up_finds(engine: Engine) -> None:
    run_until(engine, ["slow@config-post"], is_sent, signal.SIGKILL)
    assert_sent_once(engine)


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
    assert_sent_once(engine)


def test_an_interrupt_in_the_wait_loses_nothing(engine: Engine) -> None:
    run_until(engine, ["backwards@config-get"], is_polled, signal.SIGINT)
    assert_sent_once(engine)


def test_an_up_that_does_not_wait_is_continued_by_the_next(engine: Engine) -> None:
    engine.configure(activationTimeoutMinutes="0")
    engine.faults = ["backwards@config-get"]
    outcome = engine.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.outputs["status"] != "COMPLETED"
    engine.configure()
    engine.faults = []
    assert_sent_once(engine)


def test_a_plugin_that_outlives_its_engine_sends_nothing(engine: Engine) -> None:
    engine.configure(rolePropagationSeconds="5")
    run_until(engine, [], lambda cloud: bool(cloud.state["azure"]["roleAssignments"]), signal.SIGKILL, linger=8)
    assert posts(engine) == 0
    engine.configure()
    assert_sent_once(engine)
