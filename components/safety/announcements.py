"""What a run says before it calls Adobe: which calls it makes without activation, and what a typed word does today."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pulumi

from ..arguments.component import CustomerManagedKeysArgs
from ..constants import APP_REGISTRATION, KEY_CONFIGURATION_TYPE, Contract, absence_confirmation
from .stack_state import StackResources, never_shown


def announce_calls(args: CustomerManagedKeysArgs, app: Mapping[str, Any], sent_for: str) -> None:
    """Say what a run sends to Adobe besides reads, and whether an app that has changed stops it.

    :param app: outputs of the app registration in the state; empty for none.
    :param sent_for: client ID of the app for which a configuration was sent; empty before any submission.
    """
    organization = args.organization
    if not app and organization.api_contract != Contract.CURRENT:
        pulumi.log.info(
            f"pulumi up reads the organisation's CMK app at Adobe. If there is none, it registers one (POST "
            f"{APP_REGISTRATION}, without a body). Adobe does not document what that call does to an app that exists. "
            + ("" if args.configuration.activate else "No configuration is sent. ")
            + f"With {args.setting_names.name('organization.api_contract')} {Contract.CURRENT}, nothing is registered"
        )
    at_adobe, recorded = app.get("applicationIdAtAdobe"), str(app.get("applicationId"))
    if sent_for and app and at_adobe != recorded and organization.app_replaced.casefold() != recorded.casefold():
        pulumi.log.warn(
            f"Adobe's app for the organisation is {at_adobe or 'none'}, but the configuration was sent for {recorded}: "
            "pulumi up ends with an error and records nothing. Fix: contact Adobe support before any other change"
        )


def announce_confirmation(args: CustomerManagedKeysArgs, created: StackResources, now: datetime) -> None:
    """Say when the user's word that Adobe has no configuration does nothing."""
    configuration = args.configuration
    if not configuration.absent:
        return
    today = absence_confirmation(args.organization.ims_org_id, configuration.config_name, now.date())
    reason = ""
    if not configuration.activate:
        reason = f"{args.setting_names.name('configuration.activate')} is not set, and nothing is sent"
    elif KEY_CONFIGURATION_TYPE in created and not never_shown(created):
        reason = "the configuration was sent and shown by Adobe, and is not sent again"
    elif configuration.absent != today:
        reason = f"it is not the confirmation of today, {today}"
    if reason:
        name = args.setting_names.name("configuration.absent")
        pulumi.log.warn(f"{name} has no effect: {reason}. Fix: unset {name}")
