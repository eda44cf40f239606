"""The drift check of several stacks: one table and one exit code, however one of the checks fails."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from operations.drift import __main__ as command
from operations.drift import several
from operations.drift.overview import FORMATS, Overview
from operations.drift.report import Report
from operations.drift.severity import Finding, Severity

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DISABLED = Finding(
    severity=Severity.PURGE, resource="key acme-key", found="disabled | by hand", fix="enable it", since="09:00"
)
CLOSED = Finding(severity=Severity.RECOVERABLE, resource="vault acme", found="closed")
TAGGED = Finding(severity=Severity.BENIGN, resource="vault acme", found="changed: tags")
REPORTS = {
    "acme": Report("acme", NOW, [DISABLED, CLOSED]),
    "globex": Report("globex", NOW, [TAGGED]),
    "initech": Report("initech", NOW, []),
}
# Stands in for the check of one stack: does what its folder has for the stack.
CHECK = """import pathlib, sys
exec(pathlib.Path(sys.argv[sys.argv.index("--stack") + 1] + ".act").read_text())
"""


def acts(folder: Path, **actions: str) -> None:
    """Let the check of each stack do something."""
    package = folder / "operations" / "drift"
    package.mkdir(parents=True)
    (package / "__main__.py").write_text(CHECK)
    for stack, action in actions.items():
        (folder / f"{stack}.act").write_text(action)


def saying(report: Report, code: int | None = None) -> str:
    return f"print({report.json()!r}); sys.exit({report.severity.exit_code if code is None else code})"


def checked(folder: Path, *stacks: str, seconds: float = 60) -> dict[str, tuple[Severity, str]]:
    """Class and first finding by stack."""
    reports = several.check_all(stacks, folder, 2, NOW, seconds)
    return {report.stack: (report.severity, report.findings[0].found if report.findings else "") for report in reports}


def test_each_check_hands_over_its_findings(tmp_path: Path) -> None:
    acts(tmp_path, **{stack: saying(report) for stack, report in REPORTS.items()})
    assert several.check_all(list(REPORTS), tmp_path, 2, NOW) == list(REPORTS.values())


@pytest.mark.parametrize(
    ("action", "found"),
    [
        ("sys.exit(1)", "it ended with exit code 1 and without a result"),
        ("import os; os.kill(os.getpid(), 9)", "it ended with exit code -9 and without a result"),
        ("raise ValueError('broken')", "ValueError: broken"),
        ("print('no JSON'); sys.exit(0)", "it ended with exit code 0 and without a result"),
        ("print('[]')", "without a result"),
        ('print(\'{"stack": "globex"}\')', "without a result"),
        ('print(\'{"stack": "globex", "findings": [{"class": "fine"}]}\')', "without a result"),
        (saying(REPORTS["acme"]), "it ended with exit code 3 and without a result"),
        (saying(REPORTS["globex"], 3), "it ended with exit code 3 and without a result"),
        (saying(Report("globex", NOW, [DISABLED]), 0), "it ended with exit code 0 and without a result"),
        ("sys.stdout.buffer.write(bytes(range(256)))", "without a result"),
    ],
)
@pytest.mark.sampled(cases=3)
def test_what_is_no_result_is_a_failed_check_of_that_stack_alone(tmp_path: Path, action: str, found: str) -> None:
    acts(tmp_path, acme=saying(REPORTS["acme"]), globex=action, initech=saying(REPORTS["initech"]))
    seen = checked(tmp_path, "acme", "globex", "initech")
    severity, said = seen.pop("globex")
    assert severity is Severity.UNKNOWN
    assert found in said
    assert seen == {"acme": (Severity.PURGE, "disabled | by hand"), "initech": (Severity.BENIGN, "")}


def test_a_check_that_does_not_end_in_time_has_failed(tmp_path: Path) -> None:
    acts(tmp_path, globex="import time; time.sleep(60)", initech=saying(REPORTS["initech"]))
    seen = checked(tmp_path, "globex", "initech", seconds=2)
    assert seen == {"globex": (Severity.UNKNOWN, "did not end within 2 s"), "initech": (Severity.BENIGN, "")}


def test_a_long_error_is_told_by_its_end(tmp_path: Path) -> None:
    acts(tmp_path, globex="sys.exit('start ' + 'x' * 1000 + ' the reason')")
    _, said = checked(tmp_path, "globex")["globex"]
    assert said.endswith(" the reason")
    assert "start" not in said


def test_each_check_runs_with_the_credentials_of_its_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADOBE_CLIENT_SECRET__GLOBEX", "of globex")
    monkeypatch.delenv("ADOBE_CLIENT_SECRET", raising=False)
    tell = "import os; sys.exit(str([value for name, value in os.environ.items() if name.startswith('ADOBE_CLIENT_S')]))"
    acts(tmp_path, acme=tell, globex=tell)
    seen = checked(tmp_path, "acme", "globex")
    assert seen["acme"][1].endswith("[]")
    assert seen["globex"][1].endswith("['of globex']")


FAILED = Report("initech", NOW, [Finding(severity=Severity.UNKNOWN, resource="the check", found="no stack named 'initech'")])


def test_the_overview_is_one_table_with_the_first_finding_of_each() -> None:
    assert Overview([REPORTS["acme"], REPORTS["globex"], FAILED]).text().splitlines()[:4] == [
        "stack    class         findings  first finding",
        "acme     purge-class   2         key acme-key: disabled | by hand",
        "globex   benign        1         vault acme: changed: tags",
        "initech  check failed  1         the check: no stack named 'initech'",
    ]
    assert (
        "\n3 stacks: 1 purge-class, 1 check failed, 1 benign. Adobe may treat this"
        in Overview([REPORTS["acme"], REPORTS["globex"], FAILED]).text()
    )


def test_a_table_in_markdown_keeps_its_columns() -> None:
    text = Overview([REPORTS["acme"]]).markdown()
    assert "| acme | purge-class | 2 | key acme-key: disabled \\| by hand |" in text


def test_the_json_has_the_whole_report_of_each() -> None:
    read = json.loads(Overview([REPORTS["acme"], FAILED]).json())
    assert (read["class"], read["exitCode"]) == ("purge-class", 3)
    assert [one["stack"] for one in read["stacks"]] == ["acme", "initech"]
    assert read["stacks"][0] == json.loads(REPORTS["acme"].json())


@pytest.mark.parametrize(
    ("reports", "code"),
    [
        ([REPORTS["globex"], REPORTS["initech"]], 0),
        ([REPORTS["globex"], FAILED], 1),
        ([REPORTS["globex"], Report("x", NOW, [CLOSED])], 2),
        ([FAILED, Report("x", NOW, [CLOSED])], 1),
        ([FAILED, REPORTS["acme"]], 3),
    ],
)
def test_the_exit_code_is_that_of_the_worst_class(
    reports: list[Report], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "check_all", lambda *_: reports)
    assert command.main(["--stack", "a", "--stack", "b"]) == code
    assert capsys.readouterr().out == f"{FORMATS['text'](Overview(reports))}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--stack", "a", "--all"],
        ["--stack", "a", "--stack", "b", "--config-file", "x.yaml"],
        ["--stack", "acme-1", "--stack", "acme_1"],
        ["--stack", "a", "--parallel", "0"],
    ],
)
def test_what_cannot_be_meant_ends_with_1_and_checks_nothing(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "check_all", lambda *_: sys.exit("checked"))
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 1
