"""The dynamic providers against Adobe's HTTP API, one row of the design's table after the other."""

import re
import threading
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from pulumi.runtime import rpc

from components.adobe.activation import ActivationProvider
from components.adobe.api.client import PlatformApi
from components.adobe.api.errors import (
    ActivationFailed,
    ActivationPending,
    CallUnanswered,
    ConfigurationAbsent,
    ConfigurationConflict,
    HostChanged,
    PreflightFailed,
    RegistrationMissing,
)
from components.adobe.api.evidence import SUBJECTS
from components.adobe.api.http import RETRIES
from components.adobe.app_registration import AppRegistrationProvider
from components.adobe.key_configuration import KeyConfigurationProvider
from components.adobe.provider import forget_everything
from components.adobe.role_propagation import LONGEST_SPREAD, RolePropagationProvider
from simulation import drift
from simulation.adobe_http import ORG, AdobeServer
from simulation.cloud import Cloud
from simulation.faults import Faults
from tests.clock import ManualClock
from tests.landscape import Landscape, build

pytestmark = pytest.mark.usefixtures("adobe")
APP = {"imsOrgId": ORG, "region": "va7", "apiKey": "acp_provisioning", "apiContract": "auto", "__provider": "…"}


@pytest.fixture
def landscape(cloud: Cloud, adobe: AdobeServer) -> Landscape:
    return build(cloud)


