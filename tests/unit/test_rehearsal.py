"""The program runs in the process of its rehearsal, which goes on after it; what the mock engine cannot do, it says."""

import json
import sys
from pathlib import Path

import pytest

from tests.drivers import Rehearsal


def test_a_rehearsal_leaves_the_hook_for_errors_as_it_was(tmp_path: Path) -> None:
    hook = sys.excepthook
    outcome = Rehearsal(tmp_path / "home").preview()
    assert outcome.exit_code == 0, outcome.text
    assert sys.excepthook is hook


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"keyName": "another-key"}, "a change of keyName replaces it, and the mock engine replaces nothing"),
        ({"keyVaultApiVersion": "2026-02-01"}, "keyvault:Vault, and the mock engine changes no type"),
    ],
)
def test_what_only_the_engine_can_do_to_a_resource_is_an_error(tmp_path: Path, change: dict[str, str], words: str) -> None:
    rehearsal = Rehearsal(tmp_path / "home", activate=None, protect="false", keyVaultApiVersion="provider")
    assert rehearsal.up().exit_code == 0
    before = rehearsal.clouds()
    rehearsal.configure(**{"activate": None, "protect": "false", "keyVaultApiVersion": "provider", **change})
    for outcome in (rehearsal.preview(), rehearsal.up()):
        assert outcome.exit_code == 1
        assert words in outcome.text
    assert rehearsal.clouds() == before


def test_a_resource_that_is_no_longer_declared_is_an_error(tmp_path: Path) -> None:
    rehearsal = Rehearsal(tmp_path / "home", activate=None)
    assert rehearsal.up().exit_code == 0
    file = tmp_path / "home" / "rehearsal.json"
    record = json.loads(file.read_text())
    file.write_text(
        json.dumps({**record, "azure-native:keyvault:Key former": record["azure-native:keyvault:Key adobe-cmk-key"]})
    )
    outcome = rehearsal.preview()
    assert outcome.exit_code == 1
    assert "no longer declared, and the mock engine deletes nothing: azure-native:keyvault:Key former" in outcome.text
