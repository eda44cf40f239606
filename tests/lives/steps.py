"""The vocabulary of lives: what a person does with a stack, and what happens to it in the clouds."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.adobe.faults import FAULTS
from simulation.drift import DRIFTS
from tests.faulty_runs import COSTLY


@dataclass(frozen=True)
class Step:
    """One step; its repr is what a counterexample is written down with."""

    kind: str
    argument: str = ""

    def __repr__(self) -> str:
        return f"Step({self.kind!r}, {self.argument!r})" if self.argument else f"Step({self.kind!r})"


# Kinds that write into no cloud.
LOOKS = ("preview", "watch", "refresh", "refresh-without-program")
# Kinds that run the program or the engine.
COMMANDS = (*LOOKS, "up", "kill", "targeted-up", "destroy", "destroy-with-program")
# What a run dies at: before the resource is created, or after it and before Pulumi records it.
MORTAL = (
    "NameClaim", "ResourceGroup", "Vault", "Key", "AppRegistration", "ServicePrincipal", "RoleAssignment",
    "SubmissionAttempt", "KeyConfiguration", "Activation",
)  # fmt: skip
# A setting that is taken away, where the scenarios have one; a setting without a value is again as at the start.
TAKEN_AWAY = "none"
SETTINGS = (
    "tags=team=security", "tags", "network=restricted", "network", "activate=none", "activate=yes", "activate",
    "adopt=true", "adopt", "servicePrincipal=existing", "servicePrincipal", "vaultName=renamed-vault", "vaultName",
    "resourceGroupName=renamed-group", "resourceGroupName", "keyName=renamed-key", "keyName", "keySize=4096", "keySize",
    "keyType=RSA-HSM", "keyType", "vaultSku=premium", "vaultSku", "softDeleteRetentionDays=30", "softDeleteRetentionDays",
    "region=nld2", "region", "configName=another-config", "configName", "azure-native:location=northeurope",
    "azure-native:location", "activationTimeoutMinutes=0", "activationTimeoutMinutes", "apiContract=current",
    "roleAssignmentName=0f9e8d7c-1111-4222-8333-444455556666", "roleAssignmentName",
)  # fmt: skip
# Settings under which another vault or key may be created, as long as nothing was sent.
NAMES = ("vaultName", "resourceGroupName", "keyName")
SWITCHES = (
    "deleted-key-code=KeyNotFound", "deleted-key-code=ResourceNotFound", "deployer-data-role=crypto-officer",
    "unreadable=vault=403", "unreadable=key=403", "unreadable=role=403", "unreadable=principal=403",
    "unreadable=group=403", "unreadable=key=503", "unreadable=vault=503,principal=503", "unreadable=",
)  # fmt: skip
# Faults that last a real minute, or that a connection refused already stands for, are left out.
FAULTY = tuple(
    f"{name}@{call}{times}"
    for name, fault in FAULTS.items()
    if name not in COSTLY
    for call in sorted(fault.calls)
    for times in ("", "*1", "*3")
)
HAPPENINGS = tuple(name for name in DRIFTS if name != "everything-mended")
STARTS = ("nothing", "named", "prepared", "settled", "as-documented", "with-differences")
