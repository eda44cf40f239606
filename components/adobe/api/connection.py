"""Sessions of `requests` with the certificates and proxies of the environment, where that is safe."""

import os

import requests

from .addresses import is_loopback
from .errors import CertificatesMissing

# Variables from which requests takes trusted certificates; the first that is set counts.
_CERTIFICATE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def session_to(base_url: str) -> requests.Session:
    """Create a session for calls to one host: with the environment's proxies for Adobe's hosts, without for this machine.

    :raises CertificatesMissing: when https needs certificates that the environment names but that cannot be read.
    """
    certificates = _trusted_certificates() if base_url.startswith("https:") else ""
    session = requests.Session()
    if is_loopback(base_url):
        # A proxy would receive the token, over http in clear text, and its loopback is another machine.
        session.trust_env = False
        # Without the environment, requests does not find the certificates itself.
        session.verify = certificates or True
    return session


def _trusted_certificates() -> str:
    """Path of the certificates that the environment names; empty when it names none."""
    for variable in _CERTIFICATE_VARIABLES:
        path = os.environ.get(variable, "")
        if path and not os.access(path, os.R_OK):
            raise CertificatesMissing(
                f"{variable} names {path!r}, which does not exist or cannot be read; nothing was sent",
                next_step=f"set {variable} to a file of trusted certificates (PEM), or unset it to use the default ones",
            )
        if path:
            return path
    return ""
