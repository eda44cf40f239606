"""Answers like GitHub's command `gh`, as far as the pipelines use it, from a file; refuses what gh refuses.

Sources: the manual of gh (issue, label, api), GitHub's REST API for issues.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qs, urlsplit

STATE = "GH_STAND_IN"


class Strict(argparse.ArgumentParser):
    """Options in full, and exit code 1 for a wrong one, as gh has it."""

    def __init__(self, **more: Any) -> None:
        super().__init__(allow_abbrev=False, **more)

    def error(self, message: str) -> NoReturn:
        fail(message)


def fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(1)


def main(arguments: list[str]) -> None:
    if not os.environ.get("GH_TOKEN") or not re.fullmatch(r"[\w.-]+/[\w.-]+", os.environ.get("GH_REPO", "")):
        print("gh: set the GH_TOKEN environment variable", file=sys.stderr)
        sys.exit(4)
    file = Path(os.environ[STATE])
    state = json.loads(file.read_text())
    state["calls"].append(arguments)
    try:
        COMMANDS[tuple(arguments[: 1 if arguments[:1] == ["api"] else 2])](state, arguments)
    finally:
        file.write_text(json.dumps(state))


def written(options: argparse.Namespace) -> str:
    if options.body is not None:
        text = options.body
    elif options.body_file == "-":
        text = sys.stdin.read()
    else:
        fail("must provide `--title` and `--body` when not running interactively")
    if len(text) > 65536:
        fail("GraphQL: Body is too long (maximum is 65536 characters)")
    return str(text)


def body_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--body")
    parser.add_argument("--body-file")


def label_create(state: Any, arguments: list[str]) -> None:
    parser = Strict()
    parser.add_argument("name")
    parser.add_argument("--force", action="store_true")
    parser.add_argument("--color")
    parser.add_argument("--description")
    options = parser.parse_args(arguments[2:])
    if not re.fullmatch(r"[0-9A-F]{6}", options.color) or len(options.description) > 100:
        fail("HTTP 422: Validation Failed")
    if options.name in state["labels"] and not options.force:
        fail(f'label with name "{options.name}" already exists; use `--force` to update its color and description')
    state["labels"] = sorted({*state["labels"], options.name})


def issue_create(state: Any, arguments: list[str]) -> None:
    parser = Strict()
    parser.add_argument("--title")
    parser.add_argument("--label", action="append", default=[])
    body_options(parser)
    options = parser.parse_args(arguments[2:])
    for label in options.label:
        if label not in state["labels"]:
            fail(f"could not add label: '{label}' not found")
    made = {"title": options.title, "body": written(options), "labels": options.label, "state": "open", "comments": []}
    state["issues"].append({"number": 1 + len(state["issues"]), **made})


def issue_comment(state: Any, arguments: list[str]) -> None:
    parser = Strict()
    parser.add_argument("number", type=int)
    body_options(parser)
    options = parser.parse_args(arguments[2:])
    issue(state, options.number)["comments"].append(written(options))


def issue_close(state: Any, arguments: list[str]) -> None:
    parser = Strict()
    parser.add_argument("number", type=int)
    parser.add_argument("--comment")
    parser.add_argument("--reason", choices=["completed", "not planned"])
    options = parser.parse_args(arguments[2:])
    found = issue(state, options.number)
    found["comments"].append(options.comment)
    found.update(state="closed", reason=options.reason)


def issue(state: Any, number: int) -> Any:
    found = [one for one in state["issues"] if one["number"] == number]
    if not found:
        fail(f"GraphQL: Could not resolve to an issue or pull request with the number of {number}.")
    return found[0]


def api(state: Any, arguments: list[str]) -> None:
    parser = Strict()
    parser.add_argument("address")
    parser.add_argument("--method", default="GET", choices=["GET", "PATCH"])
    parser.add_argument("-f", dest="raw", action="append", default=[])
    parser.add_argument("-F", dest="typed", action="append", default=[])
    options = parser.parse_args(arguments[1:])
    fields = dict(field.split("=", 1) for field in options.raw)
    for name, value in (field.split("=", 1) for field in options.typed):
        fields[name] = sys.stdin.read() if value == "@-" else fail(f"not supported here: {value}")
    split = urlsplit(options.address)
    if options.method == "PATCH" and len(fields["body"]) > 65536:
        fail("gh: Validation Failed (HTTP 422)")
    if options.method == "PATCH" and (found := re.fullmatch(r"repos/{owner}/{repo}/issues/(\d+)", split.path)):
        issue(state, int(found[1])).update(fields)
    elif options.method == "GET" and split.path == "repos/{owner}/{repo}/issues":
        query = {name: values[0] for name, values in parse_qs(split.query, strict_parsing=True).items()}
        listed = [one for one in state["issues"] if one["state"] == query["state"] and query["labels"] in one["labels"]]
        # GitHub lists the newest first unless asked otherwise, and pull requests too.
        listed.sort(key=lambda one: one["number"], reverse=query.get("direction") != "asc")
        print(json.dumps(listed[: int(query["per_page"])]))
    else:
        fail("gh: Not Found (HTTP 404)")


COMMANDS = {
    ("label", "create"): label_create,
    ("issue", "create"): issue_create,
    ("issue", "comment"): issue_comment,
    ("issue", "close"): issue_close,
    ("api",): api,
}

if __name__ == "__main__":
    main(sys.argv[1:])
