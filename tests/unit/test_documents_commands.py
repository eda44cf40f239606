"""Each command of the documents exists, and each make target is in a document."""

import argparse
import importlib.util
import re
import shlex
from collections.abc import Iterator

import pytest
import yaml

from simulation.__main__ import _parser
from tests.documents import DOCUMENTS, ROOT, code

TARGETS = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
VARIABLES = set(re.findall(r"(?:\$\(|^)([A-Z]+)\b", (ROOT / "Makefile").read_text(), re.MULTILINE))
SETTINGS = set(yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"])
# The providers' own, in their namespaces.
OF_PROVIDERS = {"azure-native:location", "azure-native:subscriptionId", "azure-native:tenantId", "azuread:tenantId"}


def matches(pattern: str) -> Iterator[tuple[str, ...]]:
    """Groups of each place in the code of the documents, with the name of the document."""
    for path in DOCUMENTS:
        for line in code(path.read_text()):
            for match in re.finditer(pattern, line):
                yield (path.name, *match.groups(""))


MADE = sorted(set(matches(r"(?:^|\s)make ([a-z][\w-]*)((?: [A-Z]+=\S+)*)")))
MODULES = sorted({name for _, name in matches(r"python3? -m ([\w.]+)")})
SIMULATED = sorted({line for _, line in matches(r"python -m simulation (.+)")})
CONFIGURED = sorted({key for _, key in matches(r"pulumi config (?:set|rm) (?:--\w+ )?'?([\w:-]+)")})


@pytest.mark.parametrize(("document", "target", "variables"), MADE)
def test_each_target_that_a_document_names_is_in_the_makefile(document: str, target: str, variables: str) -> None:
    assert target in TARGETS
    assert set(re.findall(r"([A-Z]+)=", variables)) <= VARIABLES


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_each_target_of_the_makefile_is_in_a_document(target: str) -> None:
    assert target in {made for _, made, _ in MADE}


@pytest.mark.parametrize("module", MODULES)
def test_each_module_that_a_document_runs_exists(module: str) -> None:
    assert importlib.util.find_spec(module)


@pytest.mark.parametrize("line", SIMULATED)
def test_the_simulation_understands_each_of_its_commands(line: str) -> None:
    # Choices are separated by |, and <…> stands for a name.
    words = shlex.split(re.sub(r" <\w+>", "", line))
    for number in range(max(word.count("|") for word in words) + 1):
        given = [word.split("|")[number] if "|" in word else word for word in words]
        assert isinstance(_parser().parse_args(given), argparse.Namespace)


@pytest.mark.parametrize("key", CONFIGURED)
def test_each_setting_that_a_document_sets_is_one(key: str) -> None:
    assert key in SETTINGS | OF_PROVIDERS


def test_the_documents_have_commands_of_each_kind() -> None:
    assert len(MADE) > 20
    assert {"simulation", "operations.drift"} <= set(MODULES)
    assert len(SIMULATED) > 10
    assert len(CONFIGURED) > 20
