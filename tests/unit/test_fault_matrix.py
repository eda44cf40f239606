"""Every fault against every call that it can hit: outcome, number of POSTs, no secret, a second run that completes."""

import threading

import pytest

from components.adobe.api.errors import ActivationFailed, ActivationPending, AdobeError, CredentialError, RegistrationMissing
from components.adobe.key_configuration import KeyConfigurationProvider
from simulation.adobe.faults import CALLS, FAULTS, Faults
from simulation.adobe.http import CLIENT_SECRET
from tests.fault_expectations import STAGES, afterwards, alters_a_configuration, cells, expected
from tests.faulty_runs import a_run, run_cell, soak


@pytest.mark.parametrize(("fault", "stage", "always"), cells())
@pytest.mark.sampled(cases=15)
def test_the_outcome_of_every_fault_at_every_call(fault: str, stage: str, always: bool) -> None:
    cell = run_cell(fault, stage, always)
    assert (cell.outcome, cell.posts) == expected(fault, stage, always), cell.texts
    assert (cell.afterwards, len(cell.held)) == afterwards(fault, stage), cell.texts
    for secret in (CLIENT_SECRET, "eyJ-simulated"):
        assert secret not in cell.texts
    for error in cell.errors:
        assert_form(error)


def assert_form(error: AdobeError) -> None:
    """What happened, at which call, Adobe's words where it said any, the request id, the next step."""
    assert error.what
    assert error.next_step
    assert error.call.split(" ")[0] in {"GET", "POST"}, error
    if error.http_status:
        assert f"HTTP {error.http_status}" in str(error)
        assert len(error.request_id) == 32 or "larger than" in error.what
    if error.http_status >= 400:
        assert error.words
        assert f"Adobe says: {error.words}" in str(error)


def test_no_cell_of_the_matrix_is_empty() -> None:
    covered = {(fault, stage) for fault, stage, _ in cells()}
    for fault, about in FAULTS.items():
        for stage, (call, _) in STAGES.items():
            # What alters an answer about a configuration has none to alter before the first is sent.
            if call in about.calls and not (stage == "config-get" and alters_a_configuration(fault)):
                assert (fault, stage) in covered
    assert {call for call, _ in STAGES.values()} == set(CALLS)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.sampled(cases=1)
def test_creates_under_random_faults_end_with_one_configuration_each_and_named_errors_alone(seed: int) -> None:
    soak(10, seed, lambda line: None)


def test_two_at_once_end_with_one_configuration_that_both_know() -> None:
    with a_run() as run:
        barrier = threading.Barrier(2)
        dispatch = run.server.answer

        def together(request):
            # Both have read that there is none before either sends its own.
            if request.method == "GET" and "customer/config/" in request.path and not barrier.broken:
                reply = dispatch(request)
                try:
                    barrier.wait(timeout=2)
                except threading.BrokenBarrierError:
                    return reply
                if barrier.n_waiting == 0:
                    barrier.abort()
                return reply
            return dispatch(request)

        run.server.answer = together
        statuses: list[str] = []
        errors: list[BaseException] = []

        def create() -> None:
            try:
                outs = KeyConfigurationProvider().create(dict(run.inputs)).outs
                statuses.append(str((outs or {})["status"]))
            except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
                errors.append(error)

        threads = [threading.Thread(target=create) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert len(statuses) == 2
        assert run.posts() == 2
        assert run.held() == ["cmk-config"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ActivationFailed, "without a reason"),
        (ActivationPending, "has not switched over"),
        (RegistrationMissing, "no CMK app"),
    ],
)
def test_errors_of_this_programs_own_name_the_call_that_they_come_from(error: type[AdobeError], words: str) -> None:
    fault = {
        ActivationFailed: "failed@config-get",
        ActivationPending: "backwards@config-get",
        RegistrationMissing: "404@app-get",
    }
    with a_run() as run:
        assert run.up(Faults([fault[error]]), 0 if error is RegistrationMissing else 3) == error.__name__
        assert words in str(run.errors[0])
        assert_form(run.errors[0])


@pytest.mark.parametrize("text", ["nonsense", "429@nowhere", "401@token", "429*often", "429@"])
def test_a_fault_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a known fault|this fault applies to"):
        Faults([text])


def test_a_credential_that_is_refused_is_named_as_such() -> None:
    with a_run() as run:
        assert run.up(Faults(["invalid-client@token"])) == CredentialError.__name__
        assert "ADOBE_CLIENT_SECRET" in str(run.errors[0])
