"""GitHub, by its command `gh`, in the repository that GH_REPO names."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from typing import Any


class GhFailed(Exception):
    """A command of gh failed."""


class GitHub:
    """Issues."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def open_issues(self, label: str) -> list[dict[str, Any]]:
        """Oldest first. Not by `gh issue list`, which asks the search when there is a label, and the search lags behind."""
        address = f"repos/{{owner}}/{{repo}}/issues?labels={label}&state=open&direction=asc&per_page=100"
        return [issue for issue in json.loads(self._gh("api", address)) if "pull_request" not in issue]

    def create_issue(self, title: str, body: str, label: str, about_label: str) -> None:
        self._gh("label", "create", label, "--force", "--color", "B60205", "--description", about_label)
        self._gh("issue", "create", "--title", title, "--label", label, "--body-file", "-", given=body)

    def edit_issue(self, number: int, title: str, body: str) -> None:
        fields = ("-f", f"title={title}", "-F", "body=@-")
        self._gh("api", "--method", "PATCH", f"repos/{{owner}}/{{repo}}/issues/{number}", *fields, given=body)

    def comment_issue(self, number: int, text: str) -> None:
        self._gh("issue", "comment", str(number), "--body", text)

    def close_issue(self, number: int, text: str, reason: str) -> None:
        self._gh("issue", "close", str(number), "--comment", text, "--reason", reason)

    def _gh(self, *arguments: str, given: str | None = None) -> str:
        done = subprocess.run(  # noqa: S603
            ["gh", *arguments],  # noqa: S607
            env=self._environment, input=given, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise GhFailed(f"gh {' '.join(arguments[:2])} failed: {done.stderr.strip()}")
        return done.stdout
