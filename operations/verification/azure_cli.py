"""What a run does outside Pulumi, with the Azure CLI. Each command is printed before it runs."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from components.adobe.api.clock import Clock

# Runs `az` with arguments.
Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]

# Azure documents up to ten minutes until a role assignment applies.
PATIENCE_SECONDS = 600.0
PAUSE_SECONDS = 20.0
# Key Vault's code for a caller without the role, and for a key whose deletion is not finished.
NOT_YET = ("Forbidden", "KeyNotFound")


class AzFailed(Exception):
    """A command of the Azure CLI failed."""


@dataclass(frozen=True)
class Account:
    """The sign-in of the Azure CLI."""

    subscription_id: str
    subscription: str
    tenant_id: str
    user: str


def run_az(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run the installed Azure CLI."""
    return subprocess.run(["az", *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607


class AzureCli:
    """The Azure CLI, in one subscription."""

    def __init__(self, run: Run, subscription_id: str, say: Callable[[str], None], clock: Clock) -> None:
        self._run, self._subscription_id, self._say, self._clock = run, subscription_id, say, clock

    def account(self) -> Account:
        """Who is signed in, and where."""
        found = self._az("account", "show")
        return Account(found["id"], found["name"], found["tenantId"], found["user"]["name"])

    def group_exists(self, name: str) -> bool:
        return bool(self._here("group", "exists", "--name", name))

    def create_app(self, name: str) -> str:
        """Make an app registration of this tenant alone; returns its client id."""
        found = self._az("ad", "app", "create", "--display-name", name, "--sign-in-audience", "AzureADMyOrg")
        return str(found["appId"])

    def grant_key_officer(self, user: str, vault_id: str) -> None:
        """Let a user change keys of the vault, which its management API does not."""
        role = ("--role", "Key Vault Crypto Officer")
        self._here("role", "assignment", "create", "--assignee", user, *role, "--scope", vault_id)

    def remove_role(self, role_assignment_id: str) -> None:
        self._here("role", "assignment", "delete", "--ids", role_assignment_id)

    def enable_key(self, vault: str, key: str, *, enabled: bool) -> None:
        """Enable or disable a key, as soon as the role for it applies."""
        switch = ("--enabled", "true" if enabled else "false")
        self._patiently("keyvault", "key", "set-attributes", "--vault-name", vault, "--name", key, *switch)

    def delete_key(self, vault: str, key: str) -> None:
        """Soft-delete a key, and wait until it is."""
        self._here("keyvault", "key", "delete", "--vault-name", vault, "--name", key)
        self._patiently("keyvault", "key", "show-deleted", "--vault-name", vault, "--name", key)

    def delete_group(self, name: str) -> None:
        self._here("group", "delete", "--name", name, "--yes")

    def delete_app(self, application_id: str) -> None:
        self._az("ad", "app", "delete", "--id", application_id)

    def _patiently(self, *arguments: str) -> None:
        waited = 0.0
        while True:
            try:
                self._here(*arguments)
            except AzFailed as error:
                if waited >= PATIENCE_SECONDS or not any(code in str(error) for code in NOT_YET):
                    raise
                self._say(f"  not yet; again in {PAUSE_SECONDS:.0f} s")
                self._clock.sleep(PAUSE_SECONDS)
                waited += PAUSE_SECONDS
            else:
                return

    def _here(self, *arguments: str) -> Any:
        return self._az(*arguments, "--subscription", self._subscription_id)

    def _az(self, *arguments: str) -> Any:
        self._say(f"$ az {shlex.join(arguments)}")
        done = self._run([*arguments, "--output", "json", "--only-show-errors"])
        if done.returncode:
            raise AzFailed(f"az {shlex.join(arguments)}: {done.stderr.strip()}")
        return json.loads(done.stdout) if done.stdout.strip() else None
