"""Pulumi's mock engine for tests of what is declared."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from pulumi.runtime import mocks, settings

M = TypeVar("M", bound=mocks.Mocks)


@contextmanager
def declaring(recorder: M) -> Iterator[M]:
    """Whatever is declared in the block, in an `up`, goes to the recorder."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    settings.set_root_resource(None)  # pyright: ignore[reportArgumentType]
    mocks.set_mocks(recorder, project="adobe-cmk", stack="dev", preview=False)
    yield recorder
    asyncio.set_event_loop(None)
    loop.close()
