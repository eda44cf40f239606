"""The names of the Azure resources, recorded in Pulumi's state before anything is created under them.

An `up` that is killed between Azure's answer and the record of it leaves a resource behind that the state does not know.
The next `up` finds it under the recorded name, and knows that it belongs to this stack.
"""

import secrets
from dataclasses import dataclass

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, Resource, UpdateResult
from pulumi.runtime import is_dry_run

from ..dynamic.provider import PluginProvider, Properties, output, without_provider


@dataclass(frozen=True, kw_only=True)
class NameClaimArgs:
    """The names that are set; an empty one is generated."""

    name: str
    """Of the instance: how generated names begin."""
    resource_group_name: str
    vault_name: str


class NameClaimProvider(PluginProvider):
    """Generates names once, as Pulumi does: a prefix and eight hex digits, the same for group and vault. Calls nobody."""

    # What was asked for; the names that follow from it are compared.
    ignored_in_diffs = frozenset({"name", "wantedResourceGroupName", "wantedVaultName"})

    def create(self, props: Properties) -> CreateResult:
        return CreateResult(f"{props['name']}/names", _claimed(props, secrets.token_hex(4)))

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        return super().diff(_id, _olds, {**_news, **_claimed(_news, _olds["suffix"])})

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        return UpdateResult(_claimed(_news, _olds["suffix"]))


class NameClaim(Resource, module="adobe", name="NameClaim"):
    """The record."""

    def __init__(self, name: str, args: NameClaimArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        self._args = args
        properties = {
            "name": args.name,
            "wantedResourceGroupName": args.resource_group_name,
            "wantedVaultName": args.vault_name,
            "resourceGroupName": None,
            "vaultName": None,
            "suffix": None,
        }
        super().__init__(NameClaimProvider(), name, properties, opts)

    @property
    def resource_group_name(self) -> pulumi.Input[str]:
        """The group's name; in the preview of a first `up` only one that is set is known."""
        return self._known(self._args.resource_group_name, "resourceGroupName")

    @property
    def vault_name(self) -> pulumi.Input[str]:
        """The vault's name, likewise."""
        return self._known(self._args.vault_name, "vaultName")

    def _known(self, wanted: str, name: str) -> pulumi.Input[str]:
        return wanted if wanted and is_dry_run() else output(self, name)


def _claimed(props: Properties, suffix: str) -> Properties:
    return {
        **without_provider(props),
        "resourceGroupName": props["wantedResourceGroupName"] or f"{props['name']}-rg{suffix}",
        "vaultName": props["wantedVaultName"] or f"{props['name']}-vault{suffix}",
        "suffix": suffix,
    }
