"""One run, from the announcement to the clean-up."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from components.adobe.api.clock import Clock

from .announcement import announcement, confirmed
from .assumptions import Observation, table
from .azure_cli import Account, AzFailed, AzureCli, Run
from .clean_up import clean_up
from .in_adobes_place import InAdobesPlace
from .stacks import Stacks
from .steps import Names, Steps

# Exit codes.
HOLDS, DIFFERS, NOT_STARTED = 0, 1, 2


class Verification:
    """A run in one subscription."""

    def __init__(
        self,
        names: Names,
        subscription_id: str,
        run_az: Run,
        environment: Mapping[str, str],
        *,
        read_line: Callable[[str], str],
        say: Callable[[str], None],
        clock: Clock,
    ) -> None:
        """
        :param environment: of Pulumi's commands, over that of this process.
        :param read_line: asks, and reads the answer.
        """
        self._names, self._subscription_id, self._say, self._read_line = names, subscription_id, say, read_line
        self._environment = environment
        self._az = AzureCli(run_az, subscription_id, say, clock)
        self._application_id = ""
        self._seen: list[Observation] = []

    def run(self) -> int:
        """Announce, ask, run every step, clean up, and print the table; returns the exit code."""
        try:
            account = self._account()
        except AzFailed as error:
            self._say(f"Not started: {error}")
            return NOT_STARTED
        self._say(announcement(account, self._names))
        if not confirmed(self._subscription_id, self._read_line):
            self._say(f"Not started: what was typed is not {self._subscription_id}. Nothing was created.")
            return NOT_STARTED
        try:
            failure = self._steps(account)
        finally:
            left = self._clean_up()
        return self._result(failure, left)

    def _account(self) -> Account:
        """Who is signed in.

        :raises AzFailed: nobody is, or to another subscription; or the group exists, and the clean-up would delete it.
        """
        account, wanted = self._az.account(), self._subscription_id
        if account.subscription_id.lower() != wanted.lower():
            raise AzFailed(
                f"the Azure CLI is signed in to the subscription {account.subscription_id}, not {wanted}. "
                f"Fix: az account set --subscription {wanted}"
            )
        if self._az.group_exists(self._names.name):
            raise AzFailed(f"a resource group {self._names.name} exists already and is not this run's. Fix: run it again")
        return account

    def _steps(self, account: Account) -> str:
        """Run the steps; returns why they ended early, empty when they did not."""
        try:
            self._application_id = self._az.create_app(self._names.name)
            place = InAdobesPlace(self._application_id, self._names.name)
            with tempfile.TemporaryDirectory() as folder, place.serving() as adobe:
                stacks = Stacks(Path(folder), {**self._environment, **adobe}, self._say)
                for one in Steps(stacks, self._az, self._names, account).run():
                    self._seen.append(one)
                    self._say(f"  {one.holds:4}{one.assumption.rule}: {one.assumption.words}")
            if place.sent:
                return f"the program would have sent to Adobe: {', '.join(place.sent)}"
        except KeyboardInterrupt:
            return "interrupted"
        except Exception as error:  # noqa: BLE001 - what was seen until then is printed, whatever the real answers break
            return f"{type(error).__name__}: {' '.join(str(error).split())}"
        return ""

    def _clean_up(self) -> list[str]:
        """Delete what was made; returns what could not be deleted."""
        self._say("\n== Clean-up")
        left = clean_up(self._az, self._names, self._application_id)
        for line in left:
            self._say(f"NOT DELETED: {line}")
        if not left:
            self._say(f"Deleted. If the vault {self._names.vault} was created, it stays soft-deleted for seven days.")
        return left

    def _result(self, failure: str, left: list[str]) -> int:
        self._say(f"\n== What the real providers did\n{table(self._seen)}\n")
        differs = [one for one in self._seen if one.holds == "no"]
        if failure:
            self._say(f"The run ended early: {failure}")
        self._say(f"{len(self._seen) - len(differs)} assumptions hold, {len(differs)} do not.")
        return DIFFERS if failure or differs or left else HOLDS
