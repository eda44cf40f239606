"""The dynamic providers against Adobe's HTTP API, one row of the design's table after the other."""

import re
from typing import Any

import pytest
from pulumi.runtime import rpc

from components.adobe.activation import ActivationProvider
from components.adobe.api.errors import (
    AppReplaced,
    ConfigurationAbsent,
    ConfigurationConflict,
    HostChanged,
    PreflightFailed,
)
from components.adobe.api.evidence import SUBJECTS
from components.adobe.app_registration import AppRegistrationProvider
from components.adobe.key_configuration import KeyConfigurationProvider
from components.adobe.provider import forget_everything
from components.adobe.submission_attempt import SubmissionAttemptProvider
from simulation.adobe.faults import Faults
from simulation.adobe.http import ORG, AdobeServer
from simulation.cloud import Cloud
from simulation.drifts import at_adobe, of_keys
from tests.clock import ManualClock
from tests.landscape import Landscape, build, posts

pytestmark = pytest.mark.usefixtures("adobe")
APP = {"imsOrgId": ORG, "region": "va7", "apiKey": "", "apiContract": "auto", "configName": "cmk-config"}
APP |= {"sentFor": "", "appReplaced": "", "__provider": "…"}


@pytest.fixture
def landscape(cloud: Cloud, adobe: AdobeServer) -> Landscape:
    return build(cloud)


def calls_to_the_app(cloud: Cloud) -> list[str]:
    return [entry["call"].split()[0] for entry in cloud.adobe.journal if entry["call"].endswith("app-registration")]


class TestAppRegistration:
    provider = AppRegistrationProvider()

    def test_a_registered_app_is_taken_with_one_call(self, cloud: Cloud) -> None:
        outputs = self.provider.create(APP).outs
        assert outputs is not None
        assert re.fullmatch(r"[0-9a-f-]{36}", outputs["applicationId"])
        assert calls_to_the_app(cloud) == ["GET"]

    @pytest.mark.parametrize("contract", ["auto", "beta"])
    def test_where_there_is_none_it_is_registered_and_waited_for(self, cloud: Cloud, contract: str) -> None:
        cloud.adobe.contract = "beta"
        cloud.azure.switches.set("beta-gateway", "reads-both")
        outputs = self.provider.create({**APP, "apiContract": contract}).outs
        assert outputs is not None
        assert outputs["applicationId"]
        assert outputs["contract"] == "beta"
        assert calls_to_the_app(cloud) == ["GET", "POST", "GET", "GET"]

    def test_another_app_at_adobe_is_drift_and_is_taken_over_by_update_only(self, cloud: Cloud) -> None:
        created = self.provider.create(APP).outs
        assert created is not None
        at_adobe.app_replaced(cloud)
        refreshed = self.provider.read(ORG, created).outs
        assert refreshed["applicationId"] == created["applicationId"]
        assert self.provider.diff(ORG, refreshed, APP).changes
        updated = self.provider.update(ORG, refreshed, APP).outs
        assert updated is not None
        assert updated["applicationId"] != created["applicationId"]
        assert not self.provider.diff(ORG, updated, APP).changes

    def test_a_registration_that_is_gone_is_drift(self, cloud: Cloud) -> None:
        created = self.provider.create(APP).outs
        assert created is not None
        at_adobe.registration_gone(cloud)
        assert self.provider.diff(ORG, self.provider.read(ORG, created).outs, APP).changes

    def test_where_adobe_shows_a_configuration_no_other_app_is_recorded(self, cloud: Cloud, landscape: Landscape) -> None:
        created = self.provider.create(APP).outs
        assert created is not None
        KeyConfigurationProvider().create(landscape.inputs())
        at_adobe.app_replaced(cloud)
        with pytest.raises(AppReplaced, match=f"was sent for the app {created['applicationId']}"):
            self.provider.update(ORG, created, APP)


