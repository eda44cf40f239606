"""Resource types as the rehearsal takes them through their lives: the real dynamic providers, and the stand-ins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from google.protobuf import json_format, struct_pb2
from pulumi.dynamic import ResourceProvider
from pulumi.runtime import rpc

from ..cloud import Cloud
from ..providers.stand_ins import stand_in

Json = dict[str, Any]


class RehearsedType(Protocol):
    """The engine's view of a resource type."""

    def check(self, name: str, olds: Json, news: struct_pb2.Struct) -> tuple[Json, list[str]]:
        """Inputs as the provider takes them, and the mistakes in them."""
        ...

    def differs(self, id_: str, recorded: Json, news: Json) -> bool:
        """Whether the recorded resource needs an update to these inputs."""
        ...

    def replacing(self, recorded: Json, news: Json) -> list[str]:
        """The changed inputs that an update cannot change."""
        ...

    def previewed(self, inputs: Json, olds: Json | None) -> Json:
        """Outputs as a preview knows them; with the outputs before an update."""
        ...

    def create(self, inputs: Json) -> tuple[str, Json]:
        """Make it: id and outputs."""
        ...

    def update(self, id_: str, olds: Json, inputs: Json) -> Json:
        """Change it; returns the outputs."""
        ...

    def read(self, id_: str, outputs: Json) -> Json | None:
        """Outputs as of now; None when gone."""
        ...

    def imported(self, id_: str) -> Json:
        """What is recorded of a resource that exists and is taken over: id, inputs and outputs."""
        ...

    def observed(self, inputs: Json, before: Json, outputs: Json) -> Json:
        """The recorded inputs after a refresh; outputs of before and of now."""
        ...


class StandInType:
    """A type of azure-native or azuread."""

    def __init__(self, token: str, cloud: Cloud) -> None:
        """
        :param cloud: as the provider of the resource reaches it.
        """
        self._kind, self._cloud = stand_in(token), cloud
        self._location = str(cloud.provider_config(token.split(":")[0]).get("location") or "")

    def check(self, name: str, olds: Json, news: struct_pb2.Struct) -> tuple[Json, list[str]]:
        return self._kind.check(name, olds, json_format.MessageToDict(news), b"", self._location)

    def differs(self, id_: str, recorded: Json, news: Json) -> bool:
        return bool(self._kind.changes(recorded["inputs"], news))

    def replacing(self, recorded: Json, news: Json) -> list[str]:
        return [name for name, replaces in self._kind.changes(recorded["inputs"], news).items() if replaces]

    def previewed(self, inputs: Json, olds: Json | None) -> Json:
        return self._kind.previewed(inputs, olds)

    def create(self, inputs: Json) -> tuple[str, Json]:
        with self._cloud.at_work() as cloud:
            return self._kind.create(cloud, inputs)

    def update(self, id_: str, olds: Json, inputs: Json) -> Json:
        with self._cloud.at_work() as cloud:
            return self._kind.update(cloud, id_, inputs)

    def read(self, id_: str, outputs: Json) -> Json | None:
        with self._cloud.at_work() as cloud:
            return self._kind.read(cloud, id_)

    def imported(self, id_: str) -> Json:
        outputs = self.read(id_, {})
        if outputs is None:
            raise ValueError(f"resource '{id_}' does not exist")
        return {"id": id_, "inputs": self._kind.imported(id_, outputs), "outputs": outputs}

    def observed(self, inputs: Json, before: Json, outputs: Json) -> Json:
        return self._kind.observed(inputs, before, outputs)


class DynamicType:
    """A dynamic resource: its provider is unpickled from its own inputs, as the plugin process does."""

    def __init__(self, unpickled: Callable[[str], ResourceProvider]) -> None:
        self._unpickled = unpickled

    def check(self, name: str, olds: Json, news: struct_pb2.Struct) -> tuple[Json, list[str]]:
        inputs = rpc.deserialize_properties(news, keep_unknowns=True)
        result = self._provider(inputs).check(olds, inputs)
        return dict(result.inputs), [f"{failure.property}: {failure.reason}" for failure in result.failures]

    def differs(self, id_: str, recorded: Json, news: Json) -> bool:
        return bool(self._provider(news).diff(id_, recorded["outputs"], news).changes)

    def replacing(self, recorded: Json, news: Json) -> list[str]:
        return list(self._provider(news).diff(recorded["id"], recorded["outputs"], news).replaces or [])

    def previewed(self, inputs: Json, olds: Json | None) -> Json:
        return {name: value for name, value in inputs.items() if isinstance(value, str | int | float | bool)}

    def create(self, inputs: Json) -> tuple[str, Json]:
        result = self._provider(inputs).create(inputs)
        return result.id, self._kept(inputs, result.outs)

    def update(self, id_: str, olds: Json, inputs: Json) -> Json:
        return self._kept(inputs, self._provider(inputs).update(id_, olds, inputs).outs)

    def read(self, id_: str, outputs: Json) -> Json | None:
        result = self._provider(outputs).read(id_, outputs)
        return self._kept(outputs, result.outs) if result.id else None

    def imported(self, id_: str) -> Json:
        raise NotImplementedError("Python dynamic resources cannot be imported")

    def observed(self, inputs: Json, before: Json, outputs: Json) -> Json:
        return inputs

    def _provider(self, properties: Mapping[str, Any]) -> ResourceProvider:
        return self._unpickled(properties["__provider"])

    @staticmethod
    def _kept(properties: Mapping[str, Any], outs: Mapping[str, Any] | None) -> Json:
        return {**(outs or {}), "__provider": properties["__provider"]}
