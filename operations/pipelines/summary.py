"""A report on the page of the run, which needs no permission: in GitHub, in Azure DevOps, or in the log."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .report import Report


def show_on_run(report: Report, environment: Mapping[str, str], page: Path) -> None:
    """Show the report.

    :param page: file for the page of Azure DevOps, which is read after this step.
    """
    print(report.body, flush=True)
    if file := environment.get("GITHUB_STEP_SUMMARY"):
        with Path(file).open("a") as summary:
            summary.write(f"{report.body}\n")
    if environment.get("TF_BUILD"):
        page.write_text(report.body)
        print(f"##vso[task.uploadsummary]{page.absolute()}")
        if report.exit_code:
            # Commands of the agent are one line.
            title = " ".join((report.body.splitlines() or ["failed"])[0].strip("# ").split())
            print(f"##vso[task.logissue type=error]{title}")
