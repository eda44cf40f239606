"""The steps of a run on a tenant. Each is a command, and what the assumptions say about what it does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from components.constants import KEY_VAULT_API, PACKAGE_TYPES
from components.safety.error_advice import EXISTS

from . import assumptions as a
from .assumptions import Observation
from .azure_cli import Account, AzureCli
from .stacks import UNKNOWN, Json, Outcome, Stack, Stacks

# Azure's resources of a stack, by the last word of their types.
OF_AZURE = ("ResourceGroup", "Vault", "Key", "RoleAssignment")
# Nobody's organisation.
ORGANISATION = "000000000000000000000000@AdobeOrg"


@dataclass(frozen=True)
class Names:
    """What a run makes."""

    name: str
    """Of the resource group and of the app registration."""
    vault: str
    location: str
    key: str = "adobe-cmk-key"

    @classmethod
    def of(cls, suffix: str, location: str) -> Names:
        return cls(f"adobe-cmk-verify-{suffix}", f"cmk-verify-{suffix}", location)


class Steps:
    """All steps, in order. One that cannot go on ends the run."""

    def __init__(self, stacks: Stacks, az: AzureCli, names: Names, account: Account) -> None:
        self._stacks, self._az, self._names, self._account = stacks, az, names, account
        self._settings = {
            "adobe-cmk:imsOrgId": ORGANISATION,
            "adobe-cmk:resourceGroupName": names.name,
            "adobe-cmk:vaultName": names.vault,
            "adobe-cmk:keyName": names.key,
            # The least that Azure takes: so long the vault stays behind.
            "adobe-cmk:softDeleteRetentionDays": "7",
            "adobe-cmk:protect": "false",
            "adobe-cmk:tags.purpose": "adobe-cmk-verification",
            "azure-native:location": names.location,
            "azure-native:subscriptionId": account.subscription_id,
            "azure-native:tenantId": account.tenant_id,
            "azuread:tenantId": account.tenant_id,
        }

    def run(self) -> Iterator[Observation]:
        """Run them; yields what is seen of each assumption.

        :raises StepFailed: of a command of Pulumi. :raises AzFailed: of one of the Azure CLI.
        """
        stack = self._stacks.stack("verification", self._settings)
        yield from self._prepare(stack)
        yield from self._unchanged(stack)
        yield from self._role_removed(stack)
        yield from self._key_disabled(stack)
        yield from self._tags_changed(stack)
        yield from self._declared_again(stack)
        yield from self._version_switched(stack)
        yield from self._adopted(stack)
        yield from self._key_deleted(stack)
        yield from self._destroyed(stack)

    def _prepare(self, stack: Stack) -> Iterator[Observation]:
        made = stack.up().must()
        creations = {kind: operations == ["create"] for kind, operations in made.operations.items()}
        yield a.PREPARES.seen(made.changes(), creations == dict.fromkeys((*OF_AZURE, "ServicePrincipal"), True))
        state = stack.recorded()
        versions = {kind: [state[kind][side].get("azureApiVersion") for side in ("inputs", "outputs")] for kind in OF_AZURE}
        shown = "; ".join(f"{kind} {given} and {got}" for kind, (given, got) in versions.items())
        yield a.API_VERSIONS.seen(shown, all(given and given == got for given, got in versions.values()))
        nulls = [kind for kind in OF_AZURE if "null" in json.dumps(state[kind]["outputs"])]
        yield a.NO_NULLS.seen(f"nulls in {', '.join(nulls)}" if nulls else "none", not nulls)
        vault, key = state["Vault"]["outputs"]["properties"], state["Key"]["outputs"]
        author = state["RoleAssignment"]["outputs"].get("createdBy")
        policy = "a rotation policy" if "rotationPolicy" in key else "no rotation policy"
        yield a.GET_AFTER_PUT.seen(
            f"vaultUri {vault['vaultUri']}, createdBy {author}, {policy}",
            vault["vaultUri"].endswith("/") and bool(author) and "rotationPolicy" not in key,
        )
        registered = str(vault.get("provisioningState"))
        yield a.REGISTERED.seen(f"provisioningState {registered}", registered == "Succeeded")

    def _unchanged(self, stack: Stack) -> Iterator[Observation]:
        again = stack.up().must()
        yield a.UNCHANGED.seen(again.changes(), not again.operations)
        refreshed = stack.refresh().must()
        yield a.NO_DRIFT.seen(refreshed.changes(), not refreshed.operations)
        shown = "rotationPolicy" in stack.recorded()["Key"]["outputs"]
        yield a.ROTATION_POLICY.seen("there" if shown else "not there", shown)

    def _role_removed(self, stack: Stack) -> Iterator[Observation]:
        self._az.remove_role(stack.recorded()["RoleAssignment"]["id"])
        repaired = stack.up(refresh=True).must()
        # The engine shows no delete here: that it creates what the state held says that the read found it gone.
        yield a.GONE.seen(repaired.changes(), repaired.operations.get("RoleAssignment") == ["create"])
        yield a.REPAIRS.seen(repaired.changes(), repaired.operations == {"RoleAssignment": ["create"]})

    def _key_disabled(self, stack: Stack) -> Iterator[Observation]:
        names = self._names
        self._az.grant_key_officer(self._account.user, stack.recorded()["Vault"]["id"])
        self._az.enable_key(names.vault, names.key, enabled=False)
        watched = stack.preview(refresh=True).must()
        yield a.KEY_IS_NOT_SEEN.seen(watched.changes(), not watched.operations)
        wanted = f"az keyvault key set-attributes --vault-name {names.vault} --name {names.key} --enabled true"
        is_found = "found: disabled" in watched.said and wanted in watched.said
        yield a.FINDS_DISABLED_KEY.seen("the finding" if is_found else "no such finding", is_found)
        self._az.enable_key(names.vault, names.key, enabled=True)

    def _tags_changed(self, stack: Stack) -> Iterator[Observation]:
        stack.configure({"adobe-cmk:tags.changed": "once"})
        seen = stack.preview().must().outputs.get("Vault", {})
        facts = {name: seen.get(name) for name in ("name", "location", "tags")}
        uri = (seen.get("properties") or {}).get("vaultUri")
        yield a.PREVIEW.seen(
            f"{json.dumps(facts)}, vaultUri {'not known' if uri == UNKNOWN else uri}",
            facts["name"] == self._names.vault
            and facts["location"] not in (None, UNKNOWN)
            and (facts["tags"] or {}).get("changed") == "once"
            and uri == UNKNOWN,
        )
        updated = stack.up().must()
        yield a.ONE_PUT.seen(updated.changes(), updated.operations == {"ResourceGroup": ["update"], "Vault": ["update"]})

    def _declared_again(self, stack: Stack) -> Iterator[Observation]:
        state = stack.recorded()
        again = self._stacks.declared_again([state[kind] for kind in OF_AZURE], self._settings)
        refused = {error for error in again.errors if EXISTS in error}
        yield a.NEVER_TAKES_OVER.seen(f"{len(refused)} of {len(OF_AZURE)} refused", len(refused) == len(OF_AZURE))

    def _version_switched(self, stack: Stack) -> Iterator[Observation]:
        stack.configure({"adobe-cmk:keyVaultApiVersion": KEY_VAULT_API})
        switched = stack.up().must()
        yield a.SWITCHES.seen(f"{switched.changes()}; {_types(stack)}", _is_quiet(switched, stack, PACKAGE_TYPES.values()))
        refreshed = stack.refresh().must()
        yield a.OTHER_VERSION.seen(refreshed.changes(), not refreshed.operations)
        place = stack.recorded()["Vault"]["id"].split("/")[2]
        is_found = "could not be read" not in switched.said and "must exist" not in switched.said
        yield a.CONFIGURED.seen(
            f"subscription {place}; the lookups {'found it' if is_found else 'did not find it'}",
            place.lower() == self._account.subscription_id.lower() and is_found,
        )
        stack.configure({"adobe-cmk:keyVaultApiVersion": "provider"})
        back = stack.up().must()
        yield a.SWITCHES_BACK.seen(f"{back.changes()}; {_types(stack)}", _is_quiet(back, stack, PACKAGE_TYPES))

    def _adopted(self, stack: Stack) -> Iterator[Observation]:
        adoption = {
            "adobe-cmk:adopt": "true",
            "adobe-cmk:roleAssignmentName": stack.recorded()["RoleAssignment"]["outputs"]["name"],
        }
        other = self._stacks.stack("adoption", {**self._settings, **adoption})
        taken = other.up().must()
        yield a.IMPORTS.seen(taken.changes(), taken.operations == {kind: ["import"] for kind in OF_AZURE})
        again = other.up().must()
        yield a.KEY_IMPORTS.seen(again.changes(), "Key" not in again.operations)
        yield a.ADOPTS.seen(again.changes(), not again.operations)

    def _key_deleted(self, stack: Stack) -> Iterator[Observation]:
        before = stack.recorded()
        self._az.delete_key(self._names.vault, self._names.key)
        refreshed = stack.refresh()
        seen = refreshed.changes() if refreshed.succeeded else refreshed.reason()
        yield a.DELETED_KEY.seen(seen, refreshed.operations == {"Key": ["delete"]})
        recovered = stack.up().must()
        is_same = _key_version(before) == _key_version(stack.recorded())
        yield a.RECOVERED.seen(
            f"{recovered.changes()}; version {'the same' if is_same else 'another'}",
            recovered.operations == {"Key": ["create"]} and is_same,
        )

    def _destroyed(self, stack: Stack) -> Iterator[Observation]:
        destroyed = stack.destroy().must()
        yield a.KEY_DELETION.seen(destroyed.changes(), destroyed.operations.get("Key") == ["delete"])
        refused = stack.up()
        words = "already exists in deleted state"
        yield a.DELETED_VAULT.seen(refused.reason() if refused.errors else refused.changes(), words in refused.said)


def _types(stack: Stack) -> str:
    return f"{stack.recorded()['Vault']['type']} and {stack.recorded()['Key']['type']}"


def _is_quiet(outcome: Outcome, stack: Stack, types: Iterable[str]) -> bool:
    """Whether nothing was changed, and the state has vault and key under these types."""
    state = stack.recorded()
    return not outcome.operations and {state[kind]["type"] for kind in ("Vault", "Key")} == set(types)


def _key_version(state: Mapping[str, Json]) -> str:
    return str(state["Key"]["outputs"]["keyUriWithVersion"]).rsplit("/", 1)[1]
