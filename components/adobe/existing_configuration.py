"""A look at Adobe before anything is created for a configuration that exists already."""

import pulumi

from ..arguments import ConfigurationArgs, OrganizationArgs
from ..constants import RUNBOOK
from .api.errors import AdobeError
from .provider import ConfigurationProvider


class ConfigurationExists(pulumi.RunError):
    """Adobe holds the configuration, and this stack has no vault: its state was lost, or its settings are a copy."""


def refuse_existing(organization: OrganizationArgs, configuration: ConfigurationArgs) -> None:
    """Ask Adobe by name.

    :raises ConfigurationExists: when Adobe holds one, whatever its status.
    :raises pulumi.RunError: when Adobe gives no clear answer.
    """
    try:
        found = ConfigurationProvider().api(organization.properties("")).configuration(configuration.config_name)
    except AdobeError as error:
        raise pulumi.RunError(f"{error}. Nothing was created") from None
    if found:
        key = found.key.identifier if found.key else "a key that Adobe does not name"
        raise ConfigurationExists(
            f"Adobe holds the configuration {configuration.config_name!r} of {organization.ims_org_id} for {key}, and this "
            "stack has created no vault: nothing was created, since a second vault and key are of no use to Adobe. Either "
            "the stack's state was lost, or its settings are a copy of another stack's. Fix: use the stack that created "
            f"it, or restore its state ({RUNBOOK}, Lost state). This version cannot take existing resources into a new state"
        )
