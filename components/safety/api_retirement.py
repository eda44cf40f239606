"""Azure's date for the versions of Key Vault's management API, and what a stack that uses an older one is told."""

from __future__ import annotations

from datetime import date

import pulumi

from ..arguments.naming import SettingNames
from ..constants import KEY_VAULT_API, KEY_VAULT_API_RETIREMENT


class ApiVersionRetired(pulumi.RunError):
    """Azure no longer answers the version of Key Vault's management API that the program would use."""


def retirement_notice(version: str, today: date, settings: SettingNames) -> str:
    """What to do about a version that Azure retires; empty for one that stays.

    :param version: a date, as in `2024-11-01`.
    :raises ApiVersionRetired: the day has come. Nothing is declared: every lookup of vault and key would fail.
    """
    if version[:10] >= KEY_VAULT_API:
        return ""
    ways = (
        f"{settings.instruction('vault.api_version', KEY_VAULT_API)}; or upgrade pulumi-azure-native to a version that "
        f"declares {KEY_VAULT_API} or later"
    )
    day = f"{KEY_VAULT_API_RETIREMENT:%d %B %Y}"
    if today >= KEY_VAULT_API_RETIREMENT:
        raise ApiVersionRetired(
            f"Azure retired version {version} of Key Vault's management API on {day}, and the installed azure-native uses "
            f"it; nothing was changed. Fix: {ways}"
        )
    return (
        f"Azure retires version {version} of Key Vault's management API, which the installed azure-native uses, on {day}. "
        f"From then on this program can neither read nor change the vault and the key. Fix, before that day: {ways}"
    )
