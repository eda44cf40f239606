"""`make demo`, on whichever driver there is, and on the rehearsal in any case."""

import subprocess
import sys
from pathlib import Path

import pytest

from simulation import story
from simulation.environment import ROOT, cli


@pytest.mark.parametrize("with_cli", [True, False], ids=["engine", "rehearsal"])
def test_the_demo_tells_every_step_and_ends_completed(with_cli: bool, tmp_path: Path) -> None:
    pulumi = cli()
    if with_cli and not pulumi:
        pytest.skip("no Pulumi CLI: only the mock engine was used (https://www.pulumi.com/docs/install/)")
    script = (
        "import sys, pathlib; from simulation import story; "
        f"{'' if with_cli else 'story.cli = lambda: None; '}sys.exit(story.tell(pathlib.Path(sys.argv[1])))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "demo")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    for number, (announcement, _) in enumerate(story.STEPS, 1):
        assert f"━━ {number}/{len(story.STEPS)} {announcement}" in run.stdout
    assert "UPDATE_EXISTING_RESOURCES after" in run.stdout
    assert "az keyvault key set-attributes" in run.stdout
    last = run.stdout.rsplit(f"━━ {len(story.STEPS)}/{len(story.STEPS)}", 1)[1]
    assert "status" in last
    assert "COMPLETED" in last
    assert ("the real Pulumi engine" in run.stdout) == with_cli
    assert run.stdout.count("mock engine: there is no Pulumi CLI") == (0 if with_cli else 1)
