"""Each rule of the policy pack on its own: what it refuses, what it lets pass, and what it does not know yet."""

from collections.abc import Callable
from typing import Any

import pytest
import rules
import stack_rules
from rules import NOT_YET
from stack_rules import KEY, VAULT, Declared, kind_of

from components import constants
from components.arguments import rules as argument_rules
from tests.landscape import KEY_PROPERTIES, ROLE, VAULT_PROPERTIES

VAULT_ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v"
GRANT = {"roleDefinitionId": ROLE, "scope": VAULT_ID, "principalType": "ServicePrincipal", "principalId": "p"}
ADOBE_RULE = {"value": "20.88.123.53/32"}


def vault(**changes: Any) -> dict[str, Any]:
    return {"properties": {**VAULT_PROPERTIES, **changes}}


def closed(**changes: Any) -> dict[str, Any]:
    return vault(networkAcls={"defaultAction": "Deny", "bypass": "AzureServices", "ipRules": [ADOBE_RULE], **changes})


def key(**changes: Any) -> dict[str, Any]:
    return {"properties": {**KEY_PROPERTIES, **changes}}


Rule = Callable[..., Any]
CASES: list[tuple[Rule, dict[str, Any], str]] = [
    (rules.vault_recovers, vault(), ""),
    (rules.vault_recovers, vault(enablePurgeProtection=NOT_YET), ""),
    (rules.vault_recovers, vault(enablePurgeProtection=None), "enablePurgeProtection must be true"),
    (rules.vault_recovers, vault(enableSoftDelete=False), "enableSoftDelete must not be false"),
    (rules.vault_uses_rbac, vault(), ""),
    (rules.vault_uses_rbac, vault(enableRbacAuthorization=False), "enableRbacAuthorization must be true"),
    (rules.vault_is_restricted, closed(), ""),
    (rules.vault_is_restricted, vault(), "networkAcls.defaultAction must be Deny; found: Allow"),
    (rules.vault_is_restricted, {"properties": {}}, "networkAcls.defaultAction must be Deny; found: None"),
    (rules.vault_lets_adobe_in, vault(), ""),
    (rules.vault_lets_adobe_in, closed(), ""),
    (rules.vault_lets_adobe_in, closed(ipRules=[{"value": NOT_YET}]), ""),
    (rules.vault_lets_adobe_in, closed(ipRules=[{"value": "20.88.0.0/16"}]), ""),
    (rules.vault_lets_adobe_in, closed(ipRules=[{"value": "20.88.123.54"}]), "must contain Adobe's address 20.88.123.53"),
    (rules.vault_lets_adobe_in, closed(bypass="None"), "bypass must be AzureServices; found: None"),
    (rules.vault_lets_adobe_in, vault(publicNetworkAccess="disabled"), "publicNetworkAccess must not be Disabled"),
    (rules.vault_lets_adobe_in, vault(publicNetworkAccess="SecuredByPerimeter"), "must not be SecuredByPerimeter"),
    (rules.key_is_fit, key(), ""),
    (rules.key_is_fit, key(keySize=NOT_YET, keyOps=NOT_YET, kty=NOT_YET), ""),
    (rules.key_is_fit, key(kty="EC"), "kty must be RSA or RSA-HSM; found: EC"),
    (rules.key_is_fit, key(keySize=2048.0), "keySize must be 3072 bits or more; found: 2048"),
    (rules.key_is_fit, key(keyOps=["wrapKey"]), "keyOps must contain wrapKey and unwrapKey"),
    (rules.key_never_expires, key(attributes={"enabled": True}), ""),
    (rules.key_never_expires, key(attributes={"expires": 4e9}), "attributes.expires must not be set"),
    (
        rules.key_never_expires,
        key(rotationPolicy={"attributes": {"expiryTime": "P2Y"}}),
        "rotationPolicy.attributes.expiryTime must not be set",
    ),
    (rules.key_only_wraps, key(), ""),
    (rules.key_only_wraps, key(keyOps=["wrapKey", "unwrapKey", "sign"]), "found: sign too"),
    (rules.role_is_least, GRANT, ""),
    (rules.role_is_least, {**GRANT, "scope": f"{VAULT_ID}/keys/k"}, ""),
    (rules.role_is_least, {**GRANT, "scope": NOT_YET, "roleDefinitionId": NOT_YET}, ""),
    (rules.role_is_least, {**GRANT, "scope": "/subscriptions/s/resourceGroups/g"}, "scope must be one vault or one key"),
    (
        rules.role_is_least,
        {**GRANT, "roleDefinitionId": ROLE[:-1] + "0"},
        "Key Vault Crypto Service Encryption User",
    ),
    (rules.role_is_least, {**GRANT, "principalType": None}, "principalType must be ServicePrincipal"),
    (rules.principal_is_not_adopted, {"clientId": "c"}, ""),
    (rules.principal_is_not_adopted, {"clientId": "c", "useExisting": True}, "useExisting must not be set"),
]


@pytest.mark.parametrize(("rule", "properties", "words"), CASES, ids=lambda value: getattr(value, "__name__", None))
def test_a_rule_refuses_with_the_reason_or_lets_pass(rule: Rule, properties: dict[str, Any], words: str) -> None:
    violations = list(rule(properties, {}))
    if words:
        assert len(violations) == 1
        assert words in violations[0]
    else:
        assert violations == []


def test_a_company_may_ask_for_longer_keys() -> None:
    assert list(rules.key_is_fit(key(keySize=4096), {"minimumKeySize": 4096})) == []
    assert list(rules.key_is_fit(key(), {"minimumKeySize": 4096})) == ["keySize must be 4096 bits or more; found: 3072"]


