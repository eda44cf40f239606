"""Imports during which the engine goes on with what is declared already."""

import asyncio
from importlib import import_module

# What the providers' own SDKs wait with in a synchronous program.
from pulumi.runtime.sync_await import _sync_await  # pyright: ignore[reportPrivateUsage]


def import_meanwhile(room: str) -> None:
    """Import a module of this package in a thread, and let Pulumi's event loop run until that is done.

    Without it, nothing that was declared leaves the program before its last line or its next synchronous lookup.

    :param room: as in `.azure.access`.
    """
    _sync_await(asyncio.to_thread(import_module, room, __package__))
