"""`make verify-azure`: the program on the real providers, in a subscription of its user, and without a call to Adobe.

It says what it makes, makes it, compares what the providers do with what the simulation assumes, and removes it. Each check
names its source: a rule of the table "How far azure-native is known" in simulation/README.md, or this program itself.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pulumi
from pulumi import automation

from components.constants import APP_REGISTRATION, CUSTOMER_CONFIG, KEY_VAULT_API, PACKAGE_TYPES
from components.safety.error_advice import EXISTS

ROOT = Path(__file__).parents[1]
# Exit codes.
HOLDS, DIFFERS, NOT_STARTED = 0, 1, 2
# Azure documents up to ten minutes until a role assignment applies.
PATIENCE_SECONDS, PAUSE_SECONDS = 600, 20
# Key Vault's code for a caller without the role, and for a key whose deletion is not finished.
NOT_YET = ("Forbidden", "KeyNotFound")
# What Pulumi shows for a value that a preview does not know.
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
# Resources that are no part of what a run makes in the clouds.
ENGINES_OWN = ("pulumi:", "adobe-cmk:components:", "pulumi-python:")
# Azure's resources of a stack, by the last word of their types.
OF_AZURE = ("ResourceGroup", "Vault", "Key", "RoleAssignment")
# Azure's words for a soft-deleted vault, which the program's advice matches.
DELETED = "already exists in deleted state"
KEY = "adobe-cmk-key"
PROGRAM, NO_CHANGE = "This program", "no change"
ANNOUNCEMENT = """\
This checks the program against the real Azure, azure-native and azuread providers.
  subscription  {id} ({name})
  tenant        {tenantId}
  signed in as  {user[name]}; ARM_* and ADOBE_* variables are not used

It takes about half an hour. It creates these, and deletes them at the end, also after a failure:
  - the resource group {group} in {location}
  - in it, the vault {vault} (standard) with one RSA key of 3072 bits
  - in Entra ID, the app registration {group} in place of Adobe's app, with its service principal
  - two role assignments on the vault: Key Vault Crypto Service Encryption User for this app, and Key Vault Crypto Officer
    for {user[name]}
It disables, deletes and recovers this key, removes and restores this role, and touches nothing else.

