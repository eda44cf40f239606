"""What Adobe does not document, on the engine: forms of absence, unclear and late answers, a lost app, contracts, links."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from simulation.adobe.absence import ABSENCES
from simulation.adobe.http import CLIENT_ID, ORG
from tests.drivers import Engine
from tests.engine.edited import IMPATIENT, project
from tests.fault_expectations import SAYS_NONE, UNCLEAR

POST = "POST /data/infrastructure/manager/customer/config"
REGISTRATION = "/data/infrastructure/manager/byok/app-registration"


def posts(engine: Engine) -> int:
    return engine.calls().count(POST)


def confirmation(days: int = 0) -> str:
    return f"{ORG}/cmk-config/{(datetime.now(UTC) + timedelta(days=days)).date()}"


def forms(faults: set[str]) -> list[str]:
    return sorted(form for form in ABSENCES if f"absent-{form}" in faults)


def recorded_types(engine: Engine) -> set[str]:
    """Last words of the types in the stack's state."""
    resources = json.loads(engine.recorded())["checkpoint"]["latest"]["resources"]
    return {resource["type"].rpartition(":")[2] for resource in resources}


def outputs_of(engine: Engine, kind: str) -> dict[str, Any]:
    resources = json.loads(engine.recorded())["checkpoint"]["latest"]["resources"]
    (found,) = [resource["outputs"] for resource in resources if resource["type"].endswith(f":{kind}")]
    return dict(found)


@pytest.mark.parametrize("form", forms(SAYS_NONE))
@pytest.mark.every_time(cases=2)
def test_a_first_activation_depends_on_no_form_of_a_404(engine: Engine, form: str) -> None:
    engine.switch("absence-form", form)
    code, text = engine.plain_up()
    assert code == 0, text
    assert posts(engine) == 1


@pytest.mark.parametrize("form", forms(UNCLEAR))
@pytest.mark.every_time(cases=1)
def test_an_unclear_answer_ends_before_the_post_and_the_word_of_the_day_is_the_way_on(engine: Engine, form: str) -> None:
    engine.switch("absence-form", form)
    code, text = engine.plain_up()
    assert code != 0
    assert f"HTTP {ABSENCES[form][0]}" in text
    assert "set configurationAbsent to" in text
    assert posts(engine) == 0
    # Nothing is left that makes the next run harder.
    assert "SubmissionAttempt" not in recorded_types(engine)
    engine.configure(configurationAbsent=confirmation(days=-2))
    code, text = engine.plain_up()
    assert code != 0
    assert "adobe-cmk:configurationAbsent has no effect" in text
    assert posts(engine) == 0
    engine.configure(configurationAbsent=confirmation())
    code, text = engine.plain_up()
    assert code == 0, text
    assert posts(engine) == 1
    code, text = engine.plain_up()
    assert code == 0, text
    assert "adobe-cmk:configurationAbsent has no effect: the configuration was sent" in text
    assert posts(engine) == 1


def test_a_configuration_that_cannot_be_understood_is_one_whatever_the_word_says(engine: Engine) -> None:
    engine.switch("absence-form", "name-200")
    engine.configure(configurationAbsent=confirmation())
    code, _ = engine.plain_up()
    assert code != 0
    assert posts(engine) == 0


def test_without_activate_an_unclear_answer_is_a_warning(engine: Engine) -> None:
    engine.switch("absence-form", "empty-404")
    engine.configure(activate=None)
    code, text = engine.plain_up()
    assert code == 0, text
    assert "warning: Adobe's answer does not say whether the configuration 'cmk-config' exists" in text


@pytest.mark.every_time
def test_a_202_without_a_body_and_late_reads_lead_to_one_post(engine: Engine, tmp_path: Path) -> None:
    engine.switch("visible-after-seconds", "3600")
    engine.switch("absence-form", "empty-404")
    engine.faults = ["202-empty@config-post"]
    engine.configure(activationTimeoutMinutes="0", configurationAbsent=confirmation())
    assert engine.plain_up()[0] == 0
    assert outputs_of(engine, "KeyConfiguration")["status"] == "ACCEPTED"
    engine.configure(activationTimeoutMinutes="0")
    for _ in range(2):
        code, text = engine.plain_up()
        assert code == 0, text
    assert posts(engine) == 1
    # Accepted, and never once shown: the word of the day alone sends it again.
    with_word = {"activationTimeoutMinutes": "0", "configurationAbsent": confirmation()}
    engine.configure(**with_word)
    engine.faults = ["409@config-post"]
    code, text = engine.plain("up", "--yes", "--skip-preview", *engine.on, cwd=project(tmp_path, IMPATIENT))
    assert code != 0
    assert posts(engine) == 2
    engine.switch("visible-after-seconds", "0")
    engine.faults = []
    engine.configure()
    code, text = engine.plain_up()
    assert code == 0, text
    assert posts(engine) == 2


