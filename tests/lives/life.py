"""A life: a stack, what was done with it and what happened to it, and how it ends when everything is mended."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Mapping
from typing import Any

from simulation.by_hand import NAMES, SET_UPS
from simulation.cloud import opened
from simulation.switches import SWITCHES
from tests.drivers import Driver, Engine, Outcome

from .kills import dying_at, killed_engine
from .mending import (
    BROUGHT_BACK,
    ELSEWHERE,
    HIDING,
    advice,
    bring_back,
    create_role,
    is_worth_bringing_back,
    role_named,
    were,
)
from .safety import Command, Moment, submissions_seen
from .steps import COMMANDS, TAKEN_AWAY, Step

MOST_UPS = 3
NAMED = {"resourceGroupName": "acme", "vaultName": "acme-vault"}
UP, REFRESH, WATCH = Step("up"), Step("refresh"), Step("watch")
ARGUMENTS = {
    "targeted-up": ("up", "--yes", "--skip-preview", "--target"),
    "destroy": ("destroy", "--yes", "--skip-preview"),
    "destroy-with-program": ("destroy", "--yes", "--skip-preview", "--run-program"),
    "refresh-without-program": ("refresh", "--yes", "--skip-preview"),
}


class Life:
    """One stack from a start to a good end."""

    def __init__(self, driver: Driver, start: str) -> None:
        """:param start: one of `steps.STARTS`; the home of prepared and settled ones is there already."""
        self.driver = driver
        self.start: Mapping[str, Any] = {"named": NAMED}.get(start, {})
        self.steps: list[Step] = []
        self._lost: dict[tuple[str, str], Any] = {}
        if start in SET_UPS:
            self.start = NAMES
            with opened(driver.home, driver.clock) as cloud, cloud.at_work():
                SET_UPS[start](cloud)
        self.settings = dict(self.start)
        self._configure()

    def live(self, steps: Iterable[Step]) -> None:
        """Play the steps, check each command, and come to a good end."""
        for step in steps:
            self.play(step)
        self.end()

    def play(self, step: Step) -> Outcome:
        """Take one step; a command is checked.

        :raises AssertionError: naming what must never happen and did.
        """
        if self._is_beyond_knowing(step):
            return Outcome(0)
        self.steps.append(step)
        if step.kind in COMMANDS:
            return self._command(step)
        name, _, value = step.argument.partition("=")
        if step.kind == "drift":
            self._drift(name)
        elif step.kind == "switch":
            self.driver.switch(name, value)
        elif step.kind == "set":
            self._set(name, value)
        elif step.kind == "forget" and self.driver.recorded():
            self.driver.forget()
        elif step.kind == "wait" and self.driver.clock:
            self.driver.clock.sleep(float(step.argument) * 60)
        return Outcome(0)

    def end(self) -> None:
        """Mend everything; then a few plain `up`s, and what their errors say, lead to COMPLETED and a silent watch."""
        self._mend()
        ups, said = 0, ""
        while True:
            outcome = self.play(UP)
            ups, said = ups + 1, outcome.text
            if outcome.exit_code == 0:
                watched = self.play(WATCH)
                if watched.exit_code == 0:
                    assert outcome.outputs["status"] == "COMPLETED"
                    return
                said += watched.text
            if self._set_back(outcome.text):
                ups -= 1
            elif not self._follow(outcome.text):
                self.play(REFRESH)
            assert ups < MOST_UPS, f"stuck after {ups} ups: {said}"

    def _is_beyond_knowing(self, step: Step) -> bool:
        """Whether nobody could tell any more that a key was sent: the state is lost, and Adobe does not show it either."""
        moment = Moment.of(self.driver)
        was_sent = moment.holds or ("adobe", "configurations") in self._lost
        is_shown = moment.holds and ELSEWHERE not in str(moment.clouds["adobe"]["configurations"])
        hides = step.argument in HIDING or step.argument.startswith("404@config-get")
        if not moment.is_recorded:
            return was_sent and hides
        return was_sent and step.kind == "forget" and not is_shown

    def _command(self, step: Step) -> Outcome:
        before = Moment.of(self.driver)
        with submissions_seen() as submissions, contextlib.redirect_stdout(io.StringIO()):
            outcome = self._run(step)
        Command(step, dict(self.settings), before, Moment.of(self.driver), outcome, submissions).check()
        return outcome

    def _run(self, step: Step) -> Outcome:
        driver = self.driver
        if step.kind == "kill":
            kind, _, when = step.argument.partition(" ")
            if isinstance(driver, Engine):
                return killed_engine(driver, kind, made=when == "after")
            with dying_at(kind, made=when == "after"):
                return driver.up()
        if step.kind in ARGUMENTS:
            assert isinstance(driver, Engine)
            more = [step.argument] if step.argument else []
            return driver.pulumi(*ARGUMENTS[step.kind], *more)
        driver.faults = [step.argument] if step.argument else []
        try:
            outcome: Outcome = getattr(driver, step.kind)()
        finally:
            driver.faults = []
        return outcome

    def _drift(self, name: str) -> None:
        if name in BROUGHT_BACK:
            where, kind = BROUGHT_BACK[name]
            held = Moment.of(self.driver).clouds[where][kind]
            if is_worth_bringing_back(kind, held, self.driver.recorded()):
                self._lost[where, kind] = held
        self.driver.drift(name)

    def _set(self, name: str, value: str) -> None:
        if self.start is NAMES and name in NAMES:
            # What somebody set up by hand has its names.
            return
        self.settings.pop(name, None)
        if name in self.start:
            self.settings[name] = self.start[name]
        if value:
            self.settings[name] = {TAKEN_AWAY: None, "team=security": {"team": "security"}}.get(value, value)
        self._configure()

    def _configure(self) -> None:
        self.driver.configure(**self.settings)

    def _mend(self) -> None:
        """What was lost is brought back, what was broken is repaired, and the settings are as they were."""
        for name, switch in SWITCHES.items():
            self.driver.switch(name, switch.default)
        with opened(self.driver.home, self.driver.clock) as cloud, cloud.at_work():
            for (where, kind), lost in self._lost.items():
                bring_back(cloud, where, kind, lost)
        self.driver.drift("everything-mended")
        self.settings = dict(self.start)
        self._configure()

    def _set_back(self, said: str) -> bool:
        """Set what cannot change to what it was when something was created with it; whether there was any."""
        return self._set_all(were(said))

    def _follow(self, said: str) -> bool:
        """Change the settings that an error names, to what it says; whether there were any."""
        return self._set_all(
            (name, self._looked_up(name, said) if value[0] == "<" else value) for name, value in advice(said)
        )

    def _set_all(self, found: Iterable[tuple[str, str]]) -> bool:
        settings = {name.removeprefix("adobe-cmk:"): value for name, value in found}
        self.settings |= settings
        self._configure()
        return bool(settings)

    def _looked_up(self, name: str, said: str) -> str:
        """What the `az` command of an error lists; a role that is not there is created as it says."""
        with opened(self.driver.home, self.driver.clock) as cloud, cloud.at_work():
            if name == "adobe-cmk:resourceGroupName":
                return str(next(iter(cloud.state["azure"]["resourceGroups"].values()))["name"])
            return role_named(cloud, said) or create_role(cloud, said)
