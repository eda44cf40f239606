"""What takes the place of the engine's resource monitor in a rehearsal: each resource through its life, recorded.

A recorded resource goes through check, diff and update of the real dynamic provider or the stand-in, and in a refresh
through read and diff, as the engine does.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import dill
import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime import mocks, rpc
from pulumi.runtime.proto import resource_pb2

from components.safety.stack_state import STATE_FUNCTION

from ..azure.key_vault_api import WrongParameter
from ..cloud import Cloud
from ..errors import CloudError
from ..providers.functions import invoke
from .providers import PROVIDER, ProviderType, RehearsedProviders
from .resource_types import DynamicType, RehearsedType, StandInType

WRITE_NOTHING = ("preview", "watch")
_SIGNS = {"import": "=", "create": "+", "update": "~", "delete": "-", "same": " ", "read": ">"}

Json = dict[str, Any]


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
        super().__init__(_NoMocks())
        self._operation, self._record, self._result = operation, record, result
        self._providers = RehearsedProviders(cloud)
        self._lock = threading.Lock()

    def RegisterResource(self, request: Any) -> Any:
        urn = self.make_urn(request.parent, request.type, request.name)
        if not request.custom:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        label = f"{request.type} {request.name}"
        try:
            self._take_over(label, request)
            id_, outputs = self._step(label, self._type(request), request)
            if request.type.startswith(PROVIDER):
                self._providers.configure(urn, request.type, outputs)
            if label in self._record:
                self._record[label]["urn"] = urn
        except Exception as error:
            self.fail(f"{label}: {error}")
            raise
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=_struct(outputs))

    def RegisterResourceOutputs(self, request: Any) -> Any:
        """Record a component's outputs, which a program reads in its next run."""
        *_, kind, name = request.urn.split("::")
        token = kind.rsplit("$", 1)[-1]
        outputs = {name: value for name, value in json_format.MessageToDict(request.outputs).items() if value != rpc.UNKNOWN}
        if self._operation not in WRITE_NOTHING:
            with self._lock:
                self._record[f"{token} {name}"] = {"urn": request.urn, "outputs": outputs}
        return empty_pb2.Empty()

    def ReadResource(self, request: Any) -> Any:
        label, urn = f"{request.type} {request.name}", self.make_urn(request.parent, request.type, request.name)
        if request.id == rpc.UNKNOWN:
            properties = self._type(request).previewed(json_format.MessageToDict(request.properties), None)
            return resource_pb2.ReadResourceResponse(urn=urn, properties=_struct(properties))
        try:
            outputs = self._type(request).read(request.id, {})
        except CloudError as error:
            self.fail(f"{label}: {error}")
            raise
        if outputs is None:
            self.fail(f"{label}: the resource {request.id} does not exist")
            raise RuntimeError(label)
        self._done(label, "read", None)
        return resource_pb2.ReadResourceResponse(urn=urn, properties=_struct(outputs))

    def Invoke(self, request: Any) -> Any:
        if request.tok == STATE_FUNCTION:
            return resource_pb2.ResourceInvokeResponse(**{"return": _struct(self._stack_resources())})  # pyright: ignore[reportArgumentType]
        try:
            with self._providers.reached(request.tok, request).at_work() as cloud:
                result = invoke(cloud, request.tok, json_format.MessageToDict(request.args))
        except (CloudError, LookupError) as error:
            raise _Refused(str(error)) from None
        return resource_pb2.ResourceInvokeResponse(**{"return": _struct(result)})  # pyright: ignore[reportArgumentType]

    def RegisterPackage(self, request: Any) -> Any:
        try:
            return resource_pb2.RegisterPackageResponse(ref=self._providers.register_package(request))
        except WrongParameter as error:
            raise _Refused(str(error)) from None

    def _stack_resources(self) -> Json:
        """What is recorded, as the engine's own function hands it over."""
        entries = ((label.split()[0], entry) for label, entry in self._record.items())
        return {"outputs": {entry["urn"]: {"type": kind, "outputs": entry["outputs"]} for kind, entry in entries}}

    def fail(self, message: str) -> None:
        """Take down an error; the command goes on with what does not depend on it."""
        with self._lock:
            self._result.errors.append(message)

    def _type(self, request: Any) -> RehearsedType:
        if request.type.startswith("pulumi-python:"):
            return DynamicType(lambda text: dill.loads(base64.b64decode(text)))  # noqa: S301 - made by this process
        reached = self._providers.reached(request.type, request)
        return ProviderType() if request.type.startswith(PROVIDER) else StandInType(request.type, reached)

    def _take_over(self, label: str, request: Any) -> None:
        """Let a resource take over what is recorded under an alias of it, as the engine does: of another type or name."""
        with self._lock:
            for alias in request.aliases:
                *_, kind, name = alias.urn.split("::") if alias.urn else (alias.spec.type, alias.spec.name)
                former = f"{kind.rsplit('$', 1)[-1] or request.type} {name or request.name}"
                if label not in self._record and former in self._record:
                    self._record[label] = self._record.pop(former)

    def _step(self, label: str, kind: RehearsedType, request: Any) -> tuple[str, Json]:
        recorded: Json | None = self._record.get(label)
        if self._operation == "refresh":
            return self._refresh(label, kind, recorded, request)
        if recorded and self._operation == "watch":
            recorded = self._watched(kind, recorded)
        unchanged = "same"
        if recorded is None and request.importId:
            recorded, unchanged = kind.imported(request.importId), "import"
        inputs, mistakes = kind.check(request.name, recorded["inputs"] if recorded else {}, request.object)
        if mistakes:
            raise ValueError("; ".join(mistakes))
        if recorded:
            for path in request.ignoreChanges:
                keep(inputs, recorded["inputs"], path.split("."))
        replacing = kind.replacing(recorded, inputs) if recorded and request.protect else []
        if replacing:
            raise ValueError(f"a change of {', '.join(replacing)} replaces the resource, which is protected")
        if recorded and not kind.differs(recorded["id"], recorded, inputs):
            self._done(label, unchanged, {**recorded, "inputs": inputs} if self._operation == "up" else recorded)
            return recorded["id"], recorded["outputs"]
        operation = "update" if recorded else "create"
        if self._operation in WRITE_NOTHING:
            self._done(label, operation, recorded)
            return (recorded["id"] if recorded else ""), kind.previewed(inputs, recorded["outputs"] if recorded else None)
        if recorded:
            id_, outputs = recorded["id"], kind.update(recorded["id"], recorded["outputs"], inputs)
        else:
            id_, outputs = kind.create(inputs)
        self._done(label, operation, {"id": id_, "inputs": inputs, "outputs": outputs})
        return id_, outputs

    def _refresh(self, label: str, kind: RehearsedType, recorded: Json | None, request: Any) -> tuple[str, Json]:
        outputs = kind.read(recorded["id"], recorded["outputs"]) if recorded else None
        if recorded is None or outputs is None:
            if recorded:
                self._done(label, "delete", None)
            return "", kind.previewed(json_format.MessageToDict(request.object), None)
        observed = self._observed(kind, recorded, outputs)
        drifted = kind.differs(recorded["id"], observed, recorded["inputs"])
        self._done(label, "update" if drifted else "same", observed)
        return recorded["id"], outputs

    @staticmethod
    def _observed(kind: RehearsedType, recorded: Json, outputs: Json) -> Json:
        """What is recorded, after a reading."""
        inputs = kind.observed(recorded["inputs"], recorded["outputs"], outputs)
        return {**recorded, "outputs": outputs, "inputs": inputs}

    def _watched(self, kind: RehearsedType, recorded: Json) -> Json | None:
        """What a preview that refreshes first goes out from; None when the resource is gone."""
        outputs = kind.read(recorded["id"], recorded["outputs"])
        return None if outputs is None else self._observed(kind, recorded, outputs)

    def _done(self, label: str, operation: str, entry: Json | None) -> None:
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


def keep(inputs: Json, recorded: Json, path: list[str]) -> None:
    """Let one property be as it is recorded, also when it is not (the engine's ignoreChanges)."""
    name, *inner = path
    if inner and isinstance(inputs.get(name), dict) and isinstance(recorded.get(name), dict):
        keep(inputs[name], recorded[name], inner)
    elif name in recorded:
        inputs[name] = recorded[name]
    else:
        inputs.pop(name, None)


class _NoMocks(mocks.Mocks):
    """The monitor above answers everything itself."""

    def call(self, args: Any) -> Any:
        raise NotImplementedError

    def new_resource(self, args: Any) -> Any:
        raise NotImplementedError


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict({name: value for name, value in values.items() if value is not None}, struct_pb2.Struct())
