"""What this repository assumes of the providers and of Azure, and what a run on a tenant has seen of it.

`rule` and `words` are those of the table "How far azure-native is known" in simulation/README.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Assumption:
    """One assumption."""

    rule: str
    """Row of the table."""
    words: str
    """Of that row."""
    expected: str
    """What is seen when it holds."""

    def seen(self, seen: str, holds: bool) -> Observation:
        """What a run has seen of it."""
        return Observation(self, seen, "yes" if holds else "no")


@dataclass(frozen=True)
class Observation:
    """What a run has seen of an assumption."""

    assumption: Assumption
    seen: str
    holds: str
    """yes or no."""


# The rule of what README.md promises of this program itself.
PROGRAM = "This program"

PREPARES = Assumption(
    PROGRAM, "`up` without `activate` prepares everything", "group, vault, key, principal and role: create"
)
API_VERSIONS = Assumption("State", "`azureApiVersion` in inputs and outputs", "in both, of group, vault, key and role")
NO_NULLS = Assumption("State", "no nulls", "none in the outputs of group, vault, key and role")
GET_AFTER_PUT = Assumption(
    "Answers",
    "the GET after the PUT, except of a new key",
    "vaultUri with a slash, the role's createdBy, no rotation policy of the key",
)
REGISTERED = Assumption("Answers", "waits until a vault's name is registered", "provisioningState Succeeded")
UNCHANGED = Assumption(PROGRAM, "an unchanged `up` changes nothing", "no change")
NO_DRIFT = Assumption(
    "Refresh", "differences of the outputs in the shape of the PUT's body", "no change after what was created"
)
ROTATION_POLICY = Assumption("Answers", "the rotation policy that only a GET shows", "in the key's outputs after a refresh")
GONE = Assumption("Gone", "six codes of a 404", "a role assignment that was removed counts as gone, and is created")
REPAIRS = Assumption(PROGRAM, "`up --refresh` restores a removed role assignment", "create, and nothing else")
KEY_IS_NOT_SEEN = Assumption("Refresh", "of a key: tags and existence alone", "no change of a key that was disabled")
FINDS_DISABLED_KEY = Assumption(PROGRAM, "a disabled key is a finding, with its `az` command", "the finding")
PREVIEW = Assumption(
    "Preview of an update",
    "keeps `name`, `location` and what inputs say",
    "with new tags, the vault's name, location and tags are known, and vaultUri is not",
)
ONE_PUT = Assumption("Update", "one PUT", "with new tags, group and vault updated in place, and nothing else")
NEVER_TAKES_OVER = Assumption(
    "Creation", "what exists is never taken over", "a second group, vault, key and role of the same names are refused"
)
SWITCHES = Assumption(
    PROGRAM, "the switch to 2026-02-01 changes neither vault nor key", "no change, and the types of the package in the state"
)
OTHER_VERSION = Assumption(
    "Version of the API",
    "`azure-native_keyvault_v20260201`, made by a parameter, is the same with 2026-02-01",
    "with it, a refresh reads vault and key and finds no change",
)
CONFIGURED = Assumption(
    "Configuration",
    "a PUT and a lookup go to the configured subscription",
    "with the package too: the vault is found, in the same subscription",
)
SWITCHES_BACK = Assumption(
    PROGRAM, "the switch back changes neither", "no change, and the types of azure-native in the state"
)
IMPORTS = Assumption(
    "Import", "inputs from the id and the answer", "group, vault, key and role imported into another stack without an update"
)
KEY_IMPORTS = Assumption("Import", "a key shows no difference", "no change of the imported key in the next `up`")
ADOPTS = Assumption(PROGRAM, "after an adoption, `up` changes nothing", "no change")
DELETED_KEY = Assumption(
    "Gone", "the code for a deleted key", "one that counts as gone: delete in a refresh, as with the switch's default"
)
RECOVERED = Assumption(
    "Creation",
    "a soft-deleted key is recovered with a role on the data plane",
    "`up` recovers it, with the same version",
)
KEY_DELETION = Assumption(
    "Deletion of a key", "a DELETE on the vault's data plane", "done, by an identity with Key Vault Crypto Officer"
)
DELETED_VAULT = Assumption(
    "Creation", "words for a soft-deleted vault or key", "`already exists in deleted state`, which the advice matches"
)

ASSUMPTIONS = (
    PREPARES, API_VERSIONS, NO_NULLS, GET_AFTER_PUT, REGISTERED, UNCHANGED, NO_DRIFT, ROTATION_POLICY, GONE, REPAIRS,
    KEY_IS_NOT_SEEN, FINDS_DISABLED_KEY, PREVIEW, ONE_PUT, NEVER_TAKES_OVER, SWITCHES, OTHER_VERSION, CONFIGURED,
    SWITCHES_BACK, IMPORTS, KEY_IMPORTS, ADOPTS, DELETED_KEY, RECOVERED, KEY_DELETION, DELETED_VAULT,
)  # fmt: skip

_REFUSED = "the program refuses or ignores such a change before the provider sees it"
_TENANTS = "depends on the tenant: network, roles, outages"
# Of the same table, by rule and words: what no step of a run shows, and why.
NOT_TESTED: dict[tuple[str, str], str] = {
    ("Creation", "a refused GET ends it"): _TENANTS,
    ("Creation", "for a name that is taken"): "somebody else would have to own a vault of that name",
    ("Update", "a vault's access policies are read before it"): "the vault has no access policies",
    ("Update", "a key that exists: returned as it is, or `KeyCreationParametersDidNotMatchExistingKey`"): _REFUSED,
    ("Update", "role and location: refused"): _REFUSED,
    ("Update", "which of a key's parameters are compared"): _REFUSED,
    ("Replacement", "path parameters, `principalId`, the group's location"): _REFUSED,
    ("Gone", "every other error makes the read fail and keeps the resource"): _TENANTS,
    ("Version of the API", "another version is an update of `azureApiVersion` in place"): _REFUSED,
    ("Version of the API", "how a retired version is refused"): "not before 27 February 2027",
    ("Deletion of a key", "`ForbiddenByRbac`"): _TENANTS,
    ("Import", "a scope without its leading slash"): _REFUSED,
    ("State", "`__createBeforeDelete`"): "the program gives every name itself",
}


def table(observations: Sequence[Observation]) -> str:
    """Every assumption, in Markdown: what was seen, what was not reached, and what no run shows."""
    reached = {one.assumption: one for one in observations}
    lines = ["| holds | rule | assumption | expected | seen |", "| --- | --- | --- | --- | --- |"]
    for assumption in ASSUMPTIONS:
        one = reached.get(assumption)
        holds, seen = (one.holds, one.seen) if one else ("not tested", "the run did not get there")
        lines.append(_line(holds, assumption.rule, assumption.words, assumption.expected, seen))
    lines += [_line("not tested", rule, words, "", why) for (rule, words), why in NOT_TESTED.items()]
    return "\n".join(lines)


def _line(*cells: str) -> str:
    return f"| {' | '.join(' '.join(cell.replace('|', '/').split()) for cell in cells)} |"
