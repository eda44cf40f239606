import pytest

from components.adobe.api.key_reference import KeyReference

VAULT = "https://acme-vault.vault.azure.net"


def test_an_identifier_is_read_and_written_back() -> None:
    reference = KeyReference.parse(f"{VAULT}/keys/acme-key/0a1l9o")
    assert (reference.vault_uri, reference.key_name, reference.version) == (VAULT, "acme-key", "0a1l9o")
    assert reference.identifier == f"{VAULT}/keys/acme-key/0a1l9o"


@pytest.mark.parametrize(
    "text",
    ["", "http://acme.vault.azure.net/keys/k/1", VAULT, f"{VAULT}/secrets/s/1", f"{VAULT}/keys/", "https://x/keys/a/1"],
)
def test_what_is_no_key_identifier_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not https"):
        KeyReference.parse(text)


def test_versions_and_letter_case_do_not_make_another_key() -> None:
    mine = KeyReference(VAULT, "acme-key", "1")
    assert mine.is_same_key(KeyReference("https://ACME-vault.vault.azure.net", "Acme-Key", "2"))
    assert not mine.is_same_key(KeyReference(VAULT, "other-key", "1"))
    assert not mine.is_same_key(KeyReference("https://other.vault.azure.net", "acme-key", "1"))


def test_an_identifier_without_a_version_has_none() -> None:
    reference = KeyReference.parse(f"{VAULT}/keys/acme-key")
    assert reference == KeyReference(VAULT, "acme-key", "")
    assert reference.identifier == f"{VAULT}/keys/acme-key"


@pytest.mark.parametrize(
    "config_data",
    [
        # Today: keyName holds the configuration's name, and keyVersion is no hex number.
        {"keyVaultUri": VAULT, "keyVaultKeyIdentifier": f"{VAULT}/keys/acme-key/0a1l9o", "keyName": "Config1"},
        # The beta, early and late.
        {"keyVaultUri": VAULT, "keyName": "acme-key"},
        {"keyVaultUri": f"{VAULT}/", "keyName": "acme-key"},
        {"keyVaultUri": f"{VAULT}/keys/acme-key/0a1l9o", "keyName": "key1"},
    ],
)
def test_every_generation_of_answers_names_the_same_key(config_data: dict[str, str]) -> None:
    assert KeyReference.from_config_data(config_data).is_same_key(KeyReference(VAULT, "acme-key"))


@pytest.mark.parametrize(
    "config_data",
    [
        {},
        {"keyVaultUri": VAULT},
        {"keyVaultUri": VAULT, "keyName": ""},
        {"keyVaultUri": VAULT, "keyName": 7},
        {"keyVaultUri": "acme-vault", "keyName": "acme-key"},
        {"keyName": "acme-key"},
        {"keyVaultKeyIdentifier": "x"},
        {"keyVaultUri": 7},
    ],
)
def test_an_answer_that_names_no_key_is_refused(config_data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"is not https|does not name a key"):
        KeyReference.from_config_data(config_data)
