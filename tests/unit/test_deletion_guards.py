"""What Adobe depends on is guarded three ways, and the guards reach the children of a component."""

from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from components.safety import deletion_guards as guards


@pytest.fixture(autouse=True)
def hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook without an engine to register it at."""
    monkeypatch.setattr(pulumi, "ResourceHook", lambda name, callback: SimpleNamespace(name=name, callback=callback))


def test_a_guarded_resource_is_protected_kept_in_the_cloud_and_has_the_hook() -> None:
    opts = guards.deletion_guards("acme")
    assert opts.protect is True
    assert opts.retain_on_delete is True
    assert opts.hooks is not None
    hook: Any
    (hook,) = opts.hooks.before_delete or []
    assert hook.name == "acme-keep"


def test_the_hook_ends_the_operation_and_names_the_resource() -> None:
    opts = guards.deletion_guards("acme")
    hook: Any
    (hook,) = opts.hooks.before_delete if opts.hooks and opts.hooks.before_delete else []
    doomed = SimpleNamespace(type="azure-native:keyvault:Key", name="acme-key")
    with pytest.raises(guards.DeletionBlocked, match=r"azure-native:keyvault:Key acme-key.*docs/runbook\.md"):
        hook.callback(doomed)


@pytest.fixture
def component() -> Any:
    return object.__new__(pulumi.ComponentResource)


def test_a_child_has_its_parents_hook(component: Any) -> None:
    opts = guards.deletion_guards("acme")
    child = guards.child_of(component, opts)
    assert child.parent is component
    assert child.hooks is not None
    assert opts.hooks is not None
    assert child.hooks.before_delete == opts.hooks.before_delete


def test_a_guarded_child_inherits_protection_and_one_that_is_not_has_none(component: Any) -> None:
    opts = guards.deletion_guards("acme")
    guarded, released = (guards.child_of(component, opts, is_guarded=is_guarded) for is_guarded in (True, False))
    # None: the component's own.
    assert (guarded.protect, guarded.retain_on_delete) == (None, None)
    assert (released.protect, released.retain_on_delete) == (False, False)
    assert released.hooks is not None
    assert released.hooks.before_delete is None


@pytest.mark.parametrize("opts", [None, pulumi.ResourceOptions()], ids=["no options", "no hooks"])
def test_a_child_of_an_unguarded_component_has_no_hook(component: Any, opts: pulumi.ResourceOptions | None) -> None:
    child = guards.child_of(component, opts)
    assert child.hooks is not None
    assert child.hooks.before_delete is None
    assert child.hooks.on_error is None
    assert child.hooks.before_create is None
    assert child.import_ is None
    assert child.custom_timeouts is None
    assert child.ignore_changes == []


def test_a_child_has_what_it_alone_needs(component: Any) -> None:
    hook: Any = SimpleNamespace(name="advice")
    child = guards.child_of(component, None, on_error=[hook], create_timeout="2m", ignore_changes=["tags"])
    assert child.hooks is not None
    assert child.hooks.on_error == [hook]
    assert child.custom_timeouts is not None
    assert child.custom_timeouts.create == "2m"
    assert child.ignore_changes == ["tags"]


def test_a_child_that_exists_already_is_imported_and_one_that_must_exist_is_not_created(component: Any) -> None:
    hook: Any = SimpleNamespace(name="no-second")
    child = guards.child_of(component, None, before_create=hook, import_id="/subscriptions/s/x")
    assert child.hooks is not None
    assert child.hooks.before_create == [hook]
    assert child.import_ == "/subscriptions/s/x"
