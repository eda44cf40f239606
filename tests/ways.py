"""The ways to have a vault, a key, a network and a role, and their settings."""

from itertools import product
from typing import Any, NamedTuple

from simulation.by_hand import PLATFORM, PLATFORM_VAULT_ID, SET_UPS
from simulation.cloud import opened
from tests.drivers import Driver
from tests.key_files import CRYPTO_OFFICER, azure_at, blob_for, pem, rsa_key
from tests.surroundings import SUBNET, WORKSPACE, ZONE

VAULTS = {
    "new": {},
    "in-an-existing-group": {"existingResourceGroup": "platform-empty"},
    "existing": {"existingVaultId": PLATFORM_VAULT_ID},
}
KEYS = {
    "generated": {"rotateAfterDays": "365"},
    "existing": {"existingKeyId": f"{PLATFORM_VAULT_ID}/keys/{PLATFORM['keyName']}"},
    "pem": {"keyFile": "key.pem"},
    "byok": {"keyFile": "key.byok", "keyType": "RSA-HSM"},
}
NETWORKS = {
    "public": {},
    "restricted": {
        "network": "restricted",
        "allowedIpRanges": ["192.0.2.10"],
        "privateEndpointSubnetId": SUBNET,
        "privateDnsZoneId": ZONE,
        "logAnalyticsWorkspaceId": WORKSPACE,
    },
}
SCOPES = ("vault", "key")


class Way(NamedTuple):
    vault: str
    key: str
    network: str
    scope: str

    @property
    def refusal(self) -> str:
        """The setting that makes no sense beside another one; empty for a way that works."""
        is_read = self.vault == "existing" or self.key == "existing"
        if is_read and self.network == "restricted":
            return "adobe-cmk:network"
        if self.vault == "in-an-existing-group" and self.key == "existing":
            return "adobe-cmk:existingResourceGroup"
        if self.key == "byok" and self.vault != "existing":
            return "adobe-cmk:keyFile"
        return ""


WAYS = [Way(*names) for names in product(VAULTS, KEYS, NETWORKS, SCOPES)]
# Each value of each dimension at least once, and each pair of vault and key that works.
COVERING = {
    Way("new", "generated", "restricted", "key"),
    Way("new", "pem", "public", "vault"),
    Way("in-an-existing-group", "generated", "public", "key"),
    Way("in-an-existing-group", "pem", "restricted", "vault"),
    Way("existing", "generated", "public", "vault"),
    Way("existing", "existing", "public", "key"),
    Way("existing", "pem", "public", "key"),
    Way("existing", "byok", "public", "vault"),
    Way("new", "existing", "restricted", "vault"),
}


def prepare_azure(stack: Driver) -> None:
    """Make what a platform team sets up, and let the stack's user use the data plane."""
    with opened(stack.home, stack.clock) as cloud, cloud.at_work():
        SET_UPS["platform-team"](cloud)
    stack.switch(*CRYPTO_OFFICER)


def configure(stack: Driver, way: Way, **others: Any) -> None:
    """Give the stack the settings of a way, and others."""
    settings = {**VAULTS[way.vault], **KEYS[way.key], **NETWORKS[way.network], "roleScope": way.scope}
    stack.configure(**{**settings, **_files_of(stack, way), **others})


def _files_of(stack: Driver, way: Way) -> dict[str, str]:
    """Make the file that the way needs; returns the setting that names it."""
    path = stack.home / KEYS[way.key].get("keyFile", "none")
    if way.key == "pem":
        path.write_bytes(pem(rsa_key()))
    if way.key == "byok":
        with opened(stack.home, stack.clock) as cloud, azure_at(cloud, stack.home):
            path.write_bytes(blob_for(cloud, "platform-vault", rsa_key()))
    return {"keyFile": str(path)} if path.exists() else {}
