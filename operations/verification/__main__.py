"""python -m operations.verification --subscription ID [--location REGION], by `make verify-azure`."""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import signal
import sys
from functools import partial

from components.adobe.api.clock import SystemClock

from .azure_cli import run_az
from .run import NOT_STARTED, Verification
from .steps import Names


def main(arguments: list[str]) -> int:
    """Run it; returns the exit code: 0 everything holds, 1 something does not, 2 nothing was made."""
    usage = "make verify-azure SUBSCRIPTION=<id> [LOCATION=<region>]"
    parser = argparse.ArgumentParser(usage=usage, description="Check the program against the real Azure.")
    parser.add_argument("--subscription", required=True, help="ID of a subscription of yours")
    parser.add_argument("--location", default="westeurope", help="Azure region (default: westeurope)")
    options = parser.parse_args(arguments)
    if not shutil.which("az"):
        print("Not started: the Azure CLI is not on PATH. Fix: https://learn.microsoft.com/cli/azure/install-azure-cli")
        return NOT_STARTED
    # Ended from outside, a run cleans up as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # The providers use the sign-in of the Azure CLI, as the commands outside Pulumi do; the cloud stays the chosen one.
    not_used = {name: "" for name in os.environ if name.startswith("ARM_") and name != "ARM_ENVIRONMENT"}
    verification = Verification(
        Names.of(secrets.token_hex(4), options.location),
        options.subscription,
        run_az,
        not_used,
        read_line=input,
        say=partial(print, flush=True),
        clock=SystemClock(),
    )
    return verification.run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
