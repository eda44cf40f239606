"""`az` on the simulated clouds: the commands that `operations/verify_azure.py` runs, as strictly as the Azure CLI."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..cloud import Cloud
from ..entra.rules import TENANT
from ..errors import CloudError
from .arm import SUBSCRIPTION

USER = "somebody@contoso.example"
# Options of every command.
_COMMON = frozenset({"--output", "--only-show-errors"})

Options = Mapping[str, str]


class AzureCli:
    """Runs one command after the other; what the clouds refuse is printed as the Azure CLI prints it."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        vault_and_name = frozenset({"--vault-name", "--name"})
        self._commands: dict[str, tuple[frozenset[str], Callable[[Options], Any]]] = {
            "account show": (frozenset(), self._account),
            "group exists": (frozenset({"--name"}), lambda given: self._has_group(given["--name"])),
            "group delete": (frozenset({"--name", "--yes"}), self._delete_group),
            "ad app create": (frozenset({"--display-name", "--sign-in-audience"}), self._create_app),
            "ad app delete": (frozenset({"--id"}), lambda given: cloud.entra.delete_application(given["--id"])),
            "role assignment create": (frozenset({"--assignee", "--role", "--scope"}), self._grant),
            "role assignment delete": (
                frozenset({"--ids"}),
                self._remove_role,
            ),
            "keyvault key set-attributes": (vault_and_name | {"--enabled"}, self._set_attributes),
            "keyvault key delete": (vault_and_name, self._delete_key),
            "keyvault key show-deleted": (vault_and_name, self._show_deleted),
        }

    def __call__(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        command = " ".join(arguments).split(" --")[0]
        options = _options(arguments[len(command.split()) :])
        with self._cloud.at_work():
            try:
                answer = self._run(command, options)
            except CloudError as error:
                return subprocess.CompletedProcess(arguments, 1, "", f"ERROR: ({error.code}) {error}\nCode: {error.code}")
        return subprocess.CompletedProcess(arguments, 0, "" if answer is None else json.dumps(answer), "")

    def _run(self, command: str, options: Options) -> Any:
        if command not in self._commands:
            raise CloudError("NotSimulated", f"'{command}' is misspelled or not recognized by the system.")
        names, action = self._commands[command]
        place = frozenset() if command.startswith(("account", "ad ")) else frozenset({"--subscription"})
        wanted = {*names, *place, *_COMMON}
        if {*options} != wanted:
            raise CloudError("InvalidArguments", f"az {command} takes {sorted(wanted)} and got {sorted(options)}")
        if options.get("--subscription", SUBSCRIPTION) != SUBSCRIPTION:
            raise CloudError("SubscriptionNotFound", f"The subscription of '{options['--subscription']}' doesn't exist.")
        return action(options)

    def _account(self, given: Options) -> Any:
        return {"id": SUBSCRIPTION, "name": "simulated", "tenantId": TENANT, "user": {"name": USER, "type": "user"}}

    def _has_group(self, name: str) -> bool:
        return name.lower() in self._cloud.state["azure"]["resourceGroups"]

    def _delete_group(self, given: Options) -> None:
        self._cloud.azure.resource_group(given["--name"])
        self._cloud.azure.delete_resource_group(given["--name"])

    def _create_app(self, given: Options) -> Any:
        application_id = str(uuid.uuid4())
        self._cloud.entra.publish_application(application_id, given["--display-name"])
        return {"appId": application_id, "displayName": given["--display-name"]}

    def _grant(self, given: Options) -> None:
        wanted = (USER, "Key Vault Crypto Officer")
        if (given["--assignee"], given["--role"]) != wanted or not any(
            vault["id"] == given["--scope"] for vault in self._cloud.state["azure"]["vaults"].values()
        ):
            raise CloudError("NotSimulated", f"the simulation grants {wanted[1]} on a vault to {wanted[0]} alone")
        self._cloud.azure.switches.set("deployer-data-role", "crypto-officer")

    def _remove_role(self, given: Options) -> None:
        self._cloud.azure.role_assignment(given["--ids"])
        self._cloud.azure.delete_role_assignment(given["--ids"])

    def _set_attributes(self, given: Options) -> None:
        vault, name = self._let_in(given, "update")
        self._cloud.azure.enable_key(vault, name, given["--enabled"] == "true")

    def _delete_key(self, given: Options) -> None:
        self._cloud.azure.delete_key(*self._let_in(given, "delete"))

    def _show_deleted(self, given: Options) -> Any:
        vault, name = self._let_in(given, "read")
        if f"{vault}/{name}".lower() not in self._cloud.state["azure"]["deletedKeys"]:
            raise CloudError("KeyNotFound", f"Deleted Key not found: {name}")
        return {"recoveryId": f"https://{vault.lower()}.vault.azure.net/deletedkeys/{name}"}

    def _let_in(self, given: Options, action: str) -> tuple[str, str]:
        vault, name = given["--vault-name"], given["--name"]
        self._cloud.azure.let_deployer_in(vault, f"/keys/{name}", f"Microsoft.KeyVault/vaults/keys/{action}/action")
        return vault, name


def _options(arguments: Sequence[str]) -> Options:
    """Options with their values; a flag's is empty."""
    options: dict[str, str] = {}
    name = ""
    for argument in arguments:
        if argument.startswith("--"):
            name = argument
            options[name] = ""
        else:
            options[name] = argument
    return options
