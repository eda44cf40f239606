"""Customer-managed keys for Adobe Experience Platform: settings → component → outputs."""

import sys

import pulumi
from pulumi.runtime.config import get_config_env, get_config_secret_keys_env

import components
from components import settings

keys = components.CustomerManagedKeys("adobe-cmk", settings.load(get_config_env(), get_config_secret_keys_env()))
# From here on the engine interrupts the program when a resource fails; without this line, the traceback would hide the
# resource's own error.
sys.excepthook = lambda kind, *error: None if kind is KeyboardInterrupt else sys.__excepthook__(kind, *error)

pulumi.export("resourceGroupName", keys.resource_group_name)
pulumi.export("vaultId", keys.vault_id)
pulumi.export("vaultUri", keys.vault_uri)
pulumi.export("keyUri", keys.key_uri)
pulumi.export("keyVersion", keys.key_version)
pulumi.export("applicationId", keys.application_id)
pulumi.export("consentUrl", keys.consent_url)
pulumi.export("servicePrincipalObjectId", keys.service_principal_object_id)
pulumi.export("roleAssignmentId", keys.role_assignment_id)
pulumi.export("configName", keys.config_name)
pulumi.export("status", keys.status)
pulumi.export("handoff", keys.handoff)
