"""Waits until Adobe has switched over to the key, telling what it waits for.

A FAILED soon after the role was granted may only mean that Azure had not applied the role yet: Adobe gives no reason.
Then, and only then, the configuration is submitted again, a bounded number of times.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from ..constants import ADOBE_ADDRESS
from .api.client import Configuration, PlatformApi, Status
from .api.clock import LONGEST_SILENCE, Clock, sleep_aloud
from .api.configuration_request import ConfigurationRequest
from .api.errors import ActivationFailed, ActivationPending, AnswerNotUnderstood, CallRefused, CallUnanswered

# Adobe publishes no poll interval: quick at first, then every half minute.
FIRST_POLL, LONGEST_POLL = 1.0, LONGEST_SILENCE
# Azure says that a role takes up to ten minutes to apply.
ROLE_GRACE = timedelta(minutes=15)
# Seconds before each new submission after such a FAILED.
RESUBMISSIONS = (30.0, 120.0, 300.0)
NOT_VISIBLE = "NOT VISIBLE YET"
YOUNG_ROLE = "FAILED, but the role is young: Azure may not have applied it yet. Trying again in"
# Submits a FAILED configuration again; returns what Adobe holds then.
Submit = Callable[[Configuration], Configuration]
# A long wait outlives this many unclear answers in a row; each was retried by itself before.
UNCLEAR_ANSWERS = 3


def wait_until_completed(
    api: PlatformApi,
    request: ConfigurationRequest,
    timeout_minutes: int,
    clock: Clock,
    say: Callable[[str], None],
    submit: Submit,
) -> str:
    """Poll until Adobe reports COMPLETED and return the last status; with 0 minutes, look once.

    :param submit: how a FAILED configuration is submitted again.
    :raises ActivationFailed: Adobe reports FAILED for good. ActivationPending: the time ran out.
    """
    start = clock.now()
    end = start + timedelta(minutes=timeout_minutes)
    progress = _Progress(start, say)
    pauses = iter(RESUBMISSIONS)
    poll, unclear, is_due = FIRST_POLL, 0, False
    while True:
        try:
            found = api.requested(request)
            if found and found.status == Status.FAILED and is_due and clock.now() < end:
                poll, is_due = FIRST_POLL, False
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
            sleep_aloud(clock, min(pause, left), lambda seconds: say(f"{YOUNG_ROLE} {seconds:.0f} s"))
            # An unclear look at its end leaves it due; a clear one settles it.
            is_due, left = True, (end - clock.now()).total_seconds()
        if left <= 0:
            raise _pending(request, status, timeout_minutes)
        if status != Status.FAILED:
            clock.sleep(min(poll, left, progress.silence_left(clock.now())))
            poll = min(poll * 2, LONGEST_POLL)


class _Progress:
    """Prints a line when the status changes, and at least every half minute."""

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
    """The error for a FAILED that stands, with what Adobe said to a new submission if there was one."""
    key, vault = request.key, request.key.vault_uri.removeprefix("https://").split(".")[0]
    return ActivationFailed(
        f"Adobe reports FAILED for the configuration {request.config_name!r}, and gives no reason"
        + (", and does not take it again" if refusal else ""),
        call=refusal.call if refusal else request.reading,
        words=refusal.words if refusal else "",
        request_id=refusal.request_id if refusal else "",
        http_status=refusal.http_status if refusal else 0,
        next_step=f"check, the likeliest first: "
        f"(1) Adobe's app {request.application_id} is in the tenant of the vault, enabled; "
        f"(2) it has the role Key Vault Crypto Service Encryption User on vault {vault}; "
        f"(3) key {key.key_name} is enabled, RSA of 3072 bits or more, with wrapKey and unwrapKey and without expiry; "
        f"(4) vault {vault} has purge protection, soft delete and Azure RBAC; "
        f"(5) its firewall lets trusted Microsoft services and {ADOBE_ADDRESS} in. "
        f"Fix it and run `pulumi refresh`, then `pulumi up`: it submits again",
    )


def _pending(request: ConfigurationRequest, status: str, timeout_minutes: int) -> ActivationPending:
    return ActivationPending(
        f"Adobe has not switched over within {timeout_minutes} min: the configuration {request.config_name!r} is {status}",
        call=request.reading,
        next_step="nothing is lost: run `pulumi up` again to go on waiting, or raise the time limit of the wait",
    )
