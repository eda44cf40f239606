"""Sends the configuration to Adobe exactly once.

Adobe documents neither an idempotency key nor what a second POST does. So the configuration is read by name before
every POST, and after every POST whose outcome is unclear.
"""

from collections.abc import Callable
from datetime import timedelta

from .api.client import Configuration, PlatformApi, Status
from .api.clock import Clock, sleep_aloud
from .api.configuration_request import ConfigurationRequest
from .api.errors import AdobeError, AnswerNotUnderstood, CallRefused, CallUnanswered, ConfigurationConflict, PreflightFailed
from .api.http import LONGEST_RETRY_AFTER

# After an unclear POST the configuration is looked for this many seconds apart, before it counts as never sent.
LOOKS_AFTER_UNCLEAR_POST = (2, 5, 15)
MOST_POSTS = 3


def ensure_configuration(
    api: PlatformApi, request: ConfigurationRequest, clock: Clock, say: Callable[[str], None]
) -> Configuration:
    """Make sure that Adobe holds the ordered configuration; POST it only where Adobe holds none, or a FAILED one.

    :raises ConfigurationConflict: Adobe holds one for another key. AdobeError: Adobe refused, or stayed unclear.
    """
    found = _matching(api, request)
    if found and found.status != Status.FAILED:
        say(f"Adobe holds the configuration {request.config_name!r} for this key already ({found.status}); nothing is sent")
        return found
    if not request.findings:
        _wait_for_role(request, clock, say)
    return submit(api, request, found, clock, say)


def submit(
    api: PlatformApi, request: ConfigurationRequest, found: Configuration | None, clock: Clock, say: Callable[[str], None]
) -> Configuration:
    """POST the configuration, reading it back after every unclear outcome.

    :param found: what Adobe held just now under this name: None, or a FAILED configuration for the same key.
    """
    if request.findings:
        raise PreflightFailed(
            f"nothing is sent to Adobe, which would fail with {len(request.findings)} things in Azure: "
            + "; ".join(f"({number}) {finding}" for number, finding in enumerate(request.findings, 1)),
            next_step="mend them and run `pulumi up` again",
        )
    for attempt in range(1, MOST_POSTS + 1):
        say(f"sending the configuration {request.config_name!r} for {request.key.identifier} to Adobe")
        try:
            return api.submit_configuration(request.config_name, request.key, request.contract)
        except (CallUnanswered, AnswerNotUnderstood) as error:
            say(f"the outcome of the POST is unclear ({error.what}); reading the configuration back")
            unclear: AdobeError = error
            pause = error.retry_after if isinstance(error, CallUnanswered) else 0.0
        except CallRefused as error:
            # 409 may mean that somebody else sent it a moment ago.
            if error.http_status != 409:
                raise
            unclear, pause = error, 0.0
        if pause > LONGEST_RETRY_AFTER:
            raise unclear
        seen = _look_for(api, request, found, clock, pause)
        if seen:
            return seen
        if isinstance(unclear, CallRefused) or attempt == MOST_POSTS:
            raise unclear
    raise AssertionError("unreachable")


def _look_for(
    api: PlatformApi, request: ConfigurationRequest, before: Configuration | None, clock: Clock, pause: float
) -> Configuration | None:
    """The configuration that an unclear POST left behind; None when Adobe still holds what it held before."""
    for seconds in LOOKS_AFTER_UNCLEAR_POST:
        clock.sleep(max(float(seconds), pause))
        pause = 0.0
        seen = _matching(api, request)
        if seen and (before is None or seen.status != before.status):
            return seen
    return None


def _matching(api: PlatformApi, request: ConfigurationRequest) -> Configuration | None:
    found = api.configuration(request.config_name)
    if found and found.key and not found.key.is_same_key(request.key):
        raise ConfigurationConflict(
            f"Adobe already holds the configuration {request.config_name!r} for {found.key.identifier}, "
            f"and this stack's key is {request.key.identifier}; nothing was sent",
            call=request.reading,
            next_step="Adobe's API has no call that changes or removes a configuration: point the stack at the vault "
            "and key that Adobe holds, or ask Adobe's support. Keep the old key and vault in any case",
        )
    return found


def _wait_for_role(request: ConfigurationRequest, clock: Clock, say: Callable[[str], None]) -> None:
    ready = request.role_granted_at + timedelta(seconds=request.role_wait_seconds)
    left = (ready - clock.now()).total_seconds()
    sleep_aloud(clock, left, lambda s: say(f"waiting {s:.0f} s until Azure has applied the role of Adobe's app"))
