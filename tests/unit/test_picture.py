"""The terminal session in the README is what the demo prints, and changes only with it."""

import html
import re

import pytest

from simulation.story import STEPS
from tools.picture import PICTURE, essentials, rendered
from tools.report_picture import PICTURE as REPORT

SESSION = """\
This run uses the real Pulumi engine with a simulated Azure, Entra ID and Adobe on this machine.
━━ 2/11 Up: creates everything.
$ pulumi up --yes --skip-preview --stack dev --suppress-outputs --suppress-progress
 +  azure-native:keyvault:Vault adobe-cmk-vault created (0.01s)
 +  azure-native:keyvault:Key adobe-cmk-key created (0.02s)
    adobe-cmk: sending the configuration 'cmk-config' for https://adobe-cmk-vaultbbc52ef5.vault.azure.net/keys/adobe-cmk-key/532fec312ad94c41b5707c6e8d0759df to Adobe
    adobe-cmk: COMPLETED after 0:03 min
    warning: key adobe-cmk-key: Adobe requires an enabled key; found: disabled, last changed on 2026-11-25 14:00 UTC. Fix: az
    + 17 created

Duration: 10s
""".splitlines()  # noqa: E501


def words(svg: str) -> str:
    """The text of a picture, in one line."""
    return " ".join(html.unescape(" ".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))).split())


def test_only_the_lines_that_matter_are_shown() -> None:
    assert [line.strip() for line, _ in essentials(SESSION)] == [
        "━━ 2/11 Up: creates everything.",
        "$ pulumi up",
        "adobe-cmk: sending the configuration 'cmk-config' for https://adobe-cmk-vault0a1b2c3d.vault.azure.net/keys/"
        "adobe-cmk-key/00112233445566778899aabbccddeeff to Adobe",
        "adobe-cmk: COMPLETED",
        "warning: key adobe-cmk-key: Adobe requires an enabled key; found: disabled. Fix: az",
        "+ 17 created",
    ]


@pytest.mark.parametrize(
    ("was", "is_now"),
    [
        ("bbc52ef5", "00000000"),
        ("532fec312ad94c41b5707c6e8d0759df", "0" * 32),
        ("0:03 min", "1:10 min"),
        ("2026-11-25 14:00", "2027-01-02 03:04"),
        ("Duration: 10s", "Duration: 1m2s"),
        ("(0.01s)", "(3s)"),
    ],
)
def test_the_picture_of_another_run_is_the_same(was: str, is_now: str) -> None:
    assert rendered([line.replace(was, is_now) for line in SESSION]) == rendered(SESSION)


def test_the_order_in_which_resources_are_created_is_not_in_the_picture() -> None:
    assert rendered([*SESSION[:3], SESSION[4], SESSION[3], *SESSION[5:]]) == rendered(SESSION)


def test_the_picture_of_the_readme_has_each_step_of_the_demo_in_its_order() -> None:
    shown = words(PICTURE.read_text())
    places = [shown.find(f"{number}/{len(STEPS)} {announcement}") for number, (announcement, _) in enumerate(STEPS, 1)]
    assert -1 not in places
    assert places == sorted(places)


def test_the_picture_of_the_readme_loads_nothing() -> None:
    addresses = re.findall(r"(?:href=|src=|url\()[\"']?([^\"')]+)", PICTURE.read_text())
    assert [address for address in addresses if not address.startswith("#")] == []


def test_the_picture_of_a_report_fits_the_readme() -> None:
    assert REPORT.read_bytes().startswith(b"\x89PNG")
    assert REPORT.stat().st_size < 250_000
