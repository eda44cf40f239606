"""Waits until Adobe has switched over to the key, and reports progress.

Adobe gives no reason for FAILED. Soon after the role assignment it may only mean that Azure had not applied the role yet.
Only then is the configuration submitted again, a limited number of times.
"""

from collections.abc import Callable
from datetime import timedelta

from ..constants import ADOBE_ADDRESS
from .api.client import Configuration, NotShown, PlatformApi, Status
from .api.clock import LONGEST_SILENCE, Clock, TimeIsUp, WaitClock, sleep_aloud
from .api.configuration_request import ConfigurationRequest
from .api.errors import ActivationFailed, ActivationPending, AnswerNotUnderstood, CallRefused, CallUnanswered

# Adobe documents no poll interval. Each pause is a twentieth of what was waited so far: in the first half minute a change is
# seen within two seconds, later within five percent of the wait, and after ten minutes two calls a minute remain.
SHORTEST_POLL, LONGEST_POLL, POLLS_PER_AGE = 1.0, LONGEST_SILENCE, 20
# Azure documents that a role assignment can take up to ten minutes to take effect.
ROLE_GRACE = timedelta(minutes=15)
# Seconds before each resubmission after such a FAILED.
RESUBMISSIONS = (30.0, 120.0, 300.0)
NOT_VISIBLE = "NOT VISIBLE YET"
NEW_ROLE = "FAILED, but the role assignment is new and may not have taken effect in Azure yet. Retrying in"
# Resubmits a FAILED configuration by the clock that it is given; returns what Adobe shows then.
Submit = Callable[[Clock], Configuration | NotShown]
# A long wait tolerates this many unclear responses in a row, each after its own retries.
UNCLEAR_ANSWERS = 3
# Minutes for the retries of the one read that is made when nobody waits.
ONE_READ = 1


def wait_until_completed(
    api: PlatformApi,
    request: ConfigurationRequest,
    timeout_minutes: int,
    clock: Clock,
    say: Callable[[str], None],
    submit: Submit,
) -> str:
    """Poll until Adobe reports COMPLETED and return the last status; with 0 minutes, read it once.

    The limit holds whatever Adobe answers: no pause between calls, or within the retries of one, goes beyond it.

    :param submit: resubmits a FAILED configuration.
    :raises ActivationFailed: when FAILED is final.
    :raises SubmissionUnclear: when a resubmission may have been processed; nothing is sent again in this run.
    :raises ActivationPending: when the time is up.
    """
    wait = _Wait(api, request, timeout_minutes, clock, say, submit)
    with wait.clock.in_force():
        try:
            return wait.until_completed()
        except TimeIsUp:
            raise _pending(request, wait.status, timeout_minutes) from None


