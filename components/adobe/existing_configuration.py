"""What Adobe holds before a stack has created anything: a configuration that exists already, and the app."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime import is_dry_run

from ..arguments.component import CustomerManagedKeysArgs
from ..constants import RUNBOOK
from .api.client import Configuration, NotShown
from .api.errors import AdobeError
from .api.key_reference import KeyReference
from .provider import ConfigurationProvider


class ConfigurationExists(pulumi.RunError):
    """Adobe has the configuration, but this stack has no vault: its state was lost, or its settings are a copy."""


class AdobeUnreadable(pulumi.RunError):
    """Adobe could not be asked before anything was created."""


@dataclass(frozen=True)
class HeldByAdobe:
    """The organisation's configuration and app."""

    key: KeyReference | None
    """Of the configuration; None when Adobe shows none."""
    application_id: str
    """Client id of the app, empty when the organisation has none."""


NOTHING = HeldByAdobe(None, "")


def held_by_adobe(args: CustomerManagedKeysArgs, app: Mapping[str, Any]) -> HeldByAdobe:
    """Ask Adobe before a stack that has sent nothing creates anything; only reads.

    Only a first `up` asks, and every command of one that adopts: also without activation, or a stack whose state was lost
    would prepare a second vault and key. An answer that does not say whether there is a configuration is none of use here:
    before there is an app, Adobe may have no better one. It is asked again before anything is sent.

    :param app: outputs of the app registration in the state; empty for none.
    :raises ConfigurationExists: Adobe holds a configuration of that name, whatever its status, and `adopt` is not set.
    :raises AdobeUnreadable: Adobe refuses the call, or gives no answer.
    """
    if not args.adopt and is_dry_run():
        return NOTHING
    organization, configuration = args.organization, args.configuration
    try:
        api = ConfigurationProvider().api({**organization.properties(""), "contract": app.get("contract")})
        found = api.configuration(configuration.config_name)
        facts = api.app_registration() if args.adopt else None
    except AdobeError as error:
        if is_dry_run():
            pulumi.log.warn(f"What Adobe holds could not be read, and is not in this preview: {error}")
            return NOTHING
        raise AdobeUnreadable(f"{error}. Nothing was created") from None
    if isinstance(found, Configuration) and not args.adopt:
        raise ConfigurationExists(
            f"Adobe already has the configuration {configuration.config_name!r} of {organization.ims_org_id} for "
            f"{found.key.identifier}, "
            "but this stack has no vault. Adobe cannot use a second vault and key, so nothing was created. Either the state "
            "of the stack was lost, its settings are a copy of another stack's, or somebody set it up by hand. Fix: use the "
            f"stack that created the configuration, or restore its state ({RUNBOOK}, Lost state). If no other stack manages "
            f"it, {args.setting_names.instruction('adopt', 'true')} to take it over"
        )
    if isinstance(found, NotShown) and not found.says_none and not configuration.activate:
        pulumi.log.warn(f"{found.unclear.what}, and nothing is sent to Adobe: HTTP {found.unclear.http_status}")
    key = found.key if isinstance(found, Configuration) else None
    return HeldByAdobe(key, facts.application_id if facts else "")
