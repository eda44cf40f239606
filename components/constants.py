"""Identifiers, addresses, limits and type tokens, each with its source."""

import re
import uuid
from datetime import date, timedelta
from enum import StrEnum

# "Key Vault Crypto Service Encryption User": get, wrapKey and unwrapKey, and nothing else.
# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security
ENCRYPTION_USER_ROLE = "e147488a-f6f5-4113-8e2d-b22465e65bf6"


# Between the scope of a role assignment and its name, in its ARM id.
ROLE_ASSIGNMENTS = "/providers/Microsoft.Authorization/roleAssignments/"


def role_assignment_name(scope: str, principal_id: str) -> str:
    """The same name for the same assignment, because a replacement would revoke Adobe's access for some time."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope.lower()}|{principal_id.lower()}|{ENCRYPTION_USER_ROLE}"))


# Adobe, "IP address access": the address from which Adobe monitors the key.
ADOBE_ADDRESS = "20.88.123.53"

# Adobe, "Configure an Azure Key Vault for customer-managed keys".
KEY_TYPES = ("RSA", "RSA-HSM")
KEY_SIZES = (3072, 4096)
MINIMUM_KEY_SIZE = 3072
# Only the two that Adobe requires.
KEY_OPERATIONS = ("wrapKey", "unwrapKey")
# An expiry date within this period blocks the submission; a later one is a warning.
EXPIRY_HORIZON = timedelta(days=365)

# Adobe, "Set up customer managed keys with the API": platform.adobe.io is VA7, the others contain their code.
PLATFORM_HOSTS = {
    "va7": "https://platform.adobe.io",
    "nld2": "https://platform-nld2.adobe.io",
    "aus5": "https://platform-aus5.adobe.io",
}
# Adobe Developer Console, OAuth server-to-server: one host for all regions.
IMS_HOST = "https://ims-na1.adobelogin.com"

# Paths of Adobe's API.
APP_REGISTRATION = "/data/infrastructure/manager/byok/app-registration"
CUSTOMER_CONFIG = "/data/infrastructure/manager/customer/config"
# Properties that Adobe's API cannot change after a configuration is submitted, and their names in messages.
IMMUTABLE_AT_ADOBE = {
    "imsOrgId": "organisation",
    "region": "region",
    "host": "host of Adobe's API",
    "configName": "name of the configuration",
    "keyVaultUri": "vault",
    "keyName": "key",
}

ORG_ID = re.compile(r"[0-9A-Fa-f]{24}@AdobeOrg")
# Adobe documents only that names are case-sensitive; this is a safe subset.
CONFIG_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")


def confirmation(ims_org_id: str, config_name: str) -> str:
    """The text that a user types to confirm an irreversible step: which configuration of which organisation."""
    return f"{ims_org_id}/{config_name}"


def absence_confirmation(ims_org_id: str, config_name: str, day: date) -> str:
    """The text that a user types on one day after Adobe has confirmed that it has no configuration of that name."""
    return f"{confirmation(ims_org_id, config_name)}/{day.isoformat()}"


class Contract(StrEnum):
    """Generation of Adobe's API."""

    AUTO = "auto"
    BETA = "beta"
    CURRENT = "current"


# Components of this package.
CUSTOMER_MANAGED_KEYS = "adobe-cmk:components:CustomerManagedKeys"
KEY_VAULT = "adobe-cmk:components:KeyVault"
ENCRYPTION_KEY = "adobe-cmk:components:EncryptionKey"
ADOBE_ACCESS = "adobe-cmk:components:AdobeAccess"

# Resources, as Pulumi's state names their types.
RESOURCE_GROUP_TYPE = "azure-native:resources:ResourceGroup"
VAULT_TYPE = "azure-native:keyvault:Vault"
KEY_TYPE = "azure-native:keyvault:Key"
ROLE_ASSIGNMENT_TYPE = "azure-native:authorization:RoleAssignment"
PRIVATE_ENDPOINT_TYPE = "azure-native:network:PrivateEndpoint"
ZONE_GROUP_TYPE = "azure-native:network:PrivateDnsZoneGroup"
DIAGNOSTIC_SETTING_TYPE = "azure-native:monitor:DiagnosticSetting"
LOCK_TYPE = "azure-native:authorization:ManagementLockByScope"
SERVICE_PRINCIPAL_TYPE = "azuread:index/servicePrincipal:ServicePrincipal"
IMPORTED_KEY_TYPE = "pulumi-python:dynamic/azure:ImportedKey"
NAME_CLAIM_TYPE = "pulumi-python:dynamic/adobe:NameClaim"
APP_REGISTRATION_TYPE = "pulumi-python:dynamic/adobe:AppRegistration"
ROLE_PROPAGATION_TYPE = "pulumi-python:dynamic/adobe:RolePropagation"
SUBMISSION_ATTEMPT_TYPE = "pulumi-python:dynamic/adobe:SubmissionAttempt"
KEY_CONFIGURATION_TYPE = "pulumi-python:dynamic/adobe:KeyConfiguration"
ACTIVATION_TYPE = "pulumi-python:dynamic/adobe:Activation"

# Key Vault's management API. Azure refuses versions before this one from that day on, without exception: Microsoft,
# "Prepare for Key Vault API version 2026-02-01"; Azure/azure-cli#34020.
KEY_VAULT_API = "2026-02-01"
KEY_VAULT_API_RETIREMENT = date(2027, 2, 27)
# The provider's local package of that version, and its types for the ones above.
KEY_VAULT_PACKAGE = "azure-native_keyvault_v20260201"
PACKAGE_TYPES = {
    VAULT_TYPE: f"{KEY_VAULT_PACKAGE}:keyvault:Vault",
    KEY_TYPE: f"{KEY_VAULT_PACKAGE}:keyvault:Key",
}

RUNBOOK = "docs/runbook.md"
