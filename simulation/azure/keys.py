"""Keys in the simulated vaults: created through Azure Resource Manager, deleted and recovered on the data plane."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping
from typing import Any

from ..errors import CloudError
from .arm import Json
from .rotation_policy import read_policy
from .vaults import Vaults

ALL_OPERATIONS = ("encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey")
# What Azure adds to every key by itself (nagyesta/lowkey-vault#181; recorded by Azure's own SDKs).
NOTIFY: Json = {"action": {"type": "Notify"}, "trigger": {"timeBeforeExpiry": "P30D"}}

# What a record holds for the data plane alone (key_versions.py).
UNSHOWN = ("earlier", "n", "e", "policy", "deletedDate")


class Keys(Vaults):
    """Keys by vault and name."""

    def put_key(
        self,
        vault: str,
        name: str,
        properties: Mapping[str, Any],
        tags: Mapping[str, str] | None,
        group: str | None = None,
    ) -> Json:
        """Create if not exist, as the PUT answers: without the rotation policy that a GET shows.

        https://github.com/Azure/azure-rest-api-specs, keyvault keys.json, Keys_CreateIfNotExist.
        """
        owner = self.vault(vault, group)
        sku = owner["properties"]["sku"]["name"]
        path = f"{vault}/{name}".lower()
        if path in self._state["keys"]:
            self._check_same(self._state["keys"][path], properties)
            return self._answer(owner, self._state["keys"][path])
        # ARM wraps the data plane's code.
        self.refuse_deleted(vault, name)
        kty = properties.get("kty", "RSA")
        if kty == "RSA-HSM" and sku != "premium":
            raise CloudError("BadParameter", "The 'RSA-HSM' key type needs a vault of the premium SKU")
        size = int(properties.get("keySize", 2048))
        if kty in {"RSA", "RSA-HSM"} and size not in {2048, 3072, 4096}:
            raise CloudError("BadParameter", f"Property size has an invalid value {size}")
        now = int(self._clock.now().timestamp())
        attributes = {"enabled": True, "exportable": False, **(properties.get("attributes") or {})}
        self._state["keys"][path] = {
            "vault": vault.lower(),
            "name": name,
            "kty": kty,
            "keySize": size,
            "keyOps": list(properties.get("keyOps") or ALL_OPERATIONS),
            "attributes": {**attributes, "created": now, "updated": now, "recoveryLevel": "Recoverable"},
            "tags": dict(tags or {}),
            "versions": [uuid.uuid4().hex],
        }
        if properties.get("rotationPolicy"):
            self.set_policy(self._state["keys"][path], *read_policy(properties["rotationPolicy"]))
        return self._answer(owner, self._state["keys"][path])

    def refuse_deleted(self, vault: str, name: str, inner: str = "") -> None:
        """:raises CloudError: when a deleted key has the name (azurerm#14442)."""
        if f"{vault}/{name}".lower() in self._state["deletedKeys"]:
            raise CloudError(
                "Conflict",
                f"Key {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, "
                "the key can only be recovered or purged.",
                inner,
            )

    def _check_same(self, key: Json, properties: Mapping[str, Any]) -> None:
        """Azure/bicep#8283. Which parameters are compared is not documented; here it is every one that is given."""
        given = {name: properties[name] for name in ("kty", "keySize") if name in properties}
        given |= dict(properties.get("attributes") or {})
        holds = {**key, **key["attributes"]}
        same = all(holds.get(name) == value for name, value in given.items())
        if not same or set(properties.get("keyOps") or key["keyOps"]) != set(key["keyOps"]):
            raise CloudError(
                "KeyCreationParametersDidNotMatchExistingKey",
                f"The key '{key['name']}' already exists, and the creation parameters do not match it. This API can only be "
                "used for creating the first version of a new key. To update an existing key, use the data plane API.",
            )

    def key(self, vault: str, name: str, group: str | None = None) -> Json:
        """As a GET answers."""
        try:
            owner = self.vault(vault, group)
        except CloudError:
            # https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-parent-resource
            raise CloudError(
                "ParentResourceNotFound",
                "Failed to perform 'read' on resource(s) of type 'vaults/keys', because the parent resource "
                f"'Microsoft.KeyVault/vaults/{vault}' could not be found.",
            ) from None
        record = self._state["keys"].get(f"{vault}/{name}".lower())
        if record is None:
            code = self.switches.get("deleted-key-code")
            raise CloudError(code, f"A key with (name/id) {name} was not found in this key vault.")
        return {"rotationPolicy": self.policy_of(record), **self._answer(owner, record)}

    def set_policy(self, record: Json, actions: list[Json], expiry: str | None) -> None:
        """Give a key a rotation policy; Azure adds its Notify action where there is none."""
        now = int(self._clock.now().timestamp())
        attributes = {"created": record.get("policy", {}).get("attributes", {}).get("created", now), "updated": now}
        has_notify = any(action["action"]["type"] == "Notify" for action in actions)
        record["policy"] = {
            "lifetimeActions": [*actions, *([] if has_notify else [NOTIFY])],
            "attributes": {**attributes, **({"expiryTime": expiry} if expiry else {})},
        }

    def policy_of(self, record: Json) -> Json:
        """A key's rotation policy: as it was set on the data plane, or Azure's own."""
        made = {name: record["attributes"][name] for name in ("created", "updated")}
        return copy.deepcopy(record.get("policy") or {"attributes": made, "lifetimeActions": [NOTIFY]})

    def _answer(self, owner: Json, record: Json) -> Json:
        base = f"https://{owner['name'].lower()}.vault.azure.net/keys/{record['name']}"
        answer = {
            **{name: value for name, value in record.items() if name not in UNSHOWN},
            "id": f"{owner['id']}/keys/{record['name']}",
            "type": "Microsoft.KeyVault/vaults/keys",
            "location": owner["location"],
            "keyUri": base,
            "keyUriWithVersion": f"{base}/{record['versions'][-1]}",
        }
        # Recorded by Azure's own SDKs: no `tags` when there are none.
        return answer if record["tags"] else {name: value for name, value in answer.items() if name != "tags"}

    def enable_key(self, vault: str, name: str, enabled: bool) -> None:
        """Enable or disable a key on the data plane, by whoever may."""
        record = self._state["keys"].get(f"{vault}/{name}".lower())
        if record is None:
            raise CloudError("KeyNotFound", f"A key with (name/id) {name} was not found in this key vault.")
        record["attributes"]["enabled"] = enabled

    def delete_key(self, vault: str, name: str) -> None:
        """Soft delete, by whoever may: Adobe loses the key."""
        record = self._state["keys"].pop(f"{vault}/{name}".lower(), None)
        if record:
            record["deletedDate"] = int(self._clock.now().timestamp())
            self._state["deletedKeys"][f"{vault}/{name}".lower()] = record

    def recover_key(self, vault: str, name: str) -> None:
        """`az keyvault key recover`, by whoever may: the key is as it was, with all its versions."""
        path = f"{vault}/{name}".lower()
        if path not in self._state["deletedKeys"]:
            raise CloudError("KeyNotFound", f"Deleted Key not found: {name}")
        record = self._state["deletedKeys"].pop(path)
        record.pop("deletedDate", None)
        self._state["keys"][path] = record
