"""The evidence report of a stack on the engine: what an auditor sees before and after a drift."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulation.adobe.faults import Faults
from simulation.adobe.http import CLIENT_SECRET, ORG
from simulation.cloud import opened
from simulation.environment import simulated
from tests.drivers import Engine


def reported(stack: Engine, folder: Path) -> tuple[int, dict[str, str]]:
    """`python -m operations.report` on the stack; exit code, and the documents by the endings of their files."""
    with opened(stack.home) as cloud, simulated(cloud, stack.home, Faults(stack.faults)) as environment:
        command = [sys.executable, "-m", "operations.report", "--stack", stack.stack, "--output", str(folder)]
        run = subprocess.run(
            [*command, "--config-file", str(stack.config_file)], env=environment, cwd=stack.folder,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert "Traceback" not in run.stderr, run.stderr
    return run.returncode, {file.suffix[1:]: file.read_text() for file in folder.iterdir()}


def healths(documents: dict[str, str]) -> dict[str, str]:
    chain: list[dict[str, Any]] = json.loads(documents["json"])["chain"]
    return {link["title"]: link["health"] for link in chain}


@pytest.mark.every_time(cases=1)
def test_an_auditor_sees_a_healthy_chain_and_after_a_drift_the_link_that_is_lost(settled: Engine, tmp_path: Path) -> None:
    recorded, clouds = settled.recorded(), settled.clouds()
    code, documents = reported(settled, tmp_path / "first")
    assert (code, set(documents)) == (0, {"html", "md", "json"})
    assert set(healths(documents).values()) == {"healthy"}
    report = json.loads(documents["json"])
    assert {each["tick"] for each in report["requirements"]} == {"met"}
    assert all(guard["isOn"] for guard in report["guards"])
    facts = {fact["name"]: fact["value"] for group in report["facts"] for fact in group["facts"]}
    (adobes,) = settled.state()["adobe"]["configurations"].values()
    for content in documents.values():
        assert ORG in content
        assert facts["Vault ID"] in content
        assert facts["Key sent"].rpartition("/")[2] in content
        assert CLIENT_SECRET not in content
    assert facts["Key URI"].rpartition("/")[2] in json.dumps(adobes)
    # A mere look changes nothing.
    assert (settled.recorded(), settled.clouds()) == (recorded, clouds)
    settled.drift("key-disabled")
    code, documents = reported(settled, tmp_path / "second")
    assert code == 0
    assert {title for title, health in healths(documents).items() if health != "healthy"} == {"Key"}
    assert healths(documents)["Key"] == "lost"
    assert "az keyvault key set-attributes" in documents["html"]


def test_a_look_that_failed_is_reported_as_not_checked_and_ends_with_1(settled: Engine, tmp_path: Path) -> None:
    settled.faults = ("503@config-get*9",)
    code, documents = reported(settled, tmp_path / "report")
    assert code == 1
    assert healths(documents)["Configuration"] == "could not be checked"
    assert "Adobe's API is temporarily unavailable" in json.loads(documents["json"])["findings"][0]["found"]


def test_of_a_stack_that_does_not_exist_nothing_is_healthy(settled: Engine, tmp_path: Path) -> None:
    settled.stack = "another"
    code, documents = reported(settled, tmp_path / "report")
    assert code == 1
    assert set(healths(documents).values()) == {"could not be checked"}
    assert "no stack named" in json.loads(documents["json"])["notes"][0]


def test_a_stack_that_is_not_activated_says_so(engine: Engine, tmp_path: Path) -> None:
    engine.configure(activate=None)
    assert engine.up().exit_code == 0
    code, documents = reported(engine, tmp_path / "report")
    assert code == 0
    assert healths(documents)["Configuration"] == "not activated"
    assert json.loads(documents["json"])["status"] == "NOT ACTIVATED"


def test_a_role_that_is_revoked_on_purpose_is_neither_lost_nor_drift(settled: Engine, tmp_path: Path) -> None:
    settled.configure(revoked=f"{ORG}/cmk-config")
    assert [settled.up().exit_code == 0 for _ in range(3)] == [False, True, True]
    code, documents = reported(settled, tmp_path / "report")
    report = json.loads(documents["json"])
    assert (code, report["class"], report["status"]) == (0, "revoked", "REVOKED")
    assert healths(documents)["Role assignment"] == "revoked on purpose"
    assert {health for title, health in healths(documents).items() if title != "Role assignment"} == {"healthy"}
    assert [guard["name"] for guard in report["guards"] if not guard["isOn"]] == ["Access not revoked (revoked)"]
    assert "REVOKED" in documents["html"]
