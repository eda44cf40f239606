"""Nothing secret is in a report, nothing in it is markup, and the files are whole."""

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from operations.drift.look import Change
from operations.drift.severity import Severity
from operations.report import __main__ as command
from operations.report.documents import _SIGNS, documents
from operations.report.gather import gathered
from operations.report.markdown import code, escaped
from operations.report.state import parsed
from tests.clock import ManualClock
from tests.looks import exported, recorded_look, recorded_state

AT = ManualClock().now()
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJpZCI6InNlY3JldCJ9.c2lnbmF0dXJlLXNlY3JldA"
CLIENT_SECRET = "p8e-Not-A-Real-Secret-0001"
PRIVATE_KEY = "-----BEGIN PRIVATE KEY-----\nMIIBVQIBADANBgkqhkiG9w0BAQEFAASCAT8w\n-----END PRIVATE KEY-----"
CIPHERTEXT = "v1:c2VjcmV0:bm9uY2U6Y2lwaGVydGV4dA=="
SECRETS = (TOKEN, CLIENT_SECRET, "MIIBVQIBADANBgkqhkiG9w0BAQEFAASCAT8w", CIPHERTEXT, "hunter2hunter2")
SENTINEL = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": CIPHERTEXT}
HOSTILE = "<script>alert(1)</script>\"'|`[x](https://evil.example)![y](https://evil.example/p.png) @all www.evil.example"


def made(state: Any, environment: dict[str, str] | None = None, look: str = "untouched", **changes: Any) -> dict[str, str]:
    seen = recorded_look(look)
    for name, value in changes.items():
        setattr(seen, name, value)
    return documents(gathered("dev", parsed(state), seen, AT, ""), environment or {})


def poisoned(value: Any, poison: Any, name: str = "") -> Any:
    """The same state with the poison in each text that is no type and no URN, and in a property more of each object."""
    if isinstance(value, dict):
        more = {} if name == "" else {"password": poison}
        return {**{key: poisoned(each, poison, key) for key, each in value.items()}, **more}
    if isinstance(value, list):
        return [poisoned(each, poison, name or "list") for each in value]
    return poison if isinstance(value, str) and name not in ("urn", "type", "time", "status") else value


@pytest.mark.parametrize(
    "poison", [TOKEN, PRIVATE_KEY, CLIENT_SECRET, SENTINEL, f"a Bearer {TOKEN}", "password=hunter2hunter2"]
)
def test_no_secret_of_a_state_is_in_a_report(poison: Any) -> None:
    environment = {"ADOBE_CLIENT_SECRET": CLIENT_SECRET}
    for content in made(poisoned(exported(), poison), environment).values():
        assert not [secret for secret in SECRETS if secret in content]


@pytest.mark.parametrize("secret", [TOKEN, PRIVATE_KEY, CLIENT_SECRET, "Bearer hunter2hunter2"])
def test_no_secret_in_the_words_of_azure_adobe_or_pulumi_is_in_a_report(secret: str) -> None:
    environment = {"ADOBE_CLIENT_SECRET": CLIENT_SECRET}
    said = [f"key k: must not expire; found: {secret}. Fix: {secret}"]
    for content in made(exported(), environment, verdict=said, warnings=said, errors=[f"error: {secret}"]).values():
        assert not [each for each in SECRETS if each in content]


def test_settings_and_tags_that_nobody_asked_for_are_not_in_a_report() -> None:
    state = exported()
    for resource in state["deployment"]["resources"]:
        resource.setdefault("outputs", {})["tags"] = {"note": "hunter2hunter2"}
        resource.setdefault("inputs", {})["azure-native:clientSecret"] = "hunter2hunter2"
    assert not [content for content in made(state).values() if "hunter2hunter2" in content]


