"""Allows one instance of the component for each organisation, which has one configuration at Adobe."""

from collections.abc import MutableMapping
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import get_root_resource

from ..arguments.component import CustomerManagedKeysArgs

# Names of the declared instances by organisation, for each program that runs in this process.
_declared: MutableMapping[pulumi.Resource, dict[str, list[str]]] = WeakKeyDictionary()


class DeclaredTwice(pulumi.RunError):
    """A program declares two instances for the same organisation."""


def declare(name: str, args: CustomerManagedKeysArgs) -> None:
    """Register an instance.

    :raises DeclaredTwice: when the organisation already has another instance.
    """
    _instances(args).append(name)
    refuse_a_second(args)


def refuse_a_second(args: CustomerManagedKeysArgs) -> None:
    """Check again later in the run, because a second instance may be declared after the first.

    :raises DeclaredTwice: when the organisation has two instances by now, whichever was declared first.
    """
    instances = _instances(args)
    if len(instances) > 1:
        raise DeclaredTwice(
            f"{args.setting_names.name('organization.ims_org_id')} is {args.organization.ims_org_id!r} in "
            f"{' and '.join(map(repr, instances))}: an organisation has one configuration at Adobe. Nothing was submitted. "
            "Fix: declare CustomerManagedKeys once for each organisation"
        )


def _instances(args: CustomerManagedKeysArgs) -> list[str]:
    root = get_root_resource()
    return _declared.setdefault(root, {}).setdefault(args.organization.ims_org_id.lower(), []) if root else []
