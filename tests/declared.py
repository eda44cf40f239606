"""What a program declares for the landscape, as the stand-ins of azure-native check it; and the provider without gRPC."""

from typing import Any, NoReturn

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import provider_pb2

from simulation.azure.key_vault_api import PACKAGE
from simulation.cloud import Cloud
from simulation.errors import CloudError
from simulation.providers.grpc_servers import StandInProvider
from simulation.providers.stand_ins import STAND_INS
from tests.landscape import KEY_PROPERTIES, ROLE, VAULT_PROPERTIES, Landscape

Json = dict[str, Any]

GROUP = "azure-native:resources:ResourceGroup"
VAULT = "azure-native:keyvault:Vault"
KEY = "azure-native:keyvault:Key"
ASSIGNMENT = "azure-native:authorization:RoleAssignment"
PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
AZURE_NATIVE = (GROUP, VAULT, KEY, ASSIGNMENT)
ROLE_NAME = "0f9e8d7c-1111-5222-8333-444455556666"


def declared(token: str, made: Landscape, **changes: Any) -> Json:
    """Inputs that lead to what `landscape.build` makes, as the provider's check gives them."""
    place = {"resourceGroupName": "cmk", "vaultName": "acme-vault"}
    news: Json = {
        GROUP: {"resourceGroupName": "cmk", "location": "westeurope", "tags": {}},
        VAULT: {**place, "location": "westeurope", "properties": VAULT_PROPERTIES, "tags": {}},
        KEY: {**place, "keyName": "acme-key", "properties": KEY_PROPERTIES, "tags": {}},
        ASSIGNMENT: {
            "scope": made.vault_id,
            "roleAssignmentName": ROLE_NAME,
            "principalId": made.object_id,
            "principalType": "ServicePrincipal",
            "roleDefinitionId": ROLE,
        },
        PRINCIPAL: {"clientId": made.application_id},
    }[_by_default(token)]
    inputs, mistakes = STAND_INS[token].check("acme", {}, {**news, **changes}, b"", "")
    assert mistakes == []
    return inputs


def arm_id(token: str, made: Landscape) -> str:
    """Id of what `landscape.build` makes."""
    return {
        GROUP: made.vault_id.split("/providers/")[0],
        VAULT: made.vault_id,
        KEY: f"{made.vault_id}/keys/acme-key",
        ASSIGNMENT: f"{made.vault_id}/providers/Microsoft.Authorization/roleAssignments/{ROLE_NAME}",
        PRINCIPAL: f"/servicePrincipals/{made.object_id}",
    }[_by_default(token)]


def _by_default(token: str) -> str:
    """The type of azure-native for one of the package."""
    return token.replace(PACKAGE, "azure-native")


class Provider:
    """One instance on the stand-in's servicer, called as the engine calls it, with structs for dictionaries."""

    def __init__(self, cloud: Cloud, servicer: StandInProvider | None = None) -> None:
        """
        :param servicer: that of another instance, which this one shares, as the engine's connections do.
        """
        self.servicer = servicer or StandInProvider(cloud, "azure-native", "3.29.0")
        self._context = _Context()

    def parameterize(self, name: str, version: str, value: bytes) -> Any:
        parameter = provider_pb2.ParameterizeRequest.ParametersValue(name=name, version=version, value=value)
        return self.servicer.Parameterize(provider_pb2.ParameterizeRequest(value=parameter), self._context)

    def configure(self, **config: str) -> None:
        self.servicer.Configure(provider_pb2.ConfigureRequest(args=_struct(config)), self._context)

    def check(self, token: str, news: Json, olds: Json | None = None) -> Any:
        request = provider_pb2.CheckRequest(urn=_urn(token), news=_struct(news), olds=_struct(olds or {}))
        return self.servicer.Check(request, self._context)

    def create(self, token: str, inputs: Json) -> Any:
        request = provider_pb2.CreateRequest(urn=_urn(token), properties=_struct(inputs))
        return self.servicer.Create(request, self._context)

    def update(self, token: str, id_: str, olds: Json, news: Json) -> Any:
        request = provider_pb2.UpdateRequest(id=id_, urn=_urn(token), olds=_struct(olds), news=_struct(news))
        return self.servicer.Update(request, self._context)

    def invoke(self, token: str, args: Json) -> Json:
        request = provider_pb2.InvokeRequest(tok=token, args=_struct(args))
        return plain(getattr(self.servicer.Invoke(request, self._context), "return"))

    def read(self, token: str, id_: str, inputs: Json | None = None, outputs: Json | None = None) -> Any:
        request = provider_pb2.ReadRequest(
            id=id_, urn=_urn(token), inputs=_struct(inputs or {}), properties=_struct(outputs or {})
        )
        return self.servicer.Read(request, self._context)

    def diff(self, token: str, olds: Json, news: Json) -> Any:
        request = provider_pb2.DiffRequest(urn=_urn(token), old_inputs=_struct(olds), news=_struct(news))
        return self.servicer.Diff(request, self._context)

    def delete(self, token: str, id_: str) -> None:
        self.servicer.Delete(provider_pb2.DeleteRequest(id=id_, urn=_urn(token)), self._context)

    def previewed_update(self, token: str, id_: str, outputs: Json, news: Json) -> Json:
        request = provider_pb2.UpdateRequest(
            id=id_, urn=_urn(token), olds=_struct(outputs), news=_struct(news), preview=True
        )
        return plain(self.servicer.Update(request, self._context).properties)


class _Context:
    """gRPC's context of one connection: an aborted call raises what the engine would be told."""

    def peer(self) -> str:
        return f"ipv4:127.0.0.1:{id(self)}"

    def abort(self, code: Any, details: str) -> NoReturn:
        raise CloudError("Aborted", details)


def plain(struct: struct_pb2.Struct) -> Json:
    """A struct as a dictionary."""
    return dict(json_format.MessageToDict(struct))


def _struct(values: Json) -> struct_pb2.Struct:
    return json_format.ParseDict(values, struct_pb2.Struct())


def _urn(token: str) -> str:
    return f"urn:pulumi:dev::adobe-cmk::{token}::acme"
