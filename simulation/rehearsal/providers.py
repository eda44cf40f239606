"""Providers on the mock engine: packages that are made by a parameter, and explicit providers with their configurations."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2

from ..azure.key_vault_api import AZURE_NATIVE, PACKAGE, WrongParameter, check_parameter
from ..cloud import Cloud

PROVIDER = "pulumi:providers:"

Json = dict[str, Any]


class RehearsedProviders:
    """The instances of providers, each with its own configuration; an explicit one gets nothing of the stack's."""

    def __init__(self, cloud: Cloud) -> None:
        """
        :param cloud: as the default providers reach it.
        """
        self._cloud = cloud
        self._packages: set[str] = set()
        self._instances: dict[str, Cloud] = {}

    def register_package(self, request: Any) -> str:
        """Make a package from a parameter; returns the reference that requests carry.

        :raises WrongParameter: as the provider refuses it.
        """
        made = request.parameterization
        if request.name != AZURE_NATIVE:
            raise WrongParameter(f"the simulation makes packages of {AZURE_NATIVE} alone, not of {request.name}")
        check_parameter(made.name, made.version, made.value)
        self._packages.add(made.name)
        return str(made.name)

    def configure(self, urn: str, token: str, config: Mapping[str, Any]) -> None:
        """Start an explicit provider."""
        package = token.removeprefix(PROVIDER)
        self._instances[urn] = self._cloud.through([package], config)

    def reached(self, token: str, request: Any) -> Cloud:
        """The clouds as the provider of a request reaches them: the one that it names, or the package's default one.

        :raises LookupError: in the engine's words, when the package was not registered.
        """
        if request.provider:
            return self._instances[request.provider.rsplit("::", 1)[0]]
        package = token.removeprefix(PROVIDER).split(":")[0]
        if package == PACKAGE and request.packageRef not in self._packages:
            raise LookupError(f"no resource plugin 'pulumi-resource-{package}' found in the workspace or on your $PATH")
        return self._cloud


class ProviderType:
    """An explicit provider as a resource: what it is configured with, and an id."""

    def check(self, name: str, olds: Json, news: struct_pb2.Struct) -> tuple[Json, list[str]]:
        return json_format.MessageToDict(news), []

    def differs(self, id_: str, recorded: Json, news: Json) -> bool:
        return bool(recorded["inputs"] != news)

    def replacing(self, recorded: Json, news: Json) -> list[str]:
        return []

    def previewed(self, inputs: Json, olds: Json | None) -> Json:
        return inputs

    def create(self, inputs: Json) -> tuple[str, Json]:
        return str(uuid.uuid4()), inputs

    def update(self, id_: str, olds: Json, inputs: Json) -> Json:
        return inputs

    def read(self, id_: str, outputs: Json) -> Json | None:
        return outputs

    def imported(self, id_: str) -> Json:
        raise NotImplementedError("providers cannot be imported")

    def observed(self, inputs: Json, before: Json, outputs: Json) -> Json:
        return inputs
