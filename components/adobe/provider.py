"""Shared by the Adobe providers: the connection, and input checks that need no call.

Provider objects hold no state (`dynamic.provider`); the token, which is requested once per process, is kept in this module.
"""

import os
import threading
import uuid
from concurrent.futures import Future
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pulumi import Input, Output

from ..constants import CONFIG_NAME, ORG_ID, PLATFORM_HOSTS, Contract, confirmation
from ..dynamic.provider import PluginProvider, Properties, is_unknown
from ..known import when_known
from .api import hosts
from .api.answers import Transport
from .api.auth import from_environment
from .api.client import AppFacts, Configuration, PlatformApi
from .api.configuration_request import ConfigurationRequest, immutable_changes
from .api.credentials import Credentials
from .api.errors import HostChanged
from .api.evidence import LONGEST_AGE
from .api.key_reference import KeyReference

# This program's status of a configuration that was submitted and that Adobe no longer returns.
ABSENT = "ABSENT"

# The plugin process serves one command, up to four calls at once.
_credentials_lock, _observations_lock = threading.Lock(), threading.Lock()
_credentials: dict[tuple[str, ...], Credentials] = {}
_observations: dict[tuple[str, ...], Future[Configuration | None]] = {}
_apps: dict[tuple[str, ...], tuple[AppFacts, datetime]] = {}
_run = [uuid.uuid4().hex]
_CREDENTIAL_VARIABLES = (
    "ADOBE_ACCESS_TOKEN", "ADOBE_CLIENT_ID", "ADOBE_CLIENT_SECRET", "ADOBE_SCOPES", "ADOBE_IMS_URL",
)  # fmt: skip


class AdobeProvider(PluginProvider):
    """Base of the providers that call Adobe; their common inputs are imsOrgId, region, apiKey and apiContract."""

    def validation_errors(self, olds: Properties, news: Properties) -> list[tuple[str, str]]:
        """Property and reason of each input that is wrong; a property that is not known yet is never reported."""
        found: list[tuple[str, str]] = []
        if not ORG_ID.fullmatch(str(news.get("imsOrgId"))):
            found.append(("imsOrgId", f"{news.get('imsOrgId')!r} is not <24 hex digits>@AdobeOrg"))
        if news.get("region") not in list(PLATFORM_HOSTS):
            found.append(("region", f"{news.get('region')!r} is not one of {', '.join(PLATFORM_HOSTS)}"))
        if news.get("apiContract") not in list(Contract):
            found.append(("apiContract", f"{news.get('apiContract')!r} is not one of {', '.join(Contract)}"))
        return found

    def api(self, properties: Properties) -> PlatformApi:
        """Adobe's API for the organisation in the properties.

        :raises CredentialError: without a usable credential, or with an override that names a host that is not allowed.
        :raises HostChanged: when the stack was created with another host.
        """
        url = hosts.platform_url(properties["region"], os.environ)
        _refuse_another_host(properties.get("host"), url)
        return PlatformApi(
            self._http(url),
            self._shared_credentials(),
            ims_org_id=properties["imsOrgId"],
            api_key=properties["apiKey"],
        )

    def remember_app(self, properties: Properties, facts: AppFacts) -> None:
        """Keep what Adobe said of the organisation's app for the rest of this run."""
        _apps[_organization(properties)] = (facts, self.clock.now())

    def recent_app(self, properties: Properties) -> AppFacts | None:
        """The app as this run read it, while that is as fresh as a submission asks of its evidence; else None."""
        facts, at = _apps.get(_organization(properties), (None, datetime.min))
        return facts if facts and timedelta() <= self.clock.now() - at <= LONGEST_AGE else None

    def observed_configuration(self, properties: Properties) -> Configuration | None:
        """The configuration at Adobe, for a refresh: both resources that read it share one response or one error."""
        key = (*_organization(properties), str(properties["configName"]))
        with _observations_lock:
            observation, is_first = _observations.get(key), key not in _observations
            if observation is None:
                observation = _observations[key] = Future()
        # Outside the lock, so that organisations do not wait for each other.
        if is_first:
            try:
                request = ConfigurationRequest.from_properties(properties)
                observation.set_result(self.api(properties).requested(request))
            except Exception as error:  # noqa: BLE001 - any error is passed on to both resources
                observation.set_exception(error)
        return observation.result()

    def _shared_credentials(self) -> Credentials:
        identity = tuple(os.environ.get(variable, "") for variable in _CREDENTIAL_VARIABLES)
        with _credentials_lock:
            if identity not in _credentials:
                http = self._http(hosts.ims_url(os.environ))
                _credentials[identity] = from_environment(os.environ, http, self.clock)
            return _credentials[identity]

    def _http(self, url: str) -> Transport:
        # On first use: most commands make no call to Adobe, and the HTTP client takes as long to import as all else here.
        from .api.http import HttpExchange

        return HttpExchange(url, self.clock)


class ConfigurationProvider(AdobeProvider):
    """Base of the configuration and activation providers, with their common checks."""

    ignored_in_diffs = frozenset(
        {
            "activate",
            "applicationId",
            "attempt",
            "evidence",
            "host",
            "keyIdentifier",
            "roleGrantedAt",
            "timeoutMinutes",
        }
    )

    def validation_errors(self, olds: Properties, news: Properties) -> list[tuple[str, str]]:
        found = super().validation_errors(olds, news)
        if not CONFIG_NAME.fullmatch(str(news.get("configName"))):
            found.append(
                ("configName", f"{news.get('configName')!r} is not a letter followed by up to 63 letters, digits or hyphens")
            )
        switched_on = confirmation(str(news.get("imsOrgId")), str(news.get("configName")))
        if news.get("activate") != switched_on:
            found.append(
                ("activate", f"{news.get('activate')!r} is not {switched_on!r}, which confirms what is switched on")
            )
        try:
            KeyReference.parse(str(news.get("keyIdentifier")))
        except ValueError as error:
            found.append(("keyIdentifier", str(error)))
        return found


def this_run() -> str:
    """Unique ID of this command, which has a plugin process of its own."""
    return _run[0]


def forget_everything() -> None:
    """Reset token, observations and run ID, as in the plugin process of the next command."""
    _run[0] = uuid.uuid4().hex
    _credentials.clear()
    _observations.clear()
    _apps.clear()


def _organization(properties: Properties) -> tuple[str, ...]:
    """What a call to Adobe is about."""
    return tuple(str(properties[name]) for name in ("imsOrgId", "region", "apiKey"))


def _refuse_another_host(recorded: object, url: str) -> None:
    host = urlsplit(url).hostname
    if isinstance(recorded, str) and recorded and recorded != host:
        raise HostChanged(
            f"this stack uses Adobe's host {recorded}, but this run would call {host}; no call was made",
            next_step="unset ADOBE_PLATFORM_URL, or set it back to the host that this stack was created with",
        )


def changes_at_adobe(olds: Properties, news: Properties) -> list[tuple[str, str]]:
    """Property and reason of each changed input that Adobe's API cannot change; unknown values pass."""
    return immutable_changes(olds, {name: value for name, value in news.items() if not is_unknown(value)})


def key_properties(key_identifier: Input[str]) -> dict[str, object]:
    """Vault and key of an identifier, as inputs with their names in the state."""
    key = Output.from_input(key_identifier)
    return {
        "keyVaultUri": when_known(key, lambda identifier: KeyReference.parse(identifier).vault_uri),
        "keyName": when_known(key, lambda identifier: KeyReference.parse(identifier).key_name),
    }
