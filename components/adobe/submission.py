"""Submits the configuration to Adobe exactly once.

Adobe documents neither an idempotency key, nor the effect of a second POST, nor the answer to the read of a configuration
that does not exist. So app and configuration are read before the POST, and what came back from a POST is never a reason for
another one in the same run: any 2xx counts as accepted, and after an unclear outcome the configuration is only read. Only a
429 is a refusal before anything was done.
"""

from collections.abc import Callable, Iterator

from ..constants import APP_REGISTRATION, Contract
from .api.answers import LONGEST_RETRY_AFTER
from .api.client import ACCEPTED, AppFacts, Configuration, NotShown, PlatformApi, Status
from .api.clock import Clock, pause, sleep_aloud
from .api.configuration_request import ConfigurationRequest
from .api.errors import AdobeError, AnswerNotUnderstood, AppReplaced, CallRefused, CallUnanswered, SubmissionUnclear
from .api.evidence import refuse_without

# Pauses in seconds between reads when a POST may have been processed: about two minutes in total.
READS = (2, 5, 15, 30, 70)
# POSTs in one run, all but the last of which Adobe refused with 429.
MOST_POSTS = 3
# Seconds before a POST is repeated after a 429 without Retry-After.
AFTER_429 = 10.0

Say = Callable[[str], None]


def look(api: PlatformApi, request: ConfigurationRequest, clock: Clock, say: Say) -> Configuration | None:
    """Read app and configuration before a first submission; None when Adobe has no configuration of this name.

    That the app registration answers proves that host, organisation and credential are right. Only then does a 404 of the
    configuration count as absence, whatever its form.

    :raises AnswerNotUnderstood: when it is unclear whether Adobe has one, and the user has not confirmed that it has none.
    :raises ConfigurationConflict: when Adobe has one for another key.
    :raises AppReplaced: when Adobe has another app than the one that has the role, or none.
    """
    app = api.app_registration()
    found = api.requested(request)
    if isinstance(found, Configuration):
        return found
    _refuse_another_app(app, request)
    _refuse_unclear(found, request, clock, say)
    return None


def submit_or_adopt(api: PlatformApi, request: ConfigurationRequest, clock: Clock, say: Say) -> Configuration:
    """Ensure that Adobe has the configuration, which an earlier run may have submitted.

    Its absence must show in every read of two minutes before it is submitted.

    :raises ConfigurationConflict: when Adobe has one for another key.
    :raises PreflightFailed: when a preflight check did not pass.
    :raises AppReplaced: when Adobe has another app by now.
    :raises AdobeError: when Adobe refuses the call, or the outcome is unclear.
    """
    found = look(api, request, clock, say)
    if found is None:
        say("an earlier run was interrupted during submission; checking whether Adobe has the configuration")
        for _ in _pauses(clock, say):
            found = look(api, request, clock, say)
            if found:
                break
    if found and found.status != Status.FAILED:
        say(f"Adobe already has the configuration {request.config_name!r} for this key ({found.status}); nothing is sent")
        return found
    if found:
        _refuse_another_app(api.app_registration(), request)
    return submit(api, request, found, clock, say)


def submit_again(api: PlatformApi, request: ConfigurationRequest, clock: Clock, say: Say) -> Configuration | NotShown:
    """POST a FAILED configuration again, if Adobe shows it as FAILED right now; otherwise return what it shows.

    :raises AppReplaced: when Adobe has another app by now.
    """
    _refuse_another_app(api.app_registration(), request)
    found = api.requested(request)
    if isinstance(found, Configuration) and found.status == Status.FAILED:
        return submit(api, request, found, clock, say)
    return found


