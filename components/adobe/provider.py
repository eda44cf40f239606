"""Shared by the Adobe providers: the connection, and input checks that need no call.

Provider objects hold no state (`dynamic.provider`); the token, which is requested once per process, is kept in this module.
"""

import os
import threading
import uuid
from concurrent.futures import Future
from urllib.parse import urlsplit

from pulumi import Input, Output

from ..constants import CONFIG_NAME, ORG_ID, PLATFORM_HOSTS, Contract, confirmation
from ..dynamic.provider import PluginProvider, Properties, is_unknown
from ..known import when_known
from .api import hosts
from .api.answers import Transport
from .api.auth import from_environment
from .api.client import CURRENT_API_KEY, Configuration, NotShown, PlatformApi
from .api.configuration_request import ConfigurationRequest, contract_of, immutable_changes
from .api.credentials import Credentials
from .api.errors import CredentialError, HostChanged
from .api.key_reference import KeyReference

# This program's status of a configuration that was submitted and that Adobe no longer returns.
ABSENT = "ABSENT"

# The plugin process serves one command, up to four calls at once.
_credentials_lock, _observations_lock = threading.Lock(), threading.Lock()
_credentials: dict[tuple[str, ...], Credentials] = {}
_observations: dict[tuple[str, ...], Future[Configuration | NotShown]] = {}
_run = [uuid.uuid4().hex]
_CREDENTIAL_VARIABLES = (
    "ADOBE_ACCESS_TOKEN", "ADOBE_CLIENT_ID", "ADOBE_CLIENT_SECRET", "ADOBE_SCOPES", "ADOBE_IMS_URL",
)  # fmt: skip


class AdobeProvider(PluginProvider):
    """Base of the providers that call Adobe; their common inputs are imsOrgId, region, apiKey and apiContract."""

    # How Adobe is called changes nothing at Adobe.
    ignored_in_diffs = frozenset({"apiContract", "apiKey", "host"})

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
        credentials = self._shared_credentials()
        api_key = properties["apiKey"] or _documented_api_key(contract_of(properties), credentials)
        return PlatformApi(self._http(url), credentials, ims_org_id=properties["imsOrgId"], api_key=api_key)

    def observed_configuration(self, properties: Properties) -> Configuration | None:
        """The configuration at Adobe, for a refresh; None when Adobe clearly no longer has it.

        Both resources that read it share one response or one error.

        :raises AnswerNotUnderstood: when the answer does not say whether Adobe has it.
        """
        found = self._shared_observation(properties)
        if isinstance(found, Configuration):
            return found
        # Only where the app registration answers is it Adobe's service that says so.
        if not found.says_none or self.api(properties).app_registration() is None:
            raise found.unclear
        return None

    def _shared_observation(self, properties: Properties) -> Configuration | NotShown:
        key = tuple(str(properties[name]) for name in ("imsOrgId", "region", "apiKey", "configName"))
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

        return HttpExchange(url, self.clock, self.say)


class ConfigurationProvider(AdobeProvider):
    """Base of the configuration and activation providers, with their common checks."""

    ignored_in_diffs = AdobeProvider.ignored_in_diffs | {
        "activate",
        "applicationId",
        "attempt",
        "configurationAbsent",
        "contract",
        "evidence",
        "keyIdentifier",
        "neverShown",
        "roleGrantedAt",
        "timeoutMinutes",
    }

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


def _documented_api_key(contract: Contract, credentials: Credentials) -> str:
    """Value of x-api-key in Adobe's documents of a contract; one that is not known yet is asked about as the current one.

    :raises CredentialError: the beta's documents ask for the client ID of the credential, which a bare token does not tell.
    """
    if contract is not Contract.BETA:
        return CURRENT_API_KEY
    if not credentials.client_id:
        raise CredentialError(
            "Adobe's beta API expects the client ID of the credential in the header x-api-key, and ADOBE_ACCESS_TOKEN does "
            "not tell it; no call was made",
            next_step="set apiKey to the client ID of the credential, or set ADOBE_CLIENT_ID and ADOBE_CLIENT_SECRET "
            "in place of ADOBE_ACCESS_TOKEN",
        )
    return credentials.client_id


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
