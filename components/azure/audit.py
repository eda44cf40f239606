"""The vault's audit log: who called which operation on which key."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import monitor

from ..arguments.naming import SettingNames
from ..constants import DIAGNOSTIC_SETTING_TYPE
from .lock import LOCKED
from .vault_addition import CreatedVault

SETTING = "adobe-cmk-audit"
# The category of the calls to the vault's data plane. https://learn.microsoft.com/azure/key-vault/general/logging
CATEGORY = "AuditEvent"


def audit_log(name: str, vault: CreatedVault, workspace_id: str) -> list[pulumi.Resource]:
    """Declare the diagnostic setting that sends the audit events, and no metrics, to a Log Analytics workspace.

    :param name: of the instance.
    """
    if not (workspace_id and vault.declares(DIAGNOSTIC_SETTING_TYPE)):
        return []
    setting = monitor.DiagnosticSetting(
        f"{name}-audit",
        resource_uri=vault.scope,
        name=SETTING,
        workspace_id=workspace_id,
        logs=[monitor.DiagnosticsLogSettingsArgs(category=CATEGORY, enabled=True)],
        opts=vault.options(
            f"{name}-audit",
            DIAGNOSTIC_SETTING_TYPE,
            audit_advice(vault.setting_names),
            lambda: monitor.get_diagnostic_setting(resource_uri=vault.recorded_scope, name=SETTING, opts=vault.lookups),
        ),
    )
    return [setting]


def audit_advice(names: SettingNames) -> dict[str, str]:
    """What to do about a diagnostic setting that cannot be created."""
    workspace = "vault.log_analytics_workspace_id"
    return {
        "is already used in diagnostic setting": (
            "another diagnostic setting, usually of an Azure policy, sends the vault's audit events to this workspace "
            f"already. Fix: unset {names.name(workspace)}, or remove that setting"
        ),
        "diagnostic settings was reached": (
            "Azure allows five diagnostic settings for each resource. Fix: remove one (az monitor diagnostic-settings list "
            "--resource {resourceUri})"
        ),
        "LinkedAuthorizationFailed": (
            "the identity that runs this needs Microsoft.OperationalInsights/workspaces/sharedKeys/action on the workspace. "
            "Fix: grant it Log Analytics Contributor on the workspace, and check the workspace's ID"
        ),
        "ResourceNotFound": (f"the workspace does not exist. Fix: {names.instruction(workspace, '<ID of the workspace>')}"),
        **LOCKED,
    }
