"""One resource of each provider that the program uses: azure-native, azuread and a dynamic one."""

import pulumi
import pulumi_azuread as azuread
from note import Note
from pulumi_azure_native import resources

group = resources.ResourceGroup("minimal-rg")
principal = azuread.ServicePrincipal("minimal-sp", client_id=pulumi.Config().require("clientId"))
note = Note("minimal-note", "a trivial dynamic resource")

pulumi.export("groupName", group.name)
pulumi.export("objectId", principal.object_id)
