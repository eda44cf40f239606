"""The program's own dynamic providers, called as the stand-ins of Azure's are."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import dill
from pulumi.dynamic import ResourceProvider

from ..cloud import Cloud
from ..providers.resource_type import Json, StandIn


class DynamicProvider(StandIn):
    """One resource's provider: unpickled from its properties, as the plugin process does. It reaches Adobe by itself."""

    def __init__(self, recorded: Mapping[str, Any]) -> None:
        """
        :param recorded: outputs of the resource, empty for a new one.
        """
        self._recorded = dict(recorded)

    def check(
        self, logical_name: str, olds: Mapping[str, Any], news: Mapping[str, Any], seed: bytes, location: str
    ) -> tuple[Json, list[str]]:
        result = _unpickled(news).check(dict(olds), dict(news))
        return dict(result.inputs), [f"{failure.property}: {failure.reason}" for failure in result.failures]

    def changes(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, bool]:
        return {"inputs": False} if _unpickled(news).diff("", self._recorded, dict(news)).changes else {}

    def previewed(self, inputs: Mapping[str, Any], olds: Mapping[str, Any] | None) -> Json:
        return {name: value for name, value in inputs.items() if isinstance(value, str | int | float | bool)}

    def create(self, cloud: Cloud, inputs: Mapping[str, Any]) -> tuple[str, Json]:
        created = _unpickled(inputs).create(dict(inputs))
        return created.id, _kept(inputs, created.outs)

    def update(self, cloud: Cloud, id_: str, inputs: Mapping[str, Any]) -> Json:
        return _kept(inputs, _unpickled(inputs).update(id_, self._recorded, dict(inputs)).outs)

    def read(self, cloud: Cloud, id_: str) -> Json | None:
        result = _unpickled(self._recorded).read(id_, self._recorded)
        return _kept(self._recorded, result.outs) if result.id else None


def _unpickled(properties: Mapping[str, Any]) -> ResourceProvider:
    return dill.loads(base64.b64decode(properties["__provider"]))  # noqa: S301 - made by this process


def _kept(properties: Mapping[str, Any], outputs: Mapping[str, Any] | None) -> Json:
    return {**(outputs or {}), "__provider": properties["__provider"]}
