"""Looks at a stack after one drift each, recorded on the engine: `python -m tests.looks` records them again.

A recorded look has what differs from the look at the stack that nobody touched.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from operations.drift.look import Change, Seen, look
from operations.report.state import Recorded, parsed
from simulation.adobe.http import ORG
from simulation.environment import ROOT
from tests.drivers import Engine

FILE = ROOT / "tests" / "states" / "looks.json"
UNTOUCHED, PREPARED, REVOKED = "untouched", "prepared", "revoked"
# Drifts of the simulation.
RECORDED = (
    "access-policies",
    "app-replaced",
    "configuration-failed",
    "configuration-gone",
    "configuration-moved",
    "firewall-closed",
    "group-deleted",
    "key-deleted",
    "key-disabled",
    "key-expiring",
    "key-operations-gone",
    "lock-removed",
    "principal-disabled",
    "principal-removed",
    "purge-protection-gone",
    "role-changed",
    "role-removed",
    "vault-deleted",
    "vault-tagged",
)
# What Adobe answers during the look `503`.
FAULT = "503@config-get*9"
# Asks for one look at a stack, in an environment of the simulation.
LOOK = "--look"


def recorded_state(name: str = UNTOUCHED) -> Recorded:
    """The state of the stack that a look of this name is at."""
    return parsed(exported(name))


def exported(name: str = UNTOUCHED) -> dict[str, Any]:
    """The same as Pulumi exports it."""
    state: dict[str, Any] = _all()["states"][_stack_of(name)]
    return state


def recorded_look(name: str = UNTOUCHED) -> Seen:
    """A look by the name of the drift, `503`, the name of the stack, or that and a drift (`prepared+key-disabled`)."""
    looks = _all()["looks"]
    found, base = looks[name], looks[_stack_of(name)]
    seen = {**base, **found, "read": {**base["read"], **found["read"]}}
    for kind in found.get("unread", ()):
        del seen["read"][kind]
    seen.pop("unread", None)
    changes = [Change(**{**change, "paths": tuple(change["paths"])}) for change in seen.pop("changes")]
    return Seen(**seen, changes=changes)


def _stack_of(name: str) -> str:
    return next((stack for stack in (PREPARED, REVOKED) if name.startswith(stack)), UNTOUCHED)


def _all() -> dict[str, Any]:
    recorded: dict[str, Any] = json.loads(FILE.read_text())
    return recorded


def main(stacks: Sequence[str]) -> None:
    """Record again what these stacks have, or all of them; takes some minutes.

    :param stacks: untouched, prepared, revoked.
    """
    recorded = json.loads(FILE.read_text()) if FILE.exists() else {"states": {}, "looks": {}}
    for stack in stacks or _MADE:
        with tempfile.TemporaryDirectory() as folder:
            engine = _MADE[stack](Path(folder) / "home")
            exported = engine.plain("stack", "export", "--stack", engine.stack)[1]
            recorded["states"][stack] = _portable(json.loads(exported))
            recorded["looks"] |= _looks(stack, engine.home)
    FILE.write_text(json.dumps(recorded, indent=0, sort_keys=True) + "\n")


def _settled(home: Path, **settings: Any) -> Engine:
    engine = Engine(home, **_SETTINGS, **settings)
    assert engine.up().exit_code == 0
    return engine


def _revoked(home: Path) -> Engine:
    engine = _settled(home)
    engine.configure(**_SETTINGS, revoked=f"{ORG}/cmk-config")
    # The first one only takes the guards off, and ends with an error.
    assert [engine.up().exit_code != 0 for _ in range(3)] == [True, False, False]
    return engine


# Without the note that Azure retires the version before.
_SETTINGS = {"keyVaultApiVersion": "2026-02-01"}
_MADE: dict[str, Callable[[Path], Engine]] = {
    UNTOUCHED: _settled,
    PREPARED: lambda home: _settled(home, activate=None),
    REVOKED: _revoked,
}


def _looks(stack: str, home: Path) -> dict[str, Any]:
    """By name: whole at the stack itself, and what differs after each drift."""
    base = _looked(home)
    if stack == UNTOUCHED:
        drifted = {drift: _drifted(home, drift) for drift in RECORDED}
        drifted["503"] = _looked(home, "--fault", FAULT)
    else:
        drifted = {f"{stack}+{drift}": _drifted(home, drift) for drift in ("key-disabled", "purge-protection-gone")}
    return {stack: base, **{name: _difference(base, taken) for name, taken in drifted.items()}}


def _drifted(home: Path, drift: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        another = Path(folder) / "home"
        shutil.copytree(home, another)
        command = [sys.executable, "-m", "simulation", "--home", str(another), "drift", drift]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        return _looked(another)


def _looked(home: Path, *fault: str) -> dict[str, Any]:
    simulate = [sys.executable, "-m", "simulation", "--home", str(home), "run", *fault, "--"]
    command = [*simulate, sys.executable, "-m", "tests.looks", LOOK, Engine.stack, str(home / "settings.yaml")]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    taken: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return taken


def _difference(base: dict[str, Any], taken: dict[str, Any]) -> dict[str, Any]:
    read = {kind: outputs for kind, outputs in taken["read"].items() if base["read"].get(kind) != outputs}
    unread = sorted(set(base["read"]) - set(taken["read"]))
    others = {name: value for name, value in taken.items() if name != "read" and value != base[name]}
    return {**others, "read": read, "unread": unread}


# The pickled provider, and where on a machine a resource was declared.
_LEFT_OUT = ("__provider", "sourcePosition", "stackTrace")


def _portable(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _portable(each) for name, each in value.items() if name not in _LEFT_OUT}
    return [_portable(each) for each in value] if isinstance(value, list) else value


if __name__ == "__main__":
    if LOOK in sys.argv:
        print(json.dumps(_portable(dataclasses.asdict(look(sys.argv[2], ROOT, sys.argv[3])))))
    else:
        main(sys.argv[1:])
