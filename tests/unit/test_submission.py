"""One POST, and after an unclear outcome the looks that decide: which, when, and how often."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from components.adobe import submission
from components.adobe.api.client import AppFacts, Configuration
from components.adobe.api.configuration_request import ConfigurationRequest
from components.adobe.api.errors import (
    AdobeError,
    AnswerNotUnderstood,
    AppReplaced,
    CallRefused,
    CallUnanswered,
    PreflightFailed,
)
from components.adobe.api.evidence import SUBJECTS, Look
from components.adobe.api.key_reference import KeyReference
from components.constants import Contract
from tests.clock import ManualClock

KEY = KeyReference("https://acme-vault.vault.azure.net", "acme-key", "1")
CREATED, FAILED = Configuration("CREATED", KEY), Configuration("FAILED", KEY)
LOOKS = [2.0, 5.0, 15.0, 30.0, 70.0]


def unanswered(retry_after: float = 0.0) -> CallUnanswered:
    return CallUnanswered("cut off", next_step="x", retry_after=retry_after)


def refused(http_status: int) -> CallRefused:
    return CallRefused("no", is_absence=False, next_step="x", http_status=http_status)


UNREADABLE = AnswerNotUnderstood("a page", next_step="x")


class Adobe:
    """Answers to reads and to POSTs, one after the other, the last for ever; writes down what was asked."""

    def __init__(self, reads: list[Configuration | None], posts: list[Configuration | AdobeError]) -> None:
        self._reads, self._posts = reads, posts
        self.asked: list[str] = []

    def requested(self, _request: ConfigurationRequest) -> Configuration | None:
        self.asked.append("GET")
        return self._reads.pop(0) if len(self._reads) > 1 else self._reads[0]

    def app_registration(self) -> AppFacts:
        return AppFacts("app", "Adobe CMK", "https://consent")

    def submit_configuration(self, *_: Any) -> Configuration:
        self.asked.append("POST")
        answer = self._posts.pop(0) if len(self._posts) > 1 else self._posts[0]
        if isinstance(answer, AdobeError):
            raise answer
        return answer

    @property
    def posts(self) -> int:
        return self.asked.count("POST")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def said() -> list[str]:
    return []


Submit = Callable[..., Configuration]


@pytest.fixture
def submit(clock: ManualClock, said: list[str]) -> Submit:
    def run(adobe: Any, found: Configuration | None = None) -> Configuration:
        return submission.submit(adobe, request(clock), found, clock, said.append)

    return run


@pytest.fixture
def submit_or_adopt(clock: ManualClock, said: list[str]) -> Submit:
    def run(adobe: Any, sent_before: bool = False) -> Configuration:
        return submission.submit_or_adopt(adobe, request(clock), clock, said.append, sent_before=sent_before)

    return run


def request(clock: ManualClock, **changes: Any) -> ConfigurationRequest:
    # Four looks that stay fresh for as long as a test takes.
    evidence = {subject: Look(subject, clock.now(), ()).property() for subject in SUBJECTS}
    facts = {"config_name": "cmk", "key": KEY, "contract": Contract.AUTO, "application_id": "app", "evidence": evidence}
    return ConfigurationRequest(role_granted_at=clock.now(), **{**facts, **changes})


def test_a_clear_answer_needs_no_look(submit: Submit, clock: ManualClock) -> None:
    adobe = Adobe([None], [CREATED])
    assert submit(adobe) is CREATED
    assert adobe.asked == ["POST"]
    assert clock.naps == []


def test_without_evidence_nothing_is_sent(clock: ManualClock, said: list[str]) -> None:
    adobe: Any = Adobe([None], [CREATED])
    with pytest.raises(PreflightFailed):
        submission.submit(adobe, request(clock, evidence={}), None, clock, said.append)
    assert adobe.asked == []
    assert said == []


def test_evidence_that_ages_between_two_posts_stops_the_second(
    submit: Submit, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "LOOKS", (timedelta(minutes=16).total_seconds(),))
    adobe = Adobe([None], [unanswered()])
    with pytest.raises(PreflightFailed):
        submit(adobe)
    assert adobe.posts == 1


@pytest.mark.parametrize("error", [unanswered(), UNREADABLE], ids=["unanswered", "unreadable"])
def test_an_unclear_post_is_looked_for_for_two_minutes_and_sent_three_times_at_most(
    submit: Submit, clock: ManualClock, said: list[str], error: AdobeError
) -> None:
    adobe = Adobe([None], [error])
    with pytest.raises(type(error)) as caught:
        submit(adobe)
    assert caught.value is error
    assert adobe.asked == ["POST", *["GET"] * 5] * 3
    assert clock.naps == LOOKS * 3
    assert sum("sending the configuration 'cmk'" in line for line in said) == 3


@pytest.mark.parametrize("error", [unanswered(), UNREADABLE, refused(409)], ids=["unanswered", "unreadable", "conflict"])
@pytest.mark.parametrize("look", [1, 5])
def test_what_the_post_left_behind_is_taken_as_soon_as_it_shows(
    submit: Submit, clock: ManualClock, error: AdobeError, look: int
) -> None:
    adobe = Adobe([*[None] * (look - 1), CREATED], [error])
    assert submit(adobe) is CREATED
    assert adobe.asked == ["POST", *["GET"] * look]
    assert clock.naps == LOOKS[:look]


def test_a_conflict_that_leaves_nothing_behind_is_not_sent_again(submit: Submit) -> None:
    adobe = Adobe([None], [refused(409)])
    with pytest.raises(CallRefused):
        submit(adobe)
    assert adobe.asked == ["POST", *["GET"] * 5]


@pytest.mark.parametrize("status", [400, 403, 408, 410])
def test_any_other_refusal_ends_it_at_once(submit: Submit, clock: ManualClock, status: int) -> None:
    adobe = Adobe([CREATED], [refused(status)])
    with pytest.raises(CallRefused):
        submit(adobe)
    assert adobe.asked == ["POST"]
    assert clock.naps == []


def test_the_pause_that_adobe_asks_for_comes_before_the_first_look_alone(submit: Submit, clock: ManualClock) -> None:
    adobe = Adobe([None, CREATED], [unanswered(retry_after=300.0)])
    assert submit(adobe) is CREATED
    assert clock.naps == [300.0, 5.0]


def test_a_shorter_pause_than_that_of_the_first_look_changes_nothing(submit: Submit, clock: ManualClock) -> None:
    assert submit(Adobe([CREATED], [unanswered(retry_after=1.0)])) is CREATED
    assert clock.naps == [2.0]


def test_a_longer_pause_than_is_waited_here_ends_it_at_once(submit: Submit, clock: ManualClock) -> None:
    adobe = Adobe([CREATED], [unanswered(retry_after=301.0)])
    with pytest.raises(CallUnanswered):
        submit(adobe)
    assert adobe.asked == ["POST"]
    assert clock.naps == []


def test_a_failed_configuration_that_stays_failed_is_what_was_there_before(submit: Submit) -> None:
    adobe = Adobe([FAILED, FAILED, CREATED], [unanswered()])
    assert submit(adobe, FAILED) is CREATED
    assert adobe.asked == ["POST", "GET", "GET", "GET"]


def test_a_failed_configuration_where_there_was_none_is_what_the_post_left(submit: Submit) -> None:
    assert submit(Adobe([FAILED], [unanswered()])) is FAILED


def test_looks_that_take_half_a_minute_or_longer_are_told_with_their_number(submit: Submit, said: list[str]) -> None:
    submit(Adobe([*[None] * 4, CREATED], [unanswered()]))
    told = [line for line in said if " of 5" in line]
    assert [("30 s" in line, "70 s" in line) for line in told] == [(True, False), (False, True)]
    assert ["4 of 5" in told[0], "5 of 5" in told[1]] == [True, True]


class TestSubmitOrAdopt:
    def test_what_adobe_holds_is_adopted(self, submit_or_adopt: Submit, said: list[str]) -> None:
        adobe = Adobe([CREATED], [refused(400)])
        assert submit_or_adopt(adobe, True) is CREATED
        assert adobe.asked == ["GET"]
        assert "CREATED" in said[-1]

    def test_a_failed_one_is_sent_again(self, submit_or_adopt: Submit) -> None:
        adobe = Adobe([FAILED], [CREATED])
        assert submit_or_adopt(adobe) is CREATED
        assert adobe.asked == ["GET", "POST"]

    def test_where_there_is_none_it_is_sent_without_a_pause(self, submit_or_adopt: Submit, clock: ManualClock) -> None:
        adobe = Adobe([None], [CREATED])
        assert submit_or_adopt(adobe) is CREATED
        assert adobe.asked == ["GET", "POST"]
        assert clock.naps == []

    def test_what_an_earlier_run_sent_and_shows_late_is_adopted(self, submit_or_adopt: Submit, clock: ManualClock) -> None:
        adobe = Adobe([None, None, CREATED], [refused(400)])
        assert submit_or_adopt(adobe, True) is CREATED
        assert adobe.posts == 0
        assert clock.naps == LOOKS[:2]

    def test_what_an_earlier_run_sent_and_failed_is_sent_again(self, submit_or_adopt: Submit) -> None:
        adobe = Adobe([None, FAILED], [CREATED])
        assert submit_or_adopt(adobe, True) is CREATED
        assert adobe.asked == ["GET", "GET", "POST"]

    def test_what_an_earlier_run_did_not_send_is_sent_after_two_minutes(
        self, submit_or_adopt: Submit, clock: ManualClock
    ) -> None:
        adobe = Adobe([None], [CREATED])
        assert submit_or_adopt(adobe, True) is CREATED
        assert adobe.asked == ["GET", *["GET"] * 5, "POST"]
        assert clock.naps == LOOKS


def test_a_failed_configuration_that_has_moved_on_is_not_sent_again(clock: ManualClock, said: list[str]) -> None:
    adobe: Any = Adobe([CREATED], [CREATED])
    assert submission.submit_again(adobe, request(clock), FAILED, clock, said.append) is CREATED
    assert adobe.posts == 0


def test_nothing_is_sent_for_another_app_than_adobe_has_now(clock: ManualClock, said: list[str]) -> None:
    adobe: Any = Adobe([None], [CREATED])
    other = request(clock, application_id="another")
    with pytest.raises(AppReplaced, match="is app, but the role was granted to the app another"):
        submission.submit_or_adopt(adobe, other, clock, said.append, sent_before=False)
    with pytest.raises(AppReplaced):
        submission.submit_again(adobe, other, FAILED, clock, said.append)
    assert adobe.posts == 0


def test_a_configuration_that_exists_is_adopted_whatever_the_app(clock: ManualClock, said: list[str]) -> None:
    adobe: Any = Adobe([CREATED], [CREATED])
    other = request(clock, application_id="another")
    assert submission.submit_or_adopt(adobe, other, clock, said.append, sent_before=False) is CREATED
