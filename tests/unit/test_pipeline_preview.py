"""A preview becomes a text that shows every operation and finding, and no value of a property and no credential."""

import json
from pathlib import Path
from typing import Any

import pytest

from operations.pipelines.engine_events import preview_of
from operations.pipelines.preview_text import MOST_CHANGES, preview_text
from operations.pipelines.report import LONGEST, presentable
from tests.pipeline_bed import ON_GITHUB, Bed

VAULT = "azure-native:keyvault:Vault"
FINDING = "key adobe-cmk-key: Adobe requires an enabled key; found: disabled. Fix: az keyvault key set-attributes …"


@pytest.fixture
def bed(tmp_path: Path) -> Bed:
    return Bed(tmp_path)


def change(operation: str, token: str, **more: Any) -> dict[str, Any]:
    urn = f"urn:pulumi:prod::adobe-cmk::adobe-cmk:components:CustomerManagedKeys${token}::adobe-cmk"
    return {"resourcePreEvent": {"metadata": {"op": operation, "type": token, "urn": urn, **more}}}


def said(severity: str, message: str) -> dict[str, Any]:
    return {"diagnosticEvent": {"severity": severity, "message": f"{message}\n"}}


def printed(*events: dict[str, Any]) -> str:
    """What the engine prints with --json."""
    return "".join(json.dumps({"sequence": number, "timestamp": 1, **event}) + "\n" for number, event in enumerate(events))


def text(*events: dict[str, Any], exit_code: int = 0) -> str:
    return preview_text(preview_of(printed(*events).splitlines()), "`prod`", exit_code)


def test_each_changed_resource_is_listed_with_the_properties_that_change_and_without_their_values() -> None:
    shown = text(
        change("same", "azure-native:keyvault:Key"),
        change("create", "azure-native:authorization:RoleAssignment"),
        change("update", VAULT, detailedDiff={"properties.networkAcls.ipRules": {"kind": "update"}}),
        change(
            "update",
            "pulumi-python:dynamic/adobe:Activation",
            old={"inputs": {"__provider": "old", "findings": [], "host": "platform.adobe.io"}},
            new={"inputs": {"__provider": "new", "findings": ["the value"], "host": "platform.adobe.io"}},
        ),
        {"summaryEvent": {"resourceChanges": {"same": 12, "create": 1, "update": 2}}},
    )
    assert "### Preview of `prod`: 1 to create, 2 to update, 12 unchanged" in shown
    assert "| create | `azure-native:authorization:RoleAssignment` | adobe-cmk |  |" in shown
    assert f"| update | `{VAULT}` | adobe-cmk | properties.networkAcls.ipRules |" in shown
    assert "| update | `pulumi-python:dynamic/adobe:Activation` | adobe-cmk | findings |" in shown
    assert "keyvault:Key`" not in shown
    assert "the value" not in shown


def test_a_program_without_changes_says_so() -> None:
    shown = text({"summaryEvent": {"resourceChanges": {"same": 15}}})
    assert shown == "### Preview of `prod`: 15 unchanged"


@pytest.mark.parametrize("operation", ["delete", "replace"])
def test_a_deletion_or_replacement_is_named_before_everything_else(operation: str) -> None:
    shown = text(said("warning", FINDING), change(operation, VAULT))
    assert shown.index(f"> **Deletes or replaces `{VAULT}` adobe-cmk.**") < shown.index(FINDING)


def test_findings_errors_and_policy_violations_are_quoted_once_and_debug_lines_are_not() -> None:
    broken = {
        "policyName": "guarded-resources-are-protected",
        "enforcementLevel": "mandatory",
        "message": "protect must be true\n",
        "resourceUrn": f"urn:pulumi:prod::adobe-cmk::adobe-cmk:components:CustomerManagedKeys${VAULT}::adobe-cmk-vault",
    }
    shown = text(
        said("warning", FINDING),
        said("warning", FINDING),
        said("error", "preview failed: 1 violation"),
        said("debug", "registering resource"),
        {"policyEvent": broken},
        {"policyEvent": {**broken, "resourceUrn": "urn:pulumi:prod::adobe-cmk::pulumi:pulumi:Stack::adobe-cmk-prod"}},
        exit_code=255,
    )
    assert "### Preview of `prod`: failed (0 unchanged)" in shown
    assert shown.count(FINDING) == 1
    assert "**Errors**\n\n```text\npreview failed: 1 violation\n```" in shown
    assert f"mandatory guarded-resources-are-protected, {VAULT} adobe-cmk-vault:\nprotect must be true\n" in shown
    assert "mandatory guarded-resources-are-protected:\nprotect must be true\n" in shown
    assert "registering resource" not in shown


def test_a_preview_that_did_not_start_shows_what_was_said_instead() -> None:
    shown = preview_text(preview_of(["error: no stack named 'prod' found"]), "`prod`", 255)
    assert "no stack named 'prod' found" in shown


def test_a_message_cannot_leave_its_quotation() -> None:
    shown = text(said("warning", "```\n@everyone <img src=x>"))
    assert "```text\n'''\n@everyone <img src=x>\n```" in shown


