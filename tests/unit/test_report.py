"""The evidence report says of each recorded look what an auditor must read in it, and never takes "not checked" for good."""

import json
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest

from components.constants import ADOBE_ADDRESS
from components.safety import requirements, rotation
from components.safety.absence import READER, unreadable
from components.safety.finding import Finding
from components.safety.key_versions import KeyVersion, VersionsNotRead, of_earlier_versions
from operations.drift.classes import UNREAD
from operations.drift.look import Seen
from operations.drift.severity import Severity
from operations.report.documents import documents
from operations.report.gather import gathered
from operations.report.model import Health, Report, Tick
from operations.report.requirements import REQUIRED
from operations.report.sources import ALL
from operations.report.state import Recorded
from tests.looks import recorded_look, recorded_state
from tests.seen import key, vault_properties

AT = datetime(2026, 11, 30, 9, 0, 7, 123456, tzinfo=UTC)
LINKS = ("Vault", "Key", "Role assignment", "Service principal", "Adobe's app", "Configuration")
OK, RISK, LOST, OPEN, NOT_SENT = Health.HEALTHY, Health.AT_RISK, Health.LOST, Health.UNKNOWN, Health.NOT_ACTIVATED


def report(look: str = "untouched", **changes: Any) -> Report:
    """Of a recorded look, of which some fields were changed."""
    seen = recorded_look(look)
    for name, value in changes.items():
        setattr(seen, name, value)
    return gathered("dev", recorded_state(look), seen, AT, "3.260.0")


def healths(made: Report) -> tuple[Health, ...]:
    assert tuple(link.title for link in made.chain) == LINKS
    return tuple(link.health for link in made.chain)


def ticks(made: Report, tick: Tick) -> list[str]:
    return [each.text for each in made.requirements if each.tick is tick]


def test_an_untouched_stack_is_healthy_in_each_link_and_meets_every_requirement() -> None:
    made = report()
    assert healths(made) == (OK,) * 6
    assert ticks(made, Tick.MET) == [each.text for each in made.requirements]
    assert (made.status, made.severity, made.is_complete) == ("COMPLETED", Severity.BENIGN, True)


@pytest.mark.parametrize(
    ("look", "chain", "severity"),
    [
        ("key-disabled", (OK, LOST, OK, OK, OK, OK), Severity.PURGE),
        ("key-operations-gone", (OK, LOST, OK, OK, OK, OK), Severity.PURGE),
        ("key-expiring", (OK, RISK, OK, OK, OK, OK), Severity.RECOVERABLE),
        ("key-deleted", (OPEN, LOST, OPEN, OPEN, OK, OK), Severity.PURGE),
        ("vault-deleted", (LOST, LOST, OPEN, OPEN, OK, OK), Severity.PURGE),
        ("group-deleted", (LOST, LOST, OPEN, OPEN, OK, OK), Severity.PURGE),
        ("purge-protection-gone", (RISK, OK, OK, OK, OK, OK), Severity.RECOVERABLE),
        ("firewall-closed", (RISK, OK, OK, OK, OK, OK), Severity.RECOVERABLE),
        ("access-policies", (LOST, OK, OK, OK, OK, OK), Severity.PURGE),
        ("lock-removed", (RISK, OK, OK, OK, OK, OK), Severity.RECOVERABLE),
        ("role-removed", (OK, OK, LOST, OK, OK, OK), Severity.PURGE),
        ("role-changed", (OK, OK, LOST, OK, OK, OK), Severity.PURGE),
        ("principal-disabled", (OK, OK, OK, LOST, OK, OK), Severity.PURGE),
        ("principal-removed", (OK, OK, LOST, LOST, OK, OK), Severity.PURGE),
        ("app-replaced", (OPEN, OPEN, OPEN, LOST, LOST, OK), Severity.PURGE),
        ("configuration-failed", (OK, OK, OK, OK, OK, RISK), Severity.RECOVERABLE),
        ("configuration-gone", (OK, OK, OK, OK, OK, RISK), Severity.RECOVERABLE),
        ("configuration-moved", (OPEN, OPEN, OPEN, OPEN, OK, RISK), Severity.UNKNOWN),
        ("vault-tagged", (OK, OK, OK, OK, OK, OK), Severity.BENIGN),
        ("503", (OPEN, OPEN, OPEN, OPEN, OK, OPEN), Severity.UNKNOWN),
        ("prepared", (OK, OK, OK, OK, OK, NOT_SENT), Severity.BENIGN),
        ("prepared+key-disabled", (OK, LOST, OK, OK, OK, NOT_SENT), Severity.BENIGN),
        ("prepared+purge-protection-gone", (RISK, OK, OK, OK, OK, NOT_SENT), Severity.RECOVERABLE),
    ],
)
def test_each_drift_shows_in_its_link_alone(look: str, chain: tuple[Health, ...], severity: Severity) -> None:
    made = report(look)
    assert healths(made) == chain
    assert made.severity is severity
    assert made.is_complete == (OPEN not in chain)


