"""Where Adobe's API and token endpoint are, and which overrides are safe to follow."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from ...constants import IMS_HOST, PLATFORM_HOSTS
from .errors import CredentialError


def platform_url(region: str, environment: Mapping[str, str]) -> str:
    """Base URL of the platform API, without a trailing slash; ADOBE_PLATFORM_URL overrides the region's host."""
    return _override("ADOBE_PLATFORM_URL", environment) or PLATFORM_HOSTS[region]


def ims_url(environment: Mapping[str, str]) -> str:
    """Base URL of the token endpoint, without a trailing slash; ADOBE_IMS_URL overrides it."""
    return _override("ADOBE_IMS_URL", environment) or IMS_HOST


def _override(variable: str, environment: Mapping[str, str]) -> str:
    url = environment.get(variable, "").rstrip("/")
    if not url:
        return ""
    parts = urlsplit(url)
    host = parts.hostname or ""
    plain = not (parts.path or parts.query or parts.fragment or parts.username or parts.password)
    if not host or not plain or not (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))):
        raise CredentialError(
            f"{variable} must be https://host[:port], or http on a loopback address; the value given is neither",
            next_step=f"unset {variable} to talk to Adobe, or correct it",
        )
    return url


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
