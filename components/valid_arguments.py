"""Refuses arguments that no resource may be declared from, all errors at once."""

import os

import pulumi

from .adobe.api.errors import AdobeError
from .adobe.api.hosts import platform_url
from .arguments.component import CustomerManagedKeysArgs
from .arguments.contradictions import contradictions
from .constants import PLATFORM_HOSTS

# Azure's limit of 24, less `-vault` and the eight digits that Pulumi adds to a name that it generates.
LONGEST_NAME = 10


class InvalidArguments(pulumi.RunError):
    """The arguments are not usable; the message has one line for each error."""


def refuse_invalid(name: str, args: CustomerManagedKeysArgs) -> None:
    """Reject invalid arguments before any resource is declared.

    :raises InvalidArguments: lists every error.
    """
    names = args.setting_names
    errors = (*args.validation_errors(), *contradictions(args))
    lines = [f"{names.name(error.argument)} is {error.value!r}; allowed: {error.allowed}" for error in errors]
    if not args.vault.vault_name and not args.existing_vault and len(name) > LONGEST_NAME:
        remedy = names.instruction("vault.vault_name", "<name>")
        lines.append(
            f"the name {name!r} of CustomerManagedKeys has more than {LONGEST_NAME} characters, so the name that Pulumi "
            f"generates for the vault would be too long. Fix: choose a shorter name, or {remedy}"
        )
    if args.organization.region in PLATFORM_HOSTS:
        try:
            platform_url(args.organization.region, os.environ)
        except AdobeError as error:
            lines.append(str(error))
    if lines:
        listed = "\n".join(f"  - {line}" for line in lines)
        raise InvalidArguments(f"Invalid arguments of CustomerManagedKeys {name!r}; nothing was changed:\n{listed}")