def test_a_stack_that_is_not_activated_says_so() -> None:
    made = report("prepared")
    assert made.status == "NOT ACTIVATED"
    assert any("no configuration was sent" in note for note in made.notes)
    assert ticks(made, Tick.DOES_NOT_APPLY) == [each.text for each in made.requirements if each.subject == "configuration"]


def test_a_role_that_was_revoked_on_purpose_is_not_lost() -> None:
    made = report("revoked")
    assert healths(made) == (OK, OK, Health.REVOKED, OK, OK, OK)
    assert (made.status, made.severity, made.is_complete) == ("REVOKED", Severity.REVOKED, True)
    assert len(ticks(made, Tick.DOES_NOT_APPLY)) == 4
    assert {guard.name for guard in made.guards if not guard.is_on} == {"Access not revoked (revoked)"}
    assert "■ revoked" in documents(made, {})["md"]


def test_a_revocation_hides_no_drift() -> None:
    made = report("revoked+key-disabled")
    assert healths(made) == (OK, LOST, Health.REVOKED, OK, OK, OK)
    assert made.severity is Severity.PURGE


@pytest.mark.parametrize(
    ("text", "health"),
    [
        ("role assignment of Adobe's app: must be absent, because it is revoked; found: /r. Fix: az", RISK),
        (f"revoked role assignment of Adobe's app: {unreadable(Exception('403 Forbidden'), READER)}", OPEN),
    ],
)
def test_a_role_that_is_there_or_may_be_is_not_revoked(text: str, health: Health) -> None:
    assert healths(report("revoked", verdict=[text]))[2] is health


def test_a_revocation_that_is_under_way_is_a_risk() -> None:
    made = report(warnings=["REVOCATION PENDING: the role of Adobe's app on the key (r) is still there. Fix: run pulumi up"])
    assert healths(made) == (OK, OK, RISK, OK, OK, OK)


def test_a_revocation_that_ends_is_a_role_that_is_gone() -> None:
    # The state still says that it is revoked; the settings do not any more.
    seen = recorded_look("role-removed")
    made = gathered("dev", recorded_state("revoked"), seen, AT, "")
    assert healths(made)[2] is LOST


def test_what_the_look_did_not_reach_is_not_checked_even_if_the_state_has_it() -> None:
    made = gathered("dev", recorded_state(), Seen(errors=["error: the token has expired"]), AT, "")
    assert healths(made) == (OPEN,) * 6
    assert ticks(made, Tick.MET) == []
    assert made.status == "UNKNOWN"
    assert not made.is_complete
    facts = [fact for group in made.facts for fact in group.facts]
    assert all(fact.is_recorded for fact in facts if not fact.name.startswith("Thumbprint"))


def test_a_state_that_cannot_be_read_is_said_and_nothing_is_checked() -> None:
    made = gathered("dev", Recorded(problem="Pulumi's state could not be read: no stack"), Seen(errors=["no stack"]), AT, "")
    assert healths(made) == (OPEN,) * 6
    assert "could not be read" in made.notes[0]
    assert made.guards == []


@pytest.mark.parametrize("subject", ["vault", "key", "service principal", "role assignment"])
@pytest.mark.parametrize("result", [{}, {"takenAt": "2026-11-30T09:00:00+00:00"}, {"findings": None}, None, "ok"], ids=str)
def test_a_check_without_a_result_in_a_look_that_did_not_end_is_not_passed(subject: str, result: object) -> None:
    evidence = {**recorded_look().evidence, subject: result}
    made = report(evidence=evidence, was_taken=False)
    assert {each.subject for each in made.requirements if each.tick is not Tick.MET} == {subject}
    assert [link.title.lower() for link in made.chain if link.health is OPEN] == [subject]


@pytest.mark.parametrize(
    "subject", ["vault v", "key k", "service principal of Adobe's app a", "role assignment of Adobe's app"]
)
def test_a_subject_that_could_not_be_read_is_not_checked(subject: str) -> None:
    text = f"{subject}: {unreadable(Exception('403 Forbidden'), READER)}"
    made = report(verdict=[text], warnings=[text])
    (link,) = [link for link in made.chain if link.health is not OK]
    assert (link.health, made.is_complete) == (OPEN, False)
    assert subject.startswith(link.title.lower())
    assert all(UNREAD in each.seen for each in made.requirements if each.tick is Tick.UNKNOWN)


