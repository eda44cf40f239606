"""The documents whose requirements a report ticks."""

from .model import Source

_ADOBE = "https://experienceleague.adobe.com/en/docs/experience-platform/landing/governance-privacy-security"
_CMK = f"{_ADOBE}/customer-managed-keys"
VAULT_GUIDE = Source(title="Configure an Azure Key Vault", url=f"{_CMK}/azure/azure-key-vault-config")
ADDRESSES = Source(title="Alerts and IP address access", url=f"{_CMK}/azure/alerts-and-ip-access")
ALERTS = Source(title="Alert resolution reference", url=f"{_CMK}/alert-resolution-reference")
API_GUIDE = Source(title="Set up with the API", url=f"{_CMK}/azure/api-set-up")
UI_GUIDE = Source(title="Set up with the UI", url=f"{_CMK}/azure/ui-set-up")
# No document says when Adobe no longer needs an earlier version (components/safety/key_versions.py).
PROGRAM = Source(title="This program (no document)", url="")
ALL = (VAULT_GUIDE, ADDRESSES, ALERTS, API_GUIDE, UI_GUIDE)
