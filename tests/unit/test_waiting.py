"""The wait for Adobe's switch-over: when it looks, what it says, when it submits again and how it ends."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import accumulate, pairwise
from typing import Any

import pytest

from components.adobe import waiting
from components.adobe.api.client import Configuration, NotShown
from components.adobe.api.clock import Clock
from components.adobe.api.configuration_request import ConfigurationRequest
from components.adobe.api.errors import (
    ActivationFailed,
    ActivationPending,
    AdobeError,
    AnswerNotUnderstood,
    CallRefused,
    CallUnanswered,
)
from components.adobe.api.key_reference import KeyReference
from components.constants import Contract
from tests.clock import ManualClock

KEY = KeyReference("https://acme-vault.vault.azure.net", "acme-key", "1")
UNANSWERED = CallUnanswered("cut off", next_step="x")
UNREADABLE = AnswerNotUnderstood("a page", next_step="x")
REFUSED = CallRefused("no", next_step="x", call="POST /c", words="E1 sorry", request_id="r-1", http_status=400)
Answer = str | AdobeError | None


@dataclass
class Wait:
    """A wait for a configuration; what Adobe says to looks and to new submissions, the last for ever."""

    looks: list[Answer]
    submissions: list[Answer] = field(default_factory=lambda: ["RUNNING"])
    role_age: timedelta = timedelta()
    seconds_of_a_look: list[float] = field(default_factory=lambda: [0.0])
    clock: ManualClock = field(default_factory=ManualClock)
    said: list[str] = field(default_factory=list)
    submitted: int = 0

    def until(self, minutes: int) -> str:
        api: Any = self
        request = ConfigurationRequest("org", "cmk", KEY, Contract.CURRENT, self.clock.now() - self.role_age, "app-1")
        return waiting.wait_until_completed(api, request, minutes, self.clock, self.said.append, self._submit)

    def requested(self, _request: ConfigurationRequest) -> Configuration | NotShown:
        self.clock.moment += timedelta(seconds=_next(self.seconds_of_a_look))
        return _answered(_next(self.looks))

    def _submit(self, _clock: Clock) -> Configuration | NotShown:
        self.submitted += 1
        return _answered(_next(self.submissions))

    def told(self, word: str) -> list[str]:
        """The times of the lines that begin with a word."""
        return [line.split(" after ")[1].split(" min")[0] for line in self.said if line.startswith(f"{word} after")]


def _next(answers: list[Any]) -> Any:
    return answers.pop(0) if len(answers) > 1 else answers[0]


def _answered(answer: Answer) -> Configuration | NotShown:
    if isinstance(answer, AdobeError):
        raise answer
    return Configuration(answer, KEY) if answer else NotShown(UNREADABLE, says_none=False, may_be_confirmed=False)


def test_a_completed_configuration_ends_the_wait_at_the_first_look() -> None:
    wait = Wait(["COMPLETED"])
    assert wait.until(60) == "COMPLETED"
    assert wait.clock.naps == []
    (line,) = wait.said
    assert line == "COMPLETED after 0:00 min"


def test_a_wait_prints_a_line_every_half_minute() -> None:
    wait = Wait(["RUNNING"])
    with pytest.raises(ActivationPending, match=r"3 min.*'cmk' is RUNNING"):
        wait.until(3)
    assert wait.told("RUNNING") == ["0:00", "0:30", "1:00", "1:30", "2:00", "2:30", "3:00"]
    assert all("waiting for Adobe" in line for line in wait.said)


def test_a_change_is_seen_within_two_seconds_in_the_first_half_minute_and_within_five_percent_later() -> None:
    wait = Wait(["RUNNING"])
    with pytest.raises(ActivationPending):
        wait.until(60)
    looked_at = [0.0, *accumulate(wait.clock.naps)]
    assert max(later - earlier for earlier, later in pairwise(looked_at) if earlier <= 30) <= 2
    assert all(later - earlier <= max(1.0, earlier / 20) + 0.001 for earlier, later in pairwise(looked_at))


def test_an_old_wait_makes_two_calls_a_minute() -> None:
    wait = Wait(["RUNNING"])
    with pytest.raises(ActivationPending):
        wait.until(60)
    looked_at = list(accumulate(wait.clock.naps))
    assert sum(2400 < moment <= 3000 for moment in looked_at) == 20


def test_a_change_is_told_at_once_and_the_next_line_is_due_half_a_minute_later() -> None:
    wait = Wait(["CREATED", None, *["RUNNING"] * 30, "COMPLETED"])
    assert wait.until(60) == "COMPLETED"
    assert wait.told("CREATED") == ["0:00"]
    assert wait.told(waiting.NOT_VISIBLE) == ["0:01"]
    assert wait.told("RUNNING") == ["0:02", "0:32"]
    assert wait.told("COMPLETED") == ["0:35"]


def test_no_line_comes_before_it_is_due() -> None:
    wait = Wait(["RUNNING"], seconds_of_a_look=[0.0, 28.5, 0.0])
    with pytest.raises(ActivationPending):
        wait.until(1)
    assert wait.told("RUNNING") == ["0:00", "0:30", "1:00"]


@pytest.mark.parametrize(
    ("look", "status"), [("RUNNING", "RUNNING"), ("COMPLETED", "COMPLETED"), (None, waiting.NOT_VISIBLE)]
)
def test_without_minutes_one_look_decides(look: Answer, status: str) -> None:
    wait = Wait([look])
    assert wait.until(0) == status
    assert wait.clock.naps == []


def test_without_minutes_a_failure_is_final_however_young_the_role() -> None:
    wait = Wait(["FAILED"])
    with pytest.raises(ActivationFailed):
        wait.until(0)
    assert (wait.submitted, wait.clock.naps) == (0, [])


@pytest.mark.parametrize("error", [UNANSWERED, UNREADABLE], ids=["unanswered", "unreadable"])
def test_without_minutes_an_unclear_look_is_an_error(error: AdobeError) -> None:
    with pytest.raises(type(error)):
        Wait([error]).until(0)


@pytest.mark.parametrize("error", [UNANSWERED, UNREADABLE], ids=["unanswered", "unreadable"])
def test_three_unclear_looks_in_a_row_are_ridden_out_and_told(error: AdobeError) -> None:
    wait = Wait([*[error] * 3, "RUNNING", *[error] * 3, "COMPLETED"])
    assert wait.until(60) == "COMPLETED"
    assert any(error.what in line for line in wait.said)
    with pytest.raises(type(error)):
        Wait([*[error] * 4, "COMPLETED"]).until(60)


def test_a_refused_look_ends_the_wait() -> None:
    with pytest.raises(CallRefused):
        Wait(["RUNNING", REFUSED]).until(60)


def test_a_failure_with_a_young_role_is_submitted_again_three_times_after_growing_pauses() -> None:
    wait = Wait(["FAILED"], ["FAILED"])
    with pytest.raises(ActivationFailed):
        wait.until(60)
    assert wait.submitted == 3
    assert wait.clock.naps == [30] * (1 + 4 + 10)
    told = [int(match[1]) for line in wait.said if (match := re.search(r"(\d+) s$", line))]
    assert told == [30, *range(120, 0, -30), *range(300, 0, -30)]


@pytest.mark.parametrize(
    ("age", "submitted"), [(timedelta(minutes=15) - timedelta(seconds=1), 1), (timedelta(minutes=15), 0)], ids=str
)
def test_a_role_is_young_for_fifteen_minutes(age: timedelta, submitted: int) -> None:
    wait = Wait(["FAILED"], ["FAILED"], role_age=age)
    with pytest.raises(ActivationFailed):
        wait.until(60)
    assert wait.submitted == submitted


def test_after_a_new_submission_looks_come_quickly_again() -> None:
    wait = Wait(["CREATED", "CREATED", "FAILED", "FAILED", "RUNNING", "COMPLETED"])
    assert wait.until(60) == "COMPLETED"
    assert wait.clock.naps == [1, 1, 30, 1, 1]


def test_a_failure_that_has_settled_by_the_end_of_the_pause_is_not_submitted_again() -> None:
    wait = Wait(["FAILED", "RUNNING", "FAILED", "RUNNING", "COMPLETED"])
    assert wait.until(60) == "COMPLETED"
    assert wait.submitted == 0
    # The second failure has a pause of its own.
    assert wait.clock.naps == [30, 1.5, *[30] * 4, pytest.approx((30 + 1.5 + 4 * 30) / 20)]


def test_an_unclear_look_at_the_end_of_the_pause_leaves_the_submission_due() -> None:
    wait = Wait(["FAILED", UNANSWERED, "FAILED", "COMPLETED"])
    assert wait.until(60) == "COMPLETED"
    assert wait.submitted == 1
    assert wait.clock.naps == [30, 1.5, 1]


def test_an_unclear_new_submission_is_read_back() -> None:
    wait = Wait(["FAILED", "FAILED", "COMPLETED"], [UNANSWERED])
    assert wait.until(60) == "COMPLETED"
    assert wait.submitted == 1


def test_a_refused_new_submission_is_final_and_told_in_adobes_words() -> None:
    wait = Wait(["FAILED"], [REFUSED])
    with pytest.raises(ActivationFailed) as caught:
        wait.until(60)
    error = caught.value
    assert (error.call, error.words, error.request_id, error.http_status) == ("POST /c", "E1 sorry", "r-1", 400)
    with pytest.raises(ActivationFailed) as final:
        Wait(["FAILED"]).until(0)
    assert error.what.startswith(final.value.what)
    assert error.what != final.value.what


def test_a_final_failure_names_the_read_and_what_to_check() -> None:
    with pytest.raises(ActivationFailed) as caught:
        Wait(["FAILED"], role_age=timedelta(hours=1)).until(60)
    error = caught.value
    assert error.call.endswith("/cmk")
    assert (error.words, error.request_id, error.http_status) == ("", "", 0)
    for name in ("app-1", "vault acme-vault;", "key acme-key"):
        assert name in error.next_step


@pytest.mark.parametrize(("seconds", "submitted"), [(9.0, 1), (10.0, 0), (11.0, 0)])
def test_nothing_is_submitted_at_or_after_the_time_limit(
    seconds: float, submitted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "RESUBMISSIONS", (50.0, 120.0))
    wait = Wait(["FAILED"], ["RUNNING"], seconds_of_a_look=[0.0, seconds, 0.0])
    with pytest.raises((ActivationPending, ActivationFailed)):
        wait.until(1)
    assert wait.submitted == submitted


def test_the_pause_before_a_new_submission_ends_with_the_time_limit() -> None:
    wait = Wait(["FAILED"], ["FAILED"])
    with pytest.raises(ActivationPending, match="is FAILED"):
        wait.until(1)
    assert sum(wait.clock.naps) == 60
    assert wait.submitted == 1


def test_a_nap_ends_with_the_time_limit() -> None:
    wait = Wait(["RUNNING"], seconds_of_a_look=[59.5, 0.0])
    with pytest.raises(ActivationPending):
        wait.until(1)
    assert wait.clock.naps == [0.5]