def test_a_stack_that_is_not_activated_is_not_checked_where_something_is_yet_to_be_created() -> None:
    changes = recorded_look("role-removed").changes
    made = report("prepared", changes=[change for change in changes if change.kind.endswith("RoleAssignment")])
    assert healths(made)[2] is LOST
    assert not [each for each in made.requirements if each.subject == "role assignment" and each.tick is Tick.MET]


# Every unmet requirement that the checks know, with the words of its row.
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1).total_seconds()


def _of_vault(**changes: Any) -> list[Finding]:
    return list(requirements.of_vault("v", vault_properties(**changes), "t"))


def _of_key(**changes: Any) -> list[Finding]:
    facts = key(name="k")
    for name, value in changes.items():
        holder = facts.attributes if hasattr(facts.attributes, name) else facts
        setattr(holder, name, value)
    return list(requirements.of_key("v", facts, NOW, None))


def _of_role(**changes: Any) -> list[Finding]:
    good = {"id": "r", "role_definition_id": "/x/e147488a-f6f5-4113-8e2d-b22465e65bf6", "principal_id": "p", "scope": "/v"}
    return list(requirements.of_role(SimpleNamespace(**{**good, **changes}), "p", "/v/keys/k"))


def _of_principal(**changes: Any) -> list[Finding]:
    return list(requirements.of_principal(SimpleNamespace(**{"object_id": "p", "account_enabled": True, **changes}), "p"))


def _of_rotation() -> list[Finding]:
    policy = SimpleNamespace(attributes=SimpleNamespace(expiry_time="P2Y"), lifetime_actions=[])
    return list(rotation.of_rotation_policy("v", SimpleNamespace(name="k", rotation_policy=policy), None))


def _of_versions() -> list[Finding]:
    rotated = SimpleNamespace(id="k", name="k", key_uri_with_version="https://v/keys/k/two")
    versions = [KeyVersion("one", 1, False), KeyVersion("two", 2, True)]
    return list(of_earlier_versions("v", rotated, "one", lambda _: versions))


def _firewall(bypass: str, *ranges: str) -> SimpleNamespace:
    rules = [SimpleNamespace(value=each) for each in ranges]
    return SimpleNamespace(default_action="Deny", bypass=bypass, ip_rules=rules)


UNMET = {
    "Purge protection": _of_vault(enable_purge_protection=None),
    "Soft delete": _of_vault(enable_soft_delete=False),
    "Azure RBAC as the permission model": _of_vault(enable_rbac_authorization=False),
    "In the tenant in which Adobe's app was accepted": _of_vault(tenant_id="another"),
    "Public network access": _of_vault(public_network_access="Disabled"),
    "Trusted Microsoft services bypass the firewall": _of_vault(network_acls=_firewall("None", ADOBE_ADDRESS)),
    f"Adobe's address {ADOBE_ADDRESS} is allowed": _of_vault(network_acls=_firewall("AzureServices", "10.0.0.0/8")),
    "Type RSA or RSA-HSM": _of_key(kty="EC"),
    "At least 3072 bits": _of_key(key_size=2048),
    "Operations wrapKey and unwrapKey": _of_key(key_ops=["wrapKey"]),
    "Enabled": _of_key(enabled=False),
    "Valid now": _of_key(not_before=NOW.timestamp() + DAY),
    "Does not expire": _of_key(expires=NOW.timestamp() + DAY),
    "Rotation gives no version an expiry": _of_rotation(),
    "Earlier versions stay enabled": _of_versions(),
    "Key Vault Crypto Service Encryption User": _of_role(role_definition_id="/x/another"),
    "For the service principal of Adobe's app": _of_role(principal_id="another"),
    "On the vault or the key": _of_role(scope="/another"),
    "Has the role": _of_principal(object_id="another"),
}


@pytest.mark.parametrize("requirement", UNMET)
def test_each_finding_of_the_checks_unticks_its_requirement_and_no_other(requirement: str) -> None:
    (finding,) = UNMET[requirement]
    made = report(verdict=[finding.text], warnings=[finding.text])
    assert ticks(made, Tick.UNMET) == [requirement]
    assert len(ticks(made, Tick.MET)) == len(made.requirements) - 1


def test_a_disabled_principal_unticks_its_row_and_not_the_one_of_the_key() -> None:
    (finding,) = _of_principal(account_enabled=False)
    made = report(verdict=[finding.text])
    (unmet,) = [each for each in made.requirements if each.tick is Tick.UNMET]
    assert (unmet.subject, unmet.text) == ("service principal", "Enabled")


