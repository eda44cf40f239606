"""The organisation's CMK app at Adobe: a multi-tenant app whose service principal is granted access to the key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pulumi
from pulumi.dynamic import CreateResult, ReadResult, Resource, UpdateResult

from ..constants import APP_REGISTRATION, Contract
from ..dynamic.provider import Properties, output, without_provider
from .api.client import AppFacts
from .api.errors import RegistrationMissing
from .provider import AdobeProvider

if TYPE_CHECKING:
    # Types alone: the plugin spares itself the arguments' classes.
    from ..arguments.groups import OrganizationArgs

# Pauses in seconds, 300 in total: the beta's job states a limit of five minutes ("timeOutForCurrentStateInMins").
POLLS_AFTER_REGISTRATION = (1, 2, 4, 8, 15, *(30,) * 9)


class AppRegistrationProvider(AdobeProvider):
    """Uses the registered app, or registers it; a delete leaves it at Adobe."""

    ignored_in_diffs = frozenset({"host"})

    def create(self, props: Properties) -> CreateResult:
        facts = self._registered(props)
        return CreateResult(props["imsOrgId"], _outputs(props, facts))

    def read(self, id_: str, props: Properties) -> ReadResult:
        facts = self.api(props).app_registration()
        at_adobe = facts.application_id if facts else ""
        # Other resources depend on the recorded app, so only an `up` adopts a new one.
        return ReadResult(id_, {**without_provider(props), "applicationIdAtAdobe": at_adobe})

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        facts = self._registered(_news)
        return UpdateResult(_outputs(_news, facts))

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

    def _registered(self, props: Properties) -> AppFacts:
        api, contract = self.api(props), Contract(props["apiContract"])
        facts = api.app_registration()
        if facts is None and contract is not Contract.CURRENT:
            self.say("registering the organisation for Adobe's CMK app")
            api.register_app()
            facts = api.app_registration()
            for seconds in POLLS_AFTER_REGISTRATION:
                if facts:
                    break
                self.say(f"Adobe is preparing the app; checking again in {seconds} s")
                self.clock.sleep(seconds)
                facts = api.app_registration()
        if facts is None:
            raise RegistrationMissing(
                "Adobe has no CMK app for the organisation",
                call=f"GET {APP_REGISTRATION}",
                next_step="check that the organisation is licensed for Healthcare Shield or Privacy and Security Shield "
                "and that the region is correct, then run `pulumi up` again; if the error persists, contact Adobe support",
            )
        self.remember_app(props, facts)
        return facts


class AppRegistration(Resource, module="adobe", name="AppRegistration"):
    """The organisation's CMK app at Adobe."""

    def __init__(self, name: str, args: OrganizationArgs, host: str, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, object] = {
            **args.properties(host),
            "applicationId": None,
            "applicationIdAtAdobe": None,
            "appName": None,
            "consentUrl": None,
        }
        super().__init__(AppRegistrationProvider(), name, props, opts)

    @property
    def application_id(self) -> pulumi.Output[str]:
        """Client ID of the app in Azure."""
        return output(self, "applicationId")

    @property
    def consent_url(self) -> pulumi.Output[str]:
        """Where an administrator accepts the app; the tenant segment reads `common`."""
        return output(self, "consentUrl")


def _outputs(inputs: Mapping[str, object], facts: AppFacts) -> Properties:
    return {
        **without_provider(dict(inputs)),
        "applicationId": facts.application_id,
        "applicationIdAtAdobe": facts.application_id,
        "appName": facts.name,
        "consentUrl": facts.consent_url,
    }
