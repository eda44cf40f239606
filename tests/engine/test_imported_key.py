"""What becomes of an imported key once nothing guards it, which the engine alone shows."""

from pathlib import Path

from simulation.by_hand import PLATFORM_VAULT_ID, SET_UPS
from simulation.cloud import opened
from tests.drivers import Engine
from tests.key_files import CRYPTO_OFFICER, pem, rsa_key


def test_without_guards_a_renamed_key_is_imported_anew_and_a_destroy_deletes_it(engine: Engine, tmp_path: Path) -> None:
    with opened(engine.home) as cloud, cloud.at_work():
        SET_UPS["platform-team"](cloud)
    engine.switch(*CRYPTO_OFFICER)
    path = tmp_path / "key.pem"
    path.write_bytes(pem(rsa_key()))
    settings = {"keyFile": str(path), "activate": None, "protect": "false", "existingVaultId": PLATFORM_VAULT_ID}
    engine.configure(**settings)
    assert engine.up().exit_code == 0
    engine.configure(**settings, keyName="another")
    replaced = engine.up()
    assert replaced.exit_code == 0, replaced.text
    azure = engine.state()["azure"]
    assert "platform-vault/another" in azure["keys"]
    assert "platform-vault/adobe-cmk-key" in azure["deletedKeys"]
    path.unlink()
    code, text = engine.plain("destroy", "--yes", "--skip-preview", *engine.on)
    assert code == 0, text
    assert "deleting the imported key another from https://platform-vault.vault.azure.net" in text
    assert "platform-vault/another" in engine.state()["azure"]["deletedKeys"]