def test_every_requirement_of_the_report_is_one_of_the_checks() -> None:
    assert {each.text for each in REQUIRED} == set(UNMET)


def test_versions_that_could_not_be_listed_are_not_checked() -> None:
    def unlisted(_: str) -> list[KeyVersion]:
        raise VersionsNotRead("The package is not installed. Fix: install it")

    rotated = SimpleNamespace(id="k", name="k", key_uri_with_version="https://v/keys/k/two")
    texts = [finding.text for finding in of_earlier_versions("v", rotated, "one", unlisted)]
    made = report(verdict=texts)
    assert ticks(made, Tick.UNKNOWN) == ["Earlier versions stay enabled"]
    assert healths(made)[1] is OPEN


def test_an_expiry_in_years_is_a_risk_that_is_no_drift() -> None:
    (finding,) = _of_key(expires=NOW.timestamp() + 800 * DAY)
    made = report(warnings=[finding.text])
    assert (healths(made)[1], made.severity) == (RISK, Severity.BENIGN)


def test_a_key_that_another_team_owns_is_ticked_by_its_check() -> None:
    read = {kind: value for kind, value in recorded_look().read.items() if not kind.endswith((":Key", ":Vault"))}
    made = report(read=read)
    assert healths(made) == (OK,) * 6
    assert {each.seen for each in made.requirements if each.text == "At least 3072 bits"} != {""}


def test_every_requirement_says_what_was_seen_and_where_it_comes_from() -> None:
    for each in report().requirements:
        assert each.seen
        assert each.source.url.startswith("https://experienceleague.adobe.com/") or not each.source.url
    assert {each.source.title for each in report().requirements if each.source.url} == {source.title for source in ALL}


def test_guards_that_are_off_say_so() -> None:
    state = recorded_state()
    loose = {
        kind: SimpleNamespace(**{**vars(resource), "is_protected": False}) for kind, resource in state.resources.items()
    }
    released = {**state.settings, "adobe-cmk:releaseGuards": "o/c", "adobe-cmk:protect": "false"}
    made = gathered("dev", Recorded(resources=loose, settings=released), recorded_look("lock-removed"), AT, "")
    off = {guard.name for guard in made.guards if not guard.is_on}
    assert off == {
        "Deletion guards (protect)",
        "Guards not released (releaseGuards)",
        "Pulumi refuses to delete",
        "Azure lock on the vault",
    }
    assert all(guard.is_on for guard in report().guards)


def test_times_are_iso_8601_in_utc_and_that_of_the_look_is_the_clocks() -> None:
    late = AT.astimezone(timezone(timedelta(hours=5)))
    made = documents(gathered("dev", recorded_state(), recorded_look("key-disabled"), late, ""), {})
    assert json.loads(made["json"])["lookedAt"] == "2026-11-30T09:00:07Z"
    for content in made.values():
        assert "2026-11-30T09:00:07Z" in content
        assert " UTC" not in content


def test_the_json_has_the_facts_the_class_and_the_findings_of_the_drift_check() -> None:
    made = json.loads(documents(report("key-disabled"), {})["json"])
    assert (made["class"], made["isComplete"], made["status"]) == ("purge-class", True, "COMPLETED")
    (finding,) = made["findings"]
    assert (finding["class"], finding["found"]) == ("purge-class", "Adobe requires an enabled key; found: disabled")
    facts = {fact["name"]: fact["value"] for group in made["facts"] for fact in group["facts"]}
    assert facts["Organisation ID"] == "0123456789ABCDEF01234567@AdobeOrg"
    assert facts["Key sent"].startswith(facts["Key URI"])
    assert {"adobe-cmk", "Pulumi CLI", "pulumi-azure-native"} <= {version["name"] for version in made["versions"]}


def test_the_thumbprint_is_that_of_an_imported_key_or_how_to_compute_it() -> None:
    def thumbprint(state: Recorded) -> str:
        facts = [fact for group in gathered("dev", state, recorded_look(), AT, "").facts for fact in group.facts]
        return next(fact.value for fact in facts if fact.name.startswith("Thumbprint"))

    state = recorded_state()
    assert "az keyvault key download" in thumbprint(state)
    imported = SimpleNamespace(outputs={"thumbprint": "ab" * 32}, is_protected=True, is_retained=True, is_read=False)
    assert thumbprint(Recorded(resources={**state.resources, "ImportedKey": imported})) == "ab" * 32
