"""Azurite, Microsoft's emulator of Azure Storage, as npm has it: installed beside this file, and served on loopback."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import hmac
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

FOLDER = Path(__file__).parent
SERVER = FOLDER / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
# The account of every Azurite, as Microsoft publishes it.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
CONTAINER = "pulumi-state"
# Of the protocol, for the one call that is made here.
VERSION = "2021-12-02"
# An install takes some 15 s; without a network, npm gives up within seconds.
INSTALL_SECONDS, START_SECONDS = 180, 30


def need_azurite() -> None:
    """Install Azurite unless it is there; without node, npm or a network, skip, or fail where REQUIRE_PULUMI=1."""
    reason = _missing()
    if reason:
        if os.environ.get("REQUIRE_PULUMI") == "1":
            pytest.fail(f"REQUIRE_PULUMI=1, and {reason}")
        pytest.skip(reason)


def _missing() -> str:
    """Why there is no Azurite; empty when there is one."""
    absent = [tool for tool in ("node", "npm") if not shutil.which(tool)]
    if absent:
        return f"no {' and no '.join(absent)}: the state was not tried on Azure Blob Storage (https://nodejs.org)"
    lock, installed = FOLDER / "package-lock.json", FOLDER / "node_modules" / "installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    with lock.open() as alone:
        # One process of the test run installs; the others wait for it.
        fcntl.flock(alone, fcntl.LOCK_EX)
        if installed.exists() and installed.read_text() == wanted:
            return ""
        failure = _install()
        if not failure:
            installed.write_text(wanted)
        return failure


def _install() -> str:
    """Install the locked versions, none of whose scripts runs; returns why it failed, or nothing."""
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    impatient = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=10000")
    command = ["npm", "ci", "--omit=optional", *quiet, *impatient]
    try:
        run = subprocess.run(
            command, cwd=FOLDER, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=INSTALL_SECONDS,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"npm could not install Azurite within {INSTALL_SECONDS} s"
    said = " ".join(run.stderr.split())[:300]
    return f"npm could not install Azurite: {said}" if run.returncode else ""


@contextmanager
def serving(folder: Path) -> Iterator[dict[str, str]]:
    """Serve a new storage account with one empty container; yields what an engine needs to keep its state there.

    :param folder: for what the emulator stores.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    # The engine's SDK may speak a newer version of the protocol than the emulator knows.
    options = ["--location", str(folder), "--blobHost", "127.0.0.1", "--blobPort", str(port), "--skipApiVersionCheck"]
    process = subprocess.Popen(
        ["node", str(SERVER), *options, "--silent"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        _make_container(address, process)
        yield {
            "PULUMI_BACKEND_URL": f"azblob://{CONTAINER}",
            "AZURE_STORAGE_ACCOUNT": ACCOUNT,
            "AZURE_STORAGE_KEY": KEY,
            "AZURE_STORAGE_DOMAIN": address,
            "AZURE_STORAGE_PROTOCOL": "http",
            "AZURE_STORAGE_IS_LOCAL_EMULATOR": "true",
        }
    finally:
        # Its children are in its group.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _make_container(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait for the emulator and make the container, as `az storage container create` does."""
    date = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    # Azure Storage, "Authorize with Shared Key": the method, eleven empty standard headers, ours, and the resource.
    ours = f"x-ms-date:{date}\nx-ms-version:{VERSION}"
    signed = "PUT" + "\n" * 12 + f"{ours}\n/{ACCOUNT}/{ACCOUNT}/{CONTAINER}\nrestype:container"
    signature = base64.b64encode(hmac.digest(base64.b64decode(KEY), signed.encode(), "sha256")).decode()
    headers = {"x-ms-date": date, "x-ms-version": VERSION, "Authorization": f"SharedKey {ACCOUNT}:{signature}"}
    url = f"http://{address}/{ACCOUNT}/{CONTAINER}?restype=container"
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            with requests.Session() as session:
                session.trust_env = False
                session.put(url, headers=headers, timeout=10).raise_for_status()
            return
        except requests.ConnectionError:
            assert process.poll() is None, "Azurite ended"
            assert time.monotonic() < end, f"Azurite does not answer within {START_SECONDS} s"
            time.sleep(0.1)
