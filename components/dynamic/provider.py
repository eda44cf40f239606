"""Base of every dynamic provider of this package: input checks in preview, and error messages without tracebacks.

Pulumi pickles a provider by reference as long as its class is in a module of the project, and every command runs the
current code. So provider objects hold no state.
"""

import sys
from typing import Any

from pulumi import Output
from pulumi.dynamic import CheckFailure, CheckResult, ConfigureRequest, DiffResult, Resource, ResourceProvider
from pulumi.output import Unknown
from pulumi.runtime import rpc

from ..adobe.api.clock import Clock, SystemClock
from .engine_watch import end_with_engine

Properties = dict[str, Any]


class PluginProvider(ResourceProvider):
    """Base of all providers of this package: stateless, with messages without tracebacks; ends together with the engine."""

    serialize_as_secret_always = False
    clock: Clock = SystemClock()
    # Inputs whose change needs no update, because they matter only at the moment of a call.
    ignored_in_diffs: frozenset[str] = frozenset()

    def configure(self, req: ConfigureRequest) -> None:
        # In the plugin process only: an error is then printed as one line, without the traceback.
        sys.tracebacklimit = 0
        end_with_engine()

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Reject invalid inputs in preview, before any call."""
        errors = self.validation_errors(_olds, news)
        failures = [CheckFailure(name, reason) for name, reason in errors if not is_unknown(news.get(name))]
        return CheckResult(news, failures)

    def validation_errors(self, olds: Properties, news: Properties) -> list[tuple[str, str]]:
        """Property and reason of each input that is wrong; a property that is not known yet is never reported."""
        return []

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        """Report a change when a relevant input differs, or when the state at Adobe has drifted."""
        names = {name for name in _news if not name.startswith("__")} - self.ignored_in_diffs
        changed = any(is_unknown(_news[name]) or _olds.get(name) != _news[name] for name in names)
        return DiffResult(changes=changed or has_moved(_olds, _news) or self.has_drifted(_olds), replaces=[])

    def has_drifted(self, outputs: Properties) -> bool:
        """Whether the recorded or refreshed outputs show drift at Adobe."""
        return False

    def say(self, line: str) -> None:
        """Print a line of progress; the engine passes it on to the terminal.

        When the engine has died, the pipe to it is closed and this raises. Every POST is announced first, so a plugin that
        outlives its engine submits nothing.
        """
        print(f"adobe-cmk: {line}", flush=True)


def has_moved(olds: Properties, news: Properties) -> bool:
    """Whether the state names another module path for the provider's class, where a refresh would not find it."""
    return "__provider" in olds and olds["__provider"] != news.get("__provider")


def is_unknown(value: Any) -> bool:
    """Whether a property has no value yet, as in the preview of a resource that is not created."""
    return isinstance(value, Unknown) or bool(value == rpc.UNKNOWN)


def without_provider(properties: Properties) -> Properties:
    """The properties without Pulumi's internal ones."""
    return {name: value for name, value in properties.items() if not name.startswith("__")}


def output(resource: Resource, name: str) -> Output[str]:
    """An output of a dynamic resource by its name in the state, which Pulumi keeps as an attribute."""
    value: Output[str] = resource.__dict__[name]
    return value
