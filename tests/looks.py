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
from pathlib import Path
from typing import Any

from operations.drift.look import Change, Seen, look
from operations.report.state import Recorded, parsed
from simulation.environment import ROOT
from tests.drivers import Engine

FILE = ROOT / "tests" / "states" / "looks.json"
UNTOUCHED, PREPARED = "untouched", "prepared"
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


def recorded_state(name: str = UNTOUCHED) -> Recorded:
    """The state of the activated stack, or of the one that is prepared."""
    return parsed(exported(name))


def exported(name: str = UNTOUCHED) -> dict[str, Any]:
    """The same as Pulumi exports it."""
    state: dict[str, Any] = _all()["states"][PREPARED if name.startswith(PREPARED) else UNTOUCHED]
    return state


def recorded_look(name: str = UNTOUCHED) -> Seen:
    """A look by the name of the drift, `untouched`, `503`, `prepared`, or `prepared` and a drift."""
    looks = _all()["looks"]
    found, base = looks[name], looks[PREPARED if name.startswith(PREPARED) else UNTOUCHED]
    seen = {**base, **found, "read": {**base["read"], **found["read"]}}
    for kind in found.get("unread", ()):
        del seen["read"][kind]
    seen.pop("unread", None)
    changes = [Change(**{**change, "paths": tuple(change["paths"])}) for change in seen.pop("changes")]
    return Seen(**seen, changes=changes)


def _all() -> dict[str, Any]:
    recorded: dict[str, Any] = json.loads(FILE.read_text())
    return recorded


def main() -> None:
    """Record everything again; takes some minutes."""
    looks: dict[str, Any] = {}
    states: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for stack, settings in ((UNTOUCHED, {}), (PREPARED, {"activate": None})):
            home = Path(folder) / stack
            engine = Engine(home, keyVaultApiVersion="2026-02-01", **settings)
            assert engine.up().exit_code == 0
            states[stack] = _without_provider(json.loads(engine.plain("stack", "export", "--stack", engine.stack)[1]))
            base = looks[stack] = _looked(home)
            drifts = RECORDED if stack == UNTOUCHED else ("key-disabled", "purge-protection-gone")
            for drift in drifts:
                looks[drift if stack == UNTOUCHED else f"{PREPARED}+{drift}"] = _difference(base, _drifted(home, drift))
            if stack == UNTOUCHED:
                looks["503"] = _difference(base, _looked(home, "--fault", FAULT))
    FILE.write_text(json.dumps({"states": states, "looks": looks}, indent=0, sort_keys=True) + "\n")


def _drifted(home: Path, drift: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        another = Path(folder) / "home"
        shutil.copytree(home, another)
        command = [sys.executable, "-m", "simulation", "--home", str(another), "drift", drift]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        return _looked(another)


def _looked(home: Path, *fault: str) -> dict[str, Any]:
    simulate = [sys.executable, "-m", "simulation", "--home", str(home), "run", *fault, "--"]
    command = [*simulate, sys.executable, "-m", "tests.looks", Engine.stack, str(home / "settings.yaml")]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    taken: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return taken


def _difference(base: dict[str, Any], taken: dict[str, Any]) -> dict[str, Any]:
    read = {kind: outputs for kind, outputs in taken["read"].items() if base["read"].get(kind) != outputs}
    unread = sorted(set(base["read"]) - set(taken["read"]))
    others = {name: value for name, value in taken.items() if name != "read" and value != base[name]}
    return {**others, "read": read, "unread": unread}


def _without_provider(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_provider(each) for name, each in value.items() if name != "__provider"}
    return [_without_provider(each) for each in value] if isinstance(value, list) else value


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_without_provider(dataclasses.asdict(look(sys.argv[1], ROOT, sys.argv[2])))))
    else:
        main()