APP = Declared(type=stack_rules.APP, name="adobe-cmk", properties={"applicationId": "a"})
NEW_APP = Declared(type=stack_rules.APP, name="adobe-cmk", properties={"applicationId": NOT_YET})


def principal(client: object, object_id: object, *apps: Declared) -> Declared:
    return Declared(
        type=stack_rules.PRINCIPAL,
        name="sp",
        properties={"clientId": client, "objectId": object_id},
        sources={"clientId": apps},
    )


def role(principal_id: object, *sources: Declared) -> Declared:
    return Declared(
        type=stack_rules.ROLE, name="role", properties={"principalId": principal_id}, sources={"principalId": sources}
    )


def belongs(*stack: Declared) -> bool:
    return not list(stack_rules.role_belongs_to_adobe(stack, {}))


def test_the_role_may_be_of_adobes_principal_alone() -> None:
    adobes, other = principal("a", "p", APP), principal("b", "q")
    assert belongs(APP, adobes, role("p", adobes))
    assert belongs(APP, adobes, role("p"))
    assert not belongs(APP, adobes, other, role("q", other))
    assert not belongs(APP, adobes, role("somebody", adobes))
    assert not belongs(adobes, role("p", adobes))


def test_before_ids_are_known_the_roles_holder_is_told_by_where_its_inputs_come_from() -> None:
    adobes, other = principal(NOT_YET, NOT_YET, NEW_APP), principal("b", NOT_YET)
    assert belongs(NEW_APP, adobes, role(NOT_YET, adobes))
    assert not belongs(NEW_APP, adobes, other, role(NOT_YET, other))
    assert not belongs(NEW_APP, adobes, role("somebody"))


def test_the_role_of_a_principal_that_is_only_read_is_judged_by_the_object_id_that_the_company_knows() -> None:
    def fits(principal_id: object, config: dict[str, str]) -> bool:
        return not list(stack_rules.role_belongs_to_adobe([APP, role(principal_id)], config))

    assert fits("p", {"principalObjectId": "p"})
    assert fits(NOT_YET, {"principalObjectId": "p"})
    assert not fits("somebody", {"principalObjectId": "p"})
    assert fits("nobody can tell", {})


def test_what_adobe_depends_on_must_be_in_the_stack_once_the_configuration_is() -> None:
    everything = [Declared(type=kind, name="x") for kind in stack_rules.GUARDED]
    assert list(stack_rules.nothing_is_missing(everything, {"activated": True})) == []
    for missing in (resource for resource in everything if resource.type != stack_rules.PRINCIPAL):
        rest = [resource for resource in everything if resource is not missing]
        activated = list(stack_rules.nothing_is_missing(rest, {"activated": True}))
        assert len(activated) == 1
        assert missing.type in activated[0]
    prepared = [resource for resource in everything if resource.type not in (stack_rules.CONFIGURATION, stack_rules.KEY)]
    assert list(stack_rules.nothing_is_missing(prepared, {})) == []


@pytest.mark.parametrize("word", ["resource group", "vault", "key"])
def test_what_belongs_to_somebody_else_need_not_be_in_the_stack(word: str) -> None:
    rest = [Declared(type=kind, name="x") for kind in stack_rules.GUARDED if kind != stack_rules.READABLE[word]]
    assert list(stack_rules.nothing_is_missing(rest, {"existing": [word]})) == []
    assert len(list(stack_rules.nothing_is_missing(rest, {"existing": []}))) == 1


def test_a_role_that_is_revoked_on_purpose_need_not_be_in_the_stack() -> None:
    rest = [Declared(type=kind, name="x") for kind in stack_rules.GUARDED if kind != stack_rules.ROLE]
    for revocation, violations in (("", 1), ("prepared", 1), ("revoked", 0)):
        activation = Declared(type=stack_rules.ACTIVATION, name="x", properties={"revocation": revocation})
        assert len(list(stack_rules.nothing_is_missing([*rest, activation], {}))) == violations


def test_an_imported_key_is_guarded_in_place_of_a_generated_one() -> None:
    rest = [Declared(type=kind, name="x") for kind in stack_rules.GUARDED if kind != stack_rules.KEY]
    imported = Declared(type=stack_rules.IMPORTED_KEY, name="x")
    assert list(stack_rules.nothing_is_missing([*rest, imported], {})) == []
    assert stack_rules.IMPORTED_KEY == constants.IMPORTED_KEY_TYPE
    assert set(stack_rules.PROTECTED) == {*stack_rules.GUARDED, stack_rules.IMPORTED_KEY}


def test_pack_and_program_agree_on_the_role_and_on_adobes_address() -> None:
    assert rules.ENCRYPTION_USER_ROLE == constants.ENCRYPTION_USER_ROLE
    assert rules.ADOBE_ADDRESS == constants.ADOBE_ADDRESS
    assert rules.LEAST_BITS == constants.MINIMUM_KEY_SIZE
    assert rules.WIDEST_PREFIX == argument_rules.WIDEST_PREFIX


@pytest.mark.parametrize(
    "token",
    [
        "azure-native:keyvault:{}",
        "azure-native_keyvault_v20260201:keyvault:{}",
        "azure-native:keyvault/v20241101:{}",
    ],
)
def test_the_rules_know_vault_and_key_by_every_version_of_azures_api(token: str) -> None:
    assert kind_of(token.format("Vault")) == VAULT
    assert kind_of(token.format("Key")) == KEY
    assert kind_of(token.format("Secret")) == token.format("Secret")
