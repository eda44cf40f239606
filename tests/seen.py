"""What lookups of Azure return for a vault and a key that are as Adobe requires them."""

from types import SimpleNamespace
from typing import Any


def vault_properties(**changes: Any) -> SimpleNamespace:
    """Properties of a vault in the tenant `t`."""
    facts = {
        "enable_purge_protection": True,
        "enable_soft_delete": True,
        "enable_rbac_authorization": True,
        "tenant_id": "t",
        "network_acls": None,
        "public_network_access": "Enabled",
    }
    return SimpleNamespace(**{**facts, **changes})


def key(**facts: Any) -> SimpleNamespace:
    """A key with these facts besides."""
    attributes = SimpleNamespace(enabled=True, not_before=None, expires=None, updated=None)
    return SimpleNamespace(
        kty="RSA", key_size=3072, key_ops=["wrapKey", "unwrapKey"], attributes=attributes, rotation_policy=None, **facts
    )
