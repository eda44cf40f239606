"""No process outlives the engine that started it."""

import os
import signal
import time
import uuid

import pytest

from simulation.cloud import opened
from simulation.environment import simulated
from tests.drivers import Engine, until
from tests.processes import left_after, marked, ours

POST = "POST /data/infrastructure/manager/customer/config"

pytestmark = pytest.mark.every_time


def test_a_plugin_ends_within_seconds_of_its_engine_in_the_middle_of_a_wait_and_sends_nothing(engine: Engine) -> None:
    engine.configure(rolePropagationSeconds="20")
    engine.plain("stack", "ls")
    name, value = "ADOBE_CMK_TEST", uuid.uuid4().hex
    with opened(engine.home) as cloud, simulated(cloud, engine.home) as environment:
        process = engine.started_up({**environment, name: value})
        until(lambda: bool(cloud.state["azure"]["roleAssignments"]))
        time.sleep(1)
        assert any("pulumi.dynamic" in line for line in ours(marked(name, value)))
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
        assert left_after(name, value) == []
    assert POST not in engine.calls()
