"""Everything that can go wrong between this program and Adobe, one class per decision that a caller has to take.

AdobeError
├── CredentialError        no credential, or the token endpoint refused it
├── CertificatesMissing    the environment names certificates that are not there; nothing was sent
├── CallRefused            Adobe understood the call and said no (4xx): repeating it changes nothing
├── CallUnanswered         no usable answer (broken connection, time-out, 429, 5xx): it may have been processed
├── AnswerNotUnderstood    an answer that is not what the contract promises (HTML, truncated JSON, missing fields)
│   └── AnswerContradictsRequest  an answer about something else than was asked, or with a value that cannot be Adobe's
├── RegistrationMissing    the organisation has no CMK app yet
├── HostChanged            the configuration was sent to another host of Adobe's
├── PreflightFailed        Azure is not as Adobe requires it; nothing was sent
├── ConfigurationConflict  Adobe holds a configuration for another vault or key
├── ConfigurationAbsent    Adobe does not show a configuration that was sent
├── ActivationFailed       Adobe reports FAILED
└── ActivationPending      the wait ran out; nothing is lost, the next `up` goes on
"""

from typing import Any

# Where programs import the classes from; the engine prints it before a message, in place of a module's path.
PACKAGE = "adobe_cmk"


class AdobeError(Exception):
    """An error in one form: what happened, at which call, Adobe's words, the request id, and what to do next."""

    __module__ = PACKAGE

    def __init_subclass__(cls) -> None:
        cls.__module__ = PACKAGE

    def __init__(
        self, what: str, *, next_step: str, call: str = "", words: str = "", request_id: str = "", http_status: int = 0
    ) -> None:
        """
        :param what: the fact, in a sentence without a full stop.
        :param next_step: what the reader should do.
        :param call: method and path, as sent.
        :param words: Adobe's own code and text, already free of credentials.
        :param request_id: Adobe's X-Request-Id, for a support ticket.
        :param http_status: status code of the answer, 0 when there was none.
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
            parts.append(f"request id {self.request_id}")
        return f"{'; '.join(parts)}. Next: {self.next_step}"


class CredentialError(AdobeError):
    """There is no usable credential for Adobe's API."""


class CertificatesMissing(AdobeError):
    """REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names a file or folder that cannot be read."""


class CallRefused(AdobeError):
    """Adobe refused the call for good (4xx)."""

    def __init__(self, what: str, *, is_absence: bool, **facts: Any) -> None:
        """:param is_absence: whether Adobe's service says that what was asked for does not exist (`Answer.is_absence`)."""
        self.is_absence = is_absence
        super().__init__(what, **facts)


class CallUnanswered(AdobeError):
    """No usable answer came; the call may or may not have been processed."""

    def __init__(self, what: str, *, retry_after: float = 0.0, **facts: Any) -> None:
        """:param retry_after: seconds that Adobe asks to wait, 0 when it does not say."""
        self.retry_after = retry_after
        super().__init__(what, **facts)


class AnswerNotUnderstood(AdobeError):
    """The answer is not what the contract promises; the call may have been processed."""


class AnswerContradictsRequest(AnswerNotUnderstood):
    """The answer is not about what was asked, or says what Adobe cannot say; nothing of it may be used.

    After a POST the outcome is unclear, as with every answer that is not understood: it is read back.
    """


class RegistrationMissing(AdobeError):
    """The organisation has no CMK app registration."""


class HostChanged(AdobeError):
    """The configuration was sent to another host than the one that would be asked."""


class ConfigurationAbsent(AdobeError):
    """Adobe does not show a configuration that was sent; it is not sent again."""


class PreflightFailed(AdobeError):
    """Azure is not as Adobe requires it; nothing was sent."""


class ConfigurationConflict(AdobeError):
    """Adobe already holds a configuration of this name for another vault or key."""


class ActivationFailed(AdobeError):
    """Adobe could not switch over to the key."""


class ActivationPending(AdobeError):
    """Adobe had not switched over when the wait ended."""
