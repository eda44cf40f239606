"""Fixtures that every tier shares: a clock that is set by hand, clouds in memory, Adobe over loopback HTTP."""

from collections.abc import Iterator

import pytest

from components.adobe.api.auth import ServerToServer
from components.adobe.api.client import PlatformApi
from components.adobe.api.http import HttpExchange
from components.adobe.provider import PluginProvider, forget_everything
from simulation.adobe_http import CLIENT_ID, CLIENT_SECRET, ORG, AdobeServer
from simulation.cloud import Cloud
from tests.clock import ManualClock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> ManualClock:
    """The clock of the clouds and of the providers alike."""
    clock = ManualClock()
    monkeypatch.setattr(PluginProvider, "clock", clock)
    return clock


@pytest.fixture
def cloud(clock: ManualClock) -> Cloud:
    return Cloud(clock=clock)


@pytest.fixture
def adobe(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[AdobeServer]:
    """Adobe over HTTP, with the environment that leads to it."""
    forget_everything()
    monkeypatch.delenv("ADOBE_ACCESS_TOKEN", raising=False)
    with AdobeServer(cloud).serving() as server:
        monkeypatch.setenv("ADOBE_PLATFORM_URL", server.url)
        monkeypatch.setenv("ADOBE_IMS_URL", server.url)
        monkeypatch.setenv("ADOBE_CLIENT_ID", CLIENT_ID)
        monkeypatch.setenv("ADOBE_CLIENT_SECRET", CLIENT_SECRET)
        yield server


@pytest.fixture
def api(adobe: AdobeServer, clock: ManualClock) -> PlatformApi:
    exchange = HttpExchange(adobe.url, clock)
    credentials = ServerToServer(CLIENT_ID, CLIENT_SECRET, "openid", exchange, clock)
    return PlatformApi(exchange, credentials, ims_org_id=ORG, api_key="acp_provisioning")
