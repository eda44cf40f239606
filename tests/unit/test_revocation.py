"""A revocation on purpose: its steps, what each says, and what the Adobe resources make of it."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from components.adobe.activation import ActivationProvider
from components.adobe.api.errors import NotRevokedYet, RequirementsNotMet
from components.adobe.key_configuration import KeyConfigurationProvider
from components.arguments.component import CustomerManagedKeysArgs
from components.arguments.groups import ConfigurationArgs, OrganizationArgs
from components.azure.access import _role_name
from components.constants import ADOBE_ACCESS, KEY_CONFIGURATION_TYPE, ROLE_ASSIGNMENT_TYPE, role_assignment_name
from components.safety.revocation import NothingToRevoke, announce, revocation, status
from components.safety.revocation_step import Revocation
from simulation.adobe.http import ORG, AdobeServer
from simulation.cloud import Cloud
from simulation.drifts import at_adobe
from tests.landscape import Landscape, build, posts

CONFIRMED = f"{ORG}/cmk-config"
SENT: dict[str, Any] = {KEY_CONFIGURATION_TYPE: {"status": "COMPLETED"}}
WITH_ROLE = {**SENT, ROLE_ASSIGNMENT_TYPE: {}, ADOBE_ACCESS: {"roleAssignmentId": "/scope/r1"}}
UNGUARDED = {**WITH_ROLE, ADOBE_ACCESS: {"roleAssignmentId": "/scope/r1", "roleIsGuarded": False}}
WITHOUT_ROLE = {**SENT, ADOBE_ACCESS: {"roleAssignmentId": "/scope/r1"}}


def args(revoked: str = CONFIRMED) -> CustomerManagedKeysArgs:
    configuration = ConfigurationArgs(activate=CONFIRMED)
    return CustomerManagedKeysArgs(
        organization=OrganizationArgs(ims_org_id=ORG), configuration=configuration, revoked=revoked
    )


@pytest.mark.parametrize(
    ("created", "step"),
    [
        (WITH_ROLE, Revocation.PREPARED),
        ({**WITH_ROLE, ADOBE_ACCESS: {"roleIsGuarded": True}}, Revocation.PREPARED),
        ({**SENT, ROLE_ASSIGNMENT_TYPE: {}}, Revocation.PREPARED),
        (UNGUARDED, Revocation.REMOVED),
        (WITHOUT_ROLE, Revocation.IN_FORCE),
        (SENT, Revocation.IN_FORCE),
    ],
)
def test_the_state_tells_how_far_it_is(created: dict[str, Any], step: Revocation) -> None:
    assert revocation(args(), created) is step
    assert revocation(args(revoked=""), created) is Revocation.NONE


@pytest.mark.parametrize("created", [{}, {ROLE_ASSIGNMENT_TYPE: {}}], ids=["empty", "prepared"])
def test_what_has_sent_nothing_has_nothing_to_revoke(created: dict[str, Any]) -> None:
    with pytest.raises(NothingToRevoke, match=r"nothing was changed\. Fix: unset revoked"):
        revocation(args(), created)
    assert revocation(args(revoked=""), created) is Revocation.NONE


def test_the_role_is_part_of_the_program_until_it_is_removed() -> None:
    assert [step for step in Revocation if step.declares_role] == [Revocation.NONE, Revocation.PREPARED]
    assert [step.recorded for step in Revocation] == ["", "prepared", "revoked", "revoked"]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Revocation.PREPARED, ("REVOCATION PENDING: ", "is still there", "run it again, which removes the role")),
        (
            Revocation.REMOVED,
            ("REVOCATION PENDING: ", "24 hours", "7 days", "permanently delete the data", "until the next"),
        ),
        (
            Revocation.IN_FORCE,
            ("REVOKED: ", "on purpose", "24 hours", "7 days", "permanently delete the data", "To restore"),
        ),
    ],
)
def test_each_step_says_what_it_does_what_follows_and_the_way_back(
    monkeypatch: pytest.MonkeyPatch, step: Revocation, words: tuple[str, ...]
) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    announce(step, args(), WITH_ROLE)
    (text,) = said
    assert all(part in text for part in (*words, "/scope/r1", "unset revoked, then run pulumi up")), text


def test_without_a_revocation_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    announce(Revocation.NONE, args(revoked=""), WITH_ROLE)
    assert said == []


def test_the_status_names_the_way_back() -> None:
    assert status(args()).startswith("REVOKED: ")
    assert "unset revoked, then run pulumi up" in status(args())


@pytest.mark.parametrize(
    ("recorded", "name"),
    [
        ({}, ""),
        ({"roleAssignmentId": "/s/taken-over", "servicePrincipalObjectId": "o"}, ""),
        ({"roleAssignmentId": "/s/taken-over", "servicePrincipalObjectId": "o", "roleIsGuarded": False}, "taken-over"),
        ({"roleAssignmentId": "/s/taken-over", "servicePrincipalObjectId": "another", "roleIsGuarded": False}, ""),
        ({"servicePrincipalObjectId": "o", "roleIsGuarded": False}, ""),
    ],
)
def test_a_role_comes_back_under_the_name_that_it_had(recorded: dict[str, Any], name: str) -> None:
    assert _role_name("/s", "o", recorded) == (name or role_assignment_name("/s", "o"))


@pytest.mark.usefixtures("adobe")
class TestAdobeResources:
    provider = ActivationProvider()

    @pytest.fixture
    def landscape(self, cloud: Cloud, adobe: AdobeServer) -> Landscape:
        return build(cloud)

    @pytest.fixture
    def active(self, landscape: Landscape) -> dict[str, Any]:
        """Outputs of an activation."""
        inputs = landscape.inputs(revocation="")
        KeyConfigurationProvider().create(inputs)
        return dict(self.provider.create(inputs).outs or {})

    def revoked(self, active: dict[str, Any], landscape: Landscape) -> dict[str, Any]:
        return dict(self.provider.update("id", active, landscape.inputs(revocation="revoked")).outs or {})

    def test_the_first_step_is_an_error_that_asks_for_the_second(
        self, active: dict[str, Any], landscape: Landscape, cloud: Cloud
    ) -> None:
        calls = len(cloud.adobe.journal)
        news = landscape.inputs(revocation="prepared")
        assert self.provider.diff("id", active, news).changes
        with pytest.raises(NotRevokedYet, match="run `pulumi up` again, which removes the role"):
            self.provider.update("id", active, news)
        assert len(cloud.adobe.journal) == calls

    def test_the_second_is_recorded_with_its_time_and_said_once_without_a_call_to_adobe(
        self, active: dict[str, Any], landscape: Landscape, cloud: Cloud, capfd: pytest.CaptureFixture[str]
    ) -> None:
        calls, now = len(cloud.adobe.journal), landscape.clock.now().isoformat(timespec="seconds")
        capfd.readouterr()
        outputs = self.revoked(active, landscape)
        assert (outputs["revokedAt"], outputs["revocation"], outputs["status"]) == (now, "revoked", "COMPLETED")
        assert (
            f"audit: {now} revoked: the role of Adobe's app {landscape.application_id} on the key" in capfd.readouterr().out
        )
        assert CONFIRMED in str(outputs["activate"])
        again = self.provider.update("id", outputs, landscape.inputs(revocation="revoked")).outs or {}
        assert again["revokedAt"] == now
        assert "audit" not in capfd.readouterr().out
        assert len(cloud.adobe.journal) == calls

    @pytest.mark.parametrize("change", [at_adobe.configuration_failed, at_adobe.configuration_gone])
    def test_what_adobe_makes_of_it_is_no_drift_and_nothing_is_sent(
        self, active: dict[str, Any], landscape: Landscape, cloud: Cloud, change: Any
    ) -> None:
        outputs, news = self.revoked(active, landscape), landscape.inputs(revocation="revoked")
        change(cloud)
        seen = self.provider.read("id", outputs).outs or {}
        assert seen["status"] != "COMPLETED"
        assert not self.provider.diff("id", seen, news).changes
        assert self.provider.diff("id", seen, landscape.inputs(revocation="")).changes
        configuration = KeyConfigurationProvider()
        found = configuration.read("id", landscape.inputs(status="COMPLETED")).outs or {}
        assert not configuration.diff("id", found, news).changes
        assert configuration.diff("id", found, landscape.inputs(revocation="")).changes
        assert posts(cloud) == 1

    def test_a_provider_that_moved_is_recorded_during_a_revocation_too(self, landscape: Landscape) -> None:
        news = landscape.inputs(revocation="revoked")
        assert KeyConfigurationProvider().diff("id", {**news, "__provider": "another"}, news).changes

    def test_a_finding_ends_the_run_while_it_is_in_force(self, active: dict[str, Any], landscape: Landscape) -> None:
        outputs, news = self.revoked(active, landscape), landscape.inputs(revocation="revoked", findings=["a"])
        assert self.provider.diff("id", outputs, news).changes
        with pytest.raises(RequirementsNotMet, match=r"\(1\) a"):
            self.provider.update("id", outputs, news)

    def test_its_end_is_recorded_and_adobes_status_awaited(
        self, active: dict[str, Any], landscape: Landscape, cloud: Cloud, capfd: pytest.CaptureFixture[str]
    ) -> None:
        outputs = self.revoked(active, landscape)
        calls = len(cloud.adobe.journal)
        landscape.clock.sleep(3600)
        back = self.provider.update("id", outputs, landscape.inputs(revocation="")).outs or {}
        assert (back["status"], back["revocation"], back["revokedAt"]) == ("COMPLETED", "", outputs["revokedAt"])
        assert back["restoredAt"] == landscape.clock.now().isoformat(timespec="seconds")
        assert "restored: the role of Adobe's app" in capfd.readouterr().out
        assert len(cloud.adobe.journal) > calls
        # Another revocation begins anew.
        assert self.revoked(back, landscape)["revokedAt"] == back["restoredAt"]
        unchanged = self.provider.update("id", back, landscape.inputs(revocation="", timeoutMinutes=5.0)).outs or {}
        assert (unchanged["revokedAt"], unchanged["restoredAt"]) == (back["revokedAt"], back["restoredAt"])