class _Wait:
    """One wait: its end, its progress, and what Adobe reported last."""

    def __init__(
        self,
        api: PlatformApi,
        request: ConfigurationRequest,
        timeout_minutes: int,
        clock: Clock,
        say: Callable[[str], None],
        submit: Submit,
    ) -> None:
        self._api, self._request, self._submit, self._say = api, request, submit, say
        self._start = self._submitted_at = self._said_at = clock.now()
        self._reads_once = timeout_minutes == 0
        self.clock = WaitClock(clock, self._start + timedelta(minutes=timeout_minutes or ONE_READ), self._progress)
        self.status = NOT_VISIBLE
        self._said = ""

    def until_completed(self) -> str:
        unclear, is_due, pauses = 0, False, iter(RESUBMISSIONS)
        while True:
            try:
                found = self._api.requested(self._request)
                if isinstance(found, Configuration) and found.status == Status.FAILED and is_due and self.clock.left() > 0:
                    self._submitted_at, is_due = self.clock.now(), False
                    found = self._submitted_again()
            except (CallUnanswered, AnswerNotUnderstood) as error:
                unclear += 1
                if unclear > UNCLEAR_ANSWERS or self._reads_once:
                    raise
                self.status = f"NO CLEAR ANSWER ({error.what})"
            else:
                unclear, is_due = 0, False
                self.status = found.status if isinstance(found, Configuration) else NOT_VISIBLE
            self._progress()
            if self.status == Status.COMPLETED or (self._reads_once and self.status != Status.FAILED):
                return self.status
            if self.status == Status.FAILED:
                pause = next(pauses, None) if self.clock.now() < self._request.role_granted_at + ROLE_GRACE else None
                if pause is None or self._reads_once:
                    raise _failed(self._request)
                sleep_aloud(self.clock, self._within_limit(pause), lambda left: self._tell(f"{NEW_ROLE} {left:.0f} s"))
                if self.clock.left() <= 0:
                    raise TimeIsUp
                # Stays due until the next clear response.
                is_due = True
            else:
                self.clock.sleep(min(self._within_limit(_pause(self.clock.now() - self._submitted_at)), self._progress()))

    def _within_limit(self, seconds: float) -> float:
        """The pause, cut off at the end of the wait, where Adobe is read once more.

        :raises TimeIsUp: when that was done.
        """
        left = self.clock.left()
        if left <= 0:
            raise TimeIsUp
        return min(seconds, left)

    def _submitted_again(self) -> Configuration | NotShown:
        try:
            return self._submit(self.clock)
        except CallRefused as refusal:
            raise _failed(self._request, refusal) from None

    def _progress(self) -> float:
        """Say the status when it has changed, and every 30 seconds; return the seconds until the next line is due."""
        now = self.clock.now()
        silence = (now - self._said_at).total_seconds()
        if self.status == self._said and silence < LONGEST_SILENCE:
            return LONGEST_SILENCE - silence
        elapsed = int((now - self._start).total_seconds())
        wait = "" if self.status == Status.COMPLETED else "; waiting for Adobe to report COMPLETED"
        self._tell(f"{self.status} after {elapsed // 60}:{elapsed % 60:02d} min{wait}")
        self._said = self.status
        return LONGEST_SILENCE

    def _tell(self, line: str) -> None:
        self._say(line)
        self._said_at = self.clock.now()


def _pause(age: timedelta) -> float:
    """Seconds until the next poll, by what was waited since the submission."""
    return min(max(age.total_seconds() / POLLS_PER_AGE, SHORTEST_POLL), LONGEST_POLL)


def _failed(request: ConfigurationRequest, refusal: CallRefused | None = None) -> ActivationFailed:
    """The error for a final FAILED, with Adobe's response to a resubmission if there was one."""
    key, vault = request.key, request.key.vault_name
    return ActivationFailed(
        f"Adobe reports FAILED for the configuration {request.config_name!r} without a reason"
        + (", and refuses a resubmission" if refusal else ""),
        call=refusal.call if refusal else request.reading,
        words=refusal.words if refusal else "",
        request_id=refusal.request_id if refusal else "",
        http_status=refusal.http_status if refusal else 0,
        next_step=f"check these causes, the most likely first: "
        f"(1) Adobe's app {request.application_id} is in the tenant of the vault, enabled; "
        f"(2) it has the role Key Vault Crypto Service Encryption User on vault {vault}; "
        f"(3) key {key.key_name} is enabled, RSA of 3072 bits or more, with wrapKey and unwrapKey and without expiry; "
        f"(4) vault {vault} has purge protection, soft delete and Azure RBAC; "
        f"(5) its firewall allows trusted Microsoft services and {ADOBE_ADDRESS}. "
        f"Then run `pulumi refresh` and `pulumi up`, which submits the configuration again",
    )


def _pending(request: ConfigurationRequest, status: str, timeout_minutes: int) -> ActivationPending:
    return ActivationPending(
        f"Adobe has not switched over within {timeout_minutes} min: the configuration {request.config_name!r} is {status}",
        call=request.reading,
        next_step="run `pulumi up` again to continue waiting, or increase the timeout; nothing is lost",
    )
