"""One POST, whatever comes back, and the reads before and after it: which, when, and how often."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from components.adobe import submission
from components.adobe.api.client import ACCEPTED, AppFacts, Configuration, NotShown
from components.adobe.api.configuration_request import ConfigurationRequest
from components.adobe.api.errors import (
    AdobeError,
    AnswerNotUnderstood,
    AppReplaced,
    CallRefused,
    CallUnanswered,
    PreflightFailed,
    SubmissionUnclear,
)
from components.adobe.api.evidence import SUBJECTS, Look
from components.adobe.api.key_reference import KeyReference
from components.constants import Contract
from tests.clock import ManualClock

KEY = KeyReference("https://acme-vault.vault.azure.net", "acme-key", "1")
CREATED, FAILED = Configuration("CREATED", KEY), Configuration("FAILED", KEY)
SENT = Configuration(ACCEPTED, KEY)
# The pauses before the reads; the longest is not silent.
READS = [[2.0], [5.0], [15.0], [30.0], [30.0, 30.0, 10.0]]
TWO_MINUTES = [nap for naps in READS for nap in naps]
UNKNOWN = AnswerNotUnderstood("who knows", next_step="x", words="sorry", http_status=404)
NONE = NotShown(UNKNOWN, says_none=True, may_be_confirmed=True)
UNCLEAR = NotShown(UNKNOWN, says_none=False, may_be_confirmed=True)
A_PAGE = NotShown(UNKNOWN, says_none=False, may_be_confirmed=False)
Read = Configuration | NotShown | AdobeError


def unanswered(http_status: int = 0, retry_after: float = 0.0) -> CallUnanswered:
    return CallUnanswered("cut off", next_step="x", retry_after=retry_after, http_status=http_status, call="POST /c")


def refused(http_status: int) -> CallRefused:
    return CallRefused("no", next_step="x", http_status=http_status)


UNREADABLE = AnswerNotUnderstood("a page", next_step="x")


class Adobe:
    """Answers to reads and to POSTs, one after the other, the last for ever; writes down what was asked."""

    def __init__(self, reads: list[Read], posts: list[str | AdobeError] | None = None, app: str = "app") -> None:
        self._reads, self._posts, self._app = reads, posts or [""], app
        self.asked: list[str] = []

    def requested(self, _request: ConfigurationRequest) -> Configuration | NotShown:
        self.asked.append("GET")
        return _next(self._reads)

    def app_registration(self) -> AppFacts | None:
        self.asked.append("APP")
        return AppFacts(self._app, "Adobe CMK", "https://consent") if self._app else None

    def submit_configuration(self, *_: Any) -> str:
        self.asked.append("POST")
        return _next(self._posts)

    @property
    def posts(self) -> int:
        return self.asked.count("POST")


def _next(answers: list[Any]) -> Any:
    answer = answers.pop(0) if len(answers) > 1 else answers[0]
    if isinstance(answer, AdobeError):
        raise answer
    return answer


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
    def run(adobe: Any, **changes: Any) -> Configuration:
        return submission.submit_or_adopt(adobe, request(clock, **changes), clock, said.append)

    return run


def request(clock: ManualClock, **changes: Any) -> ConfigurationRequest:
    # Four looks that stay fresh for as long as a test takes.
    evidence = {subject: Look(subject, clock.now(), ()).property() for subject in SUBJECTS}
    facts = {"ims_org_id": "org", "config_name": "cmk", "key": KEY, "contract": Contract.CURRENT, "application_id": "app"}
    return ConfigurationRequest(role_granted_at=clock.now(), **{**facts, "evidence": evidence, **changes})


def test_a_post_that_is_accepted_needs_no_read(submit: Submit, clock: ManualClock) -> None:
    adobe = Adobe([NONE])
    assert submit(adobe) == SENT
    assert adobe.asked == ["POST"]
    assert clock.naps == []


def test_what_is_wrong_with_the_answer_of_an_accepted_post_is_told_and_sends_nothing(
    submit: Submit, said: list[str]
) -> None:
    adobe = Adobe([NONE], ["'imsOrgId' is another"])
    assert submit(adobe) == SENT
    assert adobe.asked == ["POST"]
    assert "'imsOrgId' is another" in said[-1]


def test_without_evidence_nothing_is_sent(clock: ManualClock, said: list[str]) -> None:
    adobe: Any = Adobe([NONE])
    with pytest.raises(PreflightFailed):
        submission.submit(adobe, request(clock, evidence={}), None, clock, said.append)
    assert adobe.asked == []
    assert said == []


def test_evidence_that_ages_between_two_posts_stops_the_second(submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submission, "AFTER_429", timedelta(minutes=16).total_seconds())
    adobe = Adobe([NONE], [unanswered(429)])
    with pytest.raises(PreflightFailed):
        submit(adobe)
    assert adobe.posts == 1


@pytest.mark.parametrize(
    "error",
    [unanswered(), unanswered(408), unanswered(500), unanswered(503, 7.0), UNREADABLE],
    ids=["no answer", "408", "500", "503", "redirect"],
)
@pytest.mark.parametrize("shown", [NONE, UNCLEAR, A_PAGE, UNREADABLE], ids=["none", "unclear", "a page", "unreadable"])
def test_after_an_unclear_outcome_adobe_is_read_for_two_minutes_and_nothing_is_sent_again(
    submit: Submit, clock: ManualClock, error: AdobeError, shown: Read
) -> None:
    adobe = Adobe([shown], [error])
    with pytest.raises(SubmissionUnclear, match="run pulumi up again, which reads the configuration for two minutes") as it:
        submit(adobe)
    assert (it.value.call, it.value.http_status) == (error.call, error.http_status)
    assert adobe.asked == ["POST", *["GET"] * 5]
    assert clock.naps == TWO_MINUTES


@pytest.mark.parametrize("error", [unanswered(), UNREADABLE, refused(409)], ids=["unanswered", "unreadable", "conflict"])
@pytest.mark.parametrize("read", [1, 5])
def test_what_the_post_left_behind_is_taken_as_soon_as_it_shows(
    submit: Submit, clock: ManualClock, error: AdobeError, read: int
) -> None:
    adobe = Adobe([*[NONE] * (read - 1), CREATED], [error])
    assert submit(adobe) is CREATED
    assert adobe.asked == ["POST", *["GET"] * read]
    assert clock.naps == [nap for naps in READS[:read] for nap in naps]


def test_a_conflict_that_leaves_nothing_behind_is_not_sent_again(submit: Submit) -> None:
    adobe = Adobe([NONE], [refused(409)])
    with pytest.raises(CallRefused):
        submit(adobe)
    assert adobe.asked == ["POST", *["GET"] * 5]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410])
def test_any_other_refusal_ends_it_at_once(submit: Submit, clock: ManualClock, status: int) -> None:
    adobe = Adobe([CREATED], [refused(status)])
    with pytest.raises(CallRefused):
        submit(adobe)
    assert adobe.asked == ["POST"]
    assert clock.naps == []


@pytest.mark.parametrize(("contract", "other"), [("current", "beta"), ("beta", "current")])
def test_a_400_names_the_other_contract(clock: ManualClock, said: list[str], contract: str, other: str) -> None:
    adobe: Any = Adobe([NONE], [refused(400)])
    with pytest.raises(CallRefused, match=f"set apiContract to {other}"):
        submission.submit(adobe, request(clock, contract=Contract(contract)), None, clock, said.append)


class TestTooManyRequests:
    """A 429 is a refusal before anything was done."""

    def test_three_are_sent_at_most_and_the_configuration_is_read_before_each(
        self, submit: Submit, clock: ManualClock, said: list[str]
    ) -> None:
        adobe = Adobe([NONE], [unanswered(429, 7.0)])
        with pytest.raises(CallUnanswered):
            submit(adobe)
        assert adobe.asked == ["POST", "GET", "POST", "GET", "POST"]
        assert clock.naps == [7.0, 7.0]
        assert sum("sending the configuration 'cmk'" in line for line in said) == 3

    def test_without_retry_after_there_is_a_pause_too(self, submit: Submit, clock: ManualClock) -> None:
        assert submit(Adobe([NONE], [unanswered(429), ""])) == SENT
        assert clock.naps == [submission.AFTER_429]

    def test_what_somebody_else_sent_in_the_pause_is_taken(self, submit: Submit) -> None:
        adobe = Adobe([CREATED], [unanswered(429)])
        assert submit(adobe) is CREATED
        assert adobe.posts == 1

    def test_a_long_pause_is_not_silent(self, submit: Submit, said: list[str]) -> None:
        submit(Adobe([NONE], [unanswered(429, 300.0), ""]))
        assert sum("Adobe asks to wait" in line for line in said) == 10

    def test_a_longer_pause_than_is_waited_here_ends_it_at_once(self, submit: Submit, clock: ManualClock) -> None:
        adobe = Adobe([CREATED], [unanswered(429, 301.0)])
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


def test_reads_that_take_half_a_minute_or_longer_are_told_with_their_number(submit: Submit, said: list[str]) -> None:
    submit(Adobe([*[NONE] * 4, CREATED], [unanswered()]))
    told = [line.partition("read ")[2] for line in said if " of 5" in line]
    assert told == ["4 of 5 in 30 s", "5 of 5 in 70 s", "5 of 5 in 40 s", "5 of 5 in 10 s"]


class TestLook:
    """The reads before a first submission."""

    def look(self, adobe: Any, clock: ManualClock, **changes: Any) -> Configuration | None:
        return submission.look(adobe, request(clock, **changes), clock, [].append)

    def test_where_the_app_answers_a_404_says_that_there_is_none(self, clock: ManualClock) -> None:
        adobe = Adobe([NONE])
        assert self.look(adobe, clock) is None
        assert adobe.asked == ["APP", "GET"]

    @pytest.mark.parametrize("app", ["", "another"])
    def test_without_the_app_that_has_the_role_nothing_says_so(self, clock: ManualClock, app: str) -> None:
        with pytest.raises(AppReplaced):
            self.look(Adobe([NONE], app=app), clock)

    def test_the_case_of_the_apps_id_does_not_matter(self, clock: ManualClock) -> None:
        assert self.look(Adobe([NONE], app="APP"), clock) is None

    @pytest.mark.parametrize("shown", [UNCLEAR, A_PAGE], ids=["unclear", "a page"])
    def test_an_unclear_answer_is_an_error(self, clock: ManualClock, shown: NotShown) -> None:
        with pytest.raises(AnswerNotUnderstood, match="who knows"):
            self.look(Adobe([shown]), clock)

    def test_the_word_of_today_stands_in_for_an_unclear_answer(self, clock: ManualClock) -> None:
        assert self.look(Adobe([UNCLEAR]), clock, confirmed_absent="org/cmk/2026-03-02") is None

    @pytest.mark.parametrize(
        "word", ["org/cmk/2026-03-01", "org/cmk/2026-03-03", "other/cmk/2026-03-02", "org/other/2026-03-02", "org/cmk"]
    )
    def test_a_word_of_another_day_or_about_something_else_does_nothing(self, clock: ManualClock, word: str) -> None:
        with pytest.raises(AnswerNotUnderstood):
            self.look(Adobe([UNCLEAR]), clock, confirmed_absent=word)

    @pytest.mark.parametrize("read", [A_PAGE, UNREADABLE, refused(403), unanswered(503)], ids=["page", "2xx", "403", "503"])
    def test_the_word_overrides_no_page_no_refusal_and_no_outage(self, clock: ManualClock, read: Read) -> None:
        with pytest.raises(AdobeError):
            self.look(Adobe([read]), clock, confirmed_absent="org/cmk/2026-03-02")

    def test_the_word_overrides_no_configuration(self, clock: ManualClock) -> None:
        assert self.look(Adobe([CREATED]), clock, confirmed_absent="org/cmk/2026-03-02") is CREATED


class TestSubmitOrAdopt:
    """What an earlier run may have sent."""

    def test_what_adobe_holds_is_adopted(self, submit_or_adopt: Submit, said: list[str]) -> None:
        adobe = Adobe([CREATED], [refused(400)])
        assert submit_or_adopt(adobe) is CREATED
        assert adobe.asked == ["APP", "GET"]
        assert "CREATED" in said[-1]

    def test_a_failed_one_is_sent_again(self, submit_or_adopt: Submit) -> None:
        adobe = Adobe([FAILED])
        assert submit_or_adopt(adobe) == SENT
        assert adobe.asked == ["APP", "GET", "APP", "POST"]

    def test_what_is_shown_late_is_adopted(self, submit_or_adopt: Submit, clock: ManualClock) -> None:
        adobe = Adobe([NONE, NONE, CREATED], [refused(400)])
        assert submit_or_adopt(adobe) is CREATED
        assert adobe.posts == 0
        assert clock.naps == [2.0, 5.0]

    def test_what_is_shown_late_and_failed_is_sent_again(self, submit_or_adopt: Submit) -> None:
        adobe = Adobe([NONE, FAILED])
        assert submit_or_adopt(adobe) == SENT
        assert adobe.posts == 1

    def test_where_every_read_of_two_minutes_says_none_it_is_sent(self, submit_or_adopt: Submit, clock: ManualClock) -> None:
        adobe = Adobe([NONE])
        assert submit_or_adopt(adobe) == SENT
        assert adobe.asked == ["APP", "GET"] * 6 + ["POST"]
        assert clock.naps == TWO_MINUTES

    @pytest.mark.parametrize("unclear", [UNCLEAR, unanswered(503), refused(403)], ids=["unclear", "503", "403"])
    def test_one_read_that_does_not_say_so_ends_it(self, submit_or_adopt: Submit, unclear: Read) -> None:
        adobe = Adobe([NONE, NONE, unclear, NONE])
        with pytest.raises(AdobeError):
            submit_or_adopt(adobe)
        assert adobe.posts == 0

    def test_the_word_of_today_stands_in_for_every_one(self, submit_or_adopt: Submit) -> None:
        adobe = Adobe([UNCLEAR])
        assert submit_or_adopt(adobe, confirmed_absent="org/cmk/2026-03-02") == SENT
        assert adobe.asked == ["APP", "GET"] * 6 + ["POST"]

    @pytest.mark.parametrize("read", [NONE, FAILED], ids=["none", "failed"])
    def test_nothing_is_sent_for_another_app_than_adobe_has_now(self, submit_or_adopt: Submit, read: Read) -> None:
        adobe = Adobe([read])
        with pytest.raises(AppReplaced, match="is app, but the role was granted to the app another"):
            submit_or_adopt(adobe, application_id="another")
        assert adobe.posts == 0

    def test_a_configuration_that_exists_is_adopted_whatever_the_app(self, submit_or_adopt: Submit) -> None:
        assert submit_or_adopt(Adobe([CREATED]), application_id="another") is CREATED


class TestSubmitAgain:
    """What FAILED."""

    def again(self, adobe: Any, clock: ManualClock, **changes: Any) -> Configuration | NotShown:
        return submission.submit_again(adobe, request(clock, **changes), clock, [].append)

    def test_what_is_failed_right_now_is_sent_again(self, clock: ManualClock) -> None:
        adobe = Adobe([FAILED])
        assert self.again(adobe, clock) == SENT
        assert adobe.asked == ["APP", "GET", "POST"]

    @pytest.mark.parametrize("read", [CREATED, NONE, UNCLEAR], ids=["moved on", "none", "unclear"])
    def test_anything_else_is_not(self, clock: ManualClock, read: Configuration | NotShown) -> None:
        adobe = Adobe([read])
        assert self.again(adobe, clock) is read
        assert adobe.posts == 0

    def test_nothing_is_sent_for_another_app(self, clock: ManualClock) -> None:
        adobe = Adobe([FAILED])
        with pytest.raises(AppReplaced):
            self.again(adobe, clock, application_id="another")
        assert adobe.posts == 0
