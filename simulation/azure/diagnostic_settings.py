"""Diagnostic settings on the simulated vaults: which logs go to which workspace.

https://learn.microsoft.com/azure/azure-monitor/essentials/diagnostic-settings
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import CloudError
from .arm import Json, is_elsewhere, is_missing
from .locks import Locks

# Key Vault's categories, and the groups that stand for some of them.
CATEGORIES = ("AuditEvent", "AzurePolicyEvaluationDetails")
GROUPS: Mapping[str, tuple[str, ...]] = {"audit": ("AuditEvent",), "allLogs": CATEGORIES}
MOST = 5
SHARED_KEYS = "Microsoft.OperationalInsights/workspaces/sharedKeys/action"
# Retention in storage accounts has ended; Azure still answers with the property.
RETENTION: Json = {"days": 0, "enabled": False}


class DiagnosticSettings(Locks):
    """Diagnostic settings by ARM id."""

    def put_diagnostic_setting(self, scope: str, name: str, properties: Mapping[str, Any]) -> Json:
        self.require_scope(scope)
        settings = self._state["diagnosticSettings"]
        path = f"{scope}/providers/Microsoft.Insights/diagnosticSettings/{name}"
        others = [one for one in settings.values() if one["scope"].lower() == scope.lower() and one["name"] != name]
        if len(others) >= MOST:
            raise CloudError(
                "BadRequest",
                f"The limit of {MOST} diagnostic settings was reached. To create new setting, delete existing one.",
            )
        workspace, logs = str(properties.get("workspaceId") or ""), properties.get("logs") or []
        self._check_workspace(workspace)
        enabled = _enabled(logs)
        for other in others:
            shared = sorted(enabled & _enabled(other["logs"]))
            if shared and other["workspaceId"].lower() == workspace.lower():
                # azurerm#21161, Azure/bicep-registry-modules#3407
                raise CloudError(
                    "Conflict",
                    f"Data sink '{workspace}' is already used in diagnostic setting '{other['name']}' for category "
                    f"'{shared[0]}'. Data sinks can't be reused in different settings on the same category for the same "
                    "resource.",
                )
        settings[path.lower()] = {
            "id": path,
            "name": name,
            "type": "Microsoft.Insights/diagnosticSettings",
            "scope": scope,
            "workspaceId": workspace,
            "logAnalyticsDestinationType": properties.get("logAnalyticsDestinationType"),
            "logs": [{**log, "retentionPolicy": RETENTION} for log in logs],
            "metrics": list(properties.get("metrics") or []),
        }
        return self.diagnostic_setting(path)

    def _check_workspace(self, workspace: str) -> None:
        if not workspace:
            raise CloudError("BadRequest", "At least one data sink needs to be specified.")
        self.actions.add(SHARED_KEYS)
        if is_elsewhere(workspace):
            raise CloudError(
                "LinkedAuthorizationFailed",
                f"The client does not have permission to perform action(s) '{SHARED_KEYS}' on the linked scope(s) "
                f"'{workspace}' or the linked scope(s) are invalid.",
            )
        if is_missing(workspace):
            *_, name = workspace.split("/")
            raise CloudError(
                "ResourceNotFound", f"The Resource 'Microsoft.OperationalInsights/workspaces/{name}' was not found."
            )

    def diagnostic_setting(self, path: str) -> Json:
        """As a GET answers: with every category that the setting does not name, disabled (azurerm#17172)."""
        absent = CloudError("ResourceNotFound", f"The diagnostic setting '{path.rsplit('/', 1)[1]}' doesn't exist.")
        record = self.held("diagnosticSettings", path, absent)
        if any(log.get("categoryGroup") for log in record["logs"]):
            return record
        named = {log["category"] for log in record["logs"]}
        rest = [
            {"category": category, "enabled": False, "retentionPolicy": RETENTION}
            for category in CATEGORIES
            if category not in named
        ]
        return {**record, "logs": [*record["logs"], *rest]}

    def delete_diagnostic_setting(self, path: str) -> None:
        if path.lower() in self._state["diagnosticSettings"]:
            self.refuse_if_locked(path)
            del self._state["diagnosticSettings"][path.lower()]


def _enabled(logs: Any) -> set[str]:
    """The categories that are sent.

    :raises CloudError: in Azure's words, for a category that vaults do not have.
    """
    found: set[str] = set()
    for log in logs:
        category, group = log.get("category"), log.get("categoryGroup")
        if bool(category) == bool(group):
            raise CloudError("BadRequest", "Either category or category group must be set.")
        if (category and category not in CATEGORIES) or (group and group not in GROUPS):
            raise CloudError(
                "BadRequest", f"Category: '{category or group}' is not supported, supported categories are: "
                f"'{', '.join(CATEGORIES)}'"
            )  # fmt: skip
        if log["enabled"]:
            found |= set(GROUPS[group]) if group else {category}
    return found
