"""The import as a resource. What the state holds of the key: a thumbprint of its public half, and a digest of the file."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, Resource, UpdateResult

from ...dynamic.provider import PluginProvider, Properties, has_moved, is_unknown, output, without_provider
from .. import sign_in
from ..errors import AzureError, KeyExists, KeyFileError, KeyLost, VaultUnanswered
from .key_file import contents, parse, require_packages
from .keys import BLOB_TAG, HeldKey, PemKey, TransferBlob, digest
from .vault_client import VaultClient

# What another one of is another key.
_IDENTITY = ("vaultUri", "keyName", "keyType")


@dataclass(frozen=True, kw_only=True)
class ImportedKeyArgs:
    """The file, and where the key goes."""

    vault_uri: pulumi.Input[str]
    """Without a trailing slash."""
    key_name: str
    file: str
    key_type: str
    tags: Mapping[str, str]
    is_sent: bool
    """Whether Adobe was sent a key of that name: then it is only taken back into the state, and none is imported."""


class ImportedKeyProvider(PluginProvider):
    """Imports once. Afterwards it makes no call: the preflight checks judge the key on every run, without its data plane.

    The file may go away after the import. While it is there, it must hold the key that was imported.
    """

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Look into the file, in preview; thumbprint and digest become inputs, so that the next run compares them."""
        try:
            seen = _seen_in_file(_olds, news)
        except AzureError as error:
            return CheckResult(news, [CheckFailure("file", str(error))])
        return CheckResult({**news, **seen}, [])

    def create(self, props: Properties) -> CreateResult:
        held = self._taken_or_imported(props, _file_to_import(props))
        outs = {**without_provider(props), "keyIdentifier": held.identifier, "thumbprint": held.thumbprint}
        return CreateResult(f"{props['vaultUri']}/keys/{props['keyName']}", outs)

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        """A path, a passphrase and tags are no change; where the key is and which one it is are."""
        moved = [name for name in _IDENTITY if not is_unknown(_news[name]) and _olds.get(name) != _news[name]]
        return DiffResult(changes=bool(moved or _is_another(_olds, _news) or has_moved(_olds, _news)), replaces=moved)

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """Writes nothing to Azure."""
        if _is_another(_olds, _news):
            raise _another_key(_news)
        kept = {name: _olds.get(name) for name in ("keyIdentifier", "thumbprint", "tags")}
        return UpdateResult({**without_provider(_news), **kept})

    def delete(self, _id: str, _props: Properties) -> None:
        """Reached without deletion guards alone; the key can be recovered, as one that Azure generated."""
        require_packages()
        name = _props["keyName"]
        self.say(f"deleting the imported key {name} from {_props['vaultUri']}")
        VaultClient(_props["vaultUri"], sign_in.credential(os.environ)).delete_key(name)

    def _taken_or_imported(self, props: Properties, key: PemKey | TransferBlob | None) -> HeldKey:
        vault, name = VaultClient(props["vaultUri"], sign_in.credential(os.environ)), props["keyName"]
        held = vault.key(name)
        if held:
            _refuse_another(held, key, props)
            self.say(f"the key {name} is in {props['vaultUri']} already; nothing is written")
            return held
        if key is None or props["sentToAdobe"]:
            raise KeyLost(
                f"the key {name}, which was sent to Adobe, is not in {props['vaultUri']}, and none is imported in its place",
                next_step=f"az keyvault key recover --vault-name {_vault_name(props)} --name {name}; then run pulumi up",
            )
        tags = dict(props.get("tags") or {})
        if isinstance(key, TransferBlob):
            tags[BLOB_TAG] = props["fileDigest"]
        # An engine that has died closed the pipe: this raises, and nothing is sent.
        self.say(f"importing the key {name} into {props['vaultUri']}")
        try:
            held = vault.import_key(name, key, props["keyType"], tags)
        except VaultUnanswered as unanswered:
            held = vault.key(name)
            if held is None:
                raise unanswered from None
        _refuse_another(held, key, props)
        return held


