"""Waits until Adobe has switched over to the key, and reports progress.

Adobe gives no reason for FAILED. Soon after the role assignment it may only mean that Azure had not applied the role yet.
Only then is the configuration submitted again, a limited number of times.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from ..constants import ADOBE_ADDRESS
from .api.client import Configuration, PlatformApi, Status
from .api.clock import LONGEST_SILENCE, Clock, sleep_aloud
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
# Resubmits a FAILED configuration; returns what Adobe has then.
Submit = Callable[[Configuration], Configuration]
# A long wait tolerates this many unclear responses in a row, each after its own retries.
UNCLEAR_ANSWERS = 3


def wait_until_completed(
    api: PlatformApi,
    request: ConfigurationRequest,
    timeout_minutes: int,
    clock: Clock,
    say: Callable[[str], None],
    submit: Submit,
) -> str:
    """Poll until Adobe reports COMPLETED and return the last status; with 0 minutes, read it once.

    :param submit: resubmits a FAILED configuration.
    :raises ActivationFailed: when FAILED is final.
    :raises ActivationPending: when the time is up.
    """
    start = clock.now()
    end = start + timedelta(minutes=timeout_minutes)
    progress = _Progress(start, say)
    pauses = iter(RESUBMISSIONS)
    submitted_at, unclear, is_due = start, 0, False
    while True:
        try:
            found = api.requested(request)
            if found and found.status == Status.FAILED and is_due and clock.now() < end:
                submitted_at, is_due = clock.now(), False
                found = _submitted_again(request, found, submit)
        except (CallUnanswered, AnswerNotUnderstood) as error:
            unclear += 1
            if unclear > UNCLEAR_ANSWERS or timeout_minutes == 0:
                raise
            found, status = None, f"NO CLEAR ANSWER ({error.what})"
        else:
            unclear, is_due = 0, False
            status = found.status if found else NOT_VISIBLE
        progress.report(status, clock.now())
        if status == Status.COMPLETED or (timeout_minutes == 0 and status != Status.FAILED):
            return status
        left = (end - clock.now()).total_seconds()
        if status == Status.FAILED:
            pause = next(pauses, None) if clock.now() < request.role_granted_at + ROLE_GRACE else None
            if pause is None or timeout_minutes == 0:
                raise _failed(request)
            sleep_aloud(clock, min(pause, left), lambda seconds: say(f"{NEW_ROLE} {seconds:.0f} s"))
            # Stays due until the next clear response.
            is_due, left = True, (end - clock.now()).total_seconds()
        if left <= 0:
            raise _pending(request, status, timeout_minutes)
        if status != Status.FAILED:
            clock.sleep(min(_pause(clock.now() - submitted_at), left, progress.silence_left(clock.now())))


def _pause(age: timedelta) -> float:
    """Seconds until the next poll, by what was waited since the submission."""
    return min(max(age.total_seconds() / POLLS_PER_AGE, SHORTEST_POLL), LONGEST_POLL)


class _Progress:
    """Prints a line when the status changes, and at least every 30 seconds."""

    def __init__(self, start: datetime, say: Callable[[str], None]) -> None:
        self._start, self._say = start, say
        self._status, self._told_at = "", start

    def report(self, status: str, now: datetime) -> None:
        if status == self._status and self.silence_left(now) > 0:
            return
        elapsed = int((now - self._start).total_seconds())
        wait = "" if status == Status.COMPLETED else "; waiting for Adobe to report COMPLETED"
        self._say(f"{status} after {elapsed // 60}:{elapsed % 60:02d} min{wait}")
        self._status, self._told_at = status, now

    def silence_left(self, now: datetime) -> float:
        """Seconds until the next line is due."""
        return max(0.0, LONGEST_SILENCE - (now - self._told_at).total_seconds())


def _submitted_again(request: ConfigurationRequest, failed: Configuration, submit: Submit) -> Configuration:
    try:
        return submit(failed)
    except CallRefused as refusal:
        raise _failed(request, refusal) from None


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
