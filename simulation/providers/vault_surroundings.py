"""The types of azure-native around a vault whose part of the SDK takes long to import: endpoint and diagnostic setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_azure_native import monitor, network

from ..cloud import Cloud
from .azure_native import AzureNative
from .azure_native_types import GROUP_PATH
from .resource_type import Json

ENDPOINT_PATH = f"{GROUP_PATH}/providers/Microsoft.Network/privateEndpoints/{{privateEndpointName}}"


class PrivateEndpointStandIn(AzureNative):
    resource_class, args_class = network.PrivateEndpoint, network.PrivateEndpointArgs
    api_version, id_path = "2024-05-01", ENDPOINT_PATH
    operation, action = "endpoint", "Microsoft.Network/privateEndpoints"
    name_property = "privateEndpointName"
    # The subnet is in the body: Azure refuses the PUT.
    replace_on = frozenset({"privateEndpointName", "resourceGroupName"})

    def get(self, cloud: Cloud, id_: str) -> Json:
        return cloud.azure.private_endpoint(id_)

    def put(self, cloud: Cloud, inputs: Mapping[str, Any]) -> Json:
        return cloud.azure.put_private_endpoint(inputs["resourceGroupName"], inputs["privateEndpointName"], inputs)

    def remove(self, cloud: Cloud, id_: str) -> None:
        cloud.azure.delete_private_endpoint(id_)


class ZoneGroupStandIn(AzureNative):
    resource_class, args_class = network.PrivateDnsZoneGroup, network.PrivateDnsZoneGroupArgs
    api_version, id_path = "2024-05-01", f"{ENDPOINT_PATH}/privateDnsZoneGroups/{{privateDnsZoneGroupName}}"
    operation, action = "endpoint", "Microsoft.Network/privateEndpoints/privateDnsZoneGroups"
    name_property = "privateDnsZoneGroupName"
    replace_on = frozenset({"privateDnsZoneGroupName", "privateEndpointName", "resourceGroupName"})

    def get(self, cloud: Cloud, id_: str) -> Json:
        return cloud.azure.zone_group(id_)

    def put(self, cloud: Cloud, inputs: Mapping[str, Any]) -> Json:
        endpoint = self.resource_id(cloud, inputs).rpartition("/privateDnsZoneGroups/")[0]
        configs = inputs.get("privateDnsZoneConfigs") or []
        return cloud.azure.put_zone_group(endpoint, inputs["privateDnsZoneGroupName"], configs)

    def remove(self, cloud: Cloud, id_: str) -> None:
        cloud.azure.delete_zone_group(id_)


class DiagnosticSettingStandIn(AzureNative):
    resource_class, args_class = monitor.DiagnosticSetting, monitor.DiagnosticSettingArgs
    api_version = "2021-05-01-preview"
    id_path = "/{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}"
    no_outputs = ("id", "scope")
    operation, action = "audit", "Microsoft.Insights/diagnosticSettings"
    name_property = "name"
    replace_on = frozenset({"name", "resourceUri"})

    def get(self, cloud: Cloud, id_: str) -> Json:
        return cloud.azure.diagnostic_setting(id_)

    def put(self, cloud: Cloud, inputs: Mapping[str, Any]) -> Json:
        return cloud.azure.put_diagnostic_setting(f"/{inputs['resourceUri'].strip('/')}", inputs["name"], inputs)

    def remove(self, cloud: Cloud, id_: str) -> None:
        cloud.azure.delete_diagnostic_setting(id_)
