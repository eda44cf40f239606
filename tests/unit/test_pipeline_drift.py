"""The check of drift in a pipeline: its report is on the page of the run, has no credential, and fits into an issue."""

from pathlib import Path

import pytest

from operations.pipelines.report import LONGEST, presentable
from tests.pipeline_bed import Bed


@pytest.fixture
def bed(tmp_path: Path) -> Bed:
    return Bed(tmp_path)


def test_the_page_of_the_run_shows_the_report_on_github(bed: Bed) -> None:
    page = bed.folder / "page.md"
    page.write_text("before\n")
    done = bed.step("drift --stack prod", DRIFT_ENDS="2", DRIFT_SAYS="## Role removed\nmore", GITHUB_STEP_SUMMARY=str(page))
    assert (done.returncode, done.stdout) == (2, "## Role removed\nmore\n")
    assert page.read_text() == "before\n## Role removed\nmore\n"


def test_the_page_of_the_run_shows_the_report_on_azure_devops_and_names_a_failure(bed: Bed) -> None:
    done = bed.step("drift --stack prod", DRIFT_ENDS="3", DRIFT_SAYS="## Key disabled\nmore", TF_BUILD="True")
    assert done.returncode == 3
    page = bed.folder / "pipeline-report.md"
    assert page.read_text() == "## Key disabled\nmore"
    assert f"##vso[task.uploadsummary]{page}" in done.stdout
    assert "##vso[task.logissue type=error]Key disabled\n" in done.stdout


def test_credentials_of_the_environment_do_not_get_into_the_report(bed: Bed) -> None:
    credentials = {
        "ADOBE_CLIENT_SECRET": "p8e-of-adobe",
        "PULUMI_ACCESS_TOKEN": "pul-0123",
        "PULUMI_CONFIG_PASSPHRASE": "correct horse",
        "AZURE_STORAGE_KEY": "storage/key==",
        "SYSTEM_ACCESSTOKEN": "devops-token",
    }
    says = "\n".join(f"the value is {value}, to be hidden" for value in credentials.values())
    done = bed.step("drift --stack prod", DRIFT_ENDS="2", DRIFT_SAYS=says, **credentials)
    for shown in (bed.report()["body"], done.stdout):
        assert shown.count("the value is [secret], to be hidden") == len(credentials)
        assert not [value for value in credentials.values() if value in shown]


def test_a_check_that_cannot_sign_in_leaves_no_earlier_result_behind(bed: Bed) -> None:
    bed.step("drift --stack prod")
    nowhere = {"ACTIONS_ID_TOKEN_REQUEST_URL": "http://127.0.0.1:9/?x=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t"}
    done = bed.step("drift --stack prod", ARM_USE_OIDC="true", NO_PROXY="127.0.0.1", **nowhere)
    assert done.returncode == 1
    assert not (bed.folder / "pipeline-report.json").exists()


def test_a_long_text_is_cut_at_a_line_with_its_quotation_closed() -> None:
    cut = presentable("```text\n" + "line\n" * LONGEST, {})
    assert len(cut) < LONGEST + 200
    assert cut.count("```") == 2
    assert "line\n```\n\n*The text was cut here" in cut
