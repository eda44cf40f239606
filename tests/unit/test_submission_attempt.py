"""The trace of a submission: what it records, what stays of it, and without what there is none."""

from typing import Any

import pytest

from components.adobe.api.errors import PreflightFailed
from components.adobe.api.evidence import SUBJECTS, Look
from components.adobe.provider import forget_everything, this_run
from components.adobe.submission_attempt import SubmissionAttempt, SubmissionAttemptProvider
from tests.clock import ManualClock

ORG = "FEDCBA9876543210FEDCBA98@AdobeOrg"


@pytest.fixture
def provider(clock: ManualClock) -> SubmissionAttemptProvider:
    return SubmissionAttemptProvider()


def inputs(clock: ManualClock, **changes: Any) -> dict[str, Any]:
    return {
        "imsOrgId": ORG,
        "region": "va7",
        "host": "platform.adobe.io",
        "configName": "cmk",
        "keyVaultUri": "https://acme.vault.azure.net",
        "keyName": "k",
        "evidence": {subject: Look(subject, clock.now(), ()).property() for subject in SUBJECTS},
        "__provider": "…",
        **changes,
    }


def test_it_records_when_and_by_which_run(provider: SubmissionAttemptProvider, clock: ManualClock) -> None:
    wanted = inputs(clock)
    created = provider.create(wanted)
    assert created.id == f"{ORG}/cmk/attempt"
    recorded = {"attemptedAt": clock.now().isoformat(), "run": this_run()}
    assert created.outs == {name: value for name, value in wanted.items() if name != "__provider"} | recorded


def test_without_good_looks_there_is_no_attempt(provider: SubmissionAttemptProvider, clock: ManualClock) -> None:
    bad = inputs(clock, evidence={})
    with pytest.raises(PreflightFailed):
        provider.create(bad)


def test_an_update_keeps_when_and_by_which_run(provider: SubmissionAttemptProvider, clock: ManualClock) -> None:
    created = provider.create(inputs(clock)).outs
    assert created
    clock.sleep(60)
    forget_everything()
    updated = provider.update("id", created, inputs(clock, apiKey="other")).outs
    assert updated
    assert (updated["attemptedAt"], updated["run"]) == (created["attemptedAt"], created["run"])
    assert updated["apiKey"] == "other"
    assert "__provider" not in updated


def test_a_preview_shows_every_finding_before_the_first_attempt(
    provider: SubmissionAttemptProvider, clock: ManualClock
) -> None:
    evidence = {"vault": {"findings": ["a", "b"]}, "key": {"findings": ["c"]}}
    failures = provider.check({}, inputs(clock, evidence=evidence)).failures
    assert [(failure.property, failure.reason) for failure in failures] == [("evidence", text) for text in "abc"]
    assert provider.check({}, inputs(clock)).failures == []


def test_after_it_a_finding_refuses_nothing_here(provider: SubmissionAttemptProvider, clock: ManualClock) -> None:
    found = inputs(clock, evidence={"vault": {"findings": ["a"]}})
    assert provider.check(inputs(clock), found).failures == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("imsOrgId", "0123456789ABCDEF01234567@AdobeOrg"),
        ("region", "nld2"),
        ("host", "platform-nld2.adobe.io"),
        ("configName", "other"),
        ("keyVaultUri", "https://other.vault.azure.net"),
        ("keyName", "other"),
    ],
)
def test_what_may_have_been_sent_is_fixed(
    provider: SubmissionAttemptProvider, clock: ManualClock, name: str, value: str
) -> None:
    failures = provider.check(inputs(clock), inputs(clock, **{name: value})).failures
    assert [failure.property for failure in failures] == [name]


@pytest.mark.parametrize("name", ["apiContract", "apiKey", "evidence", "keyName", "keyVaultUri"])
def test_what_matters_only_at_the_moment_of_the_attempt_is_no_change(
    provider: SubmissionAttemptProvider, clock: ManualClock, name: str
) -> None:
    created = provider.create(inputs(clock)).outs
    assert created
    assert not provider.diff("id", created, inputs(clock, __provider="…", **{name: "other"})).changes
    assert provider.diff("id", created, inputs(clock, configName="other")).changes


def test_the_run_is_an_output() -> None:
    attempt = object.__new__(SubmissionAttempt)
    # Pulumi sets the outputs as attributes.
    attempt.__dict__["run"] = output = object()
    assert attempt.run is output
