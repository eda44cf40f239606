"""The check for drift: what it makes of the engine's events, how it classes them, and how it says so."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pulumi import automation

from components.safety.finding import LOSS
from operations.drift import __main__ as command
from operations.drift.classes import classed
from operations.drift.look import Change, Seen
from operations.drift.report import FORMATS, MEANING, Report
from operations.drift.severity import Finding, Severity, worst

VAULT = "azure-native:keyvault:Vault"
PACKAGE_VAULT = "azure-native_keyvault_v20260201:keyvault:Vault"
KEY = "azure-native:keyvault:Key"
ROLE = "azure-native:authorization:RoleAssignment"
PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
APP = "pulumi-python:dynamic/adobe:AppRegistration"
CONFIGURATION = "pulumi-python:dynamic/adobe:KeyConfiguration"
ACTIVATION = "pulumi-python:dynamic/adobe:Activation"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DISABLED = (
    "key acme-key: Adobe requires an enabled key; found: disabled, last changed on 2026-03-02 08:00 UTC. "
    f"Fix: az keyvault key set-attributes --vault-name acme --name acme-key --enabled true. {LOSS}"
)
CLOSED = "vault acme: Adobe requires public network access; found: Disabled. Fix: az keyvault update --name acme"
UNREAD = (
    "vault acme: could not be read, which does not mean that it is gone. The provider says: 403. Fix: run the command again"
)


def change(kind: str, operation: str = "update", *paths: str, name: str = "acme", **found: Any) -> Change:
    return Change(kind, name, operation, paths, found, {})


def seen(*changes: Change, verdict: tuple[str, ...] = (), errors: tuple[str, ...] = (), taken: bool = True) -> Seen:
    return Seen(changes=list(changes), verdict=list(verdict), errors=list(errors), was_taken=taken)


def of(*changes: Change, **more: Any) -> list[tuple[Severity, str]]:
    return [(finding.severity, finding.resource) for finding in classed(seen(*changes, **more))]


def event(**parts: Any) -> automation.EngineEvent:
    return automation.EngineEvent.from_json({"sequence": 1, "timestamp": 1, **parts})


def step(kind: str, op: str, *, inputs: dict[str, Any] | None = None, old: dict[str, Any] | None = None) -> Any:
    state = {"type": kind, "urn": f"urn:pulumi:dev::adobe-cmk::{kind}::acme", "id": "", "parent": "", "provider": ""}
    metadata = {
        "op": op,
        "urn": state["urn"],
        "type": kind,
        "provider": "",
        "new": {**state, "inputs": inputs or {}, "outputs": {}},
        "old": {**state, "inputs": {}, "outputs": old or {}} if old is not None else None,
        "detailedDiff": {},
    }
    return event(resourcePreEvent={"metadata": metadata})


def test_nothing_is_benign() -> None:
    assert classed(seen()) == []
    assert worst([]) is Severity.BENIGN


@pytest.mark.parametrize(
    ("text", "severity", "resource"),
    [
        (DISABLED, Severity.PURGE, "key acme-key"),
        (CLOSED, Severity.RECOVERABLE, "vault acme"),
        (UNREAD, Severity.UNKNOWN, "vault acme"),
    ],
)
def test_the_verdict_is_classed_by_its_own_words(text: str, severity: Severity, resource: str) -> None:
    assert of(verdict=(text,)) == [(severity, resource)]


def test_a_finding_has_its_fact_its_fix_and_its_time_apart() -> None:
    (finding,) = classed(seen(verdict=(DISABLED,)))
    assert finding.found == "Adobe requires an enabled key; found: disabled"
    assert finding.fix == "az keyvault key set-attributes --vault-name acme --name acme-key --enabled true"
    assert finding.since == "2026-03-02 08:00 UTC"


@pytest.mark.parametrize(
    ("one", "severity"),
    [
        (change(ROLE, "create"), Severity.PURGE),
        (change(PRINCIPAL, "create"), Severity.PURGE),
        (change(PRINCIPAL, "update", "accountEnabled"), Severity.PURGE),
        (change(ROLE, "update", "roleDefinitionId"), Severity.PURGE),
        (change(APP, "update", applicationIdAtAdobe="other"), Severity.PURGE),
        (change(KEY, "delete"), Severity.PURGE),
        (change(VAULT, "replace"), Severity.PURGE),
        (change(VAULT, "update", "properties.networkAcls"), Severity.RECOVERABLE),
        (change(PACKAGE_VAULT, "update", "properties.networkAcls"), Severity.RECOVERABLE),
        (change(KEY, "import"), Severity.RECOVERABLE),
        (change(CONFIGURATION, "update", status="FAILED"), Severity.RECOVERABLE),
        (change(ACTIVATION, "update", status="FAILED"), Severity.RECOVERABLE),
        (change("azure-native:authorization:ManagementLockByScope", "create"), Severity.RECOVERABLE),
        (change("azure-native:monitor:DiagnosticSetting", "create"), Severity.RECOVERABLE),
        (change("azure-native:network:PrivateEndpoint", "create"), Severity.RECOVERABLE),
        (change("some:new:Resource", "create"), Severity.RECOVERABLE),
        (change(VAULT, "update", "tags"), Severity.BENIGN),
        (change(VAULT, "update", "tags.team", 'tags["a.b"]'), Severity.BENIGN),
        (change("pulumi-python:dynamic/adobe:NameClaim", "update"), Severity.BENIGN),
    ],
)
def test_each_change_is_classed_by_what_it_can_cost(one: Change, severity: Severity) -> None:
    (finding,) = classed(seen(one))
    assert finding.severity is severity


def test_tags_beside_another_property_are_not_cosmetic() -> None:
    assert of(change(VAULT, "update", "tags", "properties.sku"))[0][0] is Severity.RECOVERABLE


def test_what_the_verdict_says_is_not_said_twice() -> None:
    changes = (change(VAULT, "update", "properties.networkAcls"), change(ACTIVATION, "update", status="COMPLETED"))
    assert of(*changes, verdict=(CLOSED,)) == [(Severity.RECOVERABLE, "vault acme")]


def test_tags_are_said_beside_the_verdict() -> None:
    assert len(of(change(VAULT, "update", "tags"), verdict=(CLOSED,))) == 2


def test_an_activation_that_only_waits_for_another_finding_is_no_finding() -> None:
    assert of(change(ROLE, "create"), change(ACTIVATION, "update", status="COMPLETED")) == [
        (Severity.PURGE, "role assignment acme")
    ]


def test_a_blocked_creation_is_the_loss_of_the_key() -> None:
    blocked = f"Creation blocked: {KEY} acme-key. The key k in the vault v was sent. Fix: recover it; then run pulumi up"
    (finding,) = classed(seen(change(KEY, "create"), errors=(f"Preview failed: {blocked}", "preview failed")))
    assert (finding.severity, finding.resource) == (Severity.PURGE, "key acme-key")
    assert finding.fix == "recover it; then run pulumi up"


def test_another_key_at_adobe_is_recoverable() -> None:
    error = "Preview failed: adobe_cmk.ConfigurationConflict: Adobe already has the configuration for another key"
    assert of(errors=(error,), taken=False) == [(Severity.RECOVERABLE, "configuration at Adobe")]


def test_any_other_error_means_that_the_look_was_not_taken() -> None:
    assert of(errors=("error: no stack named 'x' found",), taken=False) == [(Severity.UNKNOWN, "the check")]
    assert of(taken=False) == [(Severity.UNKNOWN, "the check")]


def test_a_protected_resource_says_nothing_new_where_its_change_is_told() -> None:
    urn = f"urn:pulumi:dev::adobe-cmk::adobe-cmk:components:AdobeAccess${PRINCIPAL}::acme"
    error = f'Preview failed: unable to replace resource "{urn}"\nas it is currently marked for protection.'
    assert of(change(PRINCIPAL, "replace"), errors=(error,)) == [(Severity.PURGE, "service principal acme")]
    assert of(errors=(error,)) == [(Severity.RECOVERABLE, "service principal acme")]


def test_the_worst_is_what_counts_and_what_was_not_seen_is_worse_than_what_can_be_recovered() -> None:
    found = classed(seen(change(VAULT, "update", "tags"), verdict=(CLOSED, UNREAD)))
    assert [finding.severity for finding in found] == [Severity.UNKNOWN, Severity.RECOVERABLE, Severity.BENIGN]
    assert worst(found) is Severity.UNKNOWN
    assert worst(classed(seen(verdict=(CLOSED, UNREAD, DISABLED)))) is Severity.PURGE


def test_the_engines_events_become_changes_findings_and_messages() -> None:
    heard = Seen()
    for each in (
        step(VAULT, "refresh"),
        step(VAULT, "same"),
        step(PRINCIPAL, "create-replacement"),
        step("pulumi:providers:azure-native", "create"),
        step(ROLE, "create"),
        step(CONFIGURATION, "update", old={"status": "FAILED"}),
        step(ACTIVATION, "update", inputs={"findings": [DISABLED]}),
        event(diagnosticEvent={"message": "careful\n", "severity": "warning", "color": "never"}),
        event(diagnosticEvent={"message": "careful", "severity": "warning", "color": "never"}),
        event(diagnosticEvent={"message": "broken", "severity": "error", "color": "never"}),
        event(diagnosticEvent={"message": "detail", "severity": "debug", "color": "never"}),
    ):
        heard.hear(each)
    assert [(one.kind, one.operation) for one in heard.changes] == [
        (ROLE, "create"),
        (CONFIGURATION, "update"),
        (ACTIVATION, "update"),
    ]
    assert heard.changes[1].found == {"status": "FAILED"}
    assert heard.verdict == [DISABLED]
    assert (heard.warnings, heard.errors, heard.was_taken) == (["careful"], ["broken"], False)


def test_findings_that_are_not_known_yet_are_none() -> None:
    heard = Seen()
    heard.hear(step(ACTIVATION, "update", inputs={"findings": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}))
    assert heard.verdict == []


REPORT = Report(
    "prod",
    NOW,
    [
        Finding(severity=Severity.PURGE, resource="key k", found="a | b", fix="az x", since="2026-03-02 08:00 UTC"),
        Finding(severity=Severity.BENIGN, resource="vault v", found="tags"),
    ],
)


def test_a_person_gets_a_line_for_each_finding_and_one_for_the_result() -> None:
    first, second, last = REPORT.text().splitlines()
    assert first == "purge-class   key k: a | b (last changed 2026-03-02 08:00 UTC). Fix: az x"
    assert second == "benign        vault v: tags"
    assert last == f"prod: purge-class. {MEANING[Severity.PURGE]}"


def test_markdown_is_a_table_that_no_text_breaks() -> None:
    text = REPORT.markdown()
    assert text.startswith("## Drift of `prod`: purge-class\n")
    assert "| purge-class | key k | a \\| b | 2026-03-02 08:00 UTC | az x |" in text
    assert "| benign | vault v | tags | - | - |" in text
    assert "|" not in Report("prod", NOW, []).markdown()


def test_json_has_the_class_the_code_and_every_finding() -> None:
    report = json.loads(REPORT.json())
    assert (report["class"], report["exitCode"], report["checkedAt"]) == ("purge-class", 3, "2026-03-02T09:00:00+00:00")
    assert [finding["lastChanged"] for finding in report["findings"]] == ["2026-03-02 08:00 UTC", None]


def test_each_class_has_its_exit_code() -> None:
    assert {severity.word: severity.exit_code for severity in Severity} == {
        "benign": 0,
        "revoked": 0,
        "check failed": 1,
        "recoverable": 2,
        "purge-class": 3,
    }


@pytest.mark.parametrize("arguments", [[], ["--stack"], ["--stack", "dev", "--format", "xml"]])
def test_a_wrong_command_is_a_check_that_failed(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command.main(arguments)
    assert caught.value.code == 1


@pytest.mark.parametrize("form", FORMATS)
def test_the_command_prints_the_report_and_ends_with_the_class(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    monkeypatch.setattr(command, "look", lambda *_: seen(verdict=(CLOSED,)))
    assert command.main(["--stack", "dev", "--format", form]) == 2
    assert "recoverable" in capsys.readouterr().out
