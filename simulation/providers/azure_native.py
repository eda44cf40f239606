"""The azure-native provider's own logic: what it does around the calls to Azure, the same for every type.

From its source (pulumi/pulumi-azure-native, provider/pkg/provider: provider.go, diff.go, crud; convert), and from running
that source against a stand-in of Azure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..azure.arm import SUBSCRIPTION, same_region
from ..cloud import Cloud
from ..entra.rules import OPERATOR
from ..errors import CloudError
from ..traffic import AZURE
from .input_changes import carried_over, without_empty
from .resource_type import Json, StandIn, without
from .typed_properties import input_mistakes, input_shape

# The codes of a 404 that a read takes for "gone" (azure.IsNotFound); with any other code the read fails.
GONE = frozenset(
    {
        "NotFound",
        "ResourceNotFound",
        "ResourceGroupNotFound",
        "ParentResourceNotFound",
        "SubscriptionNotFound",
        "RoleAssignmentNotFound",
    }
)
# The status alone decides at create, and these come with 404 too.
ABSENT = GONE | {"KeyNotFound"}
# What an update leaves as it is, so that a preview keeps it.
STABLE_OUTPUTS = ("name", "location")
CREATE_BEFORE_DELETE = "__createBeforeDelete"


class AzureNative(StandIn):
    """A type of azure-native. `put` and `get` are its calls to Azure."""

    api_version = ""
    id_path = ""
    """Path of the ARM id, with the names of the path parameters in braces."""
    no_outputs: tuple[str, ...] = ("id",)
    """What a record holds besides its outputs."""
    operation = ""
    """Word for its reads in the switch `unreadable`."""
    action = ""
    """Azure's name of the type in permissions: what `/read`, `/write` and `/delete` are put after."""

    def get(self, cloud: Cloud, id_: str) -> Json:
        """What Azure answers to a GET."""
        raise NotImplementedError

    def put(self, cloud: Cloud, inputs: Mapping[str, Any]) -> Json:
        """What Azure answers to a PUT."""
        raise NotImplementedError

    def remove(self, cloud: Cloud, id_: str) -> None:
        """What Azure does at a DELETE."""
        raise NotImplementedError

    def written(self, cloud: Cloud, inputs: Mapping[str, Any]) -> Json:
        """A PUT by the deployer."""
        cloud.traffic.add(AZURE, f"{self.action}/write")
        cloud.azure.actions.add(f"{self.action}/write")
        return self.put(cloud, inputs)

    def looked_at(self, cloud: Cloud, id_: str) -> Json:
        """A GET by the deployer."""
        cloud.traffic.add(AZURE, f"{self.action}/read")
        cloud.azure.actions.add(f"{self.action}/read")
        return self.get(cloud, id_)

    def outputs(self, record: Mapping[str, Any]) -> Json:
        """The outputs that an answer becomes: nulls are left out."""
        return {**known(without(record, *self.no_outputs)), "azureApiVersion": self.api_version}

    def check(
        self, logical_name: str, olds: Mapping[str, Any], news: Mapping[str, Any], seed: bytes, location: str
    ) -> tuple[Json, list[str]]:
        inputs = {name: value for name, value in news.items() if value is not None}
        if self.name_property and self.name_property not in inputs:
            kept = olds.get(self.name_property)
            inputs[self.name_property] = kept or self.made_up_name(logical_name, seed)
            # A name that the provider made up leaves room for a second one beside it (applyDefaults).
            if not kept or olds.get(CREATE_BEFORE_DELETE):
                inputs[CREATE_BEFORE_DELETE] = True
        if "location" in self.inputs_known() and "location" not in inputs:
            if location:
                inputs["location"] = location
            else:
                # The provider's own hint.
                hint = "Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'"
                return inputs, [f"missing required property 'location'. {hint}."]
        declared = {name: value for name, value in inputs.items() if name not in {CREATE_BEFORE_DELETE, "azureApiVersion"}}
        return {"azureApiVersion": self.api_version, **inputs}, input_mistakes(self.args_class, declared)

    def changes(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, bool]:
        if "azureApiVersion" not in olds:
            # A state that an import or an earlier version wrote (Diff: migratedApiVersion).
            news = {name: value for name, value in news.items() if name != "azureApiVersion"}
        changed = super().changes(olds, news)
        if same_region(olds.get("location", "")) == same_region(news.get("location", "")):
            changed.pop("location", None)
        return changed

    def previewed(self, inputs: Mapping[str, Any], olds: Mapping[str, Any] | None) -> Json:
        # PreviewOutputs: what inputs say; of the outputs before an update only what no update changes.
        stable = {name: olds[name] for name in STABLE_OUTPUTS if olds and name in olds}
        return {**super().previewed(inputs, None), **stable}

    def observed(self, inputs: Mapping[str, Any], before: Mapping[str, Any], outputs: Mapping[str, Any]) -> Json:
        # Read: what differs between the outputs of before and of now, in the shape of the PUT's body, goes to the inputs.
        return carried_over(inputs, self.body(inputs, before), self.body(inputs, outputs))

    def body(self, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Json:
        """Outputs in the shape of the PUT's body, which has neither path parameters nor what Azure alone sets."""
        path = self.path_parameters(self.id_path)
        return {name: value for name, value in input_shape(self.args_class, outputs).items() if name not in path}

    def imported(self, id_: str, outputs: Mapping[str, Any]) -> Json:
        # ResponseToSdkInputs: path parameters from the id, the body from the answer less its empty collections.
        return {**self.path_parameters(id_), **without_empty(self.body({}, outputs))}

    def path_parameters(self, id_: str) -> dict[str, str]:
        """The path parameters of an id; a scope has no leading slash."""
        pattern, parts = self.id_path.split("/"), id_.split("/")
        if pattern[1].startswith("{"):
            # The id of another resource comes first.
            parts = ["", "/".join(parts[1 : len(parts) - len(pattern) + 2]), *parts[len(parts) - len(pattern) + 2 :]]
        named = zip(pattern, parts, strict=True)
        return {name[1:-1]: part for name, part in named if name.startswith("{") and name != "{subscriptionId}"}

    def deletes_first(self, olds: Mapping[str, Any]) -> bool:
        # Two of one name cannot be; a name that the provider made up has room for another beside it.
        return not olds.get(CREATE_BEFORE_DELETE)

    def create(self, cloud: Cloud, inputs: Mapping[str, Any]) -> tuple[str, Json]:
        # The provider GETs first (CanCreate): an update that passes for a creation would change what is somebody else's.
        id_ = self.resource_id(cloud, inputs)
        try:
            self.readable_get(cloud, id_)
        except CloudError as error:
            if error.code not in ABSENT:
                raise CloudError("", f"cannot check existence of resource '{id_}': {error}") from None
        else:
            raise CloudError("", f"cannot create already existing resource '{id_}'")
        return id_, self.after_create(cloud, id_, self.written(cloud, inputs))

    def after_create(self, cloud: Cloud, id_: str, answer: Json) -> Json:
        """Outputs after a creation: what a GET shows (readAfterWrite)."""
        return self.outputs(self.looked_at(cloud, id_))

    def read(self, cloud: Cloud, id_: str) -> Json | None:
        try:
            return self.outputs(self.readable_get(cloud, id_))
        except CloudError as error:
            if error.code in GONE:
                return None
            raise

    def update(self, cloud: Cloud, id_: str, inputs: Mapping[str, Any]) -> Json:
        # No GET comes before it; one comes after it (readAfterWrite).
        self.written(cloud, inputs)
        return self.outputs(self.looked_at(cloud, self.resource_id(cloud, inputs)))

    def delete(self, cloud: Cloud, id_: str) -> None:
        cloud.traffic.add(AZURE, f"{self.action}/delete")
        cloud.azure.actions.add(f"{self.action}/delete")
        self.remove(cloud, id_)

    def subscription(self, cloud: Cloud) -> str:
        """The subscription that a PUT or a lookup goes to; a read of a resource has it in the id."""
        return SUBSCRIPTION

    def resource_id(self, cloud: Cloud, inputs: Mapping[str, Any]) -> str:
        """The ARM id that inputs lead to."""
        id_ = self.id_path.replace("{subscriptionId}", self.subscription(cloud))
        for name in self.path_parameters(self.id_path):
            id_ = id_.replace(f"{{{name}}}", str(inputs[name]).strip("/"))
        return id_

    def readable_get(self, cloud: Cloud, id_: str) -> Json:
        """A GET by the deployer, who may be refused it."""
        refuse_read(cloud, self.operation, f"{self.action}/read", id_)
        record, (_, _, subscription, *_) = self.looked_at(cloud, id_), id_.split("/")
        if record["id"].split("/")[2].lower() != subscription.lower():
            raise CloudError("ResourceNotFound", f"The Resource '{id_}' was not found in subscription '{subscription}'.")
        return record


def refuse_read(cloud: Cloud, operation: str, action: str, scope: str) -> None:
    """Refuse a read where the switch `unreadable` says so.

    :raises CloudError: in ARM's words; for 503 as after the 200 seconds for which the provider repeats the call.
    """
    code = cloud.azure.switches.refusal(operation)
    if code:
        cloud.traffic.add(AZURE, action)
    if code == "403":
        raise CloudError(
            "AuthorizationFailed",
            f"The client '{OPERATOR}' with object id '{OPERATOR}' does not have authorization to perform action '{action}' "
            f"over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your "
            "credentials.",
        )
    if code == "503":
        raise CloudError("ServiceUnavailable", "The service is unavailable; the call was repeated for 200 seconds.")


def known(value: Any) -> Any:
    """A copy without nulls, in depth (SkipNulls)."""
    if isinstance(value, Mapping):
        return {name: known(inner) for name, inner in value.items() if inner is not None}
    return [known(inner) for inner in value] if isinstance(value, list) else value
