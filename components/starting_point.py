"""What a run starts from: the names, and what exists in Azure under them.

Everything here happens before anything is declared. A stack that is complete makes no call and no lookup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pulumi

from .adobe.api.key_reference import KeyReference
from .arguments.component import CustomerManagedKeysArgs
from .constants import (
    ADOBE_ACCESS,
    APP_REGISTRATION_TYPE,
    KEY_VAULT,
    NAME_CLAIM_TYPE,
    RESOURCE_GROUP_TYPE,
    ROLE_ASSIGNMENT_TYPE,
    SERVICE_PRINCIPAL_TYPE,
    VAULT_TYPE,
)
from .safety.adoption import principal_of_app, refuse_unfit
from .safety.existing_resources import ExistingFacts, ExistingResources
from .safety.immutable_settings import refuse_changes
from .safety.lookups import GetPrincipal, KeyVaultLookups
from .safety.place import Place
from .safety.revocation_step import Revocation
from .safety.stack_state import StackResources, sent_key, submitted
from .safety.takeover import CannotTakeOver, Existing, Names, Search, unknown_group

# As `NameClaim` generates a vault's name: the group's has the same digits.
_GENERATED = re.compile(r"(?P<name>.+)-vault(?P<digits>[0-9a-f]{8})")


@dataclass(frozen=True, kw_only=True)
class StartingPoint:
    """What is taken over, and what must not be created."""

    names: Names
    existing: Existing
    facts: ExistingFacts | None
    """Of a vault that is only read."""
    kept_group_name: str
    """Of a group that exists or was sent, for when no name is set: another one would replace it; else empty."""
    kept_vault_name: str
    """Likewise."""
    reads_principal: bool
    """Whether Adobe's service principal is only read."""
    keeps_role: bool
    """Whether the state's role assignment is for the state's principal on the state's vault."""


def starting_point(
    args: CustomerManagedKeysArgs,
    created: StackResources,
    key_at_adobe: KeyReference | None,
    app_at_adobe: str,
    place: Place,
    key_vault: KeyVaultLookups,
    get_principal: GetPrincipal,
    opts: pulumi.InvokeOptions,
    revocation: Revocation,
) -> StartingPoint:
    """:param created: what the state holds.

    :param key_at_adobe: of a configuration that Adobe holds and this stack adopts. app_at_adobe: client id of its app.
    :param opts: whose providers the other lookups use.
    :raises CannotTakeOver: what exists is not this stack's, or what Adobe depends on is gone.
    :raises ImmutableSettingsChanged: what is taken back was created with other settings.
    """
    access = created.get(ADOBE_ACCESS, {})
    principal_id = str(
        created.get(SERVICE_PRINCIPAL_TYPE, {}).get("objectId") or access.get("servicePrincipalObjectId") or ""
    )
    # What is only read stays so, once there was something to read.
    was_read = access.get("servicePrincipal") == "existing" and bool(principal_id)
    is_read = args.access.service_principal == "existing" or was_read
    principal = None
    if args.adopt and (app_at_adobe or not principal_id):
        application_id = str(created.get(APP_REGISTRATION_TYPE, {}).get("applicationId") or app_at_adobe)
        principal = principal_of_app(application_id, get_principal) if application_id else None
        if principal and not principal_id:
            principal_id, is_read = str(principal.object_id), True
    names = _names(args, created, key_at_adobe, principal_id, place.subscription_id)
    existing_resources = ExistingResources(args, created, key_vault, opts)
    existing_resources.check_group()
    facts = existing_resources.facts(place.tenant_id) if args.existing_vault else None
    search = Search(names, created, args.adopt, args.setting_names, key_vault, opts, not revocation.declares_role)
    existing = search.result()
    if args.adopt:
        refuse_unfit(existing, args, place.tenant_id, principal, principal_id)
    elif existing.properties():
        refuse_changes(args, {**created, **existing.properties()})
    role = created.get(ROLE_ASSIGNMENT_TYPE, {})
    has_group = names.is_sent or bool(existing.resource_group) or RESOURCE_GROUP_TYPE in created
    has_vault = names.is_sent or bool(existing.vault) or VAULT_TYPE in created
    return StartingPoint(
        names=names,
        existing=existing,
        facts=facts,
        kept_group_name=names.resource_group if has_group else "",
        kept_vault_name=names.vault if has_vault else "",
        reads_principal=is_read,
        keeps_role=bool(role)
        and role.get("principalId") == principal_id
        and str(role.get("scope")).strip("/").lower() == names.role_scope.strip("/").lower(),
    )


