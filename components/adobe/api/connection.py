"""A session of `requests` as the environment wants it, where that is safe: certificates, and proxies."""

import os

import requests

from .addresses import is_loopback
from .errors import CertificatesMissing

# What requests takes a file or folder of trusted certificates from, the first that is set.
_CERTIFICATE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def session_to(base_url: str) -> requests.Session:
    """A session for calls to one host: the environment's proxies for Adobe's hosts, and none for this machine.

    :raises CertificatesMissing: when https needs certificates that the environment names and that cannot be read.
    """
    certificates = _trusted_certificates() if base_url.startswith("https:") else ""
    session = requests.Session()
    if is_loopback(base_url):
        # A proxy would be handed the token, over http in clear, and its loopback is another machine's.
        session.trust_env = False
        # Which leaves the certificates to this line.
        session.verify = certificates or True
    return session


def _trusted_certificates() -> str:
    """Path of the certificates that the environment names, empty without."""
    for variable in _CERTIFICATE_VARIABLES:
        path = os.environ.get(variable, "")
        if path and not os.access(path, os.R_OK):
            raise CertificatesMissing(
                f"{variable} names {path!r}, which does not exist or cannot be read; nothing was sent",
                next_step=f"set {variable} to the file of certificates to trust (PEM), or unset it to use the usual ones",
            )
        if path:
            return path
    return ""
