"""Adobe's requirements, one by one: by which words of a finding each is unmet, and what a look sees of one that is met.

The requirements are those of `components/safety/requirements.py`, and the words are of its findings: a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from components.constants import ADOBE_ADDRESS

from .model import Source
from .observed import KEY, PRINCIPAL, ROLE, VAULT, Observed
from .sources import ADDRESSES, ALERTS, API_GUIDE, PROGRAM, UI_GUIDE, VAULT_GUIDE
from .words import at_path, joined, moment, on_or_off, words

HAS_THE_ROLE = "Has the role"
PURGE_PROTECTION = "Purge protection"
EARLIER_VERSIONS = "Adobe may still need the version"


@dataclass(frozen=True)
class Required:
    """One requirement for something in Azure."""

    subject: str
    text: str
    finding: str
    """Words of the findings of it that are unmet."""
    source: Source
    seen: Callable[[Observed], str]
    """What the look saw when it is met; empty for what only the preflight check reads."""


def _vault(observed: Observed, *names: str) -> object:
    return at_path(observed.fresh("Vault"), "properties", *names)


def _key(observed: Observed, *names: str) -> object:
    return at_path(observed.fresh("Key"), *names)


def _network(observed: Observed) -> str:
    return words(_vault(observed, "publicNetworkAccess"))


def _firewall(observed: Observed, name: str, label: str) -> str:
    action = words(_vault(observed, "networkAcls", "defaultAction"))
    if action == "Allow":
        return "firewall off: every network has access"
    return joined(f"firewall on: default {action}", f"{label} {_rule(observed, name)}") if action else ""


def _rule(observed: Observed, name: str) -> str:
    rules = _vault(observed, "networkAcls", name)
    return ", ".join(words(at_path(rule, "value")) for rule in rules) if isinstance(rules, list) else words(rules)


def _retention(observed: Observed) -> str:
    days = words(_vault(observed, "softDeleteRetentionInDays"))
    return joined(on_or_off(_vault(observed, "enableSoftDelete")), f"{days} days" if days else "")


def _type(observed: Observed) -> str:
    return words(_key(observed, "kty"))


def _size(observed: Observed) -> str:
    bits = words(_key(observed, "keySize"))
    return f"{bits} bits" if bits else ""


def _enabled(value: object) -> str:
    return {True: "enabled", False: "disabled"}.get(value, "") if isinstance(value, bool) else ""


def _date(observed: Observed, name: str, none: str) -> str:
    attributes = _key(observed, "attributes")
    return "" if not attributes else moment(at_path(attributes, name)) or none


def _versions(observed: Observed) -> str:
    sent = words(observed.outputs("KeyConfiguration").get("keyIdentifier")).rpartition("/")[2]
    now = words(_key(observed, "keyUriWithVersion")).rpartition("/")[2]
    return "not rotated since it was sent" if sent and sent == now else ""


def _role(observed: Observed) -> str:
    role = words(observed.fresh("RoleAssignment").get("roleDefinitionId")).rpartition("/")[2]
    return f"role {role}" if role else ""


REQUIRED: Sequence[Required] = (
    Required(
        VAULT,
        PURGE_PROTECTION,
        "Adobe requires purge protection",
        VAULT_GUIDE,
        lambda o: on_or_off(_vault(o, "enablePurgeProtection")),
    ),
    Required(VAULT, "Soft delete", "Adobe requires soft delete", VAULT_GUIDE, _retention),
    Required(
        VAULT,
        "Azure RBAC as the permission model",
        "Adobe requires Azure RBAC",
        VAULT_GUIDE,
        lambda o: on_or_off(_vault(o, "enableRbacAuthorization")),
    ),
    Required(
        VAULT,
        "In the tenant in which Adobe's app was accepted",
        "Adobe requires tenant",
        UI_GUIDE,
        lambda o: words(_vault(o, "tenantId")),
    ),
    Required(VAULT, "Public network access", "Adobe requires public network access", VAULT_GUIDE, _network),
    Required(
        VAULT,
        "Trusted Microsoft services bypass the firewall",
        "bypass the firewall",
        VAULT_GUIDE,
        lambda o: _firewall(o, "bypass", "bypass"),
    ),
    Required(
        VAULT,
        f"Adobe's address {ADOBE_ADDRESS} is allowed",
        "a firewall rule for its address",
        ADDRESSES,
        lambda o: _firewall(o, "ipRules", "allowed"),
    ),
    Required(KEY, "Type RSA or RSA-HSM", "Adobe requires RSA or RSA-HSM", VAULT_GUIDE, _type),
    Required(KEY, "At least 3072 bits", "Adobe requires 3072 bits", VAULT_GUIDE, _size),
    Required(
        KEY,
        "Operations wrapKey and unwrapKey",
        "Adobe requires wrapKey and unwrapKey",
        ALERTS,
        lambda o: words(_key(o, "keyOps")),
    ),
    Required(KEY, "Enabled", "Adobe requires an enabled key", ALERTS, lambda o: _enabled(_key(o, "attributes", "enabled"))),
    Required(KEY, "Valid now", "a key that is valid now", ALERTS, lambda o: _date(o, "notBefore", "no start date")),
    Required(KEY, "Does not expire", "must not expire", ALERTS, lambda o: _date(o, "expires", "no expiry date")),
    Required(KEY, "Rotation gives no version an expiry", "no version may expire", ALERTS, lambda _: ""),
    Required(KEY, "Earlier versions stay enabled", EARLIER_VERSIONS, PROGRAM, _versions),
    Required(ROLE, "Key Vault Crypto Service Encryption User", "the role must be", API_GUIDE, _role),
    Required(
        ROLE,
        "For the service principal of Adobe's app",
        "must be for the principal",
        API_GUIDE,
        lambda o: words(o.fresh("RoleAssignment").get("principalId")),
    ),
    Required(
        ROLE,
        "On the vault or the key",
        "the scope must be",
        API_GUIDE,
        lambda o: words(o.fresh("RoleAssignment").get("scope")),
    ),
    Required(
        PRINCIPAL,
        HAS_THE_ROLE,
        "which has the role",
        API_GUIDE,
        lambda o: words(o.fresh("ServicePrincipal").get("objectId")),
    ),
    Required(
        PRINCIPAL,
        "Enabled",
        "must be enabled",
        ALERTS,
        lambda o: _enabled(o.fresh("ServicePrincipal").get("accountEnabled")),
    ),
)
