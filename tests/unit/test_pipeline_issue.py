"""The workflow of drift keeps one issue for each stack, and never takes a failed check for the absence of drift."""

from pathlib import Path
from typing import Any

import pytest

from operations.pipelines.issue import LABEL
from tests.pipeline_bed import ON_GITHUB, Bed

MARK = "<!-- adobe-cmk drift: prod -->"
KEY_DISABLED = "| key | disabled | purge |"
ROLE_REMOVED = "| role assignment | removed | recoverable |"


@pytest.fixture
def bed(tmp_path: Path) -> Bed:
    return Bed(tmp_path)


def checked(bed: Bed, code: int, says: str = "", **more: str) -> int:
    """A check that ends so, and the step that keeps the issue; the exit code of the check."""
    drift = bed.step("drift --stack prod", DRIFT_ENDS=str(code), DRIFT_SAYS=says, **more)
    issue = bed.step("issue --stack prod", **ON_GITHUB)
    assert (drift.stderr, issue.stderr, issue.returncode) == ("", "", 0)
    return drift.returncode


def issues(bed: Bed, state: str = "open") -> list[dict[str, Any]]:
    return [issue for issue in bed.github()["issues"] if issue["state"] == state]


def test_drift_opens_one_issue_with_the_findings_the_run_and_the_severity(bed: Bed) -> None:
    assert checked(bed, 3, KEY_DISABLED) == 3
    (issue,) = issues(bed)
    assert issue["title"] == "Drift in prod: Adobe may permanently delete the data"
    assert issue["labels"] == [LABEL]
    assert KEY_DISABLED in issue["body"]
    assert "https://github.com/contoso/keys/actions/runs/42" in issue["body"]


def test_the_same_drift_again_changes_nothing_but_the_run(bed: Bed) -> None:
    for _hour in range(3):
        assert checked(bed, 2, ROLE_REMOVED) == 2
    (issue,) = issues(bed)
    assert issue["title"] == "Drift in prod: recoverable"
    assert issue["comments"] == []


def test_a_drift_that_gets_worse_is_told_in_a_comment_because_nobody_is_notified_of_an_edit(bed: Bed) -> None:
    checked(bed, 2, ROLE_REMOVED)
    checked(bed, 3, KEY_DISABLED)
    (issue,) = issues(bed)
    assert KEY_DISABLED in issue["body"]
    assert ROLE_REMOVED not in issue["body"]
    (comment,) = issue["comments"]
    assert "Now: Drift in prod: Adobe may permanently delete the data" in comment


def test_the_issue_is_closed_when_the_drift_is_gone_and_the_next_drift_opens_another(bed: Bed) -> None:
    checked(bed, 2, ROLE_REMOVED)
    assert checked(bed, 0) == 0
    (closed,) = issues(bed, "closed")
    assert closed["reason"] == "completed"
    checked(bed, 2, ROLE_REMOVED)
    assert [issue["number"] for issue in issues(bed)] == [2]


def test_without_drift_nothing_is_written(bed: Bed) -> None:
    assert checked(bed, 0, "No drift.") == 0
    assert [call[:1] for call in bed.github()["calls"]] == [["api"]]


def test_a_failed_check_keeps_the_issue_open_with_what_was_found_before(bed: Bed) -> None:
    checked(bed, 3, KEY_DISABLED)
    for _hour in range(2):
        assert checked(bed, 1, "Azure answered 403.") == 1
    (issue,) = issues(bed)
    assert issue["title"] == "Drift in prod: Adobe may permanently delete the data"
    assert "The check itself failed" in issue["body"]
    assert "This does not mean that there is no drift" in issue["body"]
    assert issue["body"].count("Azure answered 403.") == 1
    assert issue["body"].count(KEY_DISABLED) == 1


def test_a_failed_check_without_an_issue_opens_one(bed: Bed) -> None:
    assert checked(bed, 1, "Azure answered 403.", DRIFT_COMPLAINS="Traceback: ```boom```") == 1
    (issue,) = issues(bed)
    assert issue["title"] == "Drift check of prod failed"
    assert "'''boom'''" in issue["body"]
    checked(bed, 0)
    assert issues(bed) == []


@pytest.mark.parametrize(
    ("code", "says"),
    [(2, ""), (3, " \n"), (4, KEY_DISABLED), (137, "")],
    ids=["argparse's 2", "3 without findings", "unknown code", "killed"],
)
@pytest.mark.sampled(cases=1)
def test_what_cannot_be_a_result_counts_as_a_failed_check(bed: Bed, code: int, says: str) -> None:
    assert checked(bed, code, says) == 1
    assert issues(bed)[0]["title"] == "Drift check of prod failed"


def test_a_check_that_left_no_result_counts_as_failed_also_after_a_good_one(bed: Bed) -> None:
    checked(bed, 0)
    # Set-up failed: there is no environment, and the step before did not run.
    (bed.folder / "pipeline-report.json").unlink()
    done = bed.run("python3 -S -m operations.pipelines issue --stack prod", **ON_GITHUB)
    assert done.returncode == 0, done.stderr
    assert "The run ended before it had a result" in issues(bed)[0]["body"]


def test_of_two_open_issues_the_older_stays(bed: Bed) -> None:
    twice = [issue(number, MARK) for number in (1, 2)]
    bed.github(issues=twice, labels=[LABEL])
    checked(bed, 2, ROLE_REMOVED)
    assert [one["number"] for one in issues(bed)] == [1]
    (closed,) = issues(bed, "closed")
    assert (closed["number"], closed["reason"]) == (2, "not planned")
    assert closed["comments"] == ["Duplicate of #1."]


def test_two_open_issues_are_both_closed_without_drift(bed: Bed) -> None:
    bed.github(issues=[issue(number, MARK) for number in (1, 2)], labels=[LABEL])
    checked(bed, 0)
    assert issues(bed) == []


def test_the_issues_of_others_are_left_alone(bed: Bed) -> None:
    of_others = [
        {**issue(1, MARK), "labels": ["bug"]},
        issue(2, "<!-- adobe-cmk drift: staging -->"),
        {**issue(3, MARK), "pull_request": {"url": "x"}},
        {**issue(4, MARK), "body": None},
    ]
    bed.github(issues=of_others, labels=[LABEL])
    checked(bed, 0)
    assert bed.github()["issues"] == of_others
    checked(bed, 2, ROLE_REMOVED)
    assert bed.github()["issues"][:4] == of_others
    assert [one["number"] for one in issues(bed)][-1] == 5


def test_the_longest_findings_and_a_failure_fit_into_one_issue(bed: Bed) -> None:
    checked(bed, 3, "| key | disabled |\n" * 4000)
    assert checked(bed, 1, "x" * 90_000) == 1
    (issue,) = issues(bed)
    assert "The text was cut here" in issue["body"]
    assert "| key | disabled |" in issue["body"]


def test_a_refusal_of_github_is_an_error_that_quotes_it(bed: Bed) -> None:
    bed.step("drift --stack prod", DRIFT_ENDS="2", DRIFT_SAYS=ROLE_REMOVED)
    done = bed.step("issue --stack prod", **{**ON_GITHUB, "GH_TOKEN": ""})
    assert done.returncode == 1
    assert done.stderr.startswith("pipelines: gh api ")


def issue(number: int, mark: str) -> dict[str, Any]:
    return {
        "number": number, "title": "Drift in prod: recoverable", "body": f"{mark}\nold", "labels": [LABEL],
        "state": "open", "comments": [],
    }  # fmt: skip
