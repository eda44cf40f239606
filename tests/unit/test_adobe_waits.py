"""The waits for the role and for Adobe's switch-over, and what a refresh asks for, against Adobe's HTTP API."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from components.adobe.activation import ActivationProvider
from components.adobe.api.client import PlatformApi
from components.adobe.api.errors import (
    ActivationPending,
    CallUnanswered,
    ConfigurationConflict,
    RequirementsNotMet,
    SubmissionUnclear,
)
from components.adobe.api.http import RETRIES
from components.adobe.key_configuration import KeyConfigurationProvider
from components.adobe.provider import forget_everything
from components.adobe.role_propagation import LONGEST_SPREAD, RolePropagationProvider
from simulation.adobe.faults import Faults
from simulation.adobe.http import AdobeServer
from simulation.cloud import Cloud
from simulation.drifts import at_adobe
from tests.clock import ManualClock
from tests.landscape import Landscape, build, posts

pytestmark = pytest.mark.usefixtures("adobe")


@pytest.fixture
def landscape(cloud: Cloud, adobe: AdobeServer) -> Landscape:
    return build(cloud)


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

    def test_a_role_that_is_certainly_old_is_not_waited_for(self, landscape: Landscape, clock: ManualClock) -> None:
        clock.sleep(24 * 3600 + 1)
        clock.naps.clear()
        self.provider.create({"roleGrantedAt": landscape.role_granted_at, "rolePropagationSeconds": 120.0})
        assert clock.naps == []

    def test_by_chance_no_second_is_added(
        self, landscape: Landscape, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(RolePropagationProvider, "spread", staticmethod(lambda least, _most: least))
        inputs = {"roleGrantedAt": landscape.role_granted_at, "rolePropagationSeconds": 120.0, "__provider": "…"}
        outputs = self.provider.update("id", {}, inputs).outs
        assert sum(clock.naps) == 120
        del inputs["__provider"]
        assert outputs == {**inputs, "readyAt": clock.now().isoformat()}

    @pytest.mark.parametrize("age", [0, 119.5, 24 * 3600], ids=["at once", "almost old enough", "a day, by this clock"])
    def test_a_clock_that_may_be_ahead_does_not_shorten_the_wait(
        self, landscape: Landscape, clock: ManualClock, age: float
    ) -> None:
        clock.moment += timedelta(seconds=age)
        self.provider.update("id", {}, {"roleGrantedAt": landscape.role_granted_at, "rolePropagationSeconds": 120.0})
        assert sum(clock.naps) == 120 + LONGEST_SPREAD

    @pytest.mark.parametrize(("seconds", "waited"), [(1.0, 2.0), (0.0, 0.0)])
    def test_a_short_wait_is_spread_by_no_more_than_itself(
        self, landscape: Landscape, clock: ManualClock, seconds: float, waited: float
    ) -> None:
        self.provider.update("id", {}, {"roleGrantedAt": landscape.role_granted_at, "rolePropagationSeconds": seconds})
        assert sum(clock.naps) == waited

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

    def test_a_wait_that_runs_out_loses_nothing_and_says_how_to_go_on(self, inputs: dict[str, Any], cloud: Cloud) -> None:
        cloud.adobe.switch_seconds = 7200.0
        with pytest.raises(ActivationPending, match=r"within 60 min.*UPDATE_EXISTING_RESOURCES.*run `pulumi up` again"):
            self.provider.create(inputs)

    def test_a_failure_soon_after_the_grant_is_submitted_again(self, inputs: dict[str, Any], cloud: Cloud) -> None:
        at_adobe.configuration_failed(cloud)
        outputs = self.provider.create(inputs).outs
        assert outputs is not None
        assert outputs["status"] == "COMPLETED"
        assert posts(cloud) == 2

    def test_after_an_unclear_answer_to_a_new_submission_nothing_is_sent_in_the_same_run(
        self, inputs: dict[str, Any], cloud: Cloud, adobe: AdobeServer
    ) -> None:
        at_adobe.configuration_failed(cloud)
        adobe.faults = Faults(["503@config-post*1"])
        with pytest.raises(SubmissionUnclear, match="run pulumi up again, which reads the configuration"):
            self.provider.create(inputs)
        assert posts(cloud) == 2
        outputs = self.provider.create(inputs).outs
        assert outputs is not None
        assert outputs["status"] == "COMPLETED"

    def test_a_configuration_that_turns_to_another_key_in_the_wait_is_an_error(
        self, inputs: dict[str, Any], cloud: Cloud
    ) -> None:
        at_adobe.configuration_moved(cloud)
        with pytest.raises(ConfigurationConflict, match="another-vault"):
            self.provider.create(inputs)

    def test_with_findings_adobe_is_not_asked_and_all_of_them_are_told(self, inputs: dict[str, Any], cloud: Cloud) -> None:
        calls = len(cloud.adobe.journal)
        for attempt in (self.provider.create, lambda props: self.provider.update("id", inputs, props)):
            with pytest.raises(RequirementsNotMet, match=r" 2 .*\(1\) a; \(2\) b"):
                attempt({**inputs, "findings": ["a", "b"]})
        assert len(cloud.adobe.journal) == calls

    def test_a_finding_is_a_change_and_none_at_all_is_not(self, inputs: dict[str, Any]) -> None:
        created = self.provider.create(inputs).outs
        assert created is not None
        assert not self.provider.diff("id", created, inputs).changes
        assert self.provider.diff("id", created, {**inputs, "findings": ["a"]}).changes

    @pytest.mark.parametrize(
        ("minutes", "fits"), [(0, True), (0.0, True), (1440.0, True), (-1.0, False), (1441.0, False), ("60", False)]
    )
    def test_it_waits_for_a_day_at_most(self, landscape: Landscape, minutes: Any, fits: bool) -> None:
        failures = self.provider.check({}, landscape.inputs(timeoutMinutes=minutes)).failures
        assert [failure.property for failure in failures] == ([] if fits else ["timeoutMinutes"])

    @pytest.mark.parametrize("change", [at_adobe.configuration_failed, at_adobe.configuration_gone])
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
