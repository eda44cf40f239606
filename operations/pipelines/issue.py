"""One issue for the drift of a stack: opened, kept up to date, and closed when the drift is gone."""

from __future__ import annotations

from .drift_check import FAILED, NO_DRIFT, PURGE, RECOVERABLE
from .github import GitHub
from .report import Report, shortened

LABEL = "adobe-cmk-drift"
ABOUT_LABEL = "Customer-managed keys differ from the program (opened and closed by the workflow)"
# So that earlier findings fit beside it.
LONGEST_REASON = 4000
_FINDINGS = "<!-- findings -->"
_TITLES = {
    FAILED: "Drift check of {stack} failed",
    RECOVERABLE: "Drift in {stack}: recoverable",
    PURGE: "Drift in {stack}: Adobe may permanently delete the data",
}
_FOUND = "Found by {run}. What to do: `docs/runbook.md`. The workflow closes this issue when a check finds no drift."
_NOT_CHECKED = (
    "**The check itself failed** in {run}. This does not mean that there is no drift: nobody knows. Fix the check first."
)


def keep_issue(github: GitHub, report: Report, stack: str, run: str) -> None:
    """Make the issue agree with the report.

    :param run: address of the run, or empty.
    """
    mark, link = f"<!-- adobe-cmk drift: {stack} -->", f"[this run]({run})" if run else "a check"
    mine = [issue for issue in github.open_issues(LABEL) if (issue["body"] or "").startswith(mark)]
    if report.exit_code == NO_DRIFT:
        for issue in mine:
            github.close_issue(issue["number"], f"No drift any more, by {link}.", "completed")
        return
    current = mine[0] if mine else None
    for other in mine[1:]:
        github.close_issue(other["number"], f"Duplicate of #{mine[0]['number']}.", "not planned")
    title = _TITLES[report.exit_code].format(stack=stack)
    notice, findings = _FOUND.format(run=link), report.body
    if report.exit_code == FAILED:
        reason = shortened(report.body, LONGEST_REASON)
        notice, findings = f"{_NOT_CHECKED.format(run=link)}\n\n{reason}", ""
        if current and (known := current["body"].partition(_FINDINGS)[2].strip()):
            # What the last complete check found holds until another one finds something else.
            title, findings = current["title"], known
    body = f"{mark}\n{notice}\n\n{_FINDINGS}\n{findings}"
    if current is None:
        github.create_issue(title, body, LABEL, ABOUT_LABEL)
        return
    github.edit_issue(current["number"], title, body)
    if title != current["title"]:
        # Nobody is notified of an edit.
        github.comment_issue(current["number"], f"Now: {title} ({link}).")