class ImportedKey(Resource, module="azure", name="ImportedKey"):
    """A key that was imported from a file."""

    def __init__(self, name: str, args: ImportedKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        properties = {
            "vaultUri": args.vault_uri,
            "keyName": args.key_name,
            "file": args.file,
            "keyType": args.key_type,
            "tags": dict(args.tags),
            "sentToAdobe": args.is_sent,
            "keyIdentifier": None,
            "thumbprint": None,
            "fileDigest": None,
        }
        super().__init__(ImportedKeyProvider(), name, properties, opts)

    @property
    def key_identifier(self) -> pulumi.Output[str]:
        """With the version that the import made."""
        return output(self, "keyIdentifier")


def _seen_in_file(olds: Properties, news: Properties) -> Properties:
    """Thumbprint (of a PEM file) and digest, as inputs; those of the last run when the file is gone.

    :raises AzureError: the file cannot be used, or holds another key than the one that was imported.
    """
    is_same = all(is_unknown(news[name]) or olds.get(name) == news[name] for name in _IDENTITY)
    recorded = {name: str(olds.get(name) or "") for name in ("thumbprint", "fileDigest")} if olds and is_same else {}
    if not recorded:
        require_packages()
    path, data = news["file"], contents(news["file"])
    if data is None:
        if recorded or news["sentToAdobe"]:
            return recorded or {"thumbprint": "", "fileDigest": ""}
        raise KeyFileError(
            f"{path} does not exist, and no key was imported yet",
            next_step="check the path; a relative one starts at the program's folder",
        )
    if recorded.get("fileDigest") == digest(data):
        return recorded
    require_packages()
    key = parse(path, data, os.environ)
    if isinstance(key, PemKey):
        if recorded.get("thumbprint") not in (None, "", key.thumbprint):
            raise _another_key(news)
        return {"thumbprint": key.thumbprint, "fileDigest": digest(data)}
    if recorded.get("fileDigest"):
        raise _another_key(news)
    _refuse_blob_of_another_vault(key, news)
    return {"thumbprint": "", "fileDigest": digest(data)}


def _file_to_import(props: Properties) -> PemKey | TransferBlob | None:
    """What `check` looked into; None without a file, for a key that is only taken back."""
    require_packages()
    if not props["fileDigest"]:
        return None
    data = contents(props["file"])
    if data is None or digest(data) != props["fileDigest"]:
        raise KeyFileError(
            f"{props['file']} changed while the command was running; nothing was imported", next_step="run the command again"
        )
    key = parse(props["file"], data, os.environ)
    if isinstance(key, TransferBlob):
        _refuse_blob_of_another_vault(key, props)
    return key


def _refuse_another(held: HeldKey, key: PemKey | TransferBlob | None, props: Properties) -> None:
    """:raises KeyExists: what the vault has under the name is not what the file becomes."""
    is_same = (key is None or held.is_from(key)) and held.kty == props["keyType"]
    if is_same and (held.is_first or props["sentToAdobe"]):
        return
    name, versions = props["keyName"], "one version" if held.is_first else "several versions"
    if props["sentToAdobe"]:
        next_step = f"set keyType to {held.kty} and remove {props['file']}: the key is then taken back as it is"
    else:
        next_step = "choose another name for the key (keyName), or use the one that exists (existingKeyId)"
    raise KeyExists(
        f"{props['vaultUri']} has a key {name} ({held.kty}, {versions}) that is not the one in {props['file']}; an import "
        "would make a new version of it",
        next_step=next_step,
    )


def _vault_name(props: Properties) -> str:
    return str(props["vaultUri"]).removeprefix("https://").partition(".")[0]


def _refuse_blob_of_another_vault(blob: TransferBlob, props: Properties) -> None:
    uri = props["vaultUri"]
    if not is_unknown(uri) and blob.vault_host != str(uri).removeprefix("https://").lower():
        raise KeyFileError(
            f"{props['file']} was made for a key exchange key in {blob.vault_host}, and the key goes to {uri}",
            next_step="make the transfer blob for a key exchange key in that vault",
        )


def _is_another(olds: Properties, news: Properties) -> bool:
    """Whether the file holds another key than the one in the state."""
    return bool(news.get("thumbprint") and olds.get("thumbprint") != news["thumbprint"])


def _another_key(news: Properties) -> KeyFileError:
    return KeyFileError(
        f"{news['file']} holds another key than the one that was imported as {news['keyName']}",
        next_step="set the file back, or remove it: after the import it is no longer needed. To use another key, see "
        "docs/runbook.md, Another key",
    )
