import pytest

from components.settings import SettingsError, load

DEFAULTS = {
    "imsOrgId": "0123456789ABCDEF01234567@AdobeOrg",
    "activate": "",
    "region": "va7",
    "apiContract": "auto",
    "apiKey": "",
    "appReplaced": "",
    "configurationAbsent": "",
    "configName": "cmk-config",
    "resourceGroupName": "",
    "vaultName": "",
    "keyName": "adobe-cmk-key",
    "existingResourceGroup": "",
    "existingVaultId": "",
    "existingKeyId": "",
    "vaultSku": "standard",
    "softDeleteRetentionDays": "90",
    "keyType": "RSA",
    "keySize": "3072",
    "keyFile": "",
    "rotateAfterDays": "0",
    "network": "public",
    "allowedIpRanges": "[]",
    "privateEndpointSubnetId": "",
    "privateDnsZoneId": "",
    "logAnalyticsWorkspaceId": "",
    "keyVaultApiVersion": "provider",
    "servicePrincipal": "create",
    "roleScope": "vault",
    "roleAssignmentName": "",
    "adopt": "false",
    "rolePropagationSeconds": "120",
    "activationTimeoutMinutes": "60",
    "protect": "true",
    "releaseGuards": "",
    "revoked": "",
    "tags": "{}",
}


def configured(**changes: str) -> dict[str, str]:
    return {f"adobe-cmk:{key}": value for key, value in {**DEFAULTS, **changes}.items()}


def mistakes(**changes: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(configured(**changes))
    return [line.removeprefix("  - ") for line in str(caught.value).splitlines()[1:]]


def test_the_defaults_and_an_organisation_are_enough() -> None:
    settings = load({**configured(), "azure-native:location": "westeurope"})
    assert (settings.key.key_size, settings.vault.soft_delete_retention_days, settings.tags) == (3072, 90, {})


def test_values_arrive_typed() -> None:
    settings = load(configured(keySize="4096", activationTimeoutMinutes="0", tags='{"team": "security"}'))
    assert (settings.key.key_size, settings.configuration.timeout_minutes, settings.tags) == (4096, 0, {"team": "security"})


def test_the_words_for_adobes_confirmations_arrive_as_they_were_typed() -> None:
    app, absent = "e463a445-c6ac-4ca2-b36a-b5146fcf6a52", f"{DEFAULTS['imsOrgId']}/cmk-config/2026-03-02"
    settings = load(configured(appReplaced=app, configurationAbsent=absent, apiKey="my_own-key"))
    assert (settings.organization.app_replaced, settings.configuration.absent) == (app, absent)
    assert settings.organization.api_key == "my_own-key"
    untouched = load(configured())
    assert (untouched.organization.app_replaced, untouched.configuration.absent) == ("", "")
    assert untouched.organization.api_key == ""


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("imsOrgId", "0123456789ABCDEF01234567"),
        ("imsOrgId", ""),
        ("activate", "yes"),
        ("activate", "FFFF456789ABCDEF01234567@AdobeOrg"),
        ("activate", "0123456789ABCDEF01234567@AdobeOrg"),
        ("activate", "0123456789ABCDEF01234567@AdobeOrg/other-config"),
        ("releaseGuards", "yes"),
        ("revoked", "yes"),
        ("revoked", "0123456789ABCDEF01234567@AdobeOrg/cmk-config"),
        ("releaseGuards", "0123456789ABCDEF01234567@AdobeOrg/cmk-config"),
        ("region", "mars"),
        ("apiContract", "v3"),
        ("apiKey", "a\nb"),
        ("apiKey", "a b"),
        ("appReplaced", "yes"),
        ("appReplaced", "e463a445-c6ac-4ca2-b36a"),
        ("configurationAbsent", "yes"),
        ("configurationAbsent", "0123456789ABCDEF01234567@AdobeOrg/cmk-config"),
        ("configurationAbsent", "0123456789ABCDEF01234567@AdobeOrg/other-config/2026-03-02"),
        ("configurationAbsent", "FFFF456789ABCDEF01234567@AdobeOrg/cmk-config/2026-03-02"),
        ("configurationAbsent", "0123456789ABCDEF01234567@AdobeOrg/cmk-config/2026-13-02"),
        ("configurationAbsent", "0123456789ABCDEF01234567@AdobeOrg/cmk-config/2026-3-2"),
        ("configurationAbsent", "0123456789ABCDEF01234567@AdobeOrg/cmk-config/today"),
        ("configName", "1st"),
        ("configName", "a" * 65),
        ("resourceGroupName", "ends."),
        ("vaultName", "ab"),
        ("vaultName", "a--b"),
        ("vaultName", "9lives"),
        ("vaultName", "a" * 25),
        ("keyName", "under_score"),
        ("keyName", ""),
        ("vaultSku", "gold"),
        ("softDeleteRetentionDays", "6"),
        ("softDeleteRetentionDays", "91"),
        ("softDeleteRetentionDays", "9.5"),
        ("keyType", "EC"),
        ("keySize", "2048"),
        ("network", "private"),
        ("allowedIpRanges", "203.0.113.0/24"),
        ("allowedIpRanges", '["203.0.113.1/24"]'),
        ("allowedIpRanges", '["10.1.2.3"]'),
        ("allowedIpRanges", '["somewhere"]'),
        ("allowedIpRanges", "[7]"),
        ("servicePrincipal", "maybe"),
        ("rolePropagationSeconds", "-1"),
        ("rolePropagationSeconds", "soon"),
        ("activationTimeoutMinutes", "1441"),
        ("protect", "perhaps"),
        ("tags", "[]"),
        ("tags", '{"a": 1}'),
        ("tags", '{"a/b": "c"}'),
        ("tags", "not json"),
    ],
)
def test_a_mistake_names_key_value_and_what_is_allowed(key: str, value: str) -> None:
    found = next(line for line in mistakes(**{key: value}) if line.startswith(f"adobe-cmk:{key} "))
    assert "allowed:" in found
    assert (repr(value) if value else "not set") in found


