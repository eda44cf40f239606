"""Identifiers, addresses, limits and type tokens: each stands here once, with its source."""

import re
from datetime import timedelta
from enum import StrEnum

# "Key Vault Crypto Service Encryption User": get, wrapKey and unwrapKey, and nothing else.
# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security
ENCRYPTION_USER_ROLE = "e147488a-f6f5-4113-8e2d-b22465e65bf6"

# Adobe, "IP address access": the address from which Adobe monitors the key.
ADOBE_ADDRESS = "20.88.123.53"

# Adobe, "Configure an Azure Key Vault for customer-managed keys".
KEY_TYPES = ("RSA", "RSA-HSM")
KEY_SIZES = (3072, 4096)
MINIMUM_KEY_SIZE = 3072
# The two that Adobe needs, and no more.
KEY_OPERATIONS = ("wrapKey", "unwrapKey")
# An expiry date nearer than this blocks the submission; a later one is a warning.
EXPIRY_HORIZON = timedelta(days=365)

# Adobe, "Set up customer managed keys with the API": platform.adobe.io is VA7, the others carry their code.
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
# What Adobe's API has no call to change once a configuration is submitted: property, and the word for it.
IMMUTABLE_AT_ADOBE = {
    "imsOrgId": "organisation",
    "region": "region",
    "host": "host of Adobe's API",
    "configName": "name of the configuration",
    "keyVaultUri": "vault",
    "keyName": "key",
}

ORG_ID = re.compile(r"[0-9A-Fa-f]{24}@AdobeOrg")
# Adobe documents case-sensitivity and nothing else; this is the safe subset.
CONFIG_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")


def confirmation(ims_org_id: str, config_name: str) -> str:
    """What a person types to say which configuration is meant, where it is for good."""
    return f"{ims_org_id}/{config_name}"


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
APP_REGISTRATION_TYPE = "pulumi-python:dynamic/adobe:AppRegistration"
ROLE_PROPAGATION_TYPE = "pulumi-python:dynamic/adobe:RolePropagation"
SUBMISSION_ATTEMPT_TYPE = "pulumi-python:dynamic/adobe:SubmissionAttempt"
KEY_CONFIGURATION_TYPE = "pulumi-python:dynamic/adobe:KeyConfiguration"

RUNBOOK = "docs/runbook.md"
