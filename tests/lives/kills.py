"""Ends a run in the middle: on the engine by a signal, in the rehearsal by refusing everything from there on."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import grpc

from simulation.adobe.rules import Adobe
from simulation.cloud import opened
from simulation.environment import simulated
from simulation.providers.grpc_servers import StandInProvider
from simulation.rehearsal import monitor as rehearsed_monitor
from tests.drivers import Engine, Outcome


class Killed(Exception):
    """The run is dead."""


@contextmanager
def dying_at(kind: str, *, made: bool) -> Iterator[None]:
    """While this is open a rehearsal dies at the creation of a kind: before it, or before it is recorded."""
    monitor = rehearsed_monitor.Monitor
    step, done = monitor._step, monitor._done
    dead: list[str] = []

    def is_meant(label: str) -> bool:
        return label.split()[0].rsplit(":", 1)[1] == kind

    def deadly_step(self: Any, label: str, request: Any) -> Any:
        if is_meant(label) and label not in self._record and not made:
            dead.append(label)
        if dead:
            raise Killed("nobody is waiting")
        return step(self, label, request)

    def deadly_done(self: Any, label: str, operation: str, entry: Any) -> None:
        if is_meant(label) and operation == "create":
            dead.append(label)
        if dead:
            raise Killed("nobody is waiting")
        done(self, label, operation, entry)

    with mock.patch.object(monitor, "_step", deadly_step), mock.patch.object(monitor, "_done", deadly_done):
        yield


def killed_engine(engine: Engine, kind: str, *, made: bool, held: Collection[str] = ()) -> Outcome:
    """An `up` that is killed at the creation of a kind; one that does not come to it ends by itself.

    :param made: whether it is killed after the creation and before the answer.
    :param held: kinds that would be created beside it, and are not.
    """
    create, submit = StandInProvider.Create, Adobe.submit
    processes: list[subprocess.Popen[bytes]] = []

    def kill() -> None:
        processes[0].send_signal(signal.SIGKILL)
        processes[0].wait(timeout=30)

    def deadly_create(self: StandInProvider, request: Any, context: Any) -> Any:
        asked = request.urn.split("::")[2].rsplit(":", 1)[1]
        if asked in held:
            processes[0].wait(timeout=30)
        elif asked != kind or processes[0].poll() is not None:
            return create(self, request, context)
        else:
            if made:
                create(self, request, context)
            kill()
        return context.abort(grpc.StatusCode.CANCELLED, "nobody is waiting")

    def deadly_submit(self: Adobe, org: str, body: dict[str, Any]) -> Any:
        if kind != "KeyConfiguration":
            return submit(self, org, body)
        answer = submit(self, org, body) if made else {}
        kill()
        return answer

    engine.plain("stack", "ls")
    with (
        mock.patch.object(StandInProvider, "Create", deadly_create),
        mock.patch.object(Adobe, "submit", deadly_submit),
        opened(engine.home) as cloud,
        simulated(cloud, engine.home) as environment,
    ):
        processes.append(engine.started_up(environment))
        code = processes[0].wait(timeout=120)
    if code == -signal.SIGKILL:
        engine.plain("cancel", "--yes", "--stack", engine.stack)
    return Outcome(code)