def test_many_changes_are_cut_with_their_number() -> None:
    shown = text(*[change("create", VAULT)] * (MOST_CHANGES + 5))
    assert shown.count(f"| create | `{VAULT}` |") == MOST_CHANGES
    assert shown.endswith("and 5 more")


def test_a_long_text_is_cut_at_a_line_with_its_quotation_closed() -> None:
    cut = presentable("```text\n" + "line\n" * LONGEST, {})
    assert len(cut) < LONGEST + 200
    assert cut.count("```") == 2
    assert "line\n```\n\n*The text was cut here" in cut


def test_credentials_of_the_environment_do_not_get_into_the_report(bed: Bed) -> None:
    credentials = {
        "ADOBE_CLIENT_SECRET": "p8e-of-adobe",
        "PULUMI_ACCESS_TOKEN": "pul-0123",
        "PULUMI_CONFIG_PASSPHRASE": "correct horse",
        "AZURE_STORAGE_KEY": "storage/key==",
        "SYSTEM_ACCESSTOKEN": "devops-token",
    }
    events = printed(*(said("warning", f"the value is {value}, to be hidden") for value in credentials.values()))
    assert bed.step("preview --stack prod", PULUMI_SAYS=events, **credentials).returncode == 0
    body = bed.report()["body"]
    assert body.count("the value is [secret], to be hidden") == len(credentials)
    assert not [value for value in credentials.values() if value in body]


def test_the_policy_pack_checks_the_preview_and_its_settings_are_used_if_there_are_any(bed: Bed) -> None:
    bed.step("preview --stack prod")
    (bed.folder / "policies.json").write_text("{}")
    bed.step("preview --stack prod")
    (first, environment), (second, _) = bed.calls("pulumi")
    assert first == ["preview", "--json", "--non-interactive", "--stack", "prod", "--policy-pack", "policy"]
    assert second[-2:] == ["--policy-pack-config", "policies.json"]
    assert environment["PULUMI_ENABLE_STREAMING_JSON_PREVIEW"] == "true"


def test_each_push_edits_the_one_comment_of_the_stack(bed: Bed) -> None:
    comment = "comment --stack prod --pull-request 7"
    of_others = [
        {"id": 1, "author": "somebody", "body": "<!-- adobe-cmk preview: prod -->\nmine"},
        {"id": 2, "author": "github-actions", "body": "coverage"},
        {"id": 3, "author": "github-actions", "body": "<!-- adobe-cmk preview: staging -->\nanother stack"},
    ]
    bed.github(comments=of_others)
    for operation in ("create", "delete"):
        bed.step("preview --stack prod", PULUMI_SAYS=printed(change(operation, VAULT)))
        assert bed.step(comment, **ON_GITHUB).returncode == 0
    *untouched, shown = bed.github()["comments"]
    assert untouched == of_others
    assert "1 to delete" in shown["body"]


def test_a_failed_preview_is_shown_and_fails_the_step_that_shows_it(bed: Bed) -> None:
    assert bed.step("preview --stack prod", PULUMI_ENDS="255", PULUMI_COMPLAINS="error: no stack").returncode == 0
    assert bed.step("comment --stack prod --pull-request 7", **ON_GITHUB).returncode == 255
    assert "error: no stack" in bed.github()["comments"][0]["body"]


def test_a_preview_that_left_no_result_is_shown_as_failed(bed: Bed) -> None:
    bed.step("preview --stack prod")
    # The next one does not come so far as to write one.
    nowhere = {"ACTIONS_ID_TOKEN_REQUEST_URL": "http://127.0.0.1:9/?x=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t"}
    assert bed.step("preview --stack prod", ARM_USE_OIDC="true", NO_PROXY="127.0.0.1", **nowhere).returncode == 1
    assert bed.step("comment --stack prod --pull-request 7", **ON_GITHUB).returncode == 1
    assert "The run ended before it had a result" in bed.github()["comments"][0]["body"]


def test_the_page_of_the_run_shows_the_report_on_github(bed: Bed) -> None:
    bed.step("preview --stack prod", PULUMI_SAYS=printed(change("create", VAULT)))
    page = bed.folder / "page.md"
    page.write_text("before\n")
    assert bed.step("summary", GITHUB_STEP_SUMMARY=str(page)).returncode == 0
    assert page.read_text().startswith("before\n### Preview of `prod`: 1 to create")


def test_the_page_of_the_run_shows_the_report_on_azure_devops_and_names_a_failure(bed: Bed) -> None:
    bed.step("drift --stack prod", DRIFT_ENDS="3", DRIFT_SAYS="## Key disabled\nmore")
    done = bed.step("summary", TF_BUILD="True")
    assert done.returncode == 3
    page = bed.folder / "pipeline-report.md"
    assert page.read_text() == "## Key disabled\nmore"
    assert f"##vso[task.uploadsummary]{page}" in done.stdout
    assert "##vso[task.logissue type=error]Key disabled\n" in done.stdout
