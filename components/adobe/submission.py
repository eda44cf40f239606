"""Submits the configuration to Adobe exactly once.

Adobe documents neither an idempotency key nor the effect of a second POST. So the configuration is read right before the
POST; the app too, unless this run has read it within the age that other evidence may have. After a POST with an unclear
outcome, or one that an earlier run may have sent, the configuration is read for two minutes before its absence is accepted.
"""

from collections.abc import Callable

from ..constants import APP_REGISTRATION
from .api.answers import LONGEST_RETRY_AFTER
from .api.client import AppFacts, Configuration, PlatformApi, Status
from .api.clock import Clock
from .api.configuration_request import ConfigurationRequest
from .api.errors import AdobeError, AnswerNotUnderstood, AppReplaced, CallRefused, CallUnanswered
from .api.evidence import refuse_without

# Pauses in seconds between reads after a POST with an unclear outcome: about two minutes in total.
LOOKS = (2, 5, 15, 30, 70)
MOST_POSTS = 3

Say = Callable[[str], None]


def submit_or_adopt(
    api: PlatformApi,
    request: ConfigurationRequest,
    clock: Clock,
    say: Say,
    *,
    sent_before: bool,
    recent_app: AppFacts | None = None,
) -> Configuration:
    """Ensure that Adobe has the configuration; submit it only when Adobe has none, or a FAILED one.

    :param sent_before: whether an earlier run may have submitted it, so that its absence must be confirmed for two minutes.
    :param recent_app: the app as this run has read it, not longer ago than its other evidence may be; None to read it.
    :raises ConfigurationConflict: when Adobe has one for another key.
    :raises PreflightFailed: when a preflight check did not pass.
    :raises AppReplaced: when Adobe has another app by now.
    :raises AdobeError: when Adobe refuses the call, or the outcome stays unclear.
    """
    app = recent_app or api.app_registration()
    found = api.requested(request)
    if found is None and sent_before:
        say("an earlier run was interrupted during submission; checking whether Adobe has the configuration")
        found = _look_for(api, request, None, clock, say)
    if found and found.status != Status.FAILED:
        say(f"Adobe already has the configuration {request.config_name!r} for this key ({found.status}); nothing is sent")
        return found
    _refuse_another_app(app, request)
    return submit(api, request, found, clock, say)


def submit_again(
    api: PlatformApi, request: ConfigurationRequest, failed: Configuration, clock: Clock, say: Say
) -> Configuration:
    """POST a FAILED configuration again, if it still is FAILED.

    :raises AppReplaced: when Adobe has another app by now.
    """
    _refuse_another_app(api.app_registration(), request)
    found = api.requested(request) or failed
    return submit(api, request, found, clock, say) if found.status == Status.FAILED else found


def submit(
    api: PlatformApi, request: ConfigurationRequest, found: Configuration | None, clock: Clock, say: Say
) -> Configuration:
    """POST the configuration, and read it back after every unclear outcome.

    :param found: what Adobe has under this name: None, or a FAILED configuration for the same key.
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
            # 409 may mean that another client submitted it a moment ago.
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


def _refuse_another_app(app: AppFacts | None, request: ConfigurationRequest) -> None:
    """The checks of principal and role are about the app that the state holds; Adobe uses the one that it has now.

    :raises AppReplaced: when they are not the same.
    """
    at_adobe = app.application_id if app else "none"
    if at_adobe != request.application_id:
        raise AppReplaced(
            f"Not submitted: Adobe's app for the organisation is {at_adobe}, but the role was granted to the app "
            f"{request.application_id}",
            call=f"GET {APP_REGISTRATION}",
            next_step="contact Adobe support about the replaced app before you run pulumi up again",
        )


def _look_for(
    api: PlatformApi,
    request: ConfigurationRequest,
    before: Configuration | None,
    clock: Clock,
    say: Say,
    pause: float = 0.0,
) -> Configuration | None:
    """Read the configuration after a POST; None when Adobe still has what it had before."""
    for number, seconds in enumerate(LOOKS):
        if seconds >= 30:
            say(f"Adobe does not return the configuration; checking again in {seconds} s ({number + 1} of {len(LOOKS)})")
        clock.sleep(max(float(seconds), pause))
        pause = 0.0
        seen = api.requested(request)
        if seen and (before is None or seen.status != before.status):
            return seen
    return None
