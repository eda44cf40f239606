"""`make demo`: the story of one organisation, from the first preview to a repaired drift, on the engine or the rehearsal."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from .cloud import Cloud, opened
from .drift import DRIFTS
from .environment import ROOT, cli, simulated
from .rehearsal import NOTICE, rehearse

STACK_FILE = ROOT / "Pulumi.dev.yaml"

# What happens, what is run or changed to make it happen.
STEPS = (
    ("Preview: what would be made. No credential is needed, nothing is touched.", "preview"),
    ("Up: everything is made, the configuration is sent, and Adobe's switch-over is waited for.", "up"),
    ("Up again: nothing changes, and Adobe is not even asked.", "up"),
    (
        "Behind Pulumi's back somebody takes the role of Adobe's app away: Adobe is about to lose the key.",
        "role-removed",
    ),
    ("Refresh: the drift shows.", "refresh"),
    ("Up: the role is given back.", "up"),
    ("Behind Pulumi's back somebody disables the key.", "key-disabled"),
    ("Refresh: the drift shows, with the command that mends it, since Pulumi cannot.", "refresh"),
    ("The outputs, with what is handed over to Adobe's and your own teams.", "outputs"),
)

Act = Callable[[str], int]


def tell(home: Path) -> int:
    """Play the story in a folder of its own, emptied first; returns 0, or the exit code of the step that failed."""
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
        if code:
            print(f"\n━━ step {number} failed", flush=True)
            return code
    print("\n━━ Done. Look around: python -m simulation show, python -m simulation drift --list", flush=True)
    return 0


def _on_the_engine(cloud: Cloud, home: Path, pulumi: str) -> int:
    quiet = "--stack dev --suppress-outputs --suppress-progress"
    commands = {
        "preview": f"preview {quiet}",
        "up": f"up --yes --skip-preview {quiet}",
        "refresh": f"refresh --yes --skip-preview --run-program {quiet}",
        "outputs": "stack output --stack dev",
    }
    with simulated(cloud, home) as environment:

        def run(arguments: str) -> int:
            print(f"$ pulumi {arguments}", flush=True)
            return subprocess.run([pulumi, *arguments.split()], env=environment, cwd=ROOT, check=False).returncode  # noqa: S603

        print("This is the real Pulumi engine, against a simulated Azure, Entra ID and Adobe on this machine.", flush=True)
        return run("stack init dev") or _play(cloud, lambda action: run(commands[action]))


def _on_the_rehearsal(cloud: Cloud, home: Path) -> int:
    outputs: dict[str, object] = {}
    print(NOTICE, flush=True)

    def act(action: str) -> int:
        if action == "outputs":
            print(json.dumps(outputs, indent=2))
            return 0
        result = rehearse(cloud, home, action, STACK_FILE, notice="")
        outputs.update(result.outputs)
        return result.exit_code

    return _play(cloud, act)
