"""The configuration is sent only when the role assignment exists: Adobe's verdict is the judge, and no step's good luck."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from components.adobe.api.evidence import SUBJECTS
from simulation.cloud import Cloud
from simulation.providers.grpc_servers import StandInProvider
from tests.drivers import Engine
from tests.engine.edited import project

LONG_AGO = '"2026-01-01T00:00:00Z"'
LOOK = '{"takenAt": datetime.now(UTC).isoformat(), "findings": []}'
GOOD_LOOKS = f"pulumi.Output.from_input(dict.fromkeys({SUBJECTS!r}, {LOOK}))"


def late_role(until: Callable[[Cloud], bool], seconds: float) -> Any:
    """An Azure that answers the request for the role assignment late: on a condition, or when the time is up."""
    create = StandInProvider.Create

    def late(self: StandInProvider, request: Any, context: Any) -> Any:
        end = time.monotonic() + (seconds if "RoleAssignment::" in request.urn and not request.preview else 0)
        while time.monotonic() < end and not until(self._cloud):
            time.sleep(0.05)
        return create(self, request, context)

    return mock.patch.object(StandInProvider, "Create", late)


def statuses(cloud: Cloud) -> list[str]:
    held = cloud.state["adobe"]["configurations"].values()
    return [configuration["status"] for configurations in held for configuration in configurations.values()]


@pytest.mark.every_time
def test_a_late_role_holds_the_configuration_up_until_it_exists_and_adobe_completes(engine: Engine) -> None:
    with late_role(lambda cloud: bool(statuses(cloud)), seconds=4):
        code, text = engine.plain_up()
    assert code == 0, text
    state = engine.state()
    role = next(iter(state["azure"]["roleAssignments"].values()))
    configuration = next(iter(state["adobe"]["configurations"].values()))["cmk-config"]
    assert datetime.fromisoformat(configuration["submittedAt"]) > datetime.fromisoformat(role["createdOn"])
    assert configuration["status"] == "COMPLETED"


def test_a_program_that_does_not_wait_for_the_role_is_found_out_by_adobe(engine: Engine, tmp_path: Path) -> None:
    hasty = project(
        tmp_path,
        {
            "components/customer_managed_keys.py": [
                ("submission.role_is_ready(access.role_granted_at)", f"submission.role_is_ready({LONG_AGO})"),
                ("role_granted_at=access.role_granted_at,", f"role_granted_at={LONG_AGO},"),
                ("app.application_id, access, evidence)", f"app.application_id, access, {GOOD_LOOKS})"),
                ("import pulumi\n", "from datetime import UTC, datetime\n\nimport pulumi\n"),
            ]
        },
    )
    with late_role(lambda cloud: "FAILED" in statuses(cloud), seconds=30):
        code, text = engine.plain_up(cwd=hasty)
    assert code != 0
    assert "FAILED" in text
    assert "Key Vault Crypto Service Encryption User" in text
    configuration = next(iter(engine.state()["adobe"]["configurations"].values()))["cmk-config"]
    assert configuration["status"] == "FAILED"
