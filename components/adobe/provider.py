"""What the three Adobe providers share: the connection, checks that cost no call, and clean messages.

Pulumi pickles a provider by reference as long as its class lives in a module of the project, and runs the current code on
every command. So no provider object holds state; the token, which is minted once per process, lives in this module.
"""

import os
import sys
import threading
import uuid
from concurrent.futures import Future
from typing import Any
from urllib.parse import urlsplit

from pulumi import Input, Output
from pulumi.dynamic import CheckFailure, CheckResult, ConfigureRequest, DiffResult, Resource, ResourceProvider
from pulumi.output import Unknown
from pulumi.runtime import rpc

from ..constants import CONFIG_NAME, ORG_ID, PLATFORM_HOSTS, Contract, confirmation
from ..known import when_known
from .api import hosts
from .api.auth import from_environment
from .api.client import Configuration, PlatformApi
from .api.clock import Clock, SystemClock
from .api.configuration_request import ConfigurationRequest, immutable_changes
from .api.credentials import Credentials
from .api.errors import HostChanged
from .api.http import HttpExchange
from .api.key_reference import KeyReference
from .engine_watch import end_with_engine

Properties = dict[str, Any]
# This program's word for a configuration that was sent and that Adobe no longer shows.
ABSENT = "ABSENT"

# The plugin process serves one command, up to four calls at once.
_credentials_lock, _observations_lock = threading.Lock(), threading.Lock()
_credentials: dict[tuple[str, ...], Credentials] = {}
_observations: dict[tuple[str, ...], Future[Configuration | None]] = {}
_run = [uuid.uuid4().hex]
_CREDENTIAL_VARIABLES = (
    "ADOBE_ACCESS_TOKEN", "ADOBE_CLIENT_ID", "ADOBE_CLIENT_SECRET", "ADOBE_SCOPES", "ADOBE_IMS_URL",
)  # fmt: skip


class PluginProvider(ResourceProvider):
    """Base of all providers of this package: no state of their own, clean messages, an end with the engine's."""

    serialize_as_secret_always = False
    clock: Clock = SystemClock()
    # Inputs that may change without anything to do: they matter only at the moment of a call.
    ignored_in_diffs: frozenset[str] = frozenset()

    def configure(self, req: ConfigureRequest) -> None:
        # In the plugin process only: an error then shows as its one line, not as this process's traceback.
        sys.tracebacklimit = 0
        end_with_engine()

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Refuse, in preview, inputs that no call may be made with."""
        errors = self.validation_errors(_olds, news)
        failures = [CheckFailure(name, reason) for name, reason in errors if not is_unknown(news.get(name))]
        return CheckResult(news, failures)

    def validation_errors(self, olds: Properties, news: Properties) -> list[tuple[str, str]]:
        """Property and reason of each input that is wrong; a property that is not known yet is never reported."""
        return []

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        """Changed when an input that matters differs, or when Adobe's side is not as it was left."""
        names = {name for name in _news if not name.startswith("__")} - self.ignored_in_diffs
        changed = any(is_unknown(_news[name]) or _olds.get(name) != _news[name] for name in names)
        return DiffResult(changes=changed or _moved(_olds, _news) or self.has_drifted(_olds), replaces=[])

    def has_drifted(self, outputs: Properties) -> bool:
        """Whether the recorded or refreshed outputs show that Adobe's side needs mending."""
        return False

    def say(self, line: str) -> None:
        """Print a line of progress; the engine passes it on to the terminal.

        When the engine has died, the pipe to it is closed and this raises. As every POST is announced first, a plugin
        that outlives its engine sends nothing that nobody waits for.
        """
        print(f"adobe-cmk: {line}", flush=True)


