"""gRPC stand-ins of the azure-native and azuread providers, for the real engine to attach to (PULUMI_DEBUG_PROVIDERS)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent import futures
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from ..azure.key_vault_api import API_VERSIONS, AZURE_NATIVE, WrongParameter, check_parameter
from ..cloud import Cloud
from ..errors import CloudError
from .functions import invoke
from .stand_ins import stand_in

# Provider name to the distribution whose version it must answer, or the engine warns.
PROVIDERS = {"azure-native": "pulumi_azure_native", "azuread": "pulumi_azuread"}

Json = dict[str, Any]


class StandInProvider(provider_pb2_grpc.ResourceProviderServicer):
    """One provider over one cloud, for all its instances: the engine opens a connection for each, to the same port."""

    def __init__(self, cloud: Cloud, name: str, package_version: str) -> None:
        self._cloud = cloud
        self._name = name
        self._version = package_version
        self._instances: dict[str, Cloud] = {}

    def Handshake(self, request: Any, context: Any) -> Any:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "attached providers need no handshake")

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=self._version)

    def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def Parameterize(self, request: Any, context: Any) -> Any:
        value = request.value
        try:
            if self._name != AZURE_NATIVE or request.WhichOneof("parameters") != "value":
                raise WrongParameter(f"the simulated {self._name} takes no such parameter, only that of a generated SDK")
            check_parameter(value.name, value.version, value.value)
        except WrongParameter as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        # As the provider does: a package has the version of the provider that it is made from.
        return provider_pb2.ParameterizeResponse(name=value.name, version=self._version)

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        kinds = provider_pb2.DiffResponse
        return kinds(changes=kinds.DIFF_NONE if request.old_inputs == request.news else kinds.DIFF_SOME)

    def Configure(self, request: Any, context: Any) -> Any:
        packages = API_VERSIONS if self._name == AZURE_NATIVE else (self._name,)
        self._instances[context.peer()] = self._cloud.through(packages, _plain(request.args))
        return provider_pb2.ConfigureResponse(acceptSecrets=False, supportsPreview=True)

    def Check(self, request: Any, context: Any) -> Any:
        kind = _refusing(context, lambda: stand_in(_type_of(request.urn)))
        inputs, mistakes = kind.check(
            request.urn.rsplit("::", 1)[1],
            _plain(request.olds),
            _plain(request.news),
            request.randomSeed,
            str(self._reached(context).provider_config(self._name).get("location") or ""),
        )
        failures = [provider_pb2.CheckFailure(reason=mistake) for mistake in mistakes]
        return provider_pb2.CheckResponse(inputs=_struct(inputs), failures=failures)

    def Diff(self, request: Any, context: Any) -> Any:
        kind, olds = stand_in(_type_of(request.urn)), _plain(request.old_inputs)
        changes = kind.changes(olds, _plain(request.news))
        replaced = [name for name, replaces in changes.items() if replaces]
        kinds = provider_pb2.PropertyDiff
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if changes else provider_pb2.DiffResponse.DIFF_NONE,
            replaces=replaced,
            deleteBeforeReplace=bool(replaced) and kind.deletes_first(olds),
            diffs=list(changes),
            hasDetailedDiff=True,
            detailedDiff={
                name: kinds(kind=kinds.UPDATE_REPLACE if replaces else kinds.UPDATE, inputDiff=True)
                for name, replaces in changes.items()
            },
        )

    def Create(self, request: Any, context: Any) -> Any:
        with self._reached(context).at_work() as cloud:
            kind, inputs = stand_in(_type_of(request.urn)), _plain(request.properties)
            if request.preview:
                return provider_pb2.CreateResponse(properties=_struct(kind.previewed(inputs, None)))
            id_, outputs = _refusing(context, lambda: kind.create(cloud, inputs))
        return provider_pb2.CreateResponse(id=id_, properties=_struct(outputs))

    def Read(self, request: Any, context: Any) -> Any:
        kind = stand_in(_type_of(request.urn))
        with self._reached(context).at_work() as cloud:
            outputs = _refusing(context, lambda: kind.read(cloud, request.id))
        if outputs is None:
            return provider_pb2.ReadResponse()
        if request.inputs.fields:
            inputs = kind.observed(_plain(request.inputs), _plain(request.properties), outputs)
        else:
            inputs = kind.imported(request.id, outputs)
        return provider_pb2.ReadResponse(id=request.id, properties=_struct(outputs), inputs=_struct(inputs))

    def Update(self, request: Any, context: Any) -> Any:
        kind, inputs = stand_in(_type_of(request.urn)), _plain(request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=_struct(kind.previewed(inputs, _plain(request.olds))))
        with self._reached(context).at_work() as cloud:
            outputs = _refusing(context, lambda: kind.update(cloud, request.id, inputs))
        return provider_pb2.UpdateResponse(properties=_struct(outputs))

    def Delete(self, request: Any, context: Any) -> Any:
        with self._reached(context).at_work() as cloud:
            _refusing(context, lambda: stand_in(_type_of(request.urn)).delete(cloud, request.id))
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:
        with self._reached(context).at_work() as cloud:
            result = _refusing(context, lambda: invoke(cloud, request.tok, _plain(request.args)))
        # The field is called "return", which is no name in Python.
        return provider_pb2.InvokeResponse(**{"return": _struct(result)})  # pyright: ignore[reportArgumentType]

    def _reached(self, context: Any) -> Cloud:
        """The clouds as the calling instance reaches them; no request names its instance, so its connection tells."""
        return self._instances.get(context.peer(), self._cloud)


@contextmanager
def serving(cloud: Cloud) -> Iterator[str]:
    """Serve both providers on loopback; yields the value of PULUMI_DEBUG_PROVIDERS."""
    with ExitStack() as stack:
        addresses = []
        for name, distribution in PROVIDERS.items():
            server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
            servicer = StandInProvider(cloud, name, version(distribution))
            provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
            addresses.append(f"{name}:{server.add_insecure_port('127.0.0.1:0')}")
            server.start()
            stack.callback(server.stop, grace=None)
        yield ",".join(addresses)


def _refusing(context: Any, action: Any) -> Any:
    """Run an action; the cloud's refusal ends the call with its code and message."""
    try:
        return action()
    except CloudError as error:
        context.abort(grpc.StatusCode.UNKNOWN, str(error))


def _type_of(urn: str) -> str:
    return urn.split("::")[2].rsplit("$", 1)[-1]


def _plain(struct: struct_pb2.Struct) -> Json:
    return dict(json_format.MessageToDict(struct))


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(dict(values), struct_pb2.Struct())
