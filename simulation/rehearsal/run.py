"""The program without a Pulumi CLI: unmodified, in this process, on Pulumi's own test monitor, over the same clouds.

Each resource is recorded; the next command takes it through check, diff and update of the real dynamic provider or the
stand-in, and a refresh through read and diff, as the engine does. It is a rehearsal: deletion, replacement, a change of
type, protection, hooks, policies and state are the engine's alone. The first three end the command with an error; where the
two could differ otherwise, the engine is right.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import runpy
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import pulumi
import yaml
from pulumi.runtime import mocks, settings, stack

from components.adobe.provider import forget_everything

from ..adobe.faults import Faults
from ..cloud import Cloud
from ..environment import OVERRIDING, ROOT, simulated_environment
from .monitor import WRITE_NOTHING, Monitor, Rehearsed

NOTICE = (
    "mock engine: there is no Pulumi CLI, so this run uses Pulumi's mock engine. It does not cover deletion, "
    "replacement, protection, hooks, policies and Pulumi's state.\n"
    "To use the real engine, install the Pulumi CLI (https://www.pulumi.com/docs/install/) and run the same command again."
)

Json = dict[str, Any]


class _Told(logging.Handler):
    """Shows what the program says through pulumi.log."""

    def __init__(self, result: Rehearsed) -> None:
        super().__init__(logging.INFO)
        self._result = result

    def emit(self, record: logging.LogRecord) -> None:
        line = f"{record.levelname.lower()}: {record.getMessage()}"
        self._result.lines.append(line)
        print(line, flush=True)


def rehearse(
    cloud: Cloud,
    home: Path,
    operation: str,
    config_file: Path,
    environment: Mapping[str, str] | None = None,
    faults: Faults | None = None,
) -> Rehearsed:
    """Run the program once: preview, up, refresh (with the program, as `pulumi refresh --run-program`) or watch.

    A watch is `pulumi preview --refresh --expect-no-changes`.

    :param environment: variables over those that lead to the simulated clouds.
    :param faults: between the program and Adobe.
    """
    file = home / "rehearsal.json"
    record: Json = json.loads(file.read_text()) if file.exists() else {}
    result = Rehearsed()
    configuration = _configuration(config_file)
    forget_everything()
    for name in ("azure-native", "azuread"):
        cloud.configure_provider(
            name, {key.split(":")[1]: text for key, text in configuration.items() if key.startswith(f"{name}:")}
        )
    monitor = Monitor(cloud, operation, record, result)
    logger = logging.Logger("rehearsal", logging.INFO)
    logger.addHandler(_Told(result))
    # As the engine's host of Python programs does: what a failed run leaves unresolved is of no interest.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    hook = sys.excepthook
    with simulated_environment(cloud, home, faults) as simulated:
        variables = {**simulated, "PULUMI_CONFIG": json.dumps(configuration)}
        with mock.patch.dict(os.environ, {**variables, **(environment or {})}):
            for name in ("ADOBE_ACCESS_TOKEN", *OVERRIDING):
                os.environ.pop(name, None)
            try:
                result.outputs = asyncio.run(_run_program(monitor, operation, logger))
            except pulumi.RunError as error:
                monitor.fail(str(error))
            except Exception as error:  # noqa: BLE001 - any failure of the program is the command's error
                if not result.errors:
                    monitor.fail(f"{type(error).__name__}: {error}")
            finally:
                sys.excepthook = hook
                if operation not in WRITE_NOTHING:
                    file.write_text(json.dumps(record, indent=1))
    left = [label for label, entry in record.items() if "id" in entry and label not in result.operations]
    if left and not result.errors and operation != "refresh":
        result.errors.append(f"no longer declared, and the mock engine deletes nothing: {', '.join(left)}")
    if operation == "watch" and not result.errors and set(result.operations.values()) - {"same", "read"}:
        result.errors.append("no changes were expected but changes were proposed")
    for message in result.errors:
        print(f"error: {message}", flush=True)
    return result


async def _run_program(monitor: Monitor, operation: str, logger: logging.Logger) -> Json:
    """Run __main__.py against the monitor; returns the outputs that are known."""
    # What an earlier run in this process left behind.
    settings.set_root_resource(None)  # pyright: ignore[reportArgumentType]
    settings.SETTINGS.rpc_manager.clear()  # pyright: ignore[reportAttributeAccessIssue]
    settings.SETTINGS.outputs.clear()  # pyright: ignore[reportAttributeAccessIssue]
    settings.SETTINGS.package_refs = {}  # pyright: ignore[reportAttributeAccessIssue]
    mocks.set_mocks(
        monitor.mocks, project="adobe-cmk", stack="dev", preview=operation != "up", logger=logger, monitor=monitor
    )

    def program() -> None:
        runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")

    await stack.run_pulumi_func(program)
    root = settings.get_root_resource()
    assert isinstance(root, stack.Stack)
    return {name: await pulumi.Output.from_input(value).future() for name, value in root.outputs.items()}


@cache
def _of_project(text: str) -> dict[str, Any]:
    """Defaults and values that a Pulumi.yaml gives."""
    return {
        key if ":" in key else f"adobe-cmk:{key}": entry["value" if "value" in entry else "default"]
        for key, entry in yaml.safe_load(text)["config"].items()
        if entry.keys() & {"value", "default"}
    }


def _configuration(config_file: Path) -> dict[str, str]:
    """The stack's configuration over the defaults and values of Pulumi.yaml, as the engine hands it to the program."""
    values = dict(_of_project((ROOT / "Pulumi.yaml").read_text()))
    values |= yaml.safe_load(config_file.read_text()).get("config") or {}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
