"""A copy of the project with edits, as somebody might make them who does not know what depends on what."""

import shutil
from pathlib import Path

from simulation.environment import ROOT

Edits = dict[str, list[tuple[str, str]]]
# What an earlier run may have sent is looked for in seconds: for tests that are about something else.
IMPATIENT: Edits = {"components/adobe/submission.py": [("READS = (2, 5, 15, 30, 70)", "READS = (1, 1)")]}


def project(folder: Path, edits: Edits) -> Path:
    """The project in a folder of its own, each text that is to go (it must be there) replaced in its file."""
    target = folder / "project"
    target.mkdir()
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml", ".venv"):
        (target / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "__main__.py", target)
    shutil.copytree(ROOT / "components", target / "components", ignore=shutil.ignore_patterns("__pycache__"))
    for name, replacements in edits.items():
        text = (target / name).read_text()
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new)
        (target / name).write_text(text)
    return target
