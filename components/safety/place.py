"""Where the providers work: tenant and subscription, which a vault never leaves once it is created."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread
from pulumi_azure_native import authorization

from ..constants import KEY_VAULT, VAULT_TYPE
from .stack_state import StackResources


class OtherPlace(pulumi.RunError):
    """The providers work in another tenant or subscription than the one that this stack was created in."""


@dataclass(frozen=True)
class Place:
    """Tenant and subscription of the azure-native provider, and tenant of the azuread provider."""

    tenant_id: str
    subscription_id: str
    entra_tenant_id: str


def current_place(opts: pulumi.InvokeOptions) -> Place:
    """What the providers are configured with, be it by the stack, the environment or a sign-in.

    :param opts: whose providers are asked.
    """
    azure = authorization.get_client_config(opts=opts)
    entra = azuread.get_client_config(opts=opts)
    return Place(azure.tenant_id, azure.subscription_id, entra.tenant_id)


def refuse_another_place(place: Place, created: StackResources) -> None:
    """Compare with what the stack has created, before anything is read: a refresh elsewhere would find it all gone.

    :raises OtherPlace: naming each difference.
    """
    lines = [f"  - {line}" for line in _differences(place, created)]
    if lines:
        raise OtherPlace("Azure's tenant and subscription do not fit; nothing was read or changed:\n" + "\n".join(lines))


def _differences(place: Place, created: StackResources) -> Iterator[str]:
    if place.entra_tenant_id.lower() != place.tenant_id.lower():
        yield (
            f"azuread works in tenant {place.entra_tenant_id}, azure-native in tenant {place.tenant_id}: Adobe's service "
            "principal must be in the vault's tenant. Fix: set azuread:tenantId and azure-native:tenantId to the same "
            "tenant, or sign in to it (az login --tenant)"
        )
    tenant = (created.get(VAULT_TYPE, {}).get("properties") or {}).get("tenantId")
    if tenant and tenant.lower() != place.tenant_id.lower():
        yield (
            f"the vault is in tenant {tenant}, and azure-native works in tenant {place.tenant_id}: a vault that moves loses "
            "every role on it. Fix: set azure-native:tenantId back, or sign in to the vault's tenant"
        )
    vault_id = str(created.get(KEY_VAULT, {}).get("vaultId") or "")
    subscription = vault_id.split("/")[2] if vault_id.startswith("/subscriptions/") else ""
    if subscription and subscription.lower() != place.subscription_id.lower():
        yield (
            f"the vault is in subscription {subscription}, and azure-native works in subscription {place.subscription_id}. "
            "Fix: set azure-native:subscriptionId back, or choose it with az account set"
        )
