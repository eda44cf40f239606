"""Submits the configuration to Adobe exactly once.

Adobe documents neither an idempotency key nor what a second POST does. So Adobe is read last, right before the POST; after
a POST whose outcome is unclear, or one that an earlier run may have sent, Adobe is looked at for two minutes before "there
is none" is believed.
"""

from collections.abc import Callable

from .api.client import Configuration, PlatformApi, Status
from .api.clock import Clock
from .api.configuration_request import ConfigurationRequest
from .api.errors import AdobeError, AnswerNotUnderstood, CallRefused, CallUnanswered
from .api.evidence import refuse_without
from .api.http import LONGEST_RETRY_AFTER

# Pauses between the looks for what a POST may have left behind, in seconds: two minutes and a little.
LOOKS = (2, 5, 15, 30, 70)
MOST_POSTS = 3

Say = Callable[[str], None]


def submit_or_adopt(
    api: PlatformApi, request: ConfigurationRequest, clock: Clock, say: Say, *, sent_before: bool
) -> Configuration:
    """Make sure that Adobe holds the configuration; POST it only where Adobe holds none, or a FAILED one.

    :param sent_before: whether an earlier run may have sent it, so that "there is none" must be looked at for minutes.
    :raises ConfigurationConflict: Adobe holds one for another key.
    :raises PreflightFailed: without four good looks at Azure. AdobeError: Adobe refused, or stayed unclear.
    """
    found = api.requested(request)
    if found is None and sent_before:
        say("an earlier run was cut off at the submission; looking for what it may have left at Adobe")
        found = _look_for(api, request, None, clock, say)
    if found and found.status != Status.FAILED:
        say(f"Adobe holds the configuration {request.config_name!r} for this key already ({found.status}); nothing is sent")
        return found
    return submit(api, request, found, clock, say)


def submit(
    api: PlatformApi, request: ConfigurationRequest, found: Configuration | None, clock: Clock, say: Say
) -> Configuration:
    """POST the configuration, reading it back after every unclear outcome.

    :param found: what Adobe held just now under this name: None, or a FAILED configuration for the same key.
    """
    attempt = 0
    while True:
        attempt += 1
        refuse_without(request.evidence, clock.now())
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
        seen = _look_for(api, request, found, clock, say, pause)
        if seen:
            return seen
        if isinstance(unclear, CallRefused) or attempt == MOST_POSTS:
            raise unclear


def _look_for(
    api: PlatformApi,
    request: ConfigurationRequest,
    before: Configuration | None,
    clock: Clock,
    say: Say,
    pause: float = 0.0,
) -> Configuration | None:
    """The configuration that a POST left behind; None when Adobe still holds what it held before."""
    for number, seconds in enumerate(LOOKS):
        if seconds >= 30:
            say(f"Adobe does not show the configuration; looking again in {seconds} s ({number + 1} of {len(LOOKS)} looks)")
        clock.sleep(max(float(seconds), pause))
        pause = 0.0
        seen = api.requested(request)
        if seen and (before is None or seen.status != before.status):
            return seen
    return None
