"""The preview as one comment of a pull request, which each push brings up to date."""

from __future__ import annotations

from .github import GitHub
from .report import Report


def show_on_pull_request(github: GitHub, report: Report, stack: str, pull_request: int) -> None:
    """Edit the stack's comment, or add it."""
    mark = f"<!-- adobe-cmk preview: {stack} -->"
    body = f"{mark}\n{report.body}"
    found = [comment for comment in github.own_comments(pull_request) if comment["body"].startswith(mark)]
    if found:
        github.edit_comment(found[0], body)
    else:
        github.comment(pull_request, body)