def submit(
    api: PlatformApi, request: ConfigurationRequest, before: Configuration | None, clock: Clock, say: Say
) -> Configuration:
    """POST the configuration; app and configuration were read a moment ago.

    :param before: what Adobe has under this name: None, or a FAILED configuration for the same key.
    """
    posts_left = MOST_POSTS
    while True:
        posts_left -= 1
        refuse_without(request.evidence, clock.now())
        say(f"sending the configuration {request.config_name!r} for {request.key.identifier} to Adobe")
        try:
            reservation = api.submit_configuration(request.config_name, request.key, request.contract)
        except CallUnanswered as error:
            if error.http_status != 429:
                return _after_unclear_outcome(api, request, before, error, clock, say)
            if not posts_left or error.retry_after > LONGEST_RETRY_AFTER:
                raise
            pause(clock, error.retry_after or AFTER_429, say)
            found = api.requested(request)
            if isinstance(found, Configuration) and (before is None or found.status != before.status):
                return found
        except AnswerNotUnderstood as error:
            return _after_unclear_outcome(api, request, before, error, clock, say)
        except CallRefused as error:
            # 409 may mean that another client submitted it a moment ago.
            if error.http_status == 409:
                return _after_unclear_outcome(api, request, before, error, clock, say)
            if error.http_status == 400:
                error.next_step = _other_contract(request.contract)
            raise
        else:
            if reservation:
                say(f"Adobe accepted the configuration; its answer cannot be used ({reservation}). Nothing is sent again")
            return Configuration(ACCEPTED, request.key)


def _refuse_another_app(app: AppFacts | None, request: ConfigurationRequest) -> None:
    """The checks of principal and role are about the app that the state holds; Adobe uses the one that it has now.

    :raises AppReplaced: when they are not the same.
    """
    at_adobe = app.application_id if app else "none"
    if at_adobe.casefold() != request.application_id.casefold():
        raise AppReplaced(
            f"Not submitted: Adobe's app for the organisation is {at_adobe}, but the role was granted to the app "
            f"{request.application_id}",
            call=f"GET {APP_REGISTRATION}",
            next_step="contact Adobe support about the replaced app before you run pulumi up again",
        )


def _refuse_unclear(shown: NotShown, request: ConfigurationRequest, clock: Clock, say: Say) -> None:
    """:raises AnswerNotUnderstood: unless the answer says that there is none, or the user confirms it today."""
    if shown.says_none:
        return
    if not (shown.may_be_confirmed and request.is_confirmed_absent(clock.now())):
        raise shown.unclear
    say(
        f"configurationAbsent confirms that Adobe has no configuration {request.config_name!r}; Adobe's own answer is HTTP "
        f"{shown.unclear.http_status}: {shown.unclear.words}"
    )


def _after_unclear_outcome(
    api: PlatformApi,
    request: ConfigurationRequest,
    before: Configuration | None,
    unclear: AdobeError,
    clock: Clock,
    say: Say,
) -> Configuration:
    """Read the configuration for two minutes after a POST that may have been processed; nothing is sent again in this run.

    :raises SubmissionUnclear: when Adobe still has what it had before.
    :raises CallRefused: likewise, when the POST was refused because of a conflict.
    """
    say(f"the outcome of the POST is unclear ({unclear.what}); reading the configuration back")
    for _ in _pauses(clock, say):
        try:
            found = api.requested(request)
        except (CallUnanswered, AnswerNotUnderstood):
            continue
        if isinstance(found, Configuration) and (before is None or found.status != before.status):
            return found
    if isinstance(unclear, CallRefused):
        raise unclear
    raise SubmissionUnclear(
        f"the configuration may have been sent: {unclear.what}; Adobe does not show it within two minutes",
        call=unclear.call,
        words=unclear.words,
        request_id=unclear.request_id,
        http_status=unclear.http_status,
        next_step="run pulumi up again, which reads the configuration for two minutes before it may send it again",
    )


def _pauses(clock: Clock, say: Say) -> Iterator[None]:
    """The pauses before each read of the two minutes."""
    for number, seconds in enumerate(READS, 1):
        progress = f"Adobe does not show the configuration; read {number} of {len(READS)} in"
        if seconds < 30:
            clock.sleep(float(seconds))
        else:
            sleep_aloud(clock, float(seconds), lambda left, text=progress: say(f"{text} {left:.0f} s"))
        yield


def _other_contract(contract: Contract) -> str:
    other = Contract.CURRENT if contract is Contract.BETA else Contract.BETA
    return (
        f"the request has the form of Adobe's {contract} API. If Adobe's answer names a missing or unknown field, set "
        f"apiContract to {other}, and run pulumi up again; otherwise give Adobe support the request ID"
    )