def test_all_mistakes_are_reported_at_once() -> None:
    assert len(mistakes(region="mars", keySize="2048", vaultSku="gold", keyType="EC")) == 4


def test_an_hsm_key_needs_a_premium_vault() -> None:
    assert mistakes(keyType="RSA-HSM") == [
        "adobe-cmk:keyType is 'RSA-HSM'; allowed: an RSA-HSM key requires a premium vault"
    ]
    assert load(configured(keyType="RSA-HSM", vaultSku="premium")).key.key_type == "RSA-HSM"


def test_ranges_arrive_as_azure_answers_with_them() -> None:
    settings = load(configured(network="restricted", allowedIpRanges='["198.51.100.7", "203.0.113.0/24"]'))
    assert settings.vault.canonical_ip_ranges == ("198.51.100.7/32", "203.0.113.0/24")


def test_ranges_without_a_restricted_network_would_do_nothing_and_are_a_mistake() -> None:
    assert "only with network restricted" in mistakes(allowedIpRanges='["203.0.113.0/24"]')[0]


def test_a_misspelt_setting_is_a_mistake_and_not_ignored() -> None:
    with pytest.raises(SettingsError, match="adobe-cmk:keySzie is not a known setting"):
        load({**configured(), "adobe-cmk:keySzie": "4096"})


def test_the_schema_in_the_project_file_declares_exactly_the_settings_with_their_defaults() -> None:
    import json
    from pathlib import Path

    import yaml

    schema = yaml.safe_load(Path("Pulumi.yaml").read_text())["config"]
    texts = {
        k: v["default"] if isinstance(v["default"], str) else json.dumps(v["default"])
        for k, v in schema.items()
        if "default" in v
    }
    assert texts == {key: value for key, value in DEFAULTS.items() if key != "imsOrgId"}
    assert all(entry["description"] for entry in schema.values())


@pytest.mark.parametrize(
    "value",
    ['["127.0.0.1"]', '["169.254.0.0/16"]', '["0.0.0.0"]', '["0.0.0.0/0"]', '["0.0.0.0/1", "128.0.0.0/1"]', '["240.0.0.1"]'],
)
def test_ranges_that_are_not_public_or_open_the_vault_to_the_world_are_refused(value: str) -> None:
    assert "CIDR ranges" in mistakes(network="restricted", allowedIpRanges=value)[0]


@pytest.mark.parametrize(
    "value", ['{"year": 2026}', '{"Team": "a", "team": "b"}', '{"4dabf18193072939515e22adb298388d": "x"}']
)
def test_tags_that_azure_or_the_engine_would_trip_over_are_refused_with_the_way_to_write_them(value: str) -> None:
    assert "pulumi config set --type string --path tags.year 2026" in mistakes(tags=value)[0]


@pytest.mark.parametrize("key", ["tags", "apiKey", "imsOrgId"])
def test_a_setting_that_is_set_as_a_secret_is_refused_with_the_reason(key: str) -> None:
    with pytest.raises(SettingsError, match=f"adobe-cmk:{key} is set with --secret, but settings are not secrets"):
        load(configured(), [f"adobe-cmk:{key}"])


@pytest.mark.parametrize("url", ["", "https://platform.adobe.io"])
def test_the_made_up_organisation_is_not_asked_for_at_adobes_own_hosts(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADOBE_PLATFORM_URL", url)
    found = mistakes()
    assert len(found) == 1
    assert "the fictitious one of Pulumi.dev.yaml, which Adobe does not know" in found[0]
    assert "To try it without Adobe, run `make demo`" in found[0]
    load({**configured(), "adobe-cmk:imsOrgId": "FEDCBA9876543210FEDCBA98@AdobeOrg"})


def test_settings_are_read_under_their_own_namespace_without_defaults_of_a_project_file() -> None:
    settings = load({"adobe-cmk:imsOrgId": DEFAULTS["imsOrgId"], "another-project:region": "mars"})
    assert settings == load(configured())


def test_settings_under_the_name_of_another_project_are_told_where_they_belong() -> None:
    with pytest.raises(SettingsError, match=r"The settings have the prefix acme-cmk:, but this program reads adobe-cmk:"):
        load({"acme-cmk:imsOrgId": DEFAULTS["imsOrgId"]})
    # A project of another name that sets them where they belong, beside settings of its own.
    assert load({**configured(), "acme-cmk:imsOrgId": "x"}).organization.ims_org_id == DEFAULTS["imsOrgId"]
