"""The check of a rotated key's versions signs in by itself: where it cannot, that is a failed check and no drift."""

from pathlib import Path

from tests.drivers import Engine
from tests.engine.edited import project

# The one of the program, and an explicit one in place of it.
DECLARED = 'keys = components.CustomerManagedKeys("adobe-cmk", settings.load('
EXPLICIT = (
    "import pulumi_azure_native\n"
    'azure = pulumi_azure_native.Provider("azure", location="westeurope")\n'
    "opts = pulumi.ResourceOptions(providers=[azure])\n"
)
# As in the environment of a program that installs the component alone.
ABSENT = 'import sys\n\nsys.modules["azure.identity"] = None\n'


def edited(folder: Path, before: str, *options: str) -> Path:
    """The program with lines before its declaration, and more arguments of that."""
    target = project(folder, {})
    text = (target / "__main__.py").read_text()
    assert DECLARED in text
    declaration = next(line for line in text.splitlines() if line.startswith(DECLARED))
    more = "".join(f", {option}" for option in options)
    (target / "__main__.py").write_text(text.replace(declaration, f"{before}{declaration[:-1]}{more})"))
    return target


def test_with_an_explicit_provider_the_sign_in_is_named_and_no_role_is_advised(engine: Engine, tmp_path: Path) -> None:
    folder = edited(tmp_path, EXPLICIT, "opts=opts")
    outcome = engine.pulumi("up", "--yes", "--skip-preview", cwd=folder)
    assert outcome.exit_code == 0, outcome.text
    engine.drift("key-rotated")
    watched = engine.pulumi(
        "preview", "--refresh", "--expect-no-changes", cwd=folder, environment={"ARM_CLIENT_SECRET": "wrong"}
    )
    assert (watched.exit_code != 0, watched.changed()) == (True, {"Activation": "update"}), watched.text
    (said,) = {line for line in watched.text.splitlines() if line.startswith("warning: versions of the key")}
    assert "by the ARM_* variables or az login, not with the credential that azure-native is configured with" in said
    assert "the role Reader" not in said


def test_without_the_package_the_up_fails_and_names_it(settled: Engine, tmp_path: Path) -> None:
    folder = edited(tmp_path, ABSENT)
    outcome = settled.pulumi("up", "--yes", "--skip-preview", cwd=folder)
    assert (outcome.exit_code, outcome.changed()) == (0, {}), outcome.text
    settled.drift("key-rotated")
    code, text = settled.plain_up("--refresh", cwd=folder)
    assert code != 0
    assert "RequirementsNotMet" in text
    assert "could not be read, which does not mean that it is gone. The package azure-identity is not installed" in text
    assert "Fix: pip install azure-identity" in text
