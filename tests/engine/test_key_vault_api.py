"""The two versions of Key Vault's management API: a switch changes nothing, and Azure's date loses nothing."""

import json
from pathlib import Path

import pytest

from simulation.environment import ROOT
from tests.drivers import Engine

POST = "POST /data/infrastructure/manager/customer"
PACKAGE = "azure-native_keyvault_v20260201"
NEW = {"keyVaultApiVersion": "2026-02-01"}
COMMANDS = (
    ("preview",),
    ("up", "--yes", "--skip-preview"),
    ("refresh", "--yes", "--skip-preview"),
    ("refresh", "--yes", "--skip-preview", "--run-program"),
    ("preview", "--refresh", "--expect-no-changes"),
)


def types(stack: Engine) -> list[str]:
    """Types of the custom resources in the state, providers left out."""
    code, text = stack.plain("stack", "export", "--stack", "dev")
    assert code == 0
    resources = json.loads(text[text.index("{") :])["deployment"]["resources"]
    return sorted(entry["type"] for entry in resources if not entry["type"].startswith(("pulumi:", "adobe-cmk:")))


def provider_type(token: str) -> str:
    return token.replace(PACKAGE, "azure-native")


def posts(stack: Engine) -> int:
    return sum(call.startswith(POST) for call in stack.calls())


def test_a_switch_there_and_back_changes_nothing_and_keeps_every_guard(settled: Engine, tmp_path: Path) -> None:
    clouds, before = settled.clouds(), types(settled)
    wanted = tmp_path / "longer-keys.json"
    wanted.write_text(json.dumps({"key-is-fit-for-adobe": {"enforcementLevel": "mandatory", "minimumKeySize": 4096}}))
    for settings in (NEW, {}):
        settled.configure(**settings)
        preview = settled.preview()
        assert (preview.exit_code, preview.changed()) == (0, {}), preview.text
        outcome = settled.up()
        assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text
        watched = settled.watch()
        assert (watched.exit_code, watched.changed()) == (0, {}), watched.text
        assert any(token.startswith(PACKAGE) for token in types(settled)) is bool(settings)
        assert sorted(map(provider_type, types(settled))) == before
        code, text = settled.plain("destroy", "--yes", "--run-program", *settled.on)
        assert code != 0, text
        code, text = settled.plain(
            "preview", "--policy-pack", str(ROOT / "policy"), "--policy-pack-config", str(wanted), *settled.on
        )
        assert code != 0, text
        assert "4096" in text
    assert settled.clouds() == clouds
    assert posts(settled) == 1


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_past_the_date_the_retired_version_is_an_error_and_the_state_loses_nothing(
    settled: Engine, command: tuple[str, ...]
) -> None:
    settled.switch("key-vault-api-retired", "yes")
    before, clouds = types(settled), settled.clouds()
    code, text = settled.plain(*command, *settled.on)
    assert (code != 0) or command == ("preview",), text
    assert "2024-11-01" in text
    assert types(settled) == before
    assert settled.clouds() == clouds
    assert posts(settled) == 1


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_past_the_date_the_new_version_works(settled: Engine, command: tuple[str, ...]) -> None:
    settled.configure(**NEW)
    assert settled.up().exit_code == 0
    settled.switch("key-vault-api-retired", "yes")
    code, text = settled.plain(*command, *settled.on)
    assert code == 0, text
    assert posts(settled) == 1


def test_past_the_date_the_switch_is_all_that_is_needed(settled: Engine) -> None:
    settled.switch("key-vault-api-retired", "yes")
    assert settled.up().exit_code != 0
    settled.configure(**NEW)
    outcome = settled.up()
    assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text
    assert settled.watch().exit_code == 0


def test_a_first_up_with_the_new_version_completes(engine: Engine) -> None:
    engine.configure(**NEW)
    outcome = engine.up()
    assert outcome.exit_code == 0, outcome.text
    assert outcome.outputs["status"] == "COMPLETED"
    assert engine.up().changed() == {}