def test_an_answer_about_another_organisation_is_no_reason_to_send_again(engine: Engine) -> None:
    engine.faults = ["other-org@config-post"]
    code, text = engine.plain_up()
    assert code == 0, text
    assert "Adobe accepted the configuration; its answer cannot be used" in text
    assert posts(engine) == 1


def test_after_an_unclear_outcome_the_run_ends_and_the_next_one_reads_before_it_sends(
    engine: Engine, tmp_path: Path
) -> None:
    impatient = project(tmp_path, IMPATIENT)
    engine.faults = ["503@config-post"]
    code, text = engine.plain_up(cwd=impatient)
    assert code != 0
    assert "the configuration may have been sent" in text
    assert posts(engine) == 1
    engine.faults = []
    code, text = engine.plain_up(cwd=impatient)
    assert code == 0, text
    assert posts(engine) == 2


@pytest.mark.parametrize("drift", ["registration-gone", "app-replaced"])
@pytest.mark.every_time(cases=1)
def test_after_a_submission_no_app_is_registered_or_recorded(settled: Engine, drift: str) -> None:
    app = outputs_of(settled, "AppRegistration")["applicationId"]
    settled.drift(drift)
    before = settled.drift_check()[0]
    assert settled.refresh().exit_code == 0
    code, text = settled.plain("preview", *settled.on)
    assert "pulumi up ends with an error and records nothing" in text
    code, text = settled.plain_up()
    assert code != 0
    assert "nothing was registered, and nothing was recorded" in text
    assert f"POST {REGISTRATION}" not in settled.calls()
    assert outputs_of(settled, "AppRegistration")["applicationId"] == app
    assert settled.drift_check()[0] == before == 3


def test_the_header_and_the_body_are_those_of_the_current_documents_alone(settled: Engine) -> None:
    (sent,) = [entry for entry in settled.journal() if entry["call"] == POST]
    assert set(sent["body"]["configData"]) == {"providerType", "keyVaultKeyIdentifier"}
    assert {entry["headers"].get("x-api-key") for entry in settled.journal() if "/ims/" not in entry["call"]} == {
        "acp_provisioning"
    }


@pytest.mark.parametrize("contract", ["beta", "auto"])
def test_the_betas_header_and_body_are_those_of_its_documents_alone(engine: Engine, contract: str) -> None:
    engine.contract("beta")
    if contract == "auto":
        code, text = engine.plain_up()
        assert code != 0
        assert "apiContract and apiKey" in text
        engine.switch("beta-gateway", "reads-both")
    engine.configure(apiContract=contract)
    code, text = engine.plain_up()
    assert code == 0, text
    (sent,) = [entry for entry in engine.journal() if entry["call"] == POST]
    assert set(sent["body"]["configData"]) == {"providerType", "keyVaultUri", "keyName"}
    assert sent["headers"]["x-api-key"] == CLIENT_ID
    # How Adobe is called is never a difference.
    engine.configure(apiContract="beta", apiKey=CLIENT_ID)
    assert engine.up().changed() == {}


def test_a_400_names_the_other_contract(engine: Engine) -> None:
    engine.faults = ["400@config-post"]
    code, text = engine.plain_up()
    assert code != 0
    assert "set apiContract to beta" in text


def test_a_preview_says_which_call_is_made_without_activation(engine: Engine) -> None:
    engine.configure(activate=None)
    _, text = engine.plain("preview", *engine.on)
    assert f"it registers one (POST {REGISTRATION}, without a body)" in text
    engine.configure(activate=None, apiContract="current")
    _, text = engine.plain("preview", *engine.on)
    assert "it registers one" not in text


def test_a_link_that_is_no_consent_page_is_not_output(engine: Engine) -> None:
    engine.faults = ["evil-consent@app-get"]
    code, text = engine.plain_up()
    assert code == 0, text
    assert "Adobe's consent link is not a consent page of Entra ID" in text
    assert "evil.example" not in text
    assert "evil.example" not in engine.recorded()


def test_a_pause_that_would_exceed_the_limit_ends_the_wait(settled: Engine) -> None:
    settled.drift("configuration-failed")
    assert settled.refresh().exit_code == 0
    settled.faults = ["backwards@config-get*2", "429-retry-300@config-get"]
    settled.configure(activationTimeoutMinutes="1")
    code, text = settled.plain_up()
    assert code != 0
    assert "to continue waiting, or increase the timeout; nothing is lost" in text


def test_an_adoption_records_the_version_that_adobe_names(settled: Engine) -> None:
    sent = outputs_of(settled, "KeyConfiguration")["keyIdentifier"]
    settled.drift("key-rotated")
    settled.forget("Activation", "KeyConfiguration", "SubmissionAttempt")
    code, text = settled.plain_up()
    assert code == 0, text
    assert outputs_of(settled, "KeyConfiguration")["keyIdentifier"] == sent
    assert posts(settled) == 1
