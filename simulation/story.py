"""`make demo`: one organisation from the first preview to a repaired drift, on the real engine or Pulumi's mock engine."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from .cloud import Cloud, opened
from .drift import DRIFTS
from .environment import ROOT, cli, simulated
from .rehearsal.run import NOTICE, rehearse

STACK_FILE = ROOT / "Pulumi.dev.yaml"

# Announcement, and the command or drift of each step.
STEPS = (
    ("Preview: shows what will be created. It needs no credential and changes nothing.", "preview"),
    ("Up: creates everything, sends the configuration, and waits until Adobe has switched over.", "up"),
    ("Up again: changes nothing and makes no call to Adobe.", "up"),
    (
        "Drift: someone removes the role assignment of Adobe's app. Adobe is about to lose access to the key.",
        "role-removed",
    ),
    ("Refresh: reports the drift.", "refresh"),
    ("Up: restores the role assignment.", "up"),
    ("Drift: someone disables the key.", "key-disabled"),
    ("Watch: fails. Azure's provider sees no drift of a key; the program's verdict does, with the az command.", "alarm"),
    ("Someone runs the command: the key is enabled again.", "everything-mended"),
    ("Watch: passes again.", "watch"),
    ("Outputs: the facts that Adobe's teams and yours exchange.", "outputs"),
)

Act = Callable[[str], int]


def tell(home: Path) -> int:
    """Run the demo in a separate folder, emptied first; returns 0, or the exit code of the step that failed."""
    shutil.rmtree(home, ignore_errors=True)
    with opened(home) as cloud:
        pulumi = cli()
        return _on_the_engine(cloud, home, pulumi) if pulumi else _on_the_rehearsal(cloud, home)


def _play(cloud: Cloud, act: Act) -> int:
    for number, (announcement, action) in enumerate(STEPS, 1):
        print(f"\n━━ {number}/{len(STEPS)} {announcement}", flush=True)
        if action in DRIFTS:
            with cloud.at_work():
                DRIFTS[action](cloud)
            continue
        code = act(action)
        if bool(code) is not (action == "alarm"):
            print(f"\n━━ step {number} failed", flush=True)
            return code or 1
    print("\n━━ Done. To explore further: python -m simulation show, python -m simulation drift --list", flush=True)
    return 0


def _on_the_engine(cloud: Cloud, home: Path, pulumi: str) -> int:
    quiet = "--stack dev --suppress-outputs --suppress-progress"
    commands = {
        "preview": f"preview {quiet}",
        "up": f"up --yes --skip-preview {quiet}",
        "refresh": f"refresh --yes --skip-preview --run-program {quiet}",
        "watch": f"preview --refresh --expect-no-changes {quiet}",
        "alarm": f"preview --refresh --expect-no-changes {quiet}",
        "outputs": "stack output --stack dev",
    }
    with simulated(cloud, home) as environment:

        def run(arguments: str) -> int:
            print(f"$ pulumi {arguments}", flush=True)
            return subprocess.run([pulumi, *arguments.split()], env=environment, cwd=ROOT, check=False).returncode  # noqa: S603

        print("This run uses the real Pulumi engine with a simulated Azure, Entra ID and Adobe on this machine.", flush=True)
        return run("stack init dev") or _play(cloud, lambda action: run(commands[action]))


def _on_the_rehearsal(cloud: Cloud, home: Path) -> int:
    outputs: dict[str, object] = {}
    print(NOTICE, flush=True)

    def act(action: str) -> int:
        if action == "outputs":
            print(json.dumps(outputs, indent=2))
            return 0
        result = rehearse(cloud, home, "watch" if action == "alarm" else action, STACK_FILE)
        outputs.update(result.outputs)
        return result.exit_code

    return _play(cloud, act)
