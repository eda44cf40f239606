"""Private endpoints of the simulated vaults, and their entries in private DNS zones.

https://learn.microsoft.com/azure/private-link/private-endpoint-overview
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from ..errors import CloudError
from .arm import SUBSCRIPTION, Json, is_elsewhere, is_missing, same_region
from .locks import Locks

NETWORK = "/providers/Microsoft.Network"
# The first address of a subnet that Azure does not keep for itself.
ADDRESS = "10.0.0.4"
APPROVAL = "Microsoft.KeyVault/vaults/PrivateEndpointConnectionsApproval/action"
APPROVED: Json = {"status": "Approved", "description": "", "actionsRequired": "None"}


class PrivateEndpoints(Locks):
    """Private endpoints and zone groups by ARM id."""

    def put_private_endpoint(self, group: str, name: str, properties: Mapping[str, Any]) -> Json:
        self.resource_group(group)
        path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}{NETWORK}/privateEndpoints/{name}"
        subnet = str((properties.get("subnet") or {}).get("id") or "")
        self._check_reference(path, subnet, "Microsoft.Network/virtualNetworks/subnets/join/action")
        existing = self._state["privateEndpoints"].get(path.lower())
        if existing and existing["subnet"]["id"].lower() != subnet.lower():
            # pulumi-azure-native#3883
            raise CloudError(
                "CannotChangeSubnetOnExistingPrivateEndpoint", f"The subnet of private endpoint {path} cannot be changed."
            )
        connections = [self._connected(path, one) for one in properties.get("privateLinkServiceConnections") or []]
        if not connections:
            raise CloudError("InvalidRequestFormat", "Cannot parse the request.")
        self._state["privateEndpoints"][path.lower()] = {
            "id": path,
            "name": name,
            "type": "Microsoft.Network/privateEndpoints",
            "etag": f'W/"{uuid.uuid4()}"',
            "location": same_region(properties["location"]),
            "tags": dict(properties.get("tags") or {}),
            "provisioningState": "Succeeded",
            "subnet": {"id": subnet},
            "privateLinkServiceConnections": connections,
            "manualPrivateLinkServiceConnections": [],
            "customNetworkInterfaceName": "",
            "ipConfigurations": [],
            "networkInterfaces": existing["networkInterfaces"] if existing else [{"id": _interface(path)}],
            "customDnsConfigs": [{"fqdn": _host(connections[0]), "ipAddresses": [ADDRESS]}],
        }
        return self.private_endpoint(path)

    def _connected(self, path: str, connection: Mapping[str, Any]) -> Json:
        """The connection, approved by the vault: whoever may approve it, and creates it, needs nobody else's approval."""
        target = str(connection.get("privateLinkServiceId") or "")
        vault = next((one for one in self._state["vaults"].values() if one["id"].lower() == target.lower()), None)
        if vault is None or connection.get("groupIds") != ["vault"] or not connection.get("name"):
            raise _bad_reference(target, path)
        self.actions.add(APPROVAL)
        held = vault["properties"]["privateEndpointConnections"]
        if not any(one["privateEndpoint"]["id"].lower() == path.lower() for one in held):
            held.append(
                {
                    "id": f"{vault['id']}/privateEndpointConnections/{uuid.uuid4().hex}",
                    "privateEndpoint": {"id": path},
                    "privateLinkServiceConnectionState": APPROVED,
                    "provisioningState": "Succeeded",
                }
            )
        return {
            **connection,
            "id": f"{path}/privateLinkServiceConnections/{connection['name']}",
            "etag": 'W/"0"',
            "type": "Microsoft.Network/privateEndpoints/privateLinkServiceConnections",
            "provisioningState": "Succeeded",
            "privateLinkServiceConnectionState": APPROVED,
        }

    def private_endpoint(self, path: str) -> Json:
        """As a GET answers: the addresses move to the zone group as soon as there is one (azurerm, private_endpoint)."""
        record = self._found("privateEndpoints", path)
        return {**record, "customDnsConfigs": []} if self._groups_of(path) else record

    def delete_private_endpoint(self, path: str) -> None:
        endpoint = self._state["privateEndpoints"].get(path.lower())
        if endpoint is None:
            return
        for connection in endpoint["privateLinkServiceConnections"]:
            # The connection is the vault's, so its lock holds the endpoint: azurerm#17478, azure-docs#116983.
            vault = connection["privateLinkServiceId"]
            proxy = f"{vault}/privateEndpointConnectionProxies/{endpoint['name']}.{uuid.uuid4()}"
            self.refuse_if_locked(proxy, "Call to Microsoft.KeyVault/vaults failed. Error message: ")
        for vault in self._state["vaults"].values():
            held = vault["properties"]["privateEndpointConnections"]
            held[:] = [one for one in held if one["privateEndpoint"]["id"].lower() != path.lower()]
        for group in self._groups_of(path):
            del self._state["privateDnsZoneGroups"][group]
        del self._state["privateEndpoints"][path.lower()]

    def put_zone_group(self, endpoint: str, name: str, configs: list[Mapping[str, Any]]) -> Json:
        path = f"{endpoint}/privateDnsZoneGroups/{name}"
        owner = self._found("privateEndpoints", endpoint)
        if set(self._groups_of(endpoint)) - {path.lower()}:
            # pulumi-azure-native#2179
            raise CloudError(
                "MoreThanOnePrivateDnsZoneGroupPerPrivateEndpointNotAllowed",
                f"Cannot create more than one private dns zone groups in the private endpoint {endpoint}.",
            )
        host = _host(owner["privateLinkServiceConnections"][0])
        for config in configs:
            if not config.get("name"):
                # pulumi-azure-native#2431
                raise CloudError("InvalidRequestFormat", "Cannot parse the request.")
            self._check_reference(path, str(config["privateDnsZoneId"]), "Microsoft.Network/privateDnsZones/join/action")
        record: Json = {"fqdn": host, "recordSetName": host.split(".")[0], "recordType": "A", "ttl": 10}
        record |= {"ipAddresses": [ADDRESS], "provisioningState": "Succeeded"}
        self._state["privateDnsZoneGroups"][path.lower()] = {
            "id": path,
            "name": name,
            "etag": f'W/"{uuid.uuid4()}"',
            "provisioningState": "Succeeded",
            "privateDnsZoneConfigs": [{**config, "recordSets": [record]} for config in configs],
        }
        return self.zone_group(path)

    def zone_group(self, path: str) -> Json:
        return self._found("privateDnsZoneGroups", path)

    def delete_zone_group(self, path: str) -> None:
        self._state["privateDnsZoneGroups"].pop(path.lower(), None)

    def _groups_of(self, endpoint: str) -> list[str]:
        below = f"{endpoint.lower()}/"
        return [path for path in self._state["privateDnsZoneGroups"] if path.startswith(below)]

    def _found(self, kind: str, path: str) -> Json:
        return self.held(kind, path, CloudError("ResourceNotFound", f"The Resource '{path}' was not found."))

    def _check_reference(self, path: str, referenced: str, action: str) -> None:
        self.actions.add(action)
        if is_elsewhere(referenced):
            raise CloudError(
                "LinkedAuthorizationFailed",
                f"The client has permission to perform action 'write' on scope '{path}', however, it does not have "
                f"permission to perform action(s) '{action}' on the linked scope(s) '{referenced}' or the linked scope(s) "
                "are invalid.",
            )
        if is_missing(referenced):
            raise _bad_reference(referenced, path)


def _bad_reference(referenced: str, path: str) -> CloudError:
    """Azure/azure-cli#13614: the same words for what does not exist and for what is in another region."""
    return CloudError(
        "InvalidResourceReference",
        f"Resource {referenced} referenced by resource {path} was not found. Please make sure that the referenced resource "
        "exists, and that both resources are in the same region.",
    )


def _interface(endpoint: str) -> str:
    return f"{endpoint.replace('/privateEndpoints/', '/networkInterfaces/')}.nic.{uuid.uuid4()}"


def _host(connection: Mapping[str, Any]) -> str:
    return f"{connection['privateLinkServiceId'].rsplit('/', 1)[1].lower()}.vault.azure.net"
