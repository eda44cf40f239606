"""Errors between this program and Adobe, one class for each way in which a caller has to react.

AdobeError
├── CredentialError        there is no credential, or the token endpoint refused it
├── CertificatesMissing    the environment names certificates that cannot be read; nothing was sent
├── CallRefused            Adobe refused the call (4xx); a retry does not help
├── CallUnanswered         no usable response (interrupted connection, time-out, 429, 5xx); the call may have been processed
├── AnswerNotUnderstood    the response violates the contract (HTML, truncated JSON, missing fields)
│   └── AnswerContradictsRequest  the response does not match the request, or has a value that cannot be Adobe's
├── RegistrationMissing    the organisation has no CMK app
├── AppReplaced            Adobe has another app, or none, and something may have been sent for the recorded one
├── HostChanged            the stack was created with another of Adobe's hosts
├── PreflightFailed        a preflight check failed; nothing was sent
├── RequirementsNotMet     a requirement is no longer met after the configuration was submitted
├── NotRevokedYet          a revocation is prepared, and the next `up` carries it out
├── SubmissionUnclear      a POST of the configuration may have been processed; it is not repeated in the same run
├── ConfigurationConflict  Adobe has the configuration for another vault or key
├── ConfigurationAbsent    Adobe does not return a configuration that was submitted
├── ActivationFailed       Adobe reports FAILED
└── ActivationPending      the wait timed out; nothing is lost, and the next `up` continues
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .answers import Answer

# The package that programs import the classes from; the engine prints it before a message instead of the module path.
PACKAGE = "adobe_cmk"


class AdobeError(Exception):
    """Base class; every message states what happened, the call, Adobe's own text, the request ID, and the fix."""

    __module__ = PACKAGE

    def __init_subclass__(cls) -> None:
        cls.__module__ = PACKAGE

    def __init__(
        self, what: str, *, next_step: str, call: str = "", words: str = "", request_id: str = "", http_status: int = 0
    ) -> None:
        """
        :param what: the fact, as a sentence without a full stop.
        :param next_step: what the user should do.
        :param call: method and path, as sent.
        :param words: Adobe's own code and text, with credentials redacted.
        :param request_id: Adobe's X-Request-Id, for a support ticket.
        :param http_status: status code of the response; 0 when there was none.
        """
        self.what = what
        self.next_step = next_step
        self.call = call
        self.words = words
        self.request_id = request_id
        self.http_status = http_status
        super().__init__(str(self))

    def __str__(self) -> str:
        parts = [self.what]
        if self.call:
            parts.append(f"at {self.call}")
        if self.http_status:
            parts.append(f"HTTP {self.http_status}")
        if self.words:
            parts.append(f"Adobe says: {self.words}")
        if self.request_id:
            parts.append(f"request ID {self.request_id}")
        return f"{'; '.join(parts)}. Fix: {self.next_step}"


class CredentialError(AdobeError):
    """There is no usable credential for Adobe's API."""


class CertificatesMissing(AdobeError):
    """REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names a file or folder that cannot be read."""


class CallRefused(AdobeError):
    """Adobe refused the call (4xx)."""

    def __init__(self, what: str, *, answer: Answer | None = None, **facts: Any) -> None:
        """:param answer: the response, for a caller to whom a refusal is an answer too."""
        self.answer = answer
        super().__init__(what, **facts)


class CallUnanswered(AdobeError):
    """There was no usable response; the call may have been processed."""

    def __init__(self, what: str, *, retry_after: float = 0.0, **facts: Any) -> None:
        """:param retry_after: seconds that Adobe asks to wait; 0 without Retry-After."""
        self.retry_after = retry_after
        super().__init__(what, **facts)


class AnswerNotUnderstood(AdobeError):
    """The response violates the contract; the call may have been processed."""


class AnswerContradictsRequest(AnswerNotUnderstood):
    """The response does not match the request, or has a value that cannot be Adobe's; it must not be used.

    After a POST with a 2xx it changes nothing: the configuration was accepted, and is not sent again.
    """


class RegistrationMissing(AdobeError):
    """The organisation has no CMK app registration."""


class AppReplaced(AdobeError):
    """Adobe has another app for the organisation than the one that has the role, or none."""


class HostChanged(AdobeError):
    """The stack was created with another host than the one that would be called."""


class SubmissionUnclear(AdobeError):
    """The configuration may have been submitted; the next `up` reads it for two minutes before it may submit it again."""


class ConfigurationAbsent(AdobeError):
    """Adobe does not return a configuration that was submitted; it is not submitted again."""


class PreflightFailed(AdobeError):
    """A preflight check failed; nothing was sent."""


class RequirementsNotMet(AdobeError):
    """Azure is no longer as Adobe requires it: Adobe has lost the key, or is about to."""


class NotRevokedYet(AdobeError):
    """A revocation on purpose takes two runs, and this was the first."""


class ConfigurationConflict(AdobeError):
    """Adobe already has a configuration of this name for another vault or key."""


class ActivationFailed(AdobeError):
    """Adobe could not switch over to the key."""


class ActivationPending(AdobeError):
    """Adobe had not switched over when the wait timed out."""
