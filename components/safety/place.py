"""Tenant and subscription of the providers, which must stay the ones that the vault was created in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread
from pulumi_azure_native import authorization

from ..constants import KEY_VAULT, VAULT_TYPE
from .stack_state import StackResources


class OtherPlace(pulumi.RunError):
    """The providers use another tenant or subscription than the one that this stack was created in."""


@dataclass(frozen=True)
class Place:
    """Tenant and subscription of the azure-native provider, and tenant of the azuread provider."""

    tenant_id: str
    subscription_id: str
    entra_tenant_id: str


def current_place(opts: pulumi.InvokeOptions) -> Place:
    """Tenant and subscription that the providers use, set by the stack, the environment or a sign-in.

    :param opts: select the providers.
    """
    azure = authorization.get_client_config(opts=opts)
    return Place(azure.tenant_id, azure.subscription_id, azuread.get_client_config(opts=opts).tenant_id)


def refuse_another_place(place: Place, created: StackResources) -> None:
    """Compare with what the stack has created, before any resource is read.

    A refresh in another tenant or subscription would find every resource deleted.

    :raises OtherPlace: lists each difference.
    """
    lines = [f"  - {line}" for line in _differences(place, created)]
    if lines:
        raise OtherPlace(
            "Azure's tenant or subscription does not match this stack; nothing was read or changed:\n" + "\n".join(lines)
        )


def _differences(place: Place, created: StackResources) -> Iterator[str]:
    if place.entra_tenant_id.lower() != place.tenant_id.lower():
        yield (
            f"the azuread provider uses tenant {place.entra_tenant_id}, but azure-native uses tenant {place.tenant_id}. "
            "Adobe's service principal must be in the vault's tenant. Fix: set azuread:tenantId and azure-native:tenantId "
            "to the same tenant, or sign in to it (az login --tenant)"
        )
    tenant = (created.get(VAULT_TYPE, {}).get("properties") or {}).get("tenantId")
    if tenant and tenant.lower() != place.tenant_id.lower():
        yield (
            f"the vault is in tenant {tenant}, but azure-native uses tenant {place.tenant_id}. A vault that moves to "
            "another tenant loses every role on it. Fix: set azure-native:tenantId back, or sign in to the vault's tenant"
        )
    # The id of a vault that is only read names its subscription.
    vault_id = str(created.get(KEY_VAULT, {}).get("vaultId") or "") if VAULT_TYPE in created else ""
    subscription = vault_id.split("/")[2] if vault_id.startswith("/subscriptions/") else ""
    if subscription and subscription.lower() != place.subscription_id.lower():
        yield (
            f"the vault is in subscription {subscription}, but azure-native uses {place.subscription_id}. "
            "Fix: set azure-native:subscriptionId back, or select that subscription (az account set --subscription)"
        )
