"""The policy pack: what a company's platform team may enforce on every preview of a stack of this project.

`pulumi preview --policy-pack policy`. Levels and settings: `--policy-pack-config`, see the README.
"""

from collections.abc import Callable, Iterator
from typing import Any

import rules
import stack_rules
from known import known
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyPack,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from stack_rules import GUARDED, KEY, PRINCIPAL, ROLE, VAULT, Declared

ResourceRule = Callable[[Any, Any], Iterator[str]]
StackRule = Callable[[list[Declared], Any], Iterator[str]]


def on(kind: str, name: str, rule: ResourceRule, description: str, **more: Any) -> Policy:
    """A policy for the resources of one type."""

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if args.resource_type == kind:
            for violation in rule(known(args.props), args.get_config()):
                report(violation, None)

    return ResourceValidationPolicy(name, description, validate, **more)


def on_stack(name: str, rule: StackRule, description: str, **more: Any) -> Policy:
    """A policy for the stack as a whole."""

    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        for violation in rule([_declared(resource) for resource in args.resources], args.get_config()):
            report(violation, None)

    return StackValidationPolicy(name, description, validate, **more)


def _declared(resource: PolicyResource) -> Declared:
    sources = {name: [_declared(source) for source in those] for name, those in resource.property_dependencies.items()}
    return Declared(type=resource.resource_type, name=resource.name, properties=known(resource.props), sources=sources)


def _protected(args: ResourceValidationArgs, report: ReportViolation) -> None:
    if args.resource_type in GUARDED and not args.opts.protect:
        report("protect must be on: set protect to true, and the engine refuses a deletion or a replacement", None)
    if args.resource_type in GUARDED and args.opts.delete_before_replace:
        report("delete_before_replace must not be set: Adobe would lose it in between", None)


POLICIES = [
    on(VAULT, "vault-recovers-its-keys", rules.vault_recovers, "The vault has soft delete and purge protection."),
    on(VAULT, "vault-uses-azure-rbac", rules.vault_uses_rbac, "The vault uses Azure RBAC."),
    on(
        VAULT,
        "network-is-restricted",
        rules.vault_is_restricted,
        "The vault's firewall denies by default.",
        enforcement_level=EnforcementLevel.DISABLED,
    ),
    on(VAULT, "network-lets-adobe-in", rules.vault_lets_adobe_in, "The vault's firewall lets Adobe in."),
    on(
        KEY,
        "key-is-fit-for-adobe",
        rules.key_is_fit,
        "The key is RSA, long enough, and wraps and unwraps keys.",
        config_schema=PolicyConfigSchema(
            {"minimumKeySize": {"type": "integer", "minimum": rules.LEAST_BITS, "default": rules.LEAST_BITS}}
        ),
    ),
    on(KEY, "key-never-expires", rules.key_never_expires, "Neither the key nor its new versions expire."),
    on(
        KEY,
        "key-only-wraps",
        rules.key_only_wraps,
        "The key has no operation that Adobe does not need.",
        enforcement_level=EnforcementLevel.ADVISORY,
    ),
    on(
        ROLE,
        "role-is-least-privilege",
        rules.role_is_least,
        "The role is Key Vault Crypto Service Encryption User on one vault or key.",
    ),
    on_stack(
        "role-belongs-to-adobe",
        stack_rules.role_belongs_to_adobe,
        "The role is that of Adobe's app.",
        config_schema=PolicyConfigSchema({"principalObjectId": {"type": "string", "default": ""}}),
    ),
    on(
        PRINCIPAL,
        "principal-is-not-adopted",
        rules.principal_is_not_adopted,
        "Adobe's service principal is not taken over.",
    ),
    ResourceValidationPolicy(
        "guarded-resources-are-protected",
        "All that Adobe depends on is protected from deletion.",
        _protected,
    ),
    on_stack(
        "guarded-resources-stay",
        stack_rules.nothing_is_missing,
        "All that Adobe depends on is in the stack.",
        config_schema=PolicyConfigSchema({"activated": {"type": "boolean", "default": False}}),
    ),
]

PolicyPack("adobe-cmk", POLICIES, enforcement_level=EnforcementLevel.MANDATORY)