class AdobeProvider(PluginProvider):
    """Base of the providers that call Adobe: inputs imsOrgId, region, apiKey and apiContract are common to them."""

    def validation_errors(self, olds: Properties, news: Properties) -> list[tuple[str, str]]:
        """Property and reason of each input that is wrong; a property that is not known yet is never reported."""
        found: list[tuple[str, str]] = []
        if not ORG_ID.fullmatch(str(news.get("imsOrgId"))):
            found.append(("imsOrgId", f"{news.get('imsOrgId')!r} is not <24 hex digits>@AdobeOrg"))
        if news.get("region") not in list(PLATFORM_HOSTS):
            found.append(("region", f"{news.get('region')!r} is none of {', '.join(PLATFORM_HOSTS)}"))
        if news.get("apiContract") not in list(Contract):
            found.append(("apiContract", f"{news.get('apiContract')!r} is none of {', '.join(Contract)}"))
        return found

    def api(self, properties: Properties) -> PlatformApi:
        """The API as the given organisation sees it.

        :raises CredentialError: without a usable credential, or with an unsafe override of a host.
        :raises HostChanged: when the configuration was sent to another host.
        """
        url = hosts.platform_url(properties["region"], os.environ)
        _refuse_another_host(properties.get("host"), url)
        exchange = HttpExchange(url, self.clock)
        return PlatformApi(
            exchange,
            self._shared_credentials(),
            ims_org_id=properties["imsOrgId"],
            api_key=properties["apiKey"],
        )

    def observed_configuration(self, properties: Properties) -> Configuration | None:
        """What Adobe holds, for a refresh: one answer, or one error, serves both resources that look at it."""
        key = tuple(str(properties[name]) for name in ("imsOrgId", "region", "apiKey", "configName"))
        with _observations_lock:
            observation, is_first = _observations.get(key), key not in _observations
            if observation is None:
                observation = _observations[key] = Future()
        # Outside of the lock: one organisation does not wait for another.
        if is_first:
            try:
                request = ConfigurationRequest.from_properties(properties)
                observation.set_result(self.api(properties).requested(request))
            except Exception as error:  # noqa: BLE001 - whatever it was, it is the answer to both
                observation.set_exception(error)
        return observation.result()

    def _shared_credentials(self) -> Credentials:
        identity = tuple(os.environ.get(variable, "") for variable in _CREDENTIAL_VARIABLES)
        with _credentials_lock:
            if identity not in _credentials:
                _credentials[identity] = from_environment(
                    os.environ, HttpExchange(hosts.ims_url(os.environ), self.clock), self.clock
                )
            return _credentials[identity]


class ConfigurationProvider(AdobeProvider):
    """What the configuration and the wait for it check alike."""

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
            found.append(("configName", f"{news.get('configName')!r} is not a letter and up to 63 letters, digits or -"))
        switched_on = confirmation(str(news.get("imsOrgId")), str(news.get("configName")))
        if news.get("activate") != switched_on:
            found.append(("activate", f"{news.get('activate')!r} must be {switched_on!r}, typed in on purpose"))
        try:
            KeyReference.parse(str(news.get("keyIdentifier")))
        except ValueError as error:
            found.append(("keyIdentifier", str(error)))
        return found


def this_run() -> str:
    """What tells this command from every other: the plugin process serves one."""
    return _run[0]


def forget_everything() -> None:
    """Start afresh, without token and observations, as the plugin process of the next command does."""
    _run[0] = uuid.uuid4().hex
    _credentials.clear()
    _observations.clear()


def _refuse_another_host(recorded: object, url: str) -> None:
    host = urlsplit(url).hostname
    if isinstance(recorded, str) and recorded and recorded != host:
        raise HostChanged(
            f"this stack's organisation is at {recorded}, and this run would ask {host}; nothing was asked",
            next_step="unset ADOBE_PLATFORM_URL, or set it back to the host that this stack was created with",
        )


def _moved(olds: Properties, news: Properties) -> bool:
    """Whether the state names another path of the provider's class than the program: a refresh would not find it."""
    return "__provider" in olds and olds["__provider"] != news.get("__provider")


def changes_at_adobe(olds: Properties, news: Properties) -> list[tuple[str, str]]:
    """Property and reason of each input that would change what Adobe has no call to change; what is unknown passes."""
    return immutable_changes(olds, {name: value for name, value in news.items() if not is_unknown(value)})


def key_properties(key_identifier: Input[str]) -> dict[str, object]:
    """Vault and key of an identifier, as inputs under their names in the state."""
    key = Output.from_input(key_identifier)
    return {
        "keyVaultUri": when_known(key, lambda identifier: KeyReference.parse(identifier).vault_uri),
        "keyName": when_known(key, lambda identifier: KeyReference.parse(identifier).key_name),
    }


def is_unknown(value: Any) -> bool:
    """Whether a property has no value yet, as in the preview of what it comes from."""
    return isinstance(value, Unknown) or bool(value == rpc.UNKNOWN)


def without_provider(properties: Properties) -> Properties:
    """The properties less the engine's own bookkeeping."""
    return {name: value for name, value in properties.items() if not name.startswith("__")}


def output(resource: Resource, name: str) -> Output[str]:
    """An output of a dynamic resource by its name in the state, which Pulumi keeps as an attribute."""
    value: Output[str] = resource.__dict__[name]
    return value
