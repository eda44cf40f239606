"""The rules that need the whole stack: what must be there and protected, and whose role it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rules import NOT_YET, Properties

GROUP = "azure-native:resources:ResourceGroup"
VAULT = "azure-native:keyvault:Vault"
KEY = "azure-native:keyvault:Key"
ROLE = "azure-native:authorization:RoleAssignment"
PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
APP = "pulumi-python:dynamic/adobe:AppRegistration"
CONFIGURATION = "pulumi-python:dynamic/adobe:KeyConfiguration"
ACTIVATION = "pulumi-python:dynamic/adobe:Activation"
GUARDED = (GROUP, VAULT, KEY, ROLE, PRINCIPAL, APP, CONFIGURATION)


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A resource of the stack as it will be."""

    type: str
    name: str
    properties: Properties = field(default_factory=dict)
    """Outputs, as far as they are known."""
    sources: Mapping[str, Sequence[Declared]] = field(default_factory=dict)
    """Resources that an input comes from, by the input's name."""


def role_belongs_to_adobe(stack: Sequence[Declared], config: Properties) -> Iterator[str]:
    """Whoever else has the role can unwrap the key that protects the data.

    A principal that the program only reads is not shown to policies; its role can be judged by the object id alone.

    :param config: principalObjectId, that of Adobe's service principal, empty when it is not known.
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
            yield f"the role assignment {role.name} must be of the service principal of Adobe's app, and is of {object_id}"


def _is_of_app(principal: Declared, app: Declared | None) -> bool:
    if principal.type != PRINCIPAL or app is None:
        return False
    client, application = principal.properties.get("clientId", NOT_YET), app.properties.get("applicationId", NOT_YET)
    if NOT_YET in (client, application):
        return app in principal.sources.get("clientId", ())
    return bool(client == application)


def nothing_is_missing(stack: Sequence[Declared], config: Properties) -> Iterator[str]:
    """What Adobe depends on must stay in the program.

    :param config: activated, whether the organisation is known to have sent its configuration.
    """
    kinds = {resource.type for resource in stack}
    if CONFIGURATION not in kinds:
        if config.get("activated"):
            yield f"the organisation is activated, and {CONFIGURATION} is not in the stack: set activate again"
        return
    # A principal that is only read is none of the resources that policies see.
    for kind in GUARDED:
        if kind not in kinds and kind != PRINCIPAL:
            yield f"{kind} is not in the stack, and Adobe depends on it: put it back into the program"
