"""What takes the place of the engine's resource monitor in a rehearsal: each resource through its life, recorded.

A recorded resource goes through check, diff and update of the real dynamic provider or the stand-in, and in a refresh
through read and diff, as the engine does.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime import mocks, rpc
from pulumi.runtime.proto import resource_pb2

from components.safety.stack_state import STATE_FUNCTION

from ..cloud import Cloud
from ..errors import CloudError
from ..providers.functions import invoke
from ..providers.resource_type import Json, StandIn
from ..providers.stand_ins import stand_in
from .dynamic_provider import DynamicProvider

PROVIDER, DYNAMIC = "pulumi:providers:", "pulumi-python:"
WRITE_NOTHING = ("preview", "watch")
_SIGNS = {"import": "=", "create": "+", "update": "~", "delete": "-", "same": " ", "read": ">"}


@dataclass
class Rehearsed:
    """What one command did: operations by resource (`type name`), the stack's outputs, and all that was said."""

    operations: dict[str, str] = field(default_factory=dict)
    outputs: Json = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0, or 1 after an error."""
        return 1 if self.errors else 0


class Monitor(mocks.MockMonitor):
    """Takes the place of the engine's resource monitor; its methods are called from several threads at once."""

    def __init__(self, cloud: Cloud, operation: str, record: Json, result: Rehearsed) -> None:
        """
        :param cloud: as the default providers reach it.
        :param record: id, inputs and outputs of each resource, by type and name.
        """
        super().__init__(mock.Mock(spec=mocks.Mocks))
        self._cloud, self._operation, self._record, self._result = cloud, operation, record, result
        self._explicit: dict[str, Cloud] = {}
        self._lock = threading.Lock()

    def RegisterPackage(self, request: Any) -> Any:
        return resource_pb2.RegisterPackageResponse(ref=request.parameterization.name)

    def RegisterResource(self, request: Any) -> Any:
        urn = self.make_urn(request.parent, request.type, request.name)
        if not request.custom:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        if request.type.startswith(PROVIDER):
            config = json_format.MessageToDict(request.object)
            self._explicit[urn] = self._cloud.through([request.type.removeprefix(PROVIDER)], config)
            return resource_pb2.RegisterResourceResponse(urn=urn, id=request.name, object=request.object)
        label = f"{request.type} {request.name}"
        try:
            id_, outputs = self._step(label, request)
        except Exception as error:
            self.fail(f"{label}: {error}")
            raise
        if label in self._record:
            self._record[label]["urn"] = urn
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=_struct(outputs))

    def RegisterResourceOutputs(self, request: Any) -> Any:
        """Record a component's outputs, which a program reads in its next run."""
        *_, kind, name = request.urn.split("::")
        outputs = {name: value for name, value in json_format.MessageToDict(request.outputs).items() if value != rpc.UNKNOWN}
        if self._operation not in WRITE_NOTHING:
            with self._lock:
                self._record[f"{kind.rsplit('$', 1)[-1]} {name}"] = {"urn": request.urn, "outputs": outputs}
        return empty_pb2.Empty()

    def ReadResource(self, request: Any) -> Any:
        label, urn = f"{request.type} {request.name}", self.make_urn(request.parent, request.type, request.name)
        if request.id == rpc.UNKNOWN:
            outputs = stand_in(request.type).previewed(json_format.MessageToDict(request.properties), None)
        else:
            outputs = self._existing(request, request.id)["outputs"]
            self._done(label, "read", None)
        return resource_pb2.ReadResourceResponse(urn=urn, properties=_struct(outputs))

    def Invoke(self, request: Any) -> Any:
        if request.tok == STATE_FUNCTION:
            entries = [(label.split()[0], entry) for label, entry in self._record.items()]
            result: Json = {"outputs": {e["urn"]: {"type": kind, "outputs": e["outputs"]} for kind, e in entries}}
        else:
            try:
                with self._reached(request).at_work() as cloud:
                    result = invoke(cloud, request.tok, json_format.MessageToDict(request.args))
            except CloudError as error:
                raise _Refused(str(error)) from None
        return resource_pb2.ResourceInvokeResponse(**{"return": _struct(result)})  # pyright: ignore[reportArgumentType]

    def fail(self, message: str) -> None:
        """Take down an error; the command goes on with what does not depend on it."""
        with self._lock:
            self._result.errors.append(message)

    def _reached(self, request: Any) -> Cloud:
        """The clouds as the provider that a request names reaches them: an explicit one gets nothing of the stack's."""
        return self._explicit[request.provider.rpartition("::")[0]] if request.provider else self._cloud

    def _at_work(self, request: Any) -> AbstractContextManager[Cloud]:
        """The clouds for one call of a provider; a dynamic one waits for them over HTTP, as the plugin does."""
        cloud = self._reached(request)
        return nullcontext(cloud) if request.type.startswith(DYNAMIC) else cloud.at_work()

    def _step(self, label: str, request: Any) -> tuple[str, Json]:
        """Take a resource through the command; returns its id and outputs, as the program gets them."""
        recorded: Json | None = self._record.get(label)
        if self._operation == "refresh":
            return self._refresh(label, recorded, request)
        if recorded and self._operation == "watch":
            recorded = self._read(request, recorded["id"], recorded)
        unchanged = "same"
        for alias in request.aliases:
            if recorded is None and f"{alias.spec.type} {request.name}" in self._record:
                raise ValueError(f"it is recorded as {alias.spec.type}, and the mock engine changes no type")
        if recorded is None and request.importId:
            recorded, unchanged = self._existing(request, request.importId), "import"
        kind, inputs = _kind(request, recorded), self._checked(request, recorded)
        changes = kind.changes(recorded["inputs"], inputs) if recorded else {}
        replacing = [name for name, replaces in changes.items() if replaces]
        if replacing:
            raise ValueError(f"a change of {', '.join(replacing)} replaces it, and the mock engine replaces nothing")
        if recorded and not changes:
            self._done(label, unchanged, {**recorded, "inputs": inputs} if self._operation == "up" else recorded)
            return recorded["id"], recorded["outputs"]
        operation = "update" if recorded else "create"
        if self._operation in WRITE_NOTHING:
            self._done(label, operation, None)
            return (recorded["id"] if recorded else ""), kind.previewed(inputs, recorded and recorded["outputs"])
        with self._at_work(request) as cloud:
            if recorded:
                id_, outputs = recorded["id"], kind.update(cloud, recorded["id"], inputs)
            else:
                id_, outputs = kind.create(cloud, inputs)
        self._done(label, operation, {"id": id_, "inputs": inputs, "outputs": outputs})
        return id_, outputs

    def _refresh(self, label: str, recorded: Json | None, request: Any) -> tuple[str, Json]:
        observed = self._read(request, recorded["id"], recorded) if recorded else None
        if recorded is None or observed is None:
            if recorded:
                self._done(label, "delete", None)
            return "", _kind(request, None).previewed(json_format.MessageToDict(request.object), None)
        is_drift = _kind(request, observed).changes(observed["inputs"], recorded["inputs"])
        self._done(label, "update" if is_drift else "same", observed)
        return observed["id"], observed["outputs"]

    def _checked(self, request: Any, recorded: Json | None) -> Json:
        """Inputs as the provider takes them; what the program lets be is as it is recorded."""
        olds, news = recorded["inputs"] if recorded else {}, json_format.MessageToDict(request.object)
        if request.type.startswith(DYNAMIC):
            news = rpc.deserialize_properties(request.object, keep_unknowns=True)
        location = self._reached(request).provider_config(request.type.split(":")[0]).get("location")
        inputs, mistakes = _kind(request, recorded).check(request.name, olds, news, b"", location or "")
        if mistakes:
            raise ValueError("; ".join(mistakes))
        for path in request.ignoreChanges if recorded else ():
            _keep(inputs, olds, path.split("."))
        return inputs

    def _read(self, request: Any, id_: str, recorded: Json | None) -> Json | None:
        """What is to be recorded of a resource as of now, of an import too; None when it is gone."""
        kind = _kind(request, recorded)
        with self._at_work(request) as cloud:
            outputs = kind.read(cloud, id_)
        if outputs is None:
            return None
        if recorded is None:
            return {"id": id_, "inputs": kind.imported(id_, outputs), "outputs": outputs}
        inputs = kind.observed(recorded["inputs"], recorded["outputs"], outputs)
        return {**recorded, "inputs": inputs, "outputs": outputs}

    def _existing(self, request: Any, id_: str) -> Json:
        """What is to be recorded of a resource that no run has recorded."""
        entry = self._read(request, id_, None)
        if entry is None:
            raise ValueError(f"the resource {id_} does not exist")
        return entry

    def _done(self, label: str, operation: str, entry: Json | None) -> None:
        """
        :param entry: what is recorded from here on.
        """
        with self._lock:
            self._result.operations[label] = operation
            if self._operation not in WRITE_NOTHING:
                self._record.pop(label, None)
                if entry:
                    self._record[label] = entry
            print(f" {_SIGNS[operation]}  {label} {operation}", flush=True)


class _Refused(grpc.RpcError):
    """A refusal of a lookup, in the form in which the engine hands it to the program."""

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return str(self)


def _kind(request: Any, recorded: Json | None) -> StandIn:
    is_dynamic = request.type.startswith(DYNAMIC)
    return DynamicProvider(recorded["outputs"] if recorded else {}) if is_dynamic else stand_in(request.type)


def _keep(inputs: Json, recorded: Mapping[str, Any], path: list[str]) -> None:
    """Let one property be as it is recorded, also when it is not (the engine's ignoreChanges)."""
    name, *inner = path
    if inner and isinstance(inputs.get(name), dict) and isinstance(recorded.get(name), dict):
        _keep(inputs[name], recorded[name], inner)
    elif name in recorded:
        inputs[name] = recorded[name]
    else:
        inputs.pop(name, None)


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict({name: value for name, value in values.items() if value is not None}, struct_pb2.Struct())