Costs: some dozens of operations with a key of 3072 bits in a standard vault, billed per 10,000 transactions
(https://azure.microsoft.com/pricing/details/key-vault/). Groups, role assignments and app registrations are free.

What stays behind:
  - the vault {vault}, soft-deleted. It has purge protection: for seven days nobody can purge it, and its name
    stays taken. Then Azure removes it.
  - the app registration and its service principal, among Entra ID's deleted items for 30 days

Nothing is sent to Adobe: `activate` is unset, and the program's calls are answered on this machine.

If this process is killed, delete what is left:
  az group delete --name {group} --yes --subscription {id}
  az ad app list --display-name {group} --query [].appId -o tsv, then az ad app delete --id <each>
"""

Json = dict[str, Any]


class Failed(Exception):
    """A command failed that the run cannot go on without."""


def run_az(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run the installed Azure CLI."""
    return subprocess.run(["az", *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607


def az(*arguments: str, patience_seconds: int = 0) -> Any:
    """Run a command of the Azure CLI, which is printed before; returns its answer.

    :param patience_seconds: how long it is repeated until a role, or a deletion, applies.
    :raises Failed: with what it printed.
    """
    say(f"$ az {shlex.join(arguments)}")
    try:
        done = run_az([*arguments, "--output", "json", "--only-show-errors"])
    except FileNotFoundError:
        install = "https://learn.microsoft.com/cli/azure/install-azure-cli"
        raise Failed(f"the Azure CLI is not on PATH. Fix: {install}") from None
    if done.returncode == 0:
        return json.loads(done.stdout) if done.stdout.strip() else None
    if patience_seconds <= 0 or not any(code in done.stderr for code in NOT_YET):
        raise Failed(f"az {shlex.join(arguments)}: {done.stderr.strip()}")
    say(f"  not yet; again in {PAUSE_SECONDS} s")
    time.sleep(PAUSE_SECONDS)
    return az(*arguments, patience_seconds=patience_seconds - PAUSE_SECONDS)


def say(line: str) -> None:
    print(line, flush=True)


class Stack:
    """A stack, driven by Pulumi's Automation API; and what its last command did."""

    def __init__(self, stack: automation.Stack, settings: Mapping[str, str]) -> None:
        self._stack = stack
        self.configure(settings)

    def configure(self, settings: Mapping[str, str]) -> None:
        """Set settings, by their path."""
        self._stack.set_all_config({key: automation.ConfigValue(value) for key, value in settings.items()}, path=True)

    def run(self, command: str, *, may_fail: bool = False, **options: bool) -> str:
        """Run up, preview, refresh or destroy; returns the changes, or the errors, on one line.

        :raises Failed: when it fails and must not.
        """
        say(f"$ pulumi {command}{' --refresh' * options.get('refresh', False)} --stack {self._stack.name}")
        self.said, self.errors = "", list[str]()
        self._operations: dict[str, list[str]] = {}
        self.outputs: dict[str, Json] = {}
        error = ""
        try:
            getattr(self._stack, command)(on_event=self._hear, **options)
        except automation.CommandError as failure:
            error = " ".join((" ".join(self.errors) or str(failure)[-2000:]).split())
            if not may_fail:
                raise Failed(f"pulumi {command}: {error}") from None
        changes = "; ".join(f"{kind} {', '.join(done)}" for kind, done in sorted(self._operations.items()))
        say(f"  {error or changes or NO_CHANGE}")
        return error or changes or NO_CHANGE

    def _hear(self, event: automation.EngineEvent) -> None:
        told = event.diagnostic_event
        if told and told.severity != "debug":
            self.said += told.message
            if told.severity == "error":
                self.errors.append(told.message.strip())
        done = event.res_outputs_event or event.res_op_failed_event
        if done and not done.metadata.type.startswith(ENGINES_OWN):
            kind, operation = done.metadata.type.rsplit(":", 1)[1], str(done.metadata.op.value)
            if operation not in ("same", "refresh", "read"):
                self._operations.setdefault(kind, []).append(operation)
            if done.metadata.new:
                self.outputs[kind] = dict(done.metadata.new.outputs or {})

    def recorded(self) -> dict[str, Json]:
        """What the state holds of each resource in Azure and Entra ID, by the last word of its type."""
        resources = (self._stack.export_stack().deployment or {}).get("resources", [])
        return {entry["type"].rsplit(":", 1)[1]: entry for entry in resources if not entry["type"].startswith(ENGINES_OWN)}


@contextmanager
def in_adobes_place(application_id: str, name: str) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Answer on this machine: there is one app, of the user's own tenant, and no configuration. Nothing can be sent.

    :returns: the environment that leads there and hides the user's own credentials; and every call that is none of the two
        reads, which must stay empty.
    """
    sent: list[str] = []
    redirect = f"response_type=code&client_id={application_id}&redirect_uri=https://adobe.com/{name}&scope=user.read"
    app = {
        "id": "byok",
        "name": name,
        "applicationUri": f"https://adobe.com/{name}",
        "applicationId": application_id,
        "applicationRedirectUrl": f"https://login.microsoftonline.com/common/oauth2/authorize?{redirect}",
    }

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path, status, body = self.path.partition("?")[0], 403, {"title": "Forbidden", "status": 403}
            if self.command == "GET" and path == APP_REGISTRATION:
                status, body = 200, app
            elif self.command == "GET" and path.startswith(f"{CUSTOMER_CONFIG}/"):
                # Absence as Adobe's services state it (`Answer.is_absence`).
                status, body = 404, {"type": "/verification/absent", "title": "Not Found", "status": 404}
            else:
                sent.append(f"{self.command} {path}")
            self.send_response(status)
            self.send_header("Content-Type", "application/json" if status < 400 else "application/problem+json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - names of http.server

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        hosts = {"ADOBE_PLATFORM_URL": url, "ADOBE_IMS_URL": url, "NO_PROXY": "127.0.0.1,localhost"}
        hidden = {"ADOBE_CLIENT_ID": "", "ADOBE_CLIENT_SECRET": "", "ADOBE_ACCESS_TOKEN": "opens-nothing"}
        try:
            yield {**hosts, **hidden}, sent
        finally:
            server.shutdown()


class Verification:
    """One run in one subscription."""

    def __init__(self, subscription_id: str, location: str) -> None:
        suffix = secrets.token_hex(6)
        self.group, self.vault = f"adobe-cmk-verify-{suffix}", f"cmk-verify-{suffix}"
        self._subscription_id, self._location, self._application_id = subscription_id, location, ""
        self._here = ("--subscription", subscription_id)
        self._rows: list[str] = []
        self._differs = False

    def run(self) -> int:
        """Announce, ask, run every step, clean up, and print the table; returns the exit code."""
        try:
            account = az("account", "show")
            if account["id"].lower() != self._subscription_id.lower():
                fix = f"az account set --subscription {self._subscription_id}"
                raise Failed(f"the Azure CLI is signed in to the subscription {account['id']}. Fix: {fix}")
        except Failed as error:
            say(f"Not started: {error}")
            return NOT_STARTED
        say(ANNOUNCEMENT.format_map({**account, "group": self.group, "vault": self.vault, "location": self._location}))
        try:
            typed = input("To start, type the subscription ID once more: ")
        except EOFError:
            typed = ""
        if typed.strip().lower() != self._subscription_id.lower():
            say(f"Not started: what was typed is not {self._subscription_id}. Nothing was created.")
            return NOT_STARTED
        try:
            failure = self._failure(account)
        finally:
            is_clean = self._clean_up()
        say("\n| holds | rule | assumption | expected | seen |\n| --- | --- | --- | --- | --- |\n" + "\n".join(self._rows))
        if failure:
            say(f"The run ended early: {failure}. The later checks were not made.")
        return DIFFERS if failure or self._differs or not is_clean else HOLDS

    def _failure(self, account: Json) -> str:
        """Run the steps; returns why they ended early, empty when they did not."""
        try:
            audience = ("--sign-in-audience", "AzureADMyOrg")
            self._application_id = az("ad", "app", "create", "--display-name", self.group, *audience)["appId"]
            with tempfile.TemporaryDirectory() as folder, in_adobes_place(self._application_id, self.group) as (adobe, sent):
                self._prepare(Path(folder), account, adobe)
                self._steps(self._stack("verification", self._settings), account["user"]["name"])
            return f"the program would have sent to Adobe: {', '.join(sent)}" if sent else ""
        except KeyboardInterrupt:
            return "interrupted"
        except Exception as error:  # noqa: BLE001 - what was seen until then is printed, whatever the real answers break
            return f"{type(error).__name__}: {' '.join(str(error).split())}"

    def _clean_up(self) -> bool:
        """Delete the resource group with all that is in it, and the app; say what could not be deleted."""
        say("\n== Clean-up")
        deletions: dict[str, tuple[str, ...]] = {
            f"the resource group {self.group}": ("group", "delete", "--name", self.group, "--yes", *self._here)
        }
        if self._application_id:
            deletions[f"the app registration {self._application_id}"] = ("ad", "app", "delete", "--id", self._application_id)
        is_clean = True
        for what, command in deletions.items():
            try:
                az(*command)
            except (Failed, KeyboardInterrupt) as error:
                if "ResourceGroupNotFound" not in str(error):
                    say(f"NOT DELETED: {what}: {str(error) or 'interrupted'}")
                    is_clean = False
        if not self._application_id:
            say(f"If the app registration was created: az ad app list --display-name {self.group}, then az ad app delete")
        if is_clean:
            say(f"Deleted. If the vault {self.vault} was created, it stays soft-deleted for seven days.")
        return is_clean

    def _prepare(self, folder: Path, account: Json, adobe: Mapping[str, str]) -> None:
        """A folder and a backend of the run's own, for this repository's program, unchanged."""
        self._folder = folder
        for name in ("program", "again", "state"):
            (folder / name).mkdir()
        for name in ("__main__.py", "components", ".venv"):
            (folder / "program" / name).symlink_to(ROOT / name)
        shutil.copy(ROOT / "Pulumi.yaml", folder / "program")
        # The providers use the sign-in of the Azure CLI, as the commands outside Pulumi do; the cloud stays the chosen one.
        self._environment = {name: "" for name in os.environ if name.startswith("ARM_") and name != "ARM_ENVIRONMENT"}
        backend = {"PULUMI_BACKEND_URL": f"file://{folder / 'state'}", "PULUMI_CONFIG_PASSPHRASE": secrets.token_hex()}
        self._environment |= {**adobe, **backend}
        self._providers = {
            "azure-native:location": self._location,
            "azure-native:subscriptionId": account["id"],
            "azure-native:tenantId": account["tenantId"],
            "azuread:tenantId": account["tenantId"],
        }
        self._settings = {
            **self._providers,
            # Nobody's organisation.
            "adobe-cmk:imsOrgId": "000000000000000000000000@AdobeOrg",
            "adobe-cmk:resourceGroupName": self.group,
            "adobe-cmk:vaultName": self.vault,
            "adobe-cmk:keyName": KEY,
            "adobe-cmk:keyVaultApiVersion": "provider",
            # The least that Azure takes: so long the vault stays behind.
            "adobe-cmk:softDeleteRetentionDays": "7",
            "adobe-cmk:protect": "false",
            "adobe-cmk:tags.purpose": "adobe-cmk-verification",
        }

    def _stack(self, name: str, settings: Mapping[str, str], program: Callable[[], None] | None = None) -> Stack:
        """A new stack, of this repository's program unless another one is given."""
        # The CLI on PATH, else the one that set-up linked into the environment of this process.
        root = None if shutil.which("pulumi") else str(Path(sys.executable).parents[1])
        workspace = automation.LocalWorkspace(
            work_dir=str(self._folder / ("again" if program else "program")),
            program=program,
            project_settings=automation.ProjectSettings("adobe-cmk-again", "python") if program else None,
            env_vars=self._environment,
            pulumi_command=automation.PulumiCommand(root),
        )
        return Stack(automation.Stack.create(name, workspace), settings)

    def _check(self, rule: str, assumption: str, seen: object, expected: object) -> None:
        """Compare what is seen with what is expected when the assumption holds."""
        holds = "yes" if seen == expected else "no"
        cells = (holds, rule, assumption, str(expected), str(seen))
        self._rows.append(f"| {' | '.join(' '.join(cell.replace('|', '/').split()) for cell in cells)} |")
        self._differs = self._differs or seen != expected
        say(f"  {holds:4}{rule}: {assumption}")

    def _steps(self, stack: Stack, user: str) -> None:
        key = ("--vault-name", self.vault, "--name", KEY, *self._here)

        creation = "Key create; ResourceGroup create; RoleAssignment create; ServicePrincipal create; Vault create"
        self._check(PROGRAM, "`up` without `activate` prepares everything", stack.run("up"), creation)
        state = stack.recorded()
        vault_id, role = state["Vault"]["id"], state["RoleAssignment"]
        properties = state["Vault"]["outputs"]["properties"]
        versions = {kind: [state[kind][side].get("azureApiVersion") for side in ("inputs", "outputs")] for kind in OF_AZURE}
        other = [kind for kind, (given, got) in versions.items() if not given or given != got]
        self._check("State", "resources without the same `azureApiVersion` in inputs and outputs", other, [])
        nulls = [kind for kind in OF_AZURE if "null" in json.dumps(state[kind]["outputs"])]
        self._check("State", "resources with nulls in the outputs", nulls, [])
        self._check("Answers", "a GET follows the PUT: vaultUri ends with a slash", properties["vaultUri"][-1], "/")
        self._check("Answers", "a GET follows the PUT: the role has createdBy", bool(role["outputs"].get("createdBy")), True)
        shown = "rotationPolicy" in state["Key"]["outputs"]
        self._check("Answers", "no GET follows the PUT of a new key: it has a rotationPolicy", shown, False)
        self._check("Answers", "waits until a vault's name is registered", properties.get("provisioningState"), "Succeeded")

        self._check(PROGRAM, "an unchanged `up` changes nothing", stack.run("up"), NO_CHANGE)
        self._check("Refresh", "what was created shows no difference", stack.run("refresh"), NO_CHANGE)
        shown = "rotationPolicy" in stack.recorded()["Key"]["outputs"]
        self._check("Answers", "after a refresh, the key has a rotationPolicy", shown, True)

        az("role", "assignment", "delete", "--ids", role["id"], *self._here)
        # The engine shows no delete here: that it creates what the state held says that the read found it gone.
        repaired = stack.run("up", refresh=True)
        self._check("Gone", "a removed role assignment; `up --refresh` restores it alone", repaired, "RoleAssignment create")

        officer = ("--assignee", user, "--role", "Key Vault Crypto Officer", "--scope", vault_id)
        az("role", "assignment", "create", *officer, *self._here)
        az("keyvault", "key", "set-attributes", "--enabled", "false", *key, patience_seconds=PATIENCE_SECONDS)
        self._check("Refresh", "does not see that a key is disabled", stack.run("preview", refresh=True), NO_CHANGE)
        fix = f"az keyvault key set-attributes --vault-name {self.vault} --name {KEY} --enabled true"
        is_found = "found: disabled" in stack.said and fix in stack.said
        self._check(PROGRAM, "a disabled key is a finding, with its `az` command", is_found, True)
        az("keyvault", "key", "set-attributes", "--enabled", "true", *key)

        stack.configure({"adobe-cmk:tags.changed": "once"})
        stack.run("preview")
        seen = stack.outputs.get("Vault", {})
        known = {
            "name": seen.get("name"),
            "location": seen.get("location"),
            "tags": (seen.get("tags") or {}).get("changed"),
            "vaultUri": (seen.get("properties") or {}).get("vaultUri"),
        }
        unknown = [name for name, value in known.items() if value in (None, UNKNOWN)]
        self._check("Preview of an update", "what is not known of name, location, tags and vaultUri", unknown, ["vaultUri"])
        self._check("Update", "new tags are a PUT of group and vault", stack.run("up"), "ResourceGroup update; Vault update")

        again = self._stack("again", self._providers, declared_again([stack.recorded()[kind] for kind in OF_AZURE]))
        again.run("up", may_fail=True, continue_on_error=True)
        refused = len({error for error in again.errors if EXISTS in error})
        self._check("Creation", "what exists is never taken over: of group, vault, key and role, refused", refused, 4)

        before, package = (f"{NO_CHANGE}: {', '.join(types)}" for types in (PACKAGE_TYPES, PACKAGE_TYPES.values()))
        self._check(PROGRAM, "the switch to 2026-02-01 changes nothing", self._switched(stack, KEY_VAULT_API), package)
        found = "could not be read" not in stack.said and "must exist" not in stack.said
        self._check("Configuration", "a lookup of the package goes to the configured subscription", found, True)
        self._check("Version of the API", "with the package, vault and key are read", stack.run("refresh"), NO_CHANGE)
        place = stack.recorded()["Vault"]["id"].split("/")[2].lower()
        self._check("Configuration", "the vault's subscription", place, self._subscription_id.lower())
        self._check(PROGRAM, "the switch back changes nothing", self._switched(stack, "provider"), before)

        adoption = {"adobe-cmk:adopt": "true", "adobe-cmk:roleAssignmentName": role["outputs"]["name"]}
        adopting = self._stack("adoption", {**self._settings, **adoption})
        imports = "Key import; ResourceGroup import; RoleAssignment import; Vault import"
        self._check("Import", "needs no update in the same `up`", adopting.run("up"), imports)
        self._check("Import", "nothing shows a difference, the key neither", adopting.run("up"), NO_CHANGE)

        az("keyvault", "key", "delete", *key)
        az("keyvault", "key", "show-deleted", *key, patience_seconds=PATIENCE_SECONDS)
        version_before = stack.recorded()["Key"]["outputs"]["keyUriWithVersion"]
        self._check("Gone", "the code for a deleted key", stack.run("refresh", may_fail=True), "Key delete")
        self._check("Creation", "a soft-deleted key is recovered", stack.run("up"), "Key create")
        version_after = stack.recorded()["Key"]["outputs"]["keyUriWithVersion"]
        self._check("Creation", "the recovered key has the same version", version_after, version_before)

        deletion = creation.replace("create", "delete")
        self._check("Deletion of a key", "done, with Key Vault Crypto Officer", stack.run("destroy"), deletion)
        stack.run("up", may_fail=True)
        self._check("Creation", "words for a soft-deleted vault: its name is refused with them", DELETED in stack.said, True)

    def _switched(self, stack: Stack, api_version: str) -> str:
        """Switch the version of Key Vault's management API; returns the changes, and the types in the state."""
        stack.configure({"adobe-cmk:keyVaultApiVersion": api_version})
        changes, state = stack.run("up"), stack.recorded()
        return f"{changes}: {', '.join(state[kind]['type'] for kind in ('Vault', 'Key'))}"


def declared_again(recorded: Iterable[Json]) -> Callable[[], None]:
    """A program that declares what another stack has recorded, as if nothing of it existed."""

    def program() -> None:
        for entry in recorded:
            inputs = {name: value for name, value in entry["inputs"].items() if name != "azureApiVersion"}
            opts = pulumi.ResourceOptions(version=version("pulumi_azure_native"))
            pulumi.CustomResource(entry["type"], "again", inputs, opts)

    return program


def main(arguments: list[str]) -> int:
    """Run it; returns the exit code: 0 everything holds, 1 something does not, 2 nothing was made."""
    usage = "make verify-azure SUBSCRIPTION=<id> [LOCATION=<region>]"
    parser = argparse.ArgumentParser(usage=usage, description="Check the program against the real Azure.")
    parser.add_argument("--subscription", required=True, help="ID of a subscription of yours")
    parser.add_argument("--location", default="westeurope", help="Azure region (default: westeurope)")
    options = parser.parse_args(arguments)
    # Ended from outside, a run cleans up as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return Verification(options.subscription, options.location).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
