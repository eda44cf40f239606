"""What a run says before it makes anything, and the confirmation that it asks for."""

from __future__ import annotations

from collections.abc import Callable

from .azure_cli import Account
from .steps import Names


def announcement(account: Account, names: Names) -> str:
    """What is made, what it costs, what stays behind, and how the rest is deleted if the run cannot do it."""
    group, vault = names.name, names.vault
    return f"""\
This checks the program against the real Azure, azure-native and azuread providers.
  subscription  {account.subscription_id} ({account.subscription})
  tenant        {account.tenant_id}
  signed in as  {account.user}; ARM_* and ADOBE_* variables are not used

It takes about half an hour. It creates these, and deletes them at the end, also after a failure:
  - the resource group {group} in {names.location}
  - in it, the vault {vault} (standard) with one RSA key of 3072 bits
  - in Entra ID, the app registration {group} in place of Adobe's app, with its service principal
  - two role assignments on the vault: Key Vault Crypto Service Encryption User for this app, and Key Vault Crypto Officer
    for {account.user}
It disables, deletes and recovers this key, removes and restores this role, and touches nothing else.

Costs: some dozens of operations with a key of 3072 bits in a standard vault, billed per 10,000 transactions
(https://azure.microsoft.com/pricing/details/key-vault/). Groups, role assignments and app registrations are free.

What stays behind:
  - the vault {vault}, soft-deleted. It has purge protection: for seven days nobody can purge it, and its name
    stays taken. Then Azure removes it.
  - the app registration and its service principal, among Entra ID's deleted items for 30 days

Nothing is sent to Adobe: `activate` is unset, and the program's calls are answered on this machine.

If this process is killed, delete what is left:
  az group delete --name {group} --yes --subscription {account.subscription_id}
  az ad app list --display-name {group} --query [].appId -o tsv, then az ad app delete --id <each>
"""


def confirmed(subscription_id: str, read_line: Callable[[str], str]) -> bool:
    """Whether the subscription's id is typed once more."""
    try:
        typed = read_line("To start, type the subscription ID once more: ")
    except EOFError:
        return False
    return typed.strip().lower() == subscription_id.lower()
