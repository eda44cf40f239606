"""The organisation's CMK app at Adobe: a multi-tenant app whose service principal is granted access to the key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi.dynamic import CreateResult, ReadResult, Resource, UpdateResult

from ..arguments.groups import OrganizationArgs
from ..constants import APP_REGISTRATION, Contract
from ..dynamic.provider import Properties, output, without_provider
from .api.client import AppFacts, Configuration
from .api.configuration_request import contract_of
from .api.errors import AppReplaced, RegistrationMissing
from .provider import AdobeProvider

# Pauses in seconds, 300 in total: the beta's job states a limit of five minutes ("timeOutForCurrentStateInMins").
POLLS_AFTER_REGISTRATION = (1, 2, 4, 8, 15, *(30,) * 9)


@dataclass(frozen=True, kw_only=True)
class AppRegistrationArgs:
    """The organisation, and the app that it must have."""

    organization: OrganizationArgs
    config_name: str
    host: str
    """Host of Adobe's API, without scheme and port."""
    sent_for: str
    """Client ID of the app for which a configuration was sent, or may have been; empty before any submission."""

    def properties(self) -> dict[str, object]:
        """The inputs under their names in the state."""
        return {
            **self.organization.properties(self.host),
            "configName": self.config_name,
            "appReplaced": self.organization.app_replaced,
            "sentFor": self.sent_for,
        }


class AppRegistrationProvider(AdobeProvider):
    """Uses the registered app, or registers it; a delete leaves it at Adobe.

    Once a configuration was sent, or may have been, no other app is registered or recorded: Adobe uses the key through the
    app that has the role.
    """

    ignored_in_diffs = AdobeProvider.ignored_in_diffs | {"appReplaced", "configName", "sentFor"}

    def create(self, props: Properties) -> CreateResult:
        return CreateResult(props["imsOrgId"], self._registered(props, props["sentFor"]))

    def read(self, id_: str, props: Properties) -> ReadResult:
        facts = self.api(props).app_registration()
        at_adobe = facts.application_id if facts else ""
        # Other resources depend on the recorded app, so only an `up` adopts a new one.
        return ReadResult(id_, {**without_provider(props), "applicationIdAtAdobe": at_adobe})

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        return UpdateResult(self._registered({**_news, "contract": _olds["contract"]}, _olds["applicationId"]))

    def delete(self, _id: str, _props: Properties) -> None:
        self.say(
            "Adobe's API cannot remove the app registration: it stays at Adobe and is only removed from this stack's state"
        )

    def validation_errors(self, olds: Properties, news: Properties) -> list[tuple[str, str]]:
        found = super().validation_errors(olds, news)
        if olds and olds.get("imsOrgId") != news.get("imsOrgId"):
            found.append(
                (
                    "imsOrgId",
                    f"this stack belongs to {olds.get('imsOrgId')}. Fix: use a separate stack for each organisation",
                )
            )
        return found

    def has_drifted(self, outputs: Properties) -> bool:
        return bool(outputs.get("applicationIdAtAdobe") != outputs.get("applicationId"))

    def _registered(self, props: Properties, recorded: str) -> Properties:
        """Outputs of the app that Adobe has, or registers.

        :param recorded: client ID of the app that the state holds; empty for none.
        """
        facts = self.api(props).app_registration()
        contract = contract_of(props)
        is_recorded = facts is not None and facts.application_id.casefold() == recorded.casefold()
        registers = facts is None and contract is not Contract.CURRENT
        if registers or (recorded and not is_recorded):
            self._refuse_another_app(props, facts, recorded)
        if facts:
            contract = Contract.CURRENT if contract is Contract.AUTO else contract
        elif registers:
            contract = Contract.BETA
            facts = self._register({**props, "contract": contract})
        if facts is None:
            raise RegistrationMissing(
                "Adobe has no CMK app for the organisation",
                call=f"GET {APP_REGISTRATION}",
                next_step="check that the organisation is licensed for Healthcare Shield or Privacy and Security Shield "
                "and that the region is correct, then run `pulumi up` again; if the error persists, contact Adobe support",
            )
        if not facts.consent_url:
            self.say(
                f"Adobe's consent link is not a consent page of Entra ID for the app {facts.application_id}; it is not "
                "output. It is needed only with servicePrincipal existing"
            )
        return _outputs(props, facts, contract)

    def _register(self, props: Properties) -> AppFacts | None:
        api = self.api(props)
        self.say("registering the organisation for Adobe's CMK app")
        api.register_app()
        facts = api.app_registration()
        for seconds in POLLS_AFTER_REGISTRATION:
            if facts:
                break
            self.say(f"Adobe is preparing the app; checking again in {seconds} s")
            self.clock.sleep(seconds)
            facts = api.app_registration()
        return facts

    def _refuse_another_app(self, props: Properties, facts: AppFacts | None, recorded: str) -> None:
        """:raises AppReplaced: Adobe uses a key through the app of before, and `appReplaced` does not name that one."""
        confirmed = bool(recorded) and props["appReplaced"].casefold() == recorded.casefold()
        if confirmed and facts:
            return
        may_be_unused = confirmed or not props["sentFor"]
        if may_be_unused and not isinstance(self.api(props).configuration(props["configName"]), Configuration):
            return
        before = f"the app {recorded}" if recorded else "another one"
        word = (
            f" After Adobe has confirmed the new app, set appReplaced to {recorded}, and run pulumi up" if recorded else ""
        )
        raise AppReplaced(
            f"Adobe's app for the organisation is {facts.application_id if facts else 'none'}, but the configuration "
            f"{props['configName']!r} was sent for {before}; nothing was registered, and nothing was recorded",
            call=f"GET {APP_REGISTRATION}",
            next_step="contact Adobe support before any other change. Keep the vault, the key, the service principal of the "
            f"app and its role.{word}",
        )


class AppRegistration(Resource, module="adobe", name="AppRegistration"):
    """The organisation's CMK app at Adobe."""

    def __init__(self, name: str, args: AppRegistrationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, object] = {
            **args.properties(),
            "applicationId": None,
            "applicationIdAtAdobe": None,
            "appName": None,
            "consentUrl": None,
            "contract": None,
        }
        super().__init__(AppRegistrationProvider(), name, props, opts)

    @property
    def application_id(self) -> pulumi.Output[str]:
        """Client ID of the app in Azure."""
        return output(self, "applicationId")

    @property
    def consent_url(self) -> pulumi.Output[str]:
        """Where an administrator accepts the app; the tenant segment reads `common`. Empty when Adobe's is not usable."""
        return output(self, "consentUrl")

    @property
    def contract(self) -> pulumi.Output[str]:
        """Generation of Adobe's API that the registration has shown: beta or current."""
        return output(self, "contract")


def _outputs(inputs: Mapping[str, object], facts: AppFacts, contract: Contract) -> Properties:
    return {
        **without_provider(dict(inputs)),
        "applicationId": facts.application_id,
        "applicationIdAtAdobe": facts.application_id,
        "appName": facts.name,
        "consentUrl": facts.consent_url,
        "contract": contract.value,
    }
