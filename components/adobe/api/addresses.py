"""Base URLs of servers, and whether one leads to this machine."""

import ipaddress
import re

# Written as http.client takes it: no user name, path, percent sign or letter beyond ASCII, so that no two parsers disagree.
BASE_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+|\[(?P<ipv6>[0-9a-f:.]+)\])(?::(?P<port>[0-9]{1,5}))?/?", re.IGNORECASE
)


def is_loopback(base_url: str) -> bool:
    """Whether a base URL leads to this machine: `localhost`, or an address that is written in full."""
    match = BASE_URL.fullmatch(base_url)
    if not match:
        return False
    host = (match["ipv6"] or match["host"]).lower()
    if host == "localhost":
        return True
    try:
        # Short, octal and decimal forms of an address, which resolvers read in different ways, are no address here.
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
