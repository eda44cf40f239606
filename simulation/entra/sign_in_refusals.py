"""How Entra ID refuses a sign-in: status, OAuth's word, and its own code and text.

https://learn.microsoft.com/entra/identity-platform/reference-error-codes; the texts are those that people report.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from ..azure.wire import Answer

_NOT_INSTALLED = (
    "This can happen if the application has not been installed by the administrator of the tenant or consented to by any "
    "user in the tenant."
)
_NO_MATCH = "No matching federated identity record found for presented assertion"
# Code to status, OAuth's word and text.
_REFUSALS = {
    50027: (401, "invalid_client", "JWT token is invalid or malformed."),
    70003: (400, "unsupported_grant_type", "The app requested an unsupported grant type '{}'."),
    90002: (
        400,
        "invalid_tenant",
        "Tenant '{}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. "
        "Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
    ),
    500011: (
        400,
        "invalid_resource",
        f"The resource principal named {{}} was not found in the tenant named Contoso. {_NOT_INSTALLED}",
    ),
    700016: (
        400,
        "unauthorized_client",
        f"Application with identifier '{{}}' was not found in the directory 'Contoso'. {_NOT_INSTALLED} You may have sent "
        "your authentication request to the wrong tenant.",
    ),
    700024: (401, "invalid_client", "Client assertion is not within its valid time range. {}"),
    700211: (401, "invalid_client", f"{_NO_MATCH} issuer '{{}}'."),
    700212: (401, "invalid_client", f"{_NO_MATCH} audience '{{}}'."),
    700213: (401, "invalid_client", f"{_NO_MATCH} subject '{{}}'."),
    1002012: (
        400,
        "invalid_scope",
        "The provided value for scope {} is not valid. Client credential flows must have a scope value with /.default "
        "suffixed to the resource identifier (application ID URI).",
    ),
    7000215: (
        401,
        "invalid_client",
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the "
        "client secret ID, for a secret added to app '{}'.",
    ),
    7000216: (
        401,
        "invalid_client",
        "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    ),
}


class Refused(Exception):
    """A refusal by its code, and what it names."""

    def __init__(self, code: int, detail: str = "") -> None:
        self.code = code
        self.status, self.error, text = _REFUSALS[code]
        super().__init__(f"AADSTS{code}: {text.format(detail)}")

    def answer(self, host: str, now: datetime) -> Answer:
        """As the endpoint writes it."""
        moment, trace, correlation = f"{now:%Y-%m-%d %H:%M:%SZ}", str(uuid.uuid4()), str(uuid.uuid4())
        return Answer(
            self.status,
            {
                "error": self.error,
                "error_description": f"{self} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {moment}",
                "error_codes": [self.code],
                "timestamp": moment,
                "trace_id": trace,
                "correlation_id": correlation,
                "error_uri": f"https://{host}/error?code={self.code}",
            },
        )
