"""The mock engine hands the program what the engine does: defaults and values of the project, and the stack's over them."""

from pathlib import Path

import pytest
import yaml

from simulation.rehearsal import run as rehearsal

PROJECT = {
    "imsOrgId": {"type": "string"},
    "region": {"type": "string", "default": "va7"},
    "keySize": {"type": "integer", "value": 4096},
    "tags": {"type": "object", "default": {"team": "security"}},
    "azure-native:location": {"value": "westeurope"},
}


@pytest.mark.parametrize(
    ("own", "location"), [({}, "westeurope"), ({"azure-native:location": "northeurope"}, "northeurope")]
)
def test_the_shared_settings_reach_the_program_and_a_stack_goes_over_them(
    own: dict[str, str], location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Pulumi.yaml").write_text(yaml.safe_dump({"config": PROJECT}))
    (tmp_path / "Pulumi.acme.yaml").write_text(yaml.safe_dump({"config": own}))
    monkeypatch.setattr(rehearsal, "ROOT", tmp_path)
    assert rehearsal._configuration(tmp_path / "Pulumi.acme.yaml") == {
        "adobe-cmk:region": "va7",
        "adobe-cmk:keySize": "4096",
        "adobe-cmk:tags": '{"team": "security"}',
        "azure-native:location": location,
    }