class TestKeyConfiguration:
    provider = KeyConfigurationProvider()

    def create(self, inputs: dict[str, Any]) -> dict[str, Any]:
        outputs = self.provider.create(inputs).outs
        assert outputs is not None
        return outputs

    def test_it_is_sent_at_once_after_adobe_was_read(self, landscape: Landscape, cloud: Cloud, clock: ManualClock) -> None:
        SubmissionAttemptProvider().create(landscape.inputs())
        self.create(landscape.inputs())
        assert clock.naps == []
        assert [entry["call"].split()[0] for entry in cloud.adobe.journal if "config" in entry["call"]] == ["GET", "POST"]

    def test_what_an_earlier_run_sent_and_adobe_shows_late_is_adopted(
        self, landscape: Landscape, cloud: Cloud, clock: ManualClock, adobe: AdobeServer
    ) -> None:
        self.create(landscape.inputs())
        adobe.faults = Faults(["404@config-get*4"])
        self.create(landscape.inputs(attempt="another-run"))
        assert posts(cloud) == 1
        assert 0 < sum(clock.naps) < 120

    @pytest.mark.parametrize("subject", SUBJECTS)
    def test_without_each_of_four_good_looks_nothing_is_sent(self, landscape: Landscape, cloud: Cloud, subject: str) -> None:
        good = landscape.evidence()
        bad = {
            "missing": {name: look for name, look in good.items() if name != subject},
            "unknown": {**good, subject: None},
            "unreadable": {**good, subject: {"takenAt": good[subject]["takenAt"]}},
            "found wrong": {**good, subject: {**good[subject], "findings": ["the key is disabled"]}},
            "without a time": {**good, subject: {"findings": []}},
            "old": {**good, subject: {"findings": [], "takenAt": "2026-03-02T08:30:00+00:00"}},
            "from the future": {**good, subject: {"findings": [], "takenAt": "2026-03-02T19:00:00+00:00"}},
        }
        for evidence in bad.values():
            with pytest.raises(PreflightFailed, match="Not submitted: 1 preflight check failed"):
                self.create(landscape.inputs(evidence=evidence))
        assert posts(cloud) == 0

    def test_the_app_of_this_run_must_be_the_one_that_has_the_role(self, landscape: Landscape, cloud: Cloud) -> None:
        for provider, run in ((SubmissionAttemptProvider(), None), (self.provider, "another-run")):
            with pytest.raises(AppReplaced, match="the role was granted to the app another"):
                provider.create(landscape.inputs(applicationId="another", attempt=run))
        assert posts(cloud) == 0

    def test_another_host_than_the_one_it_was_sent_to_is_not_asked(self, landscape: Landscape, cloud: Cloud) -> None:
        created = self.create(landscape.inputs())
        before = len(cloud.adobe.journal)
        for attempt in (self.provider.read, lambda _id, props: self.provider.update(_id, created, props)):
            with pytest.raises(HostChanged, match=r"uses Adobe's host platform.adobe.io, but this run would call 127.0.0.1"):
                attempt("id", {**created, "host": "platform.adobe.io"})
        assert len(cloud.adobe.journal) == before

    def test_one_for_the_same_key_is_adopted_without_a_post_or_a_wait(
        self, landscape: Landscape, cloud: Cloud, clock: ManualClock
    ) -> None:
        self.create(landscape.inputs())
        clock.naps.clear()
        of_keys.key_rotated(cloud)
        newer = cloud.azure.key("acme-vault", "acme-key")["keyUriWithVersion"]
        adopted = self.create(landscape.inputs(keyIdentifier=newer, attempt=""))
        assert posts(cloud) == 1
        assert clock.naps == []
        # The version that Adobe names, and not today's.
        assert adopted["keyIdentifier"] == landscape.key_identifier != newer

    def test_one_for_another_key_is_refused(self, landscape: Landscape, cloud: Cloud) -> None:
        self.create(landscape.inputs())
        at_adobe.configuration_moved(cloud)
        for provider in (SubmissionAttemptProvider(), self.provider):
            with pytest.raises(ConfigurationConflict, match=r"another-vault.*nothing was sent.*Fix:"):
                provider.create(landscape.inputs(attempt="another-run"))
        assert posts(cloud) == 1

    @pytest.mark.parametrize("change", [at_adobe.configuration_failed, at_adobe.configuration_gone])
    def test_what_changed_at_adobe_is_drift(self, landscape: Landscape, cloud: Cloud, change: Any) -> None:
        inputs = landscape.inputs()
        created = self.create(inputs)
        assert not self.provider.diff("id", created, inputs).changes
        change(cloud)
        assert self.provider.diff("id", self.provider.read("id", created).outs, inputs).changes

    def test_a_configuration_that_moved_and_came_back_is_no_drift_any_more(self, landscape: Landscape, cloud: Cloud) -> None:
        inputs = landscape.inputs()
        created = self.create(inputs)
        data = dict(cloud.state["adobe"]["configurations"][ORG]["cmk-config"]["configData"])
        at_adobe.configuration_moved(cloud)
        for provider in (self.provider, ActivationProvider()):
            with pytest.raises(ConfigurationConflict, match="another-vault"):
                provider.read("id", created)
        cloud.state["adobe"]["configurations"][ORG]["cmk-config"]["configData"] = data
        forget_everything()
        assert not self.provider.diff("id", self.provider.read("id", created).outs, inputs).changes

    def test_an_update_submits_again_what_failed(self, landscape: Landscape, cloud: Cloud) -> None:
        created = self.create(landscape.inputs())
        at_adobe.configuration_failed(cloud)
        self.provider.update("id", created, landscape.inputs())
        assert posts(cloud) == 2

    def test_an_update_sends_nothing_and_keeps_the_version_that_was_sent(self, landscape: Landscape, cloud: Cloud) -> None:
        sent = landscape.inputs()
        created = self.create(sent)
        newer = landscape.inputs(keyIdentifier=f"{sent['keyIdentifier'].rsplit('/', 1)[0]}/ffff", timeoutMinutes=5.0)
        updated = self.provider.update("id", created, newer).outs or {}
        assert (updated["keyIdentifier"], updated["timeoutMinutes"]) == (sent["keyIdentifier"], 5.0)
        assert posts(cloud) == 1

    def test_what_was_sent_is_not_sent_again_because_adobe_does_not_show_it(
        self, landscape: Landscape, cloud: Cloud
    ) -> None:
        created = self.create(landscape.inputs())
        at_adobe.configuration_gone(cloud)
        absent = self.provider.read("id", created).outs
        assert absent["status"] == "ABSENT"
        with pytest.raises(ConfigurationAbsent, match=r"it is not submitted again.*run `pulumi up` again in an hour"):
            self.provider.update("id", absent, landscape.inputs())
        assert posts(cloud) == 1

    def test_a_failed_one_is_not_sent_again_without_good_looks(self, landscape: Landscape, cloud: Cloud) -> None:
        created = self.create(landscape.inputs())
        at_adobe.configuration_failed(cloud)
        with pytest.raises(PreflightFailed, match="the key is disabled"):
            self.provider.update("id", created, landscape.inputs(evidence=landscape.evidence(key=["the key is disabled"])))
        assert posts(cloud) == 1

    def test_a_new_version_of_the_key_and_a_new_role_are_no_change(self, landscape: Landscape) -> None:
        inputs = landscape.inputs()
        created = self.create(inputs)
        renewed = landscape.inputs(
            keyIdentifier=f"{inputs['keyIdentifier'].rsplit('/', 1)[0]}/ffff", roleGrantedAt="2027-01-01T00:00:00Z"
        )
        assert not self.provider.diff("id", created, renewed).changes

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("keyVaultUri", "https://other-vault.vault.azure.net"),
            ("keyName", "other-key"),
            ("configName", "other-config"),
            ("region", "nld2"),
            ("imsOrgId", "FFFF456789ABCDEF01234567@AdobeOrg"),
        ],
    )
    def test_what_adobe_cannot_change_is_refused_in_preview(self, landscape: Landscape, name: str, value: str) -> None:
        inputs = landscape.inputs()
        failures = self.provider.check(inputs, {**inputs, name: value}).failures
        assert "Adobe, whose API cannot change it" in next(f.reason for f in failures if f.property == name)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("imsOrgId", "nobody"),
            ("region", "mars"),
            ("apiContract", "v3"),
            ("configName", "1st"),
            ("activate", ""),
            ("keyIdentifier", "http://acme.vault.azure.net/keys/k/1"),
        ],
    )
    def test_inputs_that_no_call_may_be_made_with_are_refused_in_preview(
        self, landscape: Landscape, name: str, value: str
    ) -> None:
        assert name in {failure.property for failure in self.provider.check({}, landscape.inputs(**{name: value})).failures}

    def test_what_is_not_known_yet_passes_the_preview(self, landscape: Landscape) -> None:
        unknown = dict.fromkeys(("keyIdentifier", "keyVaultUri", "keyName", "roleGrantedAt"), rpc.UNKNOWN)
        assert self.provider.check({}, landscape.inputs(**unknown)).failures == []

    def test_delete_touches_nothing_and_says_so(
        self, landscape: Landscape, cloud: Cloud, capfd: pytest.CaptureFixture[str]
    ) -> None:
        created = self.create(landscape.inputs())
        before = len(cloud.adobe.journal)
        self.provider.delete("id", created)
        assert len(cloud.adobe.journal) == before
        assert "Adobe's API cannot remove a configuration" in capfd.readouterr().out
