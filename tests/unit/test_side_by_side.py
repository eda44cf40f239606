"""Commands side by side, one for each stack: each in its own process and environment, and none stops another."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from operations.organizations.environment import AmbiguousStacks, check_suffixes, own_environment
from operations.organizations.results import first_error, line, table
from operations.organizations.side_by_side import Ended, Task, run
from operations.organizations.stacks import NoStacks, chosen, with_files
from tests.drivers import until

NEVER = 60.0


def task(folder: Path, stack: str, code: str, **more: float) -> Task:
    return Task(
        stack=stack,
        command=(sys.executable, "-c", code),
        environment=dict(os.environ),
        output=folder / f"{stack}.out",
        errors=folder / f"{stack}.err",
        seconds=more.get("seconds"),
    )


def quietly(_ended: Ended) -> None:
    """Tell nobody."""


def test_one_that_fails_stops_no_other_and_each_has_its_own_output(tmp_path: Path) -> None:
    tasks = [task(tmp_path, "a", "import sys; print('from a'); sys.exit(3)"), task(tmp_path, "b", "print('from b')")]
    told: list[Ended] = []
    ended = run(tasks, tmp_path, 1, told.append)
    assert [(one.stack, one.exit_code) for one in ended] == [("a", 3), ("b", 0)]
    assert told == ended
    assert [one.output.read_text() for one in tasks] == ["from a\n", "from b\n"]


def test_what_cannot_be_started_is_a_failure_of_its_own_stack(tmp_path: Path) -> None:
    absent = Task("a", (str(tmp_path / "absent"),), {}, tmp_path / "a.out")
    first, second = run([absent, task(tmp_path, "b", "")], tmp_path, 2, quietly)
    assert first.exit_code is None
    assert "could not be started" in first.reason
    assert second.exit_code == 0


def test_output_that_cannot_be_written_is_a_failure_of_its_own_stack(tmp_path: Path) -> None:
    (tmp_path / "a.out").mkdir()
    first, second = run([task(tmp_path, "a", ""), task(tmp_path, "b", "")], tmp_path, 2, quietly)
    assert "could not be started" in first.reason
    assert second.exit_code == 0


def test_no_more_run_at_a_time_than_allowed(tmp_path: Path) -> None:
    code = "import os, time; open('running', 'x'); time.sleep(0.05); os.remove('running')"
    ended = run([task(tmp_path, str(number), code) for number in range(3)], tmp_path, 1, quietly)
    assert [one.exit_code for one in ended] == [0, 0, 0]


def test_what_does_not_end_in_time_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    child = f"import time; time.sleep({NEVER})"
    code = (
        f"import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        "open('pid', 'w').write(str(child.pid)); child.wait()"
    )
    (ended,) = run([task(tmp_path, "a", code, seconds=1.5)], tmp_path, 1, quietly)
    assert (ended.exit_code, ended.reason) == (None, "did not end within 1.5 s")
    pid = int((tmp_path / "pid").read_text())
    until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_reaches_each_command_once_and_no_other_one_starts(tmp_path: Path, number: signal.Signals) -> None:
    # Counts what it gets, and ends in its own time.
    code = (
        "import signal, time, os; got = []\n"
        "signal.signal(signal.SIGINT, lambda *_: got.append(1))\n"
        "open(f'ready-{os.getpid()}', 'w').close()\n"
        f"end = time.time() + {NEVER}\n"
        "while not os.path.exists('go') and time.time() < end: time.sleep(0.01)\n"
        "print(len(got))"
    )
    tasks = [task(tmp_path, name, code) for name in ("a", "b", "c")]

    def interrupt() -> None:
        until(lambda: len(list(tmp_path.glob("ready-*"))) == 2)
        for _ in range(2):
            os.kill(os.getpid(), number)
            time.sleep(0.2)
        (tmp_path / "go").touch()

    thread = threading.Thread(target=interrupt)
    thread.start()
    ended = run(tasks, tmp_path, 2, quietly)
    thread.join()
    assert [one.exit_code for one in ended] == [0, 0, None]
    assert ended[2].reason == "interrupted before it started"
    assert [one.output.read_text() for one in tasks[:2]] == ["1\n", "1\n"]


def test_the_signals_are_handled_as_before_afterwards(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    run([task(tmp_path, "a", "")], tmp_path, 1, quietly)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_stack_gets_its_own_credentials_and_those_of_no_other() -> None:
    environment = {
        "PATH": "/bin",
        "ADOBE_CLIENT_ID": "shared",
        "ADOBE_CLIENT_ID__ACME_PROD": "of acme",
        "ADOBE_CLIENT_SECRET__ACME_PROD": "secret of acme",
        "ADOBE_CLIENT_SECRET__GLOBEX": "secret of globex",
        "PULUMI_CONFIG_PASSPHRASE__GLOBEX": "passphrase of globex",
        "OTHER__GLOBEX": "not ours",
    }
    assert own_environment(environment, "acme-prod") == {
        "PATH": "/bin",
        "ADOBE_CLIENT_ID": "of acme",
        "ADOBE_CLIENT_SECRET": "secret of acme",
        "OTHER__GLOBEX": "not ours",
    }
    assert own_environment(environment, "org/globex")["ADOBE_CLIENT_ID"] == "shared"


def test_stacks_that_would_share_their_credentials_by_accident_are_not_run_together() -> None:
    check_suffixes(["acme", "globex"])
    with pytest.raises(
        AmbiguousStacks, match=r"acme-prod and acme_prod have the same suffix .* __ACME_PROD; nothing was run"
    ):
        check_suffixes(["acme-prod", "acme_prod"])


def test_all_stacks_are_those_with_a_file_except_the_example(tmp_path: Path) -> None:
    for name in ("Pulumi.yaml", "Pulumi.globex.yaml", "Pulumi.acme.eu.yaml", "Pulumi.dev.yaml"):
        (tmp_path / name).touch()
    assert with_files(tmp_path) == ["acme.eu", "globex"]


class Options:
    def __init__(self, *stack: str) -> None:
        self.stack = list(stack)


def test_a_stack_that_is_named_twice_runs_once(tmp_path: Path) -> None:
    assert chosen(Options("b", "a", "b"), tmp_path) == ["b", "a"]  # type: ignore[arg-type]


def test_no_stack_at_all_is_an_error_and_not_a_success(tmp_path: Path) -> None:
    with pytest.raises(NoStacks, match="Fix: pulumi stack init"):
        chosen(Options(), tmp_path)  # type: ignore[arg-type]


OUTPUT = """Diagnostics:
  pulumi:pulumi:Stack (adobe-cmk-acme):
    error: update failed
    error: These settings are immutable after creation; nothing was changed:
"""


def test_a_line_has_the_first_error_that_says_something(tmp_path: Path) -> None:
    log = tmp_path / "acme.up.log"
    log.write_text(OUTPUT)
    assert first_error(OUTPUT).startswith("These settings are immutable")
    assert line(Ended("acme", 255, 12.3), log) == (
        f"acme: failed after 12 s: These settings are immutable after creation; nothing was changed: (see {log})"
    )
    log.write_text("")
    assert "exit code 255" in line(Ended("acme", 255, 12.3), log)
    assert line(Ended("acme", 0, 1.2), log) == "acme: succeeded after 1 s"


def test_the_table_has_every_stack_and_the_number_that_failed() -> None:
    ended = [Ended("a", 0, 1), Ended("longer", 255, 10), Ended("c", None, 0, "interrupted before it started")]
    assert table(ended).splitlines() == [
        "stack   result                         seconds",
        "a       succeeded                      1",
        "longer  failed, exit code 255          10",
        "c       interrupted before it started  0",
        "2 of 3 failed",
    ]
    assert table(ended[:1]).endswith("all 1 succeeded")
