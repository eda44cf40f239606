from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from components.safety.creation_guards import CreationBlocked, creation_guards


def test_a_second_vault_or_key_is_refused_in_preview_too_with_the_commands_that_bring_back_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: dict[str, Any] = {}

    def hook(name: str, callback: Any, options: pulumi.ResourceHookOptions) -> None:
        made.update(name=name, callback=callback, options=options)

    monkeypatch.setattr(pulumi, "ResourceHook", hook)
    creation_guards("cmk", "acme-vault", "acme-key")
    assert made["name"] == "cmk-no-second"
    assert made["options"].on_dry_run is True
    with pytest.raises(CreationBlocked) as caught:
        made["callback"](SimpleNamespace(type="azure-native:keyvault:Key", name="cmk-key"))
    for words in (
        "azure-native:keyvault:Key cmk-key",
        "az keyvault recover --name acme-vault",
        "az keyvault key recover --vault-name acme-vault --name acme-key",
    ):
        assert words in str(caught.value)
