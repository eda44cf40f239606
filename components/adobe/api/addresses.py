"""Base URLs of servers, and whether a URL points to this machine."""

import ipaddress
import re

# The form that http.client accepts: ASCII, without user name, path and percent sign, so that all parsers agree.
BASE_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+|\[(?P<ipv6>[0-9a-f:.]+)\])(?::(?P<port>[0-9]{1,5}))?/?", re.IGNORECASE
)


def is_loopback(base_url: str) -> bool:
    """Whether a base URL points to this machine: `localhost`, or a loopback address in full notation."""
    match = BASE_URL.fullmatch(base_url)
    if not match:
        return False
    host = (match["ipv6"] or match["host"]).lower()
    if host == "localhost":
        return True
    try:
        # Short, octal and decimal forms are not accepted, because resolvers interpret them differently.
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
