"""The rules for the whole stack: which resources it must contain, and whom the role is assigned to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rules import NOT_YET, Properties

GROUP = "azure-native:resources:ResourceGroup"
VAULT = "azure-native:keyvault:Vault"
KEY = "azure-native:keyvault:Key"
IMPORTED_KEY = "pulumi-python:dynamic/azure:ImportedKey"
ROLE = "azure-native:authorization:RoleAssignment"
PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
APP = "pulumi-python:dynamic/adobe:AppRegistration"
CONFIGURATION = "pulumi-python:dynamic/adobe:KeyConfiguration"
ACTIVATION = "pulumi-python:dynamic/adobe:Activation"
# Vault and key by another version of Azure's API: the provider's local package, or a module of that version.
_OTHER_VERSION = re.compile(r"azure-native(?:_keyvault_v\w+)?:keyvault(?:/v\w+)?:(?P<kind>Vault|Key)")
# Words of the pack's configuration for what a stack may only read.
READABLE = {"resource group": GROUP, "vault": VAULT, "key": KEY}
GUARDED = (GROUP, VAULT, KEY, ROLE, PRINCIPAL, APP, CONFIGURATION)
# Besides, where there is one.
PROTECTED = (*GUARDED, IMPORTED_KEY)


def kind_of(resource_type: str) -> str:
    """The type that the rules are written for, whichever version of Azure's API declares the resource."""
    other = _OTHER_VERSION.fullmatch(resource_type)
    return f"azure-native:keyvault:{other['kind']}" if other else resource_type


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A resource of the stack."""

    type: str
    name: str
    properties: Properties = field(default_factory=dict)
    """Outputs, if known."""
    sources: Mapping[str, Sequence[Declared]] = field(default_factory=dict)
    """Resources that an input depends on, by the input's name."""


def role_belongs_to_adobe(stack: Sequence[Declared], config: Properties) -> Iterator[str]:
    """The role must be assigned to Adobe's service principal, because its holder can unwrap the data's keys.

    Policies do not see a principal that the program only reads; its role assignment is checked by the object ID only.

    :param config: principalObjectId, the object ID of Adobe's service principal; empty when unknown.
    """
    adobes = config.get("principalObjectId")
    principals = [resource for resource in stack if resource.type == PRINCIPAL]
    app = next((resource for resource in stack if resource.type == APP), None)
    for role in (resource for resource in stack if resource.type == ROLE):
        object_id = role.properties.get("principalId", NOT_YET)
        if adobes:
            fits = object_id in (NOT_YET, adobes)
        elif object_id is NOT_YET:
            fits = not principals or any(_is_of_app(source, app) for source in role.sources.get("principalId", ()))
        else:
            holders = [principal for principal in principals if principal.properties.get("objectId") == object_id]
            fits = not principals or any(_is_of_app(holder, app) for holder in holders)
        if not fits:
            yield f"the role assignment {role.name} must be for the service principal of Adobe's app; found: {object_id}"


def _is_of_app(principal: Declared, app: Declared | None) -> bool:
    if principal.type != PRINCIPAL or app is None:
        return False
    client, application = principal.properties.get("clientId", NOT_YET), app.properties.get("applicationId", NOT_YET)
    if NOT_YET in (client, application):
        return app in principal.sources.get("clientId", ())
    return bool(client == application)


def nothing_is_missing(stack: Sequence[Declared], config: Properties) -> Iterator[str]:
    """Every resource that Adobe depends on must stay in the program.

    :param config: activated, whether the organisation has submitted its configuration; existing, what belongs to somebody
        else and is only read, so that no policy sees it.
    """
    kinds = {resource.type for resource in stack}
    if CONFIGURATION not in kinds:
        if config.get("activated"):
            yield f"{CONFIGURATION} is not in the stack, but the organisation is activated. Fix: set activate again"
        return
    # Policies do not see what the program only reads; a principal may be.
    read = {PRINCIPAL, *(READABLE[word] for word in config.get("existing", []))}
    if IMPORTED_KEY in kinds:
        # In place of a key that Azure generates.
        read.add(KEY)
    if any(resource.type == ACTIVATION and resource.properties.get("revocation") == "revoked" for resource in stack):
        # Removed on purpose (`revoked`).
        read.add(ROLE)
    for kind in GUARDED:
        if kind not in kinds and kind not in read:
            yield f"{kind} is not in the stack, but Adobe depends on it. Fix: restore it in the program"
