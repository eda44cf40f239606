"""The record of a submission: what is read before it, what it holds, what stays of it, and without what there is none."""

from typing import Any

import pytest

from components.adobe.api.errors import AdobeError, PreflightFailed
from components.adobe.key_configuration import KeyConfigurationProvider
from components.adobe.provider import forget_everything, this_run
from components.adobe.submission_attempt import SubmissionAttempt, SubmissionAttemptProvider
from simulation.adobe.faults import Faults
from simulation.adobe.http import ORG, AdobeServer
from simulation.cloud import Cloud
from tests.clock import ManualClock
from tests.landscape import Landscape, build, posts

provider = SubmissionAttemptProvider()


@pytest.fixture
def landscape(cloud: Cloud, adobe: AdobeServer) -> Landscape:
    return build(cloud)


def create(inputs: dict[str, Any]) -> dict[str, Any]:
    outputs = provider.create(inputs).outs
    assert outputs is not None
    return outputs


def test_it_records_when_and_by_which_run(landscape: Landscape, clock: ManualClock, cloud: Cloud) -> None:
    wanted = landscape.inputs()
    created = provider.create(wanted)
    assert created.id == f"{ORG}/cmk-config/attempt"
    recorded = {"attemptedAt": clock.now().isoformat(), "run": this_run()}
    assert created.outs == {name: value for name, value in wanted.items() if name != "__provider"} | recorded
    assert posts(cloud) == 0


def test_of_a_configuration_that_adobe_has_no_run_is_recorded(landscape: Landscape) -> None:
    KeyConfigurationProvider().create(landscape.inputs())
    assert create(landscape.inputs())["run"] == ""


def test_without_good_looks_there_is_no_attempt(landscape: Landscape, cloud: Cloud) -> None:
    before = len(cloud.adobe.journal)
    with pytest.raises(PreflightFailed):
        provider.create(landscape.inputs(evidence={}))
    assert len(cloud.adobe.journal) == before


@pytest.mark.parametrize(
    "fault",
    ["403-permission@config-get", "503@config-get", "absent-empty-404@config-get", "html-200@app-get", "503@app-get"],
)
def test_a_read_that_is_refused_or_unclear_leaves_no_record(landscape: Landscape, adobe: AdobeServer, fault: str) -> None:
    adobe.faults = Faults([fault])
    with pytest.raises(AdobeError):
        provider.create(landscape.inputs())


def test_an_update_keeps_when_and_by_which_run(landscape: Landscape, clock: ManualClock) -> None:
    created = create(landscape.inputs())
    clock.sleep(60)
    forget_everything()
    updated = provider.update("id", created, landscape.inputs(apiKey="other")).outs
    assert updated
    assert (updated["attemptedAt"], updated["run"]) == (created["attemptedAt"], created["run"])
    assert updated["apiKey"] == "other"
    assert "__provider" not in updated


def test_a_preview_shows_every_finding_before_the_first_attempt(landscape: Landscape) -> None:
    evidence = {"vault": {"findings": ["a", "b"]}, "key": {"findings": ["c"]}}
    failures = provider.check({}, landscape.inputs(evidence=evidence)).failures
    assert [(failure.property, failure.reason) for failure in failures] == [("evidence", text) for text in "abc"]
    assert provider.check({}, landscape.inputs()).failures == []


def test_after_it_a_finding_refuses_nothing_here(landscape: Landscape) -> None:
    found = landscape.inputs(evidence={"vault": {"findings": ["a"]}})
    assert provider.check(landscape.inputs(), found).failures == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("imsOrgId", "FFFF456789ABCDEF01234567@AdobeOrg"),
        ("region", "nld2"),
        ("host", "platform-nld2.adobe.io"),
        ("configName", "other"),
        ("keyVaultUri", "https://other.vault.azure.net"),
        ("keyName", "other"),
    ],
)
def test_what_may_have_been_sent_is_fixed(landscape: Landscape, name: str, value: str) -> None:
    failures = provider.check(landscape.inputs(), landscape.inputs(**{name: value})).failures
    assert [failure.property for failure in failures] == [name]


@pytest.mark.parametrize(
    "name", ["apiContract", "apiKey", "configurationAbsent", "contract", "evidence", "keyName", "keyVaultUri", "neverShown"]
)
def test_what_matters_only_at_the_moment_of_the_attempt_is_no_change(landscape: Landscape, name: str) -> None:
    created = create(landscape.inputs())
    assert not provider.diff("id", created, landscape.inputs(**{name: "other"})).changes
    assert provider.diff("id", created, landscape.inputs(configName="other")).changes


def test_the_run_is_an_output() -> None:
    attempt = object.__new__(SubmissionAttempt)
    # Pulumi sets the outputs as attributes.
    attempt.__dict__["run"] = output = object()
    assert attempt.run is output
