"""The sign-in of a pipeline at Azure by OIDC: the service's token in a file that is always fresh.

GitHub's token is valid for five minutes and Azure DevOps' for ten, while a deployment may wait for Adobe for an hour.
Pulumi's backend in Azure's blob storage reads the file when it needs a new access token
(https://github.com/pulumi/pulumi/issues/13476). So do the providers in Azure DevOps; in GitHub they ask for tokens
themselves.
"""

from __future__ import annotations

import json
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError

# What a federated credential of Entra ID expects.
AUDIENCE = "api://AzureADTokenExchange"
RENEWAL_SECONDS = 240.0
PATIENCE_SECONDS = 30


class NoToken(Exception):
    """The service gave no token."""


@contextmanager
def federated(environment: Mapping[str, str], every: float = RENEWAL_SECONDS) -> Iterator[dict[str, str]]:
    """Yields the environment with what the sign-in needs; unchanged without ARM_USE_OIDC or outside a pipeline.

    :param every: seconds between two tokens.
    """
    found = _source(environment) if environment.get("ARM_USE_OIDC", "").lower() in ("true", "1") else None
    if not found:
        yield dict(environment)
        return
    fetch, for_providers = found
    with TemporaryDirectory() as folder:
        file = Path(folder) / "token"
        file.touch(mode=0o600)
        file.write_text(fetch())
        # Azure DevOps' task has names of its own for them.
        client = environment.get("ARM_CLIENT_ID") or environment.get("servicePrincipalId")
        tenant = environment.get("ARM_TENANT_ID") or environment.get("tenantId")
        if not client or not tenant:
            raise NoToken("ARM_USE_OIDC requires ARM_CLIENT_ID and ARM_TENANT_ID, which are not set")
        with _renewing(file, fetch, every):
            yield {
                **environment,
                "ARM_CLIENT_ID": client,
                "ARM_TENANT_ID": tenant,
                "AZURE_CLIENT_ID": client,
                "AZURE_TENANT_ID": tenant,
                "AZURE_FEDERATED_TOKEN_FILE": str(file),
                **({"ARM_OIDC_TOKEN_FILE_PATH": str(file)} if for_providers else {}),
            }


def _source(environment: Mapping[str, str]) -> tuple[Callable[[], str], bool] | None:
    """How to get a token, and whether the providers need the file too."""
    if address := environment.get("ACTIONS_ID_TOKEN_REQUEST_URL"):
        bearer = environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]
        return lambda: _asked(f"{address}&audience={AUDIENCE}", bearer, "GET", "value"), False
    address = environment.get("SYSTEM_OIDCREQUESTURI")
    if address and (connection := environment.get("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID")):
        bearer = environment.get("SYSTEM_ACCESSTOKEN", "")
        question = f"{address}?api-version=7.1&serviceConnectionId={connection}"
        return lambda: _asked(question, bearer, "POST", "oidcToken"), True
    return None


def _asked(address: str, bearer: str, method: str, name: str) -> str:
    headers = {"Authorization": f"Bearer {bearer}", "Accept": "application/json", "Content-Type": "application/json"}
    data = b"" if method == "POST" else None
    request = urllib.request.Request(address, data=data, headers=headers, method=method)  # noqa: S310 - the service's own
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            return str(json.load(answer)[name])
    except (URLError, OSError, ValueError, KeyError, TypeError) as error:
        raise NoToken(f"no OIDC token from {address.partition('?')[0]}: {error!r}") from error


@contextmanager
def _renewing(file: Path, fetch: Callable[[], str], every: float) -> Iterator[None]:
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(every):
            try:
                fresh = file.with_suffix(".new")
                fresh.touch(mode=0o600)
                fresh.write_text(fetch())
                fresh.replace(file)
            except NoToken as error:
                # The access token that was got with the last one may hold for long; the next round tries again.
                print(f"pipelines: {error}", file=sys.stderr, flush=True)

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
