"""Credentials out of texts that are shown: those of the environment by their values, others by their form."""

from __future__ import annotations

import re
from collections.abc import Mapping

SECRET = "[secret]"  # noqa: S105 - what stands in a secret's place
# Variables with a credential, by the ends of their names.
_CREDENTIAL = re.compile(r"(TOKEN|SECRET|PASSWORD|PASSPHRASE|KEY)$", re.IGNORECASE)
# A shorter value is no credential, and would blank out words.
_SHORTEST = 6
_FORMS = re.compile(
    # A JSON web token, as Adobe and Entra ID issue them.
    r"\beyJ[\w-]{6,}\.[\w-]+(?:\.[\w-]*)?"
    # A private key (PEM), to its end or that of the text.
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    # A value that is named as what it is.
    r"|(?<=\bBearer )[^\s\"',;]+|\b(?:client_secret|password|access_token|sig)=[^\s&\"',;]+",
    re.DOTALL | re.IGNORECASE,
)


def without_credentials(text: str, environment: Mapping[str, str]) -> str:
    """A text without the values of the environment's credentials."""
    values = {value for name, value in environment.items() if _CREDENTIAL.search(name) and len(value) >= _SHORTEST}
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, SECRET)
    return text


def without_secrets(text: str, environment: Mapping[str, str]) -> str:
    """A text without those, and without tokens, private keys and passwords that it names."""
    return _FORMS.sub(SECRET, without_credentials(text, environment))