def posts(cloud: Cloud) -> int:
    return sum(entry["call"].startswith("POST /data/infrastructure/manager/customer") for entry in cloud.adobe.journal)


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
        outputs = self.provider.create({**APP, "apiContract": contract}).outs
        assert outputs is not None
        assert outputs["applicationId"]
        assert calls_to_the_app(cloud) == ["GET", "POST", "GET", "GET"]

    def test_the_last_look_for_the_app_is_at_the_end_of_the_five_minutes(
        self, cloud: Cloud, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cloud.adobe.contract = "beta"
        monkeypatch.setattr("simulation.adobe.REGISTRATION_SECONDS", 299.0)
        assert self.provider.create(APP).outs
        assert sum(clock.naps) == 300

    def test_todays_contract_never_posts_and_says_what_to_check(self, cloud: Cloud) -> None:
        cloud.adobe.contract = "beta"
        with pytest.raises(RegistrationMissing, match=r"licensed for Healthcare Shield"):
            self.provider.create({**APP, "apiContract": "current"})
        assert calls_to_the_app(cloud) == ["GET"]

    def test_another_app_at_adobe_is_drift_and_is_taken_over_by_update_only(self, cloud: Cloud) -> None:
        created = self.provider.create(APP).outs
        assert created is not None
        drift.app_replaced(cloud)
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
        cloud.adobe.contract = "beta"
        cloud.state["adobe"]["apps"].clear()
        assert self.provider.diff(ORG, self.provider.read(ORG, created).outs, APP).changes

    def test_a_stack_stays_with_its_organisation(self) -> None:
        other = {**APP, "imsOrgId": "FFFF456789ABCDEF01234567@AdobeOrg"}
        assert [failure.property for failure in self.provider.check(APP, other).failures] == ["imsOrgId"]


class TestKeyConfiguration:
    provider = KeyConfigurationProvider()

    def create(self, inputs: dict[str, Any]) -> dict[str, Any]:
        outputs = self.provider.create(inputs).outs
        assert outputs is not None
        return outputs

    def test_it_is_sent_at_once_after_adobe_was_read(self, landscape: Landscape, cloud: Cloud, clock: ManualClock) -> None:
        self.create(landscape.inputs())
        assert clock.naps == []
        assert [entry["call"].split()[0] for entry in cloud.adobe.journal if "config" in entry["call"]] == ["GET", "POST"]

    def test_what_an_earlier_run_may_have_sent_is_looked_for_for_two_minutes_before_it_is_sent(
        self, landscape: Landscape, cloud: Cloud, clock: ManualClock
    ) -> None:
        self.create(landscape.inputs(attempt="another-run"))
        assert sum(clock.naps) >= 120
        assert posts(cloud) == 1

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
            with pytest.raises(PreflightFailed, match="Not submitted: 1 preflight checks failed"):
                self.create(landscape.inputs(evidence=evidence))
        assert posts(cloud) == 0

    def test_another_host_than_the_one_it_was_sent_to_is_not_asked(self, landscape: Landscape, cloud: Cloud) -> None:
        created = self.create(landscape.inputs())
        before = len(cloud.adobe.journal)
        for attempt in (self.provider.read, lambda _id, props: self.provider.update(_id, created, props)):
            with pytest.raises(HostChanged, match=r"is at platform.adobe.io, and this run would ask 127.0.0.1"):
                attempt("id", {**created, "host": "platform.adobe.io"})
        assert len(cloud.adobe.journal) == before

    def test_one_for_the_same_key_is_adopted_without_a_post_or_a_wait(
        self, landscape: Landscape, cloud: Cloud, clock: ManualClock
    ) -> None:
        self.create(landscape.inputs())
        clock.naps.clear()
        drift.key_rotated(cloud)
        newer = cloud.azure.key("acme-vault", "acme-key")["keyUriWithVersion"]
        self.create(landscape.inputs(keyIdentifier=newer))
        assert posts(cloud) == 1
        assert clock.naps == []

    def test_one_for_another_key_is_refused(self, landscape: Landscape, cloud: Cloud) -> None:
        self.create(landscape.inputs())
        drift.configuration_moved(cloud)
        with pytest.raises(ConfigurationConflict, match=r"another-vault.*nothing was sent.*Next:"):
            self.create(landscape.inputs())
        assert posts(cloud) == 1

    def test_a_failed_one_is_sent_again(self, landscape: Landscape, cloud: Cloud) -> None:
        self.create(landscape.inputs())
        drift.configuration_failed(cloud)
        assert self.create(landscape.inputs())["status"] == "CREATED"
        assert posts(cloud) == 2

    @pytest.mark.parametrize("change", [drift.configuration_failed, drift.configuration_gone])
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
        drift.configuration_moved(cloud)
        for provider in (self.provider, ActivationProvider()):
            with pytest.raises(ConfigurationConflict, match="another-vault"):
                provider.read("id", created)
        cloud.state["adobe"]["configurations"][ORG]["cmk-config"]["configData"] = data
        forget_everything()
        assert not self.provider.diff("id", self.provider.read("id", created).outs, inputs).changes

    def test_an_update_submits_again_what_failed(self, landscape: Landscape, cloud: Cloud) -> None:
        created = self.create(landscape.inputs())
        drift.configuration_failed(cloud)
        self.provider.update("id", created, landscape.inputs())
        assert posts(cloud) == 2

    def test_what_was_sent_is_not_sent_again_because_adobe_does_not_show_it(
        self, landscape: Landscape, cloud: Cloud
    ) -> None:
        created = self.create(landscape.inputs())
        drift.configuration_gone(cloud)
        absent = self.provider.read("id", created).outs
        assert absent["status"] == "ABSENT"
        with pytest.raises(ConfigurationAbsent, match=r"it is not sent again.*run `pulumi up` again in an hour"):
            self.provider.update("id", absent, landscape.inputs())
        assert posts(cloud) == 1

    def test_a_failed_one_is_not_sent_again_without_good_looks(self, landscape: Landscape, cloud: Cloud) -> None:
        created = self.create(landscape.inputs())
        drift.configuration_failed(cloud)
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
        assert "Adobe has no call to change it" in next(f.reason for f in failures if f.property == name)

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
        assert "Adobe has no call that removes a configuration" in capfd.readouterr().out


class TestRolePropagation:
    provider = RolePropagationProvider()

    @pytest.fixture(autouse=True)
    def spread(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(RolePropagationProvider, "spread", staticmethod(lambda _least, most: most))

    def test_the_role_is_waited_for_and_two_that_wait_for_it_do_not_ask_in_the_same_instant(
        self, landscape: Landscape, clock: ManualClock
    ) -> None:
        self.provider.create({"roleGrantedAt": landscape.role_granted_at, "rolePropagationSeconds": 120.0})
        assert sum(clock.naps) == 120 + LONGEST_SPREAD

    def test_a_role_that_is_old_enough_is_not_waited_for(self, landscape: Landscape, clock: ManualClock) -> None:
        clock.sleep(120)
        clock.naps.clear()
        self.provider.create({"roleGrantedAt": landscape.role_granted_at, "rolePropagationSeconds": 120.0})
        assert clock.naps == []

    def test_a_clock_that_is_behind_waits_no_longer_than_the_setting(self, landscape: Landscape, clock: ManualClock) -> None:
        clock.moment -= timedelta(hours=10)
        self.provider.create({"roleGrantedAt": landscape.role_granted_at, "rolePropagationSeconds": 120.0})
        assert sum(clock.naps) <= 120 + LONGEST_SPREAD


class TestActivation:
    provider = ActivationProvider()

    @pytest.fixture
    def inputs(self, landscape: Landscape) -> dict[str, Any]:
        inputs = landscape.inputs()
        KeyConfigurationProvider().create(inputs)
        return inputs

    def test_it_waits_until_adobe_has_switched_over(self, inputs: dict[str, Any]) -> None:
        outputs = self.provider.create(inputs).outs
        assert outputs is not None
        assert outputs["status"] == "COMPLETED"

    def test_without_minutes_to_wait_it_looks_once(self, inputs: dict[str, Any], clock: ManualClock) -> None:
        clock.naps.clear()
        outputs = self.provider.create({**inputs, "timeoutMinutes": 0.0}).outs
        assert outputs is not None
        assert outputs["status"] == "RUNNING"
        assert clock.naps == []
        assert self.provider.diff("id", outputs, inputs).changes

    def test_a_wait_that_runs_out_loses_nothing_and_says_how_to_go_on(
        self, inputs: dict[str, Any], cloud: Cloud, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("simulation.adobe.SWITCH_SECONDS", 7200.0)
        with pytest.raises(ActivationPending, match=r"within 60 min.*UPDATE_EXISTING_RESOURCES.*run `pulumi up` again"):
            self.provider.create(inputs)
        monkeypatch.undo()

    def test_a_wait_prints_changes_and_at_least_a_line_every_half_minute(
        self, inputs: dict[str, Any], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("simulation.adobe.SWITCH_SECONDS", 300.0)
        capfd.readouterr()
        self.provider.create(inputs)
        lines = capfd.readouterr().out.splitlines()
        seconds = [int(m) * 60 + int(s) for line in lines for m, s in re.findall(r"after (\d+):(\d\d) min", line)]
        assert seconds[0] == 0
        assert max(later - earlier for earlier, later in pairwise(seconds)) <= 30
        assert "COMPLETED" in lines[-1]

    def test_a_failure_soon_after_the_grant_is_submitted_again(self, inputs: dict[str, Any], cloud: Cloud) -> None:
        drift.configuration_failed(cloud)
        outputs = self.provider.create(inputs).outs
        assert outputs is not None
        assert outputs["status"] == "COMPLETED"
        assert posts(cloud) == 2

    def test_it_is_submitted_again_a_bounded_number_of_times(self, inputs: dict[str, Any], cloud: Cloud) -> None:
        drift.key_disabled(cloud)
        with pytest.raises(ActivationFailed):
            self.provider.create(inputs)
        assert posts(cloud) == 1 + 3

    def test_an_unclear_answer_to_a_new_submission_is_ridden_out(
        self, inputs: dict[str, Any], cloud: Cloud, adobe: AdobeServer
    ) -> None:
        drift.configuration_failed(cloud)
        adobe.faults = Faults(["503@config-post*3"])
        outputs = self.provider.create(inputs).outs
        assert outputs is not None
        assert outputs["status"] == "COMPLETED"

    @pytest.mark.parametrize("minutes", [1, 3])
    def test_the_pauses_before_new_submissions_keep_the_time_limit(
        self, inputs: dict[str, Any], cloud: Cloud, clock: ManualClock, minutes: int
    ) -> None:
        drift.key_disabled(cloud)
        start = clock.now()
        with pytest.raises(ActivationPending, match="is FAILED"):
            self.provider.create({**inputs, "timeoutMinutes": float(minutes)})
        assert (clock.now() - start).total_seconds() <= 60 * minutes + 1

    def test_the_pauses_before_new_submissions_grow(
        self, inputs: dict[str, Any], cloud: Cloud, capfd: pytest.CaptureFixture[str]
    ) -> None:
        drift.key_disabled(cloud)
        capfd.readouterr()
        with pytest.raises(ActivationFailed):
            self.provider.create(inputs)
        lines = [line for line in capfd.readouterr().out.splitlines() if "the role is young" in line]
        announced = [int(line.rsplit(" ", 2)[1]) for line in lines]
        assert [seconds for seconds in announced if seconds in (30, 120, 300)] == [30, 120, 30, 300, 120, 30]

    def test_a_failure_long_after_the_grant_is_final_and_comes_with_a_checklist_of_names(
        self, inputs: dict[str, Any], cloud: Cloud, clock: ManualClock
    ) -> None:
        clock.sleep(3600)
        drift.configuration_failed(cloud)
        with pytest.raises(ActivationFailed) as caught:
            self.provider.create(inputs)
        assert posts(cloud) == 1
        for name in (inputs["applicationId"], "vault acme-vault", "key acme-key", "20.88.123.53"):
            assert name in str(caught.value)

    def test_a_configuration_that_turns_to_another_key_in_the_wait_is_an_error(
        self, inputs: dict[str, Any], cloud: Cloud
    ) -> None:
        drift.configuration_moved(cloud)
        with pytest.raises(ConfigurationConflict, match="another-vault"):
            self.provider.create(inputs)

    @pytest.mark.parametrize("change", [drift.configuration_failed, drift.configuration_gone])
    def test_no_longer_completed_is_drift(self, inputs: dict[str, Any], cloud: Cloud, change: Any) -> None:
        created = self.provider.create(inputs).outs
        assert created is not None
        assert not self.provider.diff("id", created, inputs).changes
        change(cloud)
        assert self.provider.diff("id", self.provider.read("id", created).outs, inputs).changes


def test_a_refresh_climbs_the_retries_once_for_both_resources(
    landscape: Landscape, cloud: Cloud, adobe: AdobeServer
) -> None:
    created = KeyConfigurationProvider().create(landscape.inputs()).outs
    assert created is not None
    forget_everything()
    adobe.faults = Faults(["503@config-get"])
    for provider in (KeyConfigurationProvider(), ActivationProvider()):
        with pytest.raises(CallUnanswered):
            provider.read("id", created)
    tries = sum(entry.get("fault") == "503" for entry in cloud.adobe.journal)
    assert tries == 1 + RETRIES


def test_one_organisation_does_not_wait_for_the_answer_to_another(
    landscape: Landscape, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = KeyConfigurationProvider().create(landscape.inputs()).outs
    assert created is not None
    forget_everything()
    blocked, free = threading.Event(), threading.Event()
    configuration = PlatformApi.configuration

    def slow_for_the_first(self: PlatformApi, name: str) -> Any:
        if name == "slow":
            blocked.set()
            free.wait(10)
        return configuration(self, name)

    monkeypatch.setattr(PlatformApi, "configuration", slow_for_the_first)
    slow = threading.Thread(
        target=lambda: KeyConfigurationProvider().read("id", {**created, "configName": "slow"}), daemon=True
    )
    slow.start()
    assert blocked.wait(10)
    assert KeyConfigurationProvider().read("id", created).outs["status"]
    free.set()
    slow.join(10)


def test_a_refresh_asks_adobe_for_the_configuration_once(landscape: Landscape, cloud: Cloud) -> None:
    inputs = landscape.inputs()
    created = KeyConfigurationProvider().create(inputs).outs
    assert created is not None
    forget_everything()
    reads = [entry["call"] for entry in cloud.adobe.journal].count
    before = reads("GET /data/infrastructure/manager/customer/config/cmk-config?configType=BYOK_CONFIG")
    KeyConfigurationProvider().read("id", created)
    ActivationProvider().read("id", {**created, "status": "COMPLETED"})
    reads = [entry["call"] for entry in cloud.adobe.journal].count
    assert reads("GET /data/infrastructure/manager/customer/config/cmk-config?configType=BYOK_CONFIG") == before + 1
