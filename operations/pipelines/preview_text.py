"""A preview as a comment in Markdown."""

from __future__ import annotations

from collections import Counter

from .engine_events import DESTRUCTIVE, Change, Preview
from .report import quoted

MOST_CHANGES = 100
LONGEST_MESSAGE = 3000


def preview_text(preview: Preview, subject: str, exit_code: int) -> str:
    """What counts comes first, so that a cut does not take it.

    :param subject: what was previewed.
    :param exit_code: of the command.
    """
    parts = [f"### Preview of {subject}: {_verdict(preview, exit_code)}"]
    if destroyed := [change for change in preview.changes if change.operation in DESTRUCTIVE]:
        named = ", ".join(sorted({f"`{change.type}` {change.name}" for change in destroyed}))
        parts.append(f"> **Deletes or replaces {named}.** If Adobe depends on it, Adobe may permanently delete the data.")
    violations = [
        f"{', '.join(filter(None, [f'{broken.level} {broken.policy}', broken.resource]))}:\n{broken.message}"
        for broken in preview.violations
    ]
    parts += _section("Policy violations", violations)
    errors = preview.errors
    if exit_code and not errors:
        errors = ["\n".join(preview.other_lines)]
    parts += _section("Errors", errors)
    parts += _section("Warnings and findings", preview.warnings)
    parts += _table(preview.changes)
    return "\n\n".join(parts)


def _verdict(preview: Preview, exit_code: int) -> str:
    operations = Counter(change.operation for change in preview.changes)
    counted = [f"{number} to {operation}" for operation, number in sorted(operations.items())]
    said = ", ".join([*counted, f"{preview.unchanged} unchanged"])
    return f"failed ({said})" if exit_code else said


def _section(title: str, messages: list[str]) -> list[str]:
    if not messages:
        return []
    return [f"**{title}**", quoted("\n\n".join(message[:LONGEST_MESSAGE] for message in messages))]


def _table(changes: list[Change]) -> list[str]:
    if not changes:
        return []
    rows = [
        f"| {change.operation} | `{change.type}` | {change.name} | {', '.join(change.properties)} |"
        for change in changes[:MOST_CHANGES]
    ]
    more = [f"and {len(changes) - MOST_CHANGES} more"] if len(changes) > MOST_CHANGES else []
    head = ["| operation | type | resource | changed properties |", "| --- | --- | --- | --- |"]
    return ["\n".join([*head, *rows]), *more]
