"""Settings name the made-up organisation, which only an Adobe on this machine may be asked for; Azure over HTTPS."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from simulation.cloud import Cloud
from tests.azure_sdk import azure_at
from tests.clock import ManualClock
from tests.landscape import Landscape, build


@pytest.fixture(autouse=True)
def adobe_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADOBE_PLATFORM_URL", "http://127.0.0.1:9")


@pytest.fixture(autouse=True, scope="session")
def the_primes_of_a_file_are_checked_once() -> Iterator[None]:
    """OpenSSL tests them whenever it loads a key, 0.1 s for each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serialization, "load_pem_private_key", cache(serialization.load_pem_private_key))
        yield


@pytest.fixture
def vault_over_https(cloud: Cloud, clock: ManualClock, tmp_path: Path) -> Iterator[Landscape]:
    """A vault with a key and a deployer who may use its data plane, with the environment that leads there."""
    made = build(cloud)
    cloud.azure.switches.set("deployer-data-role", "crypto-officer")
    with azure_at(cloud, tmp_path, clock):
        yield made
