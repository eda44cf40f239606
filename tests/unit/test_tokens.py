"""How long a token is kept, what is sent for it, and what a token may look like."""

import json
from typing import Any

import pytest

from components.adobe.api.answers import Answer
from components.adobe.api.auth import DEFAULT_SCOPES, ReadyToken, ServerToServer, from_environment
from components.adobe.api.errors import AdobeError, AnswerNotUnderstood, CallRefused, CallUnanswered, CredentialError
from tests.clock import ManualClock


class Ims:
    """Mints token-1, token-2 and so on, with a lifetime; writes down what it was asked."""

    def __init__(self, lifetime: Any = None, error: AdobeError | None = None) -> None:
        self._lifetime, self._error = lifetime, error
        self.asked: list[dict[str, Any]] = []

    def send(self, method: str, path: str, **call: Any) -> Answer:
        self.asked.append({"call": f"{method} {path}", **call})
        if self._error:
            raise self._error
        body = {"access_token": f"token-{len(self.asked)}", "expires_in": self._lifetime}
        return Answer("POST /ims/token/v3", 200, json.dumps(body).encode(), {})


def credential(ims: Ims, clock: ManualClock) -> ServerToServer:
    return ServerToServer("id", "s3cret", "openid", ims, clock)


@pytest.mark.parametrize(
    ("lifetime", "kept"),
    [
        # Less a tenth, or five minutes.
        (100, 90.0),
        (1, 0.9),
        (3000, 2700.0),
        (36_000.0, 35_700.0),
        (86_400, 86_100.0),
        # A day at the longest.
        (10**12, 86_100.0),
        # Five minutes where it is not stated in seconds.
        (None, 270.0),
        (True, 270.0),
        ("3600", 270.0),
        (0, 270.0),
        (-5, 270.0),
    ],
)
def test_a_token_is_kept_until_shortly_before_its_end(clock: ManualClock, lifetime: Any, kept: float) -> None:
    tokens = credential(Ims(lifetime), clock)
    assert tokens.token() == "token-1"
    clock.sleep(kept - 0.01)
    assert tokens.token() == "token-1"
    clock.sleep(0.01)
    assert tokens.token() == "token-2"


def test_the_token_call_may_be_repeated_and_blanks_out_the_secret(clock: ManualClock) -> None:
    ims = Ims()
    credential(ims, clock).token()
    form = {"grant_type": "client_credentials", "client_id": "id", "client_secret": "s3cret", "scope": "openid"}
    assert ims.asked == [{"call": "POST /ims/token/v3", "form": form, "repeatable": True, "secrets": ["s3cret"]}]


def test_only_the_token_that_was_rejected_is_dropped(clock: ManualClock) -> None:
    tokens = credential(Ims(3600), clock)
    assert tokens.token() == "token-1"
    assert tokens.renew("another") is True
    assert tokens.token() == "token-1"
    assert tokens.renew("token-1") is True
    assert tokens.token() == "token-2"
    assert tokens.secrets() == ["s3cret", "token-1", "token-2"]


def test_a_refused_credential_is_told_with_the_facts_of_the_call(clock: ManualClock) -> None:
    refusal = CallRefused("no", next_step="x", call="POST /t", words="bad", request_id="r", http_status=400)
    with pytest.raises(CredentialError) as caught:
        credential(Ims(error=refusal), clock).token()
    error = caught.value
    assert (error.call, error.words, error.request_id, error.http_status) == ("POST /t", "bad", "r", 400)
    assert "ADOBE_CLIENT_SECRET" in error.next_step


@pytest.mark.parametrize("error", [CallUnanswered("cut off", next_step="x"), AnswerNotUnderstood("a page", next_step="x")])
def test_an_unclear_answer_is_not_told_as_a_refused_credential(clock: ManualClock, error: AdobeError) -> None:
    with pytest.raises(type(error)) as caught:
        credential(Ims(error=error), clock).token()
    assert caught.value is error


@pytest.mark.parametrize(("scopes", "sent"), [("", DEFAULT_SCOPES), ("  ", DEFAULT_SCOPES), ("openid, x", "openid, x")])
def test_the_scopes_are_those_of_the_environment_or_adobes_own(clock: ManualClock, scopes: str, sent: str) -> None:
    ims = Ims()
    environment = {"ADOBE_CLIENT_ID": "id", "ADOBE_CLIENT_SECRET": "s3cret", "ADOBE_SCOPES": scopes}
    from_environment(environment, ims, clock).token()
    assert ims.asked[0]["form"]["scope"] == sent


@pytest.mark.parametrize("value", ["abc def", "abc\x01", "abc\u0430", "a\nb"])
def test_a_token_has_no_character_that_a_header_has_not(clock: ManualClock, value: str) -> None:
    with pytest.raises(CredentialError, match="ADOBE_ACCESS_TOKEN"):
        from_environment({"ADOBE_ACCESS_TOKEN": value}, Ims(), clock)


def test_a_ready_token_cannot_be_renewed_and_is_a_secret(clock: ManualClock) -> None:
    ready = from_environment({"ADOBE_ACCESS_TOKEN": "abc", "ADOBE_CLIENT_ID": "id"}, Ims(), clock)
    assert ready == ReadyToken("abc")
    assert ready.renew("abc") is False
    assert ready.secrets() == ["abc"]


def test_a_credential_tells_its_client_id_and_a_bare_token_does_not(clock: ManualClock) -> None:
    environment = {"ADOBE_CLIENT_ID": " id ", "ADOBE_CLIENT_SECRET": "s3cret"}
    ims = Ims()
    assert from_environment(environment, ims, clock).client_id == "id"
    assert from_environment({**environment, "ADOBE_ACCESS_TOKEN": "abc"}, ims, clock).client_id == ""
    assert ims.asked == []
