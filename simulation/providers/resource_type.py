"""What a stand-in of a resource type does, whichever provider it belongs to.

In plain dictionaries under Pulumi's property names; `grpc_servers.py` puts it behind gRPC, `rehearsal/` calls it directly.
"""

from __future__ import annotations

import copy
import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from pulumi._types import input_type_types

from ..cloud import Cloud
from .typed_properties import input_mistakes, previewed

Json = dict[str, Any]


class StandIn:
    """A resource type: how its inputs become calls to the cloud, and the cloud's state its outputs."""

    resource_class: type
    args_class: type
    name_property = ""
    """Input that Pulumi names when the program does not."""
    replace_on: frozenset[str] = frozenset()
    """Inputs whose change replaces the resource."""

    def check(
        self, logical_name: str, olds: Mapping[str, Any], news: Mapping[str, Any], seed: bytes, location: str
    ) -> tuple[Json, list[str]]:
        """Inputs with what the provider fills in, and the mistakes in them."""
        return dict(news), input_mistakes(self.args_class, news)

    def inputs_known(self) -> set[str]:
        """Names of the type's inputs."""
        return set(input_type_types(self.args_class))

    def made_up_name(self, logical_name: str, seed: bytes) -> str:
        """Logical name and eight hex digits."""
        return logical_name + hashlib.sha256(seed or uuid.uuid4().bytes).hexdigest()[:8]

    def changes(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, bool]:
        """Changed inputs by name, each with whether it replaces the resource."""
        names = {name for name in {*olds, *news} if not name.startswith("__")}
        return {name: name in self.replace_on for name in sorted(names) if olds.get(name) != news.get(name)}

    def deletes_first(self, olds: Mapping[str, Any]) -> bool:
        """Whether a replacement deletes before it creates."""
        return False

    def previewed(self, inputs: Mapping[str, Any], olds: Mapping[str, Any] | None) -> Json:
        """Outputs as a preview knows them.

        :param olds: outputs before an update, None for a resource that is yet to be made.
        """
        return previewed(self.resource_class, inputs, olds)

    def observed(self, inputs: Mapping[str, Any], before: Mapping[str, Any], outputs: Mapping[str, Any]) -> Json:
        """The declared inputs with what changed in the cloud, so that drift shows as a change of inputs.

        :param before: outputs as the state holds them.
        :param outputs: outputs as of now.
        """
        return dict(inputs)

    def imported(self, id_: str, outputs: Mapping[str, Any]) -> Json:
        """Inputs of a resource that no state knows yet, made from its id and what was read."""
        return {}

    def create(self, cloud: Cloud, inputs: Mapping[str, Any]) -> tuple[str, Json]:
        """Make it; returns the id and the outputs.

        :raises CloudError: as the cloud refuses it.
        """
        raise NotImplementedError

    def read(self, cloud: Cloud, id_: str) -> Json | None:
        """Outputs as of now; None when it is gone.

        :raises CloudError: when nobody can tell.
        """
        raise NotImplementedError

    def update(self, cloud: Cloud, id_: str, inputs: Mapping[str, Any]) -> Json:
        """Change it; returns the outputs."""
        raise NotImplementedError

    def delete(self, cloud: Cloud, id_: str) -> None:
        """Remove it, or soft-delete it."""
        raise NotImplementedError


def without(record: Mapping[str, Any], *names: str) -> Json:
    """A copy less these names."""
    return {name: copy.deepcopy(value) for name, value in record.items() if name not in names}
