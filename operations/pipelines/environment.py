"""The environment in which the pipelines run commands."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

# Azure DevOps leaves the reference to a variable that is not defined as it is; GitHub makes it empty.
_UNDEFINED = re.compile(r"\$\([\w.]+\)|")
# Its empty value is one.
_PASSPHRASE = "PULUMI_CONFIG_PASSPHRASE"  # noqa: S105 - the name


def commands_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Without what the pipeline does not define; commands of the virtual environment, such as set-up's CLI, come first."""
    defined = {
        name: value
        for name, value in environment.items()
        if not _UNDEFINED.fullmatch(value) or (name == _PASSPHRASE and not value)
    }
    path = [str(Path(sys.executable).parent), defined.get("PATH", os.defpath)]
    return {**defined, "PATH": os.pathsep.join(path)}


def run_address(environment: Mapping[str, str]) -> str:
    """Where GitHub shows this run; empty elsewhere."""
    if "GITHUB_RUN_ID" not in environment:
        return ""
    return "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}".format_map(environment)
