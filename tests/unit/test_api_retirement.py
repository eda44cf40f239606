"""Azure's date for the versions of Key Vault's management API."""

from datetime import date, timedelta

import pytest

from components.arguments.naming import ArgumentNames
from components.azure.key_vault_versions import declared_version, version_in_use
from components.constants import KEY_VAULT_API, KEY_VAULT_API_RETIREMENT
from components.safety.api_retirement import ApiVersionRetired, retirement_notice

LAST_DAY = KEY_VAULT_API_RETIREMENT - timedelta(days=1)
NAMES = ArgumentNames()


def test_before_the_day_one_line_names_the_day_and_both_ways() -> None:
    notice = retirement_notice("2024-11-01", LAST_DAY, NAMES)
    assert "27 February 2027" in notice
    assert "set the argument vault.api_version of CustomerManagedKeys to '2026-02-01'" in notice
    assert "upgrade pulumi-azure-native" in notice
    assert "\n" not in notice


def test_from_the_day_on_a_retired_version_is_refused_with_both_ways() -> None:
    with pytest.raises(ApiVersionRetired, match=r"retired version 2024-11-01.*vault\.api_version.*upgrade"):
        retirement_notice("2024-11-01", KEY_VAULT_API_RETIREMENT, NAMES)


@pytest.mark.parametrize("version", ["2026-02-01", "2026-03-01-preview", "2027-01-01"])
@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2030, 1, 1)])
def test_a_version_that_stays_is_silent(version: str, today: date) -> None:
    assert retirement_notice(version, today, NAMES) == ""


def test_the_setting_leads_to_its_version_and_its_default_to_the_sdks() -> None:
    assert version_in_use("2026-02-01") == KEY_VAULT_API
    assert version_in_use("provider") == declared_version()


def test_the_installed_azure_native_still_declares_a_version_that_azure_retires() -> None:
    """When this fails, azure-native has moved: `provider` is enough, and the setting keyVaultApiVersion can go."""
    assert declared_version() < KEY_VAULT_API