class Tags(HTMLParser):
    """The elements of a page and what they load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.loaded: list[str] = []
        self.handlers: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        given = dict(attrs)
        self.handlers += [name for name in given if name.startswith("on")]
        if tag != "a":
            self.loaded += [str(given[name]) for name in ("src", "href", "srcset", "data") if name in given]

    def handle_data(self, data: str) -> None:
        self.text += data


def tagged(value: str) -> Change:
    paths, found = ("tags.owner",), {"name": "v", "tags": {"owner": value}}
    return Change("azure-native:keyvault:Vault", "adobe-cmk-vault", "update", paths, found, {"tags": {}})


def test_nothing_of_a_hostile_name_is_markup_on_the_page() -> None:
    page = Tags(made(poisoned(exported(), HOSTILE), changes=[tagged(HOSTILE)])["html"])
    assert "<script>alert(1)</script>" in page.text
    assert page.names == Tags(made(exported(), changes=[tagged("acme")])["html"]).names
    assert page.handlers == []


def test_a_page_loads_nothing() -> None:
    page = made(exported())["html"]
    assert [address for address in Tags(page).loaded if not address.startswith("#")] == []
    assert not re.search(r"url\(|@import|https?://[^\"<]*\.(?:css|js|woff2?)", page)


@pytest.mark.parametrize("kind", ["state", "tag", "error"])
def test_nothing_of_a_hostile_name_is_markup_in_markdown(kind: str) -> None:
    hostile = {
        "state": lambda: made(poisoned(exported(), HOSTILE)),
        "tag": lambda: made(exported(), changes=[tagged(HOSTILE)]),
        "error": lambda: made(exported(), errors=[HOSTILE], verdict=[f"key k: must not expire; found: {HOSTILE}"]),
    }[kind]()["md"]
    renderer = MarkdownIt("commonmark", {"linkify": False}).enable("table")
    page, good = Tags(renderer.render(hostile)), Tags(renderer.render(made(exported())["md"]))
    assert page.names <= good.names
    assert page.loaded == []
    assert "evil.example" in page.text
    assert not re.findall(r'href="[^"]*evil', renderer.render(hostile))
    # Each row of a table has as many cells as its head.
    widths = [len(re.findall(r"(?<!\\)\|", line)) for line in hostile.splitlines() if line.startswith("|")]
    assert set(widths) <= {3, 4, 5, 6, 7}
    for block in re.findall(r"(?:^\|.*\n)+", hostile, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1


@pytest.mark.parametrize("text", ["a|b", "`x`", "``", "a ` b | c", "<b>", "\\", "line\nbreak", "|"])
def test_a_code_span_shows_a_value_as_it_is(text: str) -> None:
    table = f"| a |\n| --- |\n| {code(text)} |\n"
    page = MarkdownIt("commonmark").enable("table").render(table)
    (shown,) = re.findall(r"<code>(.*?)</code>", page)
    assert Tags(shown).text == " ".join(text.split())


@pytest.mark.parametrize("text", ["*a* _b_", "<b>", "[a](b)", "a|b", "&amp;", "https://a.b", "# a", "@all", "`a`", "~~a~~"])
def test_escaped_text_is_text(text: str) -> None:
    page = MarkdownIt("commonmark").enable("table").render(f"| a |\n| --- |\n| {escaped(text)} |\n")
    assert Tags(page).names == {"table", "thead", "tr", "th", "tbody", "td"}
    assert Tags(page).text.split()[1:] == text.split()


@pytest.mark.parametrize(
    "garbage", [None, [], "x", {}, {"deployment": None}, {"deployment": {"resources": [None, 1, {}]}}], ids=str
)
def test_a_state_of_another_form_makes_a_report_that_has_checked_nothing_of_it(garbage: Any) -> None:
    report = json.loads(documents(gathered("dev", parsed(garbage), recorded_look("503"), AT, ""), {})["json"])
    assert not report["isComplete"]
    assert report["status"] == "UNKNOWN"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command on a recorded look; returns the exit code."""

    def run(look: str, *more: str) -> int:
        monkeypatch.setattr(command, "recorded", lambda *_: recorded_state(look))
        monkeypatch.setattr(command, "look", lambda *_: recorded_look(look))
        monkeypatch.setattr(command, "engine_version", lambda: "3.260.0")
        return command.main(["--stack", "dev", "--output", str(tmp_path / "out"), *more], ManualClock())

    return run


@pytest.mark.parametrize(
    ("look", "code_"), [("untouched", 0), ("key-disabled", 0), ("prepared", 0), ("503", 1), ("vault-deleted", 1)]
)
def test_a_report_is_written_and_its_exit_code_says_whether_all_was_checked(
    run: Any, tmp_path: Path, look: str, code_: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(look) == code_
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["dev.html", "dev.json", "dev.md"]
    assert ("not everything could be checked" in capsys.readouterr().out) == bool(code_)
    assert json.loads((tmp_path / "out" / "dev.json").read_text())["lookedAt"] == "2026-03-02T09:00:00Z"


def test_a_report_that_failed_leaves_the_one_of_before(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("untouched") == 0
    before = (tmp_path / "out" / "dev.html").read_text()
    written = Path.write_text

    def half(self: Path, text: str, **more: Any) -> int:
        written(self, text[:100], **more)
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_text", half)
    with pytest.raises(SystemExit) as ended:
        run("key-disabled")
    assert ended.value.code == 1
    assert (tmp_path / "out" / "dev.html").read_text() == before
    assert len(list((tmp_path / "out").iterdir())) == 3


def test_a_stack_with_an_organisation_is_one_file_in_the_folder(run: Any, tmp_path: Path) -> None:
    files = command.write({"md": "x"}, "../acme/adobe-cmk/prod", tmp_path)
    assert [file.parent for file in files] == [tmp_path]


@pytest.mark.parametrize("arguments", [[], ["--stack"], ["--stack", "dev", "--nonsense"]], ids=str)
def test_a_wrong_command_line_ends_with_1(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 1


def test_without_jinja2_the_error_says_how_to_install_it(
    run: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(SystemExit):
        run("untouched")
    assert "Fix: make report, or .venv/bin/pip install" in capsys.readouterr().err


def test_without_a_pulumi_cli_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        command.main(["--stack", "dev", "--output", str(tmp_path / "out")])
    assert ended.value.code == 1
    assert "no Pulumi CLI on PATH. Fix: activate the environment" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_state_is_exported_without_showing_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from operations.report import state

    pulumi = tmp_path / "pulumi"
    pulumi.write_text(f'#!/bin/sh\n[ "$1" = version ] && echo v3.260.0 && exit\necho "$@" > {tmp_path}/said\necho "{{}}"\n')
    pulumi.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert state.recorded("dev", tmp_path).problem == ""
    assert "--show-secrets" not in (tmp_path / "said").read_text()


def test_a_state_that_pulumi_does_not_export_is_a_problem_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from operations.report import state

    pulumi = tmp_path / "pulumi"
    pulumi.write_text("#!/bin/sh\n[ \"$1\" = version ] && echo v3.260.0 && exit\necho 'no stack named dev' >&2\nexit 255\n")
    pulumi.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert "no stack named dev" in state.recorded("dev", tmp_path).problem


def test_every_class_of_drift_has_a_sign_for_those_who_see_no_colour() -> None:
    assert set(_SIGNS) == set(Severity)
    assert len(set(_SIGNS.values())) == len(Severity)
