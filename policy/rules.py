"""The rules for single resources: each yields one message for each violation; values that are not known yet pass.

Adobe may treat a purged vault, an expired or deleted key, or a lost role as deliberate revocation and permanently delete the
data. Sources: Adobe, "Alert resolution reference"; "Configure an Azure Key Vault".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any

Properties = Mapping[str, Any]


class _NotYet:
    """A value that is only known in `up`."""

    def __repr__(self) -> str:
        return "not known yet"


NOT_YET = _NotYet()

# "Key Vault Crypto Service Encryption User": get, wrapKey and unwrapKey, and nothing else.
ENCRYPTION_USER_ROLE = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
# Adobe, "IP address access": the address from which Adobe monitors the key.
ADOBE_ADDRESS = "20.88.123.53"
LEAST_BITS = 3072
# A wider range does not belong to one company.
WIDEST_PREFIX = 8
_VAULT_OR_KEY = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.KeyVault/vaults/[^/]+(/keys/[^/]+)?", re.IGNORECASE
)


def vault_recovers(vault: Properties, _config: Properties) -> Iterator[str]:
    """:param vault: inputs of azure-native:keyvault:Vault."""
    properties = _part(vault, "properties")
    if not _is(properties.get("enablePurgeProtection"), True):
        yield "enablePurgeProtection must be true: without it, a deleted key can be purged immediately, and the data is lost"
    if properties.get("enableSoftDelete") is False:
        yield "enableSoftDelete must not be false: without soft delete, a deleted key cannot be recovered"


def vault_uses_rbac(vault: Properties, _config: Properties) -> Iterator[str]:
    """:param vault: inputs of azure-native:keyvault:Vault."""
    if not _is(_part(vault, "properties").get("enableRbacAuthorization"), True):
        yield "enableRbacAuthorization must be true: with access policies, Adobe's role assignment has no effect"


def vault_is_restricted(vault: Properties, _config: Properties) -> Iterator[str]:
    """:param vault: inputs of azure-native:keyvault:Vault."""
    rules = _part(_part(vault, "properties"), "networkAcls")
    yield from _open_to_the_world(rules)
    if not _is(rules.get("defaultAction"), "Deny"):
        yield f"networkAcls.defaultAction must be Deny; found: {rules.get('defaultAction')}. Fix: set network to restricted"


def vault_lets_adobe_in(vault: Properties, _config: Properties) -> Iterator[str]:
    """:param vault: inputs of azure-native:keyvault:Vault."""
    properties = _part(vault, "properties")
    rules = _part(properties, "networkAcls")
    for closed in ("Disabled", "SecuredByPerimeter"):
        if str(properties.get("publicNetworkAccess")).lower() == closed.lower():
            yield f"publicNetworkAccess must not be {closed}: Adobe cannot reach the vault, regardless of the firewall rules"
    if rules.get("defaultAction") != "Deny":
        return
    if not _is(rules.get("bypass"), "AzureServices"):
        yield f"networkAcls.bypass must be AzureServices; found: {rules.get('bypass')}. Adobe's data stores require it"
    yield from _open_to_the_world(rules)
    ranges = _ranges(rules)
    if NOT_YET not in ranges and not any(_holds(value, ADOBE_ADDRESS) for value in ranges):
        yield f"networkAcls.ipRules must contain Adobe's address {ADOBE_ADDRESS}"


def key_is_fit(key: Properties, config: Properties) -> Iterator[str]:
    """:param key: inputs of azure-native:keyvault:Key.

    :param config: minimumKeySize in bits.
    """
    properties = _part(key, "properties")
    kty, size, least = properties.get("kty"), properties.get("keySize"), int(config.get("minimumKeySize", LEAST_BITS))
    if kty not in ("RSA", "RSA-HSM", NOT_YET):
        yield f"kty must be RSA or RSA-HSM; found: {kty}. Adobe supports no other type"
    if size is not NOT_YET and int(size or 0) < least:
        yield f"keySize must be {least} bits or more; found: {int(size or 0)}"
    operations = _operations(properties)
    if operations is not NOT_YET and not {"wrapKey", "unwrapKey"} <= operations:
        yield "keyOps must contain wrapKey and unwrapKey: Adobe uses both"


def key_never_expires(key: Properties, _config: Properties) -> Iterator[str]:
    """:param key: inputs of azure-native:keyvault:Key."""
    properties = _part(key, "properties")
    if _part(properties, "attributes").get("expires"):
        yield "attributes.expires must not be set: Adobe loses the key on that day and may treat it as deliberate revocation"
    rotation = _part(properties, "rotationPolicy")
    if _part(rotation, "attributes").get("expiryTime"):
        yield "rotationPolicy.attributes.expiryTime must not be set: it makes each new version of the key expire"


def key_only_wraps(key: Properties, _config: Properties) -> Iterator[str]:
    """:param key: inputs of azure-native:keyvault:Key."""
    operations = _operations(_part(key, "properties"))
    if operations is not NOT_YET and operations - {"wrapKey", "unwrapKey"}:
        more = ", ".join(sorted(operations - {"wrapKey", "unwrapKey"}))
        yield f"keyOps should contain only wrapKey and unwrapKey, which are all that Adobe requires; found: {more} too"


def role_is_least(role: Properties, _config: Properties) -> Iterator[str]:
    """:param role: inputs of azure-native:authorization:RoleAssignment."""
    definition, scope, kind = (role.get(name) for name in ("roleDefinitionId", "scope", "principalType"))
    if definition is not NOT_YET and str(definition).rsplit("/", 1)[-1].lower() != ENCRYPTION_USER_ROLE:
        role_name = f"Key Vault Crypto Service Encryption User ({ENCRYPTION_USER_ROLE})"
        yield f"roleDefinitionId must be {role_name}; found: {definition}"
    if scope is not NOT_YET and not _VAULT_OR_KEY.fullmatch(str(scope)):
        yield f"scope must be one vault or one key; found: {scope}"
    if not _is(kind, "ServicePrincipal"):
        yield f"principalType must be ServicePrincipal; found: {kind}. Without it, Azure may not find a new principal"


def principal_is_not_adopted(principal: Properties, _config: Properties) -> Iterator[str]:
    """:param principal: inputs of azuread:index/servicePrincipal:ServicePrincipal."""
    if principal.get("useExisting"):
        yield "useExisting must not be set: it resets the properties that Adobe set, and a destroy deletes the principal"


def _ranges(rules: Properties) -> list[Any]:
    return [_part({"rule": rule}, "rule").get("value") for rule in rules.get("ipRules") or []]


def _open_to_the_world(rules: Properties) -> Iterator[str]:
    """Reject ranges that are too wide for one company, such as 0.0.0.0/0 or its two halves."""
    for value in _ranges(rules):
        try:
            network = ipaddress.ip_network(str(value), strict=False)
        except ValueError:
            continue
        if network.prefixlen < WIDEST_PREFIX:
            yield f"networkAcls.ipRules must not contain {value}: it opens the vault to the internet"


def _part(properties: Properties, name: str) -> Properties:
    value = properties.get(name)
    return value if isinstance(value, Mapping) else {}


def _is(value: object, wanted: object) -> bool:
    return value is NOT_YET or value == wanted


def _operations(properties: Properties) -> Any:
    operations = properties.get("keyOps") or []
    return NOT_YET if operations is NOT_YET or NOT_YET in operations else set(operations)


def _holds(value: object, address: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(str(value), strict=False)
    except ValueError:
        return False