def _names(
    args: CustomerManagedKeysArgs, created: StackResources, held: KeyReference | None, principal_id: str, subscription: str
) -> Names:
    sent = submitted(created)
    at_adobe = sent_key(sent) if sent else held
    claim, vault_args, brought = created.get(NAME_CLAIM_TYPE, {}), args.vault, args.existing_vault
    if brought:
        _refuse_another_key(args, at_adobe)
    vault = str(
        (brought.name if brought else "")
        or created.get(VAULT_TYPE, {}).get("name")
        or (at_adobe.vault_name if at_adobe else "")
        or vault_args.vault_name
        or claim.get("vaultName")
        or ""
    )
    known_group = (
        (brought.resource_group if brought else "")
        or created.get(RESOURCE_GROUP_TYPE, {}).get("name")
        or vault_args.existing_resource_group
        or vault_args.resource_group_name
        or claim.get("resourceGroupName")
        or created.get(KEY_VAULT, {}).get("resourceGroupName")
    )
    group = str(known_group or (_generated_group(vault) if at_adobe else ""))
    if at_adobe and vault_args.vault_name not in ("", vault):
        names = args.setting_names
        raise CannotTakeOver(
            f"Adobe was sent the vault {vault}, and {names.name('vault.vault_name')} is {vault_args.vault_name!r}; nothing "
            f"was changed. Fix: {names.instruction('vault.vault_name', vault)}"
        )
    if at_adobe and args.key_name.lower() != at_adobe.key_name.lower():
        names = args.setting_names
        raise CannotTakeOver(
            f"Adobe was sent the key {at_adobe.key_name}, and {names.name('key.key_name')} is {args.key_name!r}; nothing "
            f"was changed. Fix: {names.instruction('key.key_name', at_adobe.key_name)}"
        )
    if at_adobe and not group:
        raise unknown_group(vault, args.setting_names)
    is_claimed = bool(claim) and (group, vault) == (claim.get("resourceGroupName"), claim.get("vaultName"))
    return Names(
        resource_group=group,
        vault=vault,
        key=at_adobe.key_name if at_adobe else args.key_name,
        is_derived=not known_group,
        # A refresh with the program forgets the component's output with the role.
        had_role=bool(sent or created.get(ADOBE_ACCESS, {}).get("roleAssignmentId")),
        role_assignment=args.access.role_assignment_name,
        is_recorded=bool(sent) or is_claimed,
        is_sent=bool(at_adobe),
        principal_id=principal_id,
        subscription_id=brought.subscription if brought else subscription,
        reads_group=bool(brought or vault_args.existing_resource_group),
        reads_vault=bool(brought),
        makes_key=args.key.is_generated,
        imports_key=bool(args.key.file),
        role_covers_key=args.access.role_scope == "key",
    )


def _refuse_another_key(args: CustomerManagedKeysArgs, at_adobe: KeyReference | None) -> None:
    """:raises CannotTakeOver: Adobe was sent another vault or key than the ones that exist and are used."""
    vault, names = args.existing_vault, args.setting_names
    if not (at_adobe and vault):
        return
    argument = "key.existing_id" if args.key.existing_id else "vault.existing_id"
    sent = (at_adobe.vault_name.lower(), at_adobe.key_name.lower())
    if sent != (vault.name.lower(), args.key_name.lower()):
        raise CannotTakeOver(
            f"Adobe was sent the key {at_adobe.key_name} in the vault {at_adobe.vault_name}, and {names.name(argument)} "
            f"leads to the key {args.key_name} in the vault {vault.name}; nothing was changed. Adobe's API cannot change "
            f"the vault or the key. Fix: set {names.name(argument)} to the vault or key that was sent"
        )


def _generated_group(vault: str) -> str:
    match = _GENERATED.fullmatch(vault)
    return f"{match['name']}-rg{match['digits']}" if match else ""
