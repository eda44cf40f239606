"""The environment in which a command uses only the simulated clouds."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import yaml

from .adobe.faults import Faults
from .adobe.http import CLIENT_ID, CLIENT_SECRET, AdobeServer
from .azure.https import serving_azure
from .cloud import Cloud
from .providers.grpc_servers import serving

ROOT = Path(__file__).parents[1]
# Where set-up puts a CLI that it brings itself.
OWN_CLI = ROOT / ".pulumi-cli"
# The simulation's stacks hold no secret; the passphrase is as public as this line.
PASSPHRASE = ""
# Libraries of Python and Go let these count more than the same in capitals; they would lead around the simulated Azure.
OVERRIDING = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def stack_file(config: Mapping[str, object]) -> str:
    """Text of a stack file with these settings, for the simulation's passphrase."""
    return yaml.safe_dump({"config": dict(config), "encryptionsalt": _salt()})


@cache
def _salt() -> str:
    return str(yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["encryptionsalt"])


def cli() -> str | None:
    """Path of the Pulumi CLI: from PATH, else the one that set-up brought."""
    return shutil.which("pulumi") or shutil.which("pulumi", path=str(OWN_CLI / "bin"))


@contextmanager
def simulated(cloud: Cloud, home: Path, faults: Faults | None = None) -> Iterator[dict[str, str]]:
    """Serve the cloud; yields the environment for commands that use it."""
    with simulated_environment(cloud, home, faults) as variables, serving(cloud) as debug_providers:
        yield {**_inherited(os.environ), **variables, "PULUMI_DEBUG_PROVIDERS": debug_providers}


@contextmanager
def simulated_environment(cloud: Cloud, home: Path, faults: Faults | None = None) -> Iterator[dict[str, str]]:
    """Serve what a program calls by itself; yields the variables that lead there, and to a Pulumi backend next to it."""
    with AdobeServer(cloud, faults).serving() as adobe, serving_azure(cloud, home) as azure:
        yield {**_variables(home, adobe.url), **azure}


def _variables(home: Path, adobe_url: str) -> dict[str, str]:
    backend = home / "pulumi"
    backend.mkdir(parents=True, exist_ok=True)
    return {
        "ADOBE_PLATFORM_URL": adobe_url,
        "ADOBE_IMS_URL": adobe_url,
        "ADOBE_CLIENT_ID": CLIENT_ID,
        "ADOBE_CLIENT_SECRET": CLIENT_SECRET,
        "NO_PROXY": "127.0.0.1,localhost",
        # Without files of attributes, which a killed engine may leave half written: the stack would be unreadable then.
        "PULUMI_BACKEND_URL": f"file://{backend.resolve()}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        # Nothing is downloaded: the providers are attached, and the CLI does not check for updates.
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"], str(OWN_CLI / "bin")]),
    }


def _inherited(environment: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without credentials, addresses of real clouds, and what would count more than our proxy."""
    foreign = (
        "ADOBE_",
        "ARM_",
        "AZURE_",
        "PULUMI_ACCESS_TOKEN",
        "PULUMI_CONFIG_PASSPHRASE_FILE",
        "PULUMI_STACK",
        *OVERRIDING,
    )
    return {name: value for name, value in environment.items() if not name.startswith(foreign)}
