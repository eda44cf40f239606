"""Converts stack configuration to the arguments of `CustomerManagedKeys`; only this module knows the keys of the stack file.

`Pulumi.yaml` has types, defaults and descriptions, and `arguments.py` the rules. All errors are reported at once, with the
key, the value and the allowed values, before any resource is declared.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

import pulumi

from .adobe.api.addresses import is_loopback
from .adobe.api.errors import AdobeError
from .adobe.api.hosts import platform_url
from .arguments.component import CustomerManagedKeysArgs
from .arguments.contradictions import contradictions
from .arguments.groups import AccessArgs, ConfigurationArgs, KeyArgs, OrganizationArgs, VaultArgs
from .arguments.rules import TAG_RULE, InvalidArgument

NAMESPACE = "adobe-cmk"
# The argument that each key of the stack file sets.
ARGUMENTS = {
    "imsOrgId": "organization.ims_org_id",
    "region": "organization.region",
    "apiKey": "organization.api_key",
    "apiContract": "organization.api_contract",
    "appReplaced": "organization.app_replaced",
    "resourceGroupName": "vault.resource_group_name",
    "vaultName": "vault.vault_name",
    "existingResourceGroup": "vault.existing_resource_group",
    "existingVaultId": "vault.existing_id",
    "vaultSku": "vault.sku",
    "softDeleteRetentionDays": "vault.soft_delete_retention_days",
    "network": "vault.network",
    "privateEndpointSubnetId": "vault.private_endpoint_subnet_id",
    "privateDnsZoneId": "vault.private_dns_zone_id",
    "logAnalyticsWorkspaceId": "vault.log_analytics_workspace_id",
    "keyVaultApiVersion": "vault.api_version",
    "allowedIpRanges": "vault.allowed_ip_ranges",
    "keyName": "key.key_name",
    "keyType": "key.key_type",
    "keySize": "key.key_size",
    "existingKeyId": "key.existing_id",
    "keyFile": "key.file",
    "rotateAfterDays": "key.rotate_after_days",
    "servicePrincipal": "access.service_principal",
    "roleScope": "access.role_scope",
    "roleAssignmentName": "access.role_assignment_name",
    "configName": "configuration.config_name",
    "activate": "configuration.activate",
    "configurationAbsent": "configuration.absent",
    "rolePropagationSeconds": "configuration.role_propagation_seconds",
    "activationTimeoutMinutes": "configuration.timeout_minutes",
    "protect": "protect",
    "adopt": "adopt",
    "releaseGuards": "release_guards",
    "revoked": "revoked",
    "tags": "tags",
}
_KEYS = {
    **{argument: f"{NAMESPACE}:{key}" for key, argument in ARGUMENTS.items()},
    "vault.location": "azure-native:location",
}
LOCATION = "azure-native:location"
# The organisation of Pulumi.dev.yaml.
EXAMPLE_ORG = "0123456789ABCDEF01234567@AdobeOrg"


class SettingsError(pulumi.RunError):
    """The stack configuration is invalid; the message has one line for each error."""


class StackKeys:
    """Names for users of this project: keys of the stack file, and the command that sets one."""

    def name(self, argument: str) -> str:
        return _KEYS[argument]

    def instruction(self, argument: str, value: str) -> str:
        return f"pulumi config set {_KEYS[argument]} {value}"


def load(values: Mapping[str, str], secret_keys: Collection[str] = ()) -> CustomerManagedKeysArgs:
    """Read the settings from the stack configuration.

    :param values: configuration as the engine provides it: `namespace:key` to text.
    :param secret_keys: keys that were set with `--secret`, which is an error for a setting.
    :raises SettingsError: lists every error.
    """
    prefix = f"{NAMESPACE}:"
    given = {key.removeprefix(prefix): value.strip() for key, value in values.items() if key.startswith(prefix)}
    parsed: dict[str, Any] = {"vault.location": values.get(LOCATION, "").strip()}
    errors: list[InvalidArgument] = []
    for key, argument in ARGUMENTS.items():
        text = given.get(key, "")
        # Optional settings have an empty default in Pulumi.yaml.
        if key not in given or (not text and key not in _MEANT_WHEN_EMPTY):
            continue
        parse, allowed = _PARSERS.get(key, (str, ""))
        try:
            parsed[argument] = parse(text)
        except ValueError:
            errors.append(InvalidArgument(argument, text, allowed))
    if "organization.ims_org_id" not in parsed:
        parsed["organization.ims_org_id"] = ""
    arguments = CustomerManagedKeysArgs(
        organization=OrganizationArgs(**_group("organization", parsed)),
        vault=VaultArgs(**_group("vault", parsed)),
        key=KeyArgs(**_group("key", parsed)),
        access=AccessArgs(**_group("access", parsed)),
        configuration=ConfigurationArgs(**_group("configuration", parsed)),
        azure_configuration={
            key.removeprefix("azure-native:"): pulumi.Output.secret(value) if key in secret_keys else value
            for key, value in values.items()
            if key.startswith("azure-native:")
        },
        setting_names=StackKeys(),
        **{name: parsed[name] for name in ("protect", "adopt", "release_guards", "revoked", "tags") if name in parsed},
    )
    if parsed["organization.ims_org_id"] == EXAMPLE_ORG and not _is_loopback(parsed.get("organization.region", "va7")):
        errors.append(
            InvalidArgument(
                "organization.ims_org_id",
                EXAMPLE_ORG,
                "your own organisation; this is the fictitious one of Pulumi.dev.yaml, which Adobe does not know. "
                "To try it without Adobe, run `make demo`, or a single command as shown in Pulumi.dev.yaml",
            )
        )
    stray = next((key for key in values if key.endswith(":imsOrgId") and not key.startswith(prefix)), "")
    if stray and "imsOrgId" not in given:
        project = stray.partition(":")[0]
        raise SettingsError(
            f"The settings have the prefix {project}:, but this program reads {prefix} whatever the project is called; "
            f"nothing was changed. Fix: set name to {NAMESPACE} in Pulumi.yaml, and replace it in Pulumi.<stack>.yaml"
        )
    lines = [_line(error, given) for error in (*errors, *arguments.validation_errors(), *contradictions(arguments))]
    for key in sorted(given.keys() - ARGUMENTS.keys()):
        lines.append(f"{NAMESPACE}:{key} is not a known setting; the settings are {', '.join(sorted(ARGUMENTS))}")
    for key in sorted(key for key in secret_keys if key.startswith(prefix)):
        lines.append(
            f"{key} is set with --secret, but settings are not secrets: Pulumi would store this one in plain text in the "
            "state of every resource that uses it. Fix: set it again without --secret; credentials belong in the environment"
        )
    if lines:
        listed = "\n".join(f"  - {line}" for line in lines)
        raise SettingsError(f"Invalid stack configuration; nothing was changed:\n{listed}")
    return arguments


# Their rules reject an empty text themselves.
_MEANT_WHEN_EMPTY = ("keyName", "configName")


def _is_loopback(region: str) -> bool:
    try:
        return is_loopback(platform_url(region, os.environ))
    except (AdobeError, KeyError):
        return False


def _group(group: str, parsed: Mapping[str, Any]) -> dict[str, Any]:
    prefix = f"{group}."
    return {name.removeprefix(prefix): value for name, value in parsed.items() if name.startswith(prefix)}


def _line(error: InvalidArgument, given: Mapping[str, str]) -> str:
    key = _KEYS[error.argument]
    text = given.get(key.removeprefix(f"{NAMESPACE}:"), "")
    return f"{key} is {repr(text) if text else 'not set'}; allowed: {error.allowed}"


def _whole(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise ValueError(text)
    return int(text)


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _texts(text: str) -> tuple[str, ...]:
    value = json.loads(text)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(text)
    return tuple(value)


def _text_by_name(text: str) -> dict[str, str]:
    value = json.loads(text)
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise ValueError(text)
    return value


_PARSERS: dict[str, tuple[Callable[[str], object], str]] = {
    "softDeleteRetentionDays": (_whole, "a whole number from 7 to 90"),
    "keySize": (_whole, "3072 or 4096 bits; Adobe requires at least 3072"),
    "rotateAfterDays": (_whole, "0, or a whole number of days from 7 to 3650"),
    "rolePropagationSeconds": (_whole, "a whole number from 0 to 3600"),
    "activationTimeoutMinutes": (_whole, "a whole number from 0 to 1440"),
    "protect": (_boolean, "true or false"),
    "adopt": (_boolean, "true or false"),
    "allowedIpRanges": (_texts, "a list of public IPv4 addresses or CIDR ranges, such as 203.0.113.0/24 or 203.0.113.7"),
    "tags": (_text_by_name, TAG_RULE),
}
