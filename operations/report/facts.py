"""The facts of a stack, with IDs, versions, thumbprint and times, for an auditor and for a ticket to Adobe's support."""

from __future__ import annotations

from collections.abc import Iterator

from .model import Fact, Facts
from .observed import Observed
from .words import at_path, joined, moment, words

_GENERATED = (
    "not in the state: Azure's management API returns no public key. To compute it: az keyvault key download --id {key} "
    "--encoding PEM --file key.pem && openssl pkey -pubin -in key.pem -outform DER | sha256sum"
)


def facts(observed: Observed) -> list[Facts]:
    """Every fact that is known, in groups."""
    groups = (
        ("Organisation and configuration at Adobe", _at_adobe),
        ("Vault", _vault),
        ("Key", _key),
        ("Access of Adobe's app", _access),
        ("State", _state),
    )
    found = [Facts(title=title, facts=[fact for fact in of(observed) if fact.value]) for title, of in groups]
    return [group for group in found if group.facts]


def _at_adobe(observed: Observed) -> Iterator[Fact]:
    handoff = at_path(observed.recorded.outputs, "handoff")
    sent, app = observed.outputs("KeyConfiguration"), observed.outputs("AppRegistration")
    yield _recorded("Organisation ID", at_path(handoff, "imsOrgId"))
    yield _recorded("Region", joined(words(at_path(handoff, "region")), words(app.get("host"))))
    yield _recorded("Configuration", at_path(handoff, "configName"))
    yield _of(observed, "Activation", "Status", words(observed.outputs("Activation").get("status")))
    yield _recorded("Sent", moment(observed.recorded.outputs_of("SubmissionAttempt").get("attemptedAt")))
    yield _of(observed, "KeyConfiguration", "Key sent", words(sent.get("keyIdentifier")))
    yield _of(observed, "AppRegistration", "App", joined(words(app.get("appName")), words(app.get("applicationId"))))
    yield _recorded("Consent URL", at_path(handoff, "consentUrl"))


def _vault(observed: Observed) -> Iterator[Fact]:
    handoff, vault = at_path(observed.recorded.outputs, "handoff"), observed.outputs("Vault")
    properties = at_path(vault, "properties")
    yield _recorded("Tenant", at_path(handoff, "tenantId"))
    yield _recorded("Vault ID", at_path(handoff, "vaultId"))
    yield _recorded("Vault URI", at_path(handoff, "vaultUri"))
    place = joined(words(vault.get("location")), words(at_path(properties, "sku", "name")))
    yield _of(observed, "Vault", "Location, SKU", place)
    yield _of(observed, "Vault", "Created", moment(at_path(vault, "systemData", "createdAt")))


def _key(observed: Observed) -> Iterator[Fact]:
    handoff, key = at_path(observed.recorded.outputs, "handoff"), observed.outputs("Key")
    attributes, uri = at_path(key, "attributes"), words(at_path(handoff, "keyUri"))
    yield _recorded("Key URI", uri)
    yield _recorded("Version at the last up", at_path(handoff, "keyVersion"))
    yield _of(observed, "Key", "Version in Azure", words(key.get("keyUriWithVersion")).rpartition("/")[2])
    bits = words(key.get("keySize"))
    yield _of(observed, "Key", "Type", joined(words(key.get("kty")), f"{bits} bits" if bits else ""))
    yield _of(observed, "Key", "Created", moment(at_path(attributes, "created")))
    yield _of(observed, "Key", "Last changed", moment(at_path(attributes, "updated")))
    thumbprint = words(observed.recorded.outputs_of("ImportedKey").get("thumbprint"))
    unknown = _GENERATED.format(key=uri) if uri else ""
    yield Fact(name="Thumbprint (SHA-256 of the public key, DER)", value=thumbprint or unknown, is_recorded=bool(thumbprint))


def _access(observed: Observed) -> Iterator[Fact]:
    handoff, role = at_path(observed.recorded.outputs, "handoff"), observed.outputs("RoleAssignment")
    principal = observed.outputs("ServicePrincipal")
    yield _recorded("Service principal", at_path(handoff, "servicePrincipalObjectId"))
    yield _of(observed, "ServicePrincipal", "Display name", words(principal.get("displayName")))
    yield _recorded("Role assignment", at_path(handoff, "roleAssignmentId"))
    yield _of(observed, "RoleAssignment", "Role definition", words(role.get("roleDefinitionId")))
    yield _of(observed, "RoleAssignment", "Assigned", moment(role.get("createdOn")))


def _state(observed: Observed) -> Iterator[Fact]:
    yield _recorded("Written", moment(observed.recorded.written_at))
    yield _recorded("Resources", len(observed.recorded.resources))


def _of(observed: Observed, kind: str, name: str, value: str) -> Fact:
    """A fact of a resource: read just now, or recorded."""
    return Fact(name=name, value=value, is_recorded=not observed.is_read(kind))


def _recorded(name: str, value: object) -> Fact:
    return Fact(name=name, value=words(value), is_recorded=True)
