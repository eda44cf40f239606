"""The policy pack: rules that a platform team can enforce on every preview of this project's stacks.

Run `pulumi preview --policy-pack policy`. Set levels and settings with `--policy-pack-config`, see docs/policy-pack.md.
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
from stack_rules import KEY, PRINCIPAL, PROTECTED, READABLE, ROLE, VAULT, Declared, kind_of

ResourceRule = Callable[[Any, Any], Iterator[str]]
StackRule = Callable[[list[Declared], Any], Iterator[str]]


def on(kind: str, name: str, rule: ResourceRule, description: str, **more: Any) -> Policy:
    """Create a policy for the resources of one type."""

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if kind_of(args.resource_type) == kind:
            for violation in rule(known(args.props), args.get_config()):
                report(violation, None)

    return ResourceValidationPolicy(name, description, validate, **more)


def on_stack(name: str, rule: StackRule, description: str, **more: Any) -> Policy:
    """Create a policy for the whole stack."""

    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        for violation in rule([_declared(resource) for resource in args.resources], args.get_config()):
            report(violation, None)

    return StackValidationPolicy(name, description, validate, **more)


def _declared(resource: PolicyResource) -> Declared:
    sources = {name: [_declared(source) for source in those] for name, those in resource.property_dependencies.items()}
    return Declared(
        type=kind_of(resource.resource_type), name=resource.name, properties=known(resource.props), sources=sources
    )


def _protected(args: ResourceValidationArgs, report: ReportViolation) -> None:
    kind = kind_of(args.resource_type)
    if kind in PROTECTED and not args.opts.protect:
        report("protect must be true: without it, Pulumi can delete or replace the resource. Fix: set protect to true", None)
    if kind in PROTECTED and args.opts.delete_before_replace:
        report("deleteBeforeReplace must not be set: Adobe would lose access during a replacement", None)


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
    on(VAULT, "network-lets-adobe-in", rules.vault_lets_adobe_in, "The vault's firewall allows Adobe."),
    on(
        KEY,
        "key-is-fit-for-adobe",
        rules.key_is_fit,
        "The key is an RSA key of sufficient size with wrapKey and unwrapKey.",
        config_schema=PolicyConfigSchema(
            {"minimumKeySize": {"type": "integer", "minimum": rules.LEAST_BITS, "default": rules.LEAST_BITS}}
        ),
    ),
    on(KEY, "key-never-expires", rules.key_never_expires, "The key and its new versions do not expire."),
    on(
        KEY,
        "key-only-wraps",
        rules.key_only_wraps,
        "The key has only the operations that Adobe requires.",
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
        "The role is assigned to the service principal of Adobe's app.",
        config_schema=PolicyConfigSchema({"principalObjectId": {"type": "string", "default": ""}}),
    ),
    on(
        PRINCIPAL,
        "principal-is-not-adopted",
        rules.principal_is_not_adopted,
        "Adobe's service principal is not adopted.",
    ),
    ResourceValidationPolicy(
        "guarded-resources-are-protected",
        "Every resource that Adobe depends on is protected against deletion.",
        _protected,
    ),
    on_stack(
        "guarded-resources-stay",
        stack_rules.nothing_is_missing,
        "Every resource that Adobe depends on is in the stack.",
        config_schema=PolicyConfigSchema(
            {
                "activated": {"type": "boolean", "default": False},
                "existing": {"type": "array", "items": {"type": "string", "enum": list(READABLE)}, "default": []},
            }
        ),
    ),
]

PolicyPack("adobe-cmk", POLICIES, enforcement_level=EnforcementLevel.MANDATORY)
