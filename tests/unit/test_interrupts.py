"""Ctrl-C in the program's own process: before anything is declared it ends the program, as anywhere else."""

import json
import os
import subprocess
import sys

from simulation.adobe.http import ORG
from simulation.environment import ROOT

# Presses Ctrl-C at the first lookup, which comes before anything is declared.
PROGRAM = """
import os, runpy, signal, time
from pulumi.runtime import mocks

class Interrupted(mocks.Mocks):
    def call(self, args):
        # Once the program waits for the answer: Python does not survive Ctrl-C while it starts the thread of this call.
        time.sleep(1)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)
        return {}

    def new_resource(self, args):
        return "id", args.inputs

# Whoever runs the tests in the background has Ctrl-C ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
mocks.set_mocks(Interrupted(), project="adobe-cmk", stack="dev", preview=False)
runpy.run_path("__main__.py", run_name="__main__")
"""


def test_a_ctrl_c_before_anything_is_declared_is_not_swallowed() -> None:
    settings = {"adobe-cmk:imsOrgId": ORG, "azure-native:location": "westeurope"}
    environment = {**os.environ, "PULUMI_CONFIG": json.dumps(settings), "ADOBE_PLATFORM_URL": "http://127.0.0.1:9"}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode != 0
    assert "KeyboardInterrupt" in run.stderr
