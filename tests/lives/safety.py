"""What must hold after every step of a life, whatever happened before it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from simulation.adobe.http import CLIENT_SECRET
from simulation.adobe.rules import Adobe
from simulation.adobe.verdict import why_not
from tests.drivers import Driver, Outcome

from .steps import LOOKS, Step

# What Adobe depends on, or may come to depend on.
PRECIOUS = (("azure", "vaults"), ("azure", "keys"), ("azure", "roleAssignments"), ("entra", "servicePrincipals"))
SENT = "dynamic/adobe:KeyConfiguration"
MAY_BE_SENT = "dynamic/adobe:SubmissionAttempt"
# A program that came to an end that nobody thought of.
ACCIDENT = re.compile(
    r"Traceback|KeyboardInterrupt|panic:|\bassert|\b(?:Attribute|Index|Key|Lookup|NotImplemented|Type|UnboundLocal)Error\b"
)
SECRET = re.compile(rf"{re.escape(CLIENT_SECRET)}|eyJ-simulated-")


@dataclass(frozen=True)
class Submission:
    """A POST of a configuration that reached Adobe."""

    held: str
    """Status of what Adobe held under that name, empty for none."""
    broken: list[str]
    """Why Adobe could not use the key at that moment."""


@contextmanager
def submissions_seen() -> Iterator[list[Submission]]:
    """Every POST of a configuration that the simulated Adobe gets to see while this is open."""
    seen: list[Submission] = []
    submit = Adobe.submit

    def noted(adobe: Any, org: str, body: dict[str, Any]) -> Any:
        held = adobe._state["configurations"].get(org, {}).get(body["name"])
        status = adobe._advanced(org, held)["status"] if held else ""
        app = adobe._state["apps"].get(org, {}).get("applicationId", "")
        broken = why_not(adobe._azure, adobe._entra, app, body["configData"], adobe._clock.now())
        seen.append(Submission(status, broken))
        return submit(adobe, org, body)

    with mock.patch.object(Adobe, "submit", noted):
        yield seen


@dataclass(frozen=True)
class Moment:
    """The clouds, and what Pulumi's state says."""

    clouds: dict[str, Any]
    recorded: str

    @classmethod
    def of(cls, driver: Driver) -> Moment:
        return cls(json.loads(json.dumps(driver.state())), driver.recorded())

    @property
    def holds(self) -> bool:
        """Whether Adobe holds a configuration."""
        return any(self.clouds["adobe"]["configurations"].values())

    @property
    def is_recorded(self) -> bool:
        """Whether the state tells that a key was sent, or may have been."""
        return SENT in self.recorded or MAY_BE_SENT in self.recorded

    def names(self, cloud: str, kind: str) -> set[str]:
        return set(self.clouds[cloud][kind])

    def living_and_deleted(self, kind: str) -> set[str]:
        return self.names("azure", kind) | self.names("azure", f"deleted{kind.capitalize()}")


@dataclass
class Command:
    """One command of a life, and all that is known of it."""

    step: Step
    settings: dict[str, Any]
    before: Moment
    after: Moment
    outcome: Outcome
    submissions: Sequence[Submission] = field(default_factory=list)

    @property
    def is_activated(self) -> bool:
        return "activate" not in self.settings

    def check(self) -> None:
        """Everything that must hold."""
        self._nothing_lost()
        self._no_second()
        self._sent_with_evidence()
        self._told_well()
        if self.step.kind in LOOKS:
            before, after = self.before.clouds, self.after.clouds
            assert after["azure"] == before["azure"]
            # Adobe may register its app when it is asked for it; that is no change of the tenant.
            assert after["entra"]["servicePrincipals"] == before["entra"]["servicePrincipals"]

    def _nothing_lost(self) -> None:
        for cloud, kind in PRECIOUS:
            lost = self.before.names(cloud, kind) - self.after.names(cloud, kind)
            assert not lost, f"{kind} deleted: {lost}"
        azure = self.after.clouds["azure"]
        for vault in (*azure["vaults"].values(), *azure["deletedVaults"].values()):
            assert vault["properties"]["enablePurgeProtection"] is True

    def _no_second(self) -> None:
        """Once a key was sent, no other is made; who lost the state is kept from it as long as Adobe answers."""
        adobe_says_so = self.before.holds and not self.step.argument
        if not (self.before.is_recorded or adobe_says_so):
            return
        for kind in ("vaults", "keys"):
            made = self.after.living_and_deleted(kind) - self.before.living_and_deleted(kind)
            assert not made, f"{kind} created after a key was sent: {made}"

    def _sent_with_evidence(self) -> None:
        posts = self.submissions
        assert not posts or self.is_activated, "sent without activation"
        assert not posts or self.step.kind not in LOOKS, "sent by a command that only looks"
        for post in posts:
            assert not post.broken, f"sent although {post.broken}"
            if post.held not in ("", "FAILED"):
                # Only who was told otherwise sends again what Adobe has.
                assert self.step.argument, f"sent while Adobe had it as {post.held}"
            if not post.held:
                assert SENT not in self.before.recorded, "sent again because Adobe did not show it"
        assert sum(not post.held for post in posts) <= 1, "sent twice"

    def _told_well(self) -> None:
        said = self.outcome.text
        accident = ACCIDENT.search(said)
        assert not accident, f"{accident and accident[0]}: {said}"
        for text in (said, self.after.recorded):
            assert not SECRET.search(text)
