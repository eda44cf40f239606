"""Base URLs of Adobe's API and token endpoint; an override may only name one of Adobe's hosts or a loopback address."""

import re
from collections.abc import Mapping

from ...constants import IMS_HOST, PLATFORM_HOSTS
from .addresses import BASE_URL, is_loopback
from .errors import CredentialError

# Adobe's names for its gateway (platform*.adobe.io) and its token endpoint (ims-na1.adobelogin.com).
_ADOBES_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:adobe\.io|adobelogin\.com)")


def platform_url(region: str, environment: Mapping[str, str]) -> str:
    """Base URL of the platform API, without a trailing slash; ADOBE_PLATFORM_URL overrides the region's host.

    :raises CredentialError: when the override is neither one of Adobe's hosts nor a loopback address.
    """
    return _override("ADOBE_PLATFORM_URL", environment) or PLATFORM_HOSTS[region]


def ims_url(environment: Mapping[str, str]) -> str:
    """Base URL of the token endpoint, without a trailing slash; ADOBE_IMS_URL overrides it.

    :raises CredentialError: when the override is neither one of Adobe's hosts nor a loopback address.
    """
    return _override("ADOBE_IMS_URL", environment) or IMS_HOST


def _override(variable: str, environment: Mapping[str, str]) -> str:
    url = environment.get(variable, "")
    if not url:
        return ""
    match = BASE_URL.fullmatch(url)
    # A port must be from 1 to 65535.
    if match and (match["port"] is None or 0 < int(match["port"]) < 65536):
        is_adobes = match["scheme"].lower() == "https" and _ADOBES_HOST.fullmatch(match["host"].lower())
        if is_adobes or is_loopback(url):
            return url.lower().removesuffix("/")
    # The value is not quoted because it may contain a password.
    raise CredentialError(
        f"{variable} is not allowed: Adobe's credentials are sent only to https://<host>.adobe.io, "
        "https://<host>.adobelogin.com, or http(s) on a loopback address, each with an optional port",
        next_step=f"unset {variable} to use Adobe's own host, or correct it",
    )
