"""An Azure in the state that Adobe asks for, and the inputs of the Adobe resources that go with it."""

from dataclasses import dataclass
from typing import Any

from components.adobe.api.evidence import SUBJECTS, Look
from components.adobe.provider import this_run
from simulation.adobe.http import ORG
from simulation.azure.arm import Clock
from simulation.by_hand import ROLE, VAULT_PROPERTIES
from simulation.cloud import Cloud

KEY_PROPERTIES: dict[str, Any] = {"kty": "RSA", "keySize": 3072, "keyOps": ["wrapKey", "unwrapKey"]}


@dataclass
class Landscape:
    """Ids of what was made."""

    vault_id: str
    key_identifier: str
    application_id: str
    object_id: str
    role_granted_at: str
    clock: Clock

    def evidence(self, **findings: list[str]) -> dict[str, Any]:
        """Four good looks, taken now; findings by subject, with _ for a space."""
        now = self.clock.now()
        return {s: Look(s, now, tuple(findings.get(s.replace(" ", "_"), ()))).property() for s in SUBJECTS}

    def inputs(self, **changes: Any) -> dict[str, Any]:
        """Inputs of KeyConfiguration and Activation."""
        vault_uri, rest = self.key_identifier.split("/keys/")
        return {
            "imsOrgId": ORG,
            "region": "va7",
            "apiKey": "",
            "apiContract": "auto",
            "contract": "current",
            "configurationAbsent": "",
            "neverShown": False,
            "appReplaced": "",
            "sentFor": "",
            "configName": "cmk-config",
            "activate": f"{ORG}/cmk-config",
            "keyVaultUri": vault_uri,
            "keyName": rest.split("/")[0],
            "keyIdentifier": self.key_identifier,
            "applicationId": self.application_id,
            "roleGrantedAt": self.role_granted_at,
            "rolePropagationSeconds": 120.0,
            "evidence": self.evidence(),
            "findings": [],
            "attempt": this_run(),
            "host": "127.0.0.1",
            "timeoutMinutes": 60.0,
            "__provider": "…",
            **changes,
        }


def posts(cloud: Cloud) -> int:
    """How often a configuration was POSTed, as Adobe saw it."""
    return sum(entry["call"].startswith("POST /data/infrastructure/manager/customer") for entry in cloud.adobe.journal)


def build(cloud: Cloud) -> Landscape:
    """Make everything that comes before the configuration."""
    azure = cloud.azure
    azure.put_resource_group("cmk", "westeurope", {})
    vault = azure.put_vault("cmk", "acme-vault", "westeurope", VAULT_PROPERTIES, {})
    key = azure.put_key("acme-vault", "acme-key", KEY_PROPERTIES, {})
    application_id = cloud.adobe.app(ORG)["applicationId"]
    principal = cloud.entra.create_service_principal(application_id)
    role = azure.put_role_assignment(
        vault["id"],
        "0f9e8d7c-1111-5222-8333-444455556666",
        {"principalId": principal["objectId"], "principalType": "ServicePrincipal", "roleDefinitionId": ROLE},
    )
    return Landscape(
        vault["id"], key["keyUriWithVersion"], application_id, principal["objectId"], role["createdOn"], cloud.clock
    )
