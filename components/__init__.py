"""Customer-managed keys for Adobe Experience Platform, with a key in your own Azure Key Vault, as a Pulumi component."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .exports import *  # noqa: F403 - for editors and type checkers


def __getattr__(name: str) -> Any:
    """Import on first use: the process of the dynamic providers needs no Azure SDK, which a refresh would wait for."""
    if name.startswith("__") and name != "__all__":
        raise AttributeError(name)
    return getattr(import_module(".exports", __name__), name)
