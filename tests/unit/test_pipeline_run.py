"""A command of a pipeline is interrupted once at most, and signs in with a token that stays fresh."""

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from operations.pipelines.environment import commands_environment
from operations.pipelines.federation import NoToken, federated
from tests.drivers import until
from tests.pipeline_bed import Bed

# Notes each interrupt, and ends when it is told to.
PATIENT_PULUMI = """
import pathlib, signal, time
folder = pathlib.Path({folder!r})
noted = []
def note(number, frame):
    noted.append(number)
    (folder / "interrupts").write_text(str(len(noted)))
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, note)
(folder / "started").touch()
while not (folder / "go").exists():
    time.sleep(0.02)
raise SystemExit(7)
"""


@pytest.fixture
def bed(tmp_path: Path) -> Bed:
    return Bed(tmp_path)


class TokenService(HTTPServer):
    """Gives numbered tokens, as GitHub and Azure DevOps do; `failing` makes it refuse."""

    failing = False

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, list[str]]]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer("value")

            def do_POST(self) -> None:
                self._answer("oidcToken")

            def _answer(self, name: str) -> None:
                split = urlsplit(self.path)
                service.requests.append((self.command, self.headers["Authorization"], parse_qs(split.query)))
                body = json.dumps({name: f"token-{len(service.requests)}"}).encode()
                self.send_response(503 if service.failing else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[TokenService]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with TokenService() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def on_github(service: TokenService) -> dict[str, str]:
    return {
        "ARM_USE_OIDC": "true",
        "ARM_CLIENT_ID": "client",
        "ARM_TENANT_ID": "tenant",
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"http://127.0.0.1:{service.server_port}/token?api-version=2",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of-the-run",
    }


def in_azure_devops(service: TokenService) -> dict[str, str]:
    return {
        "ARM_USE_OIDC": "true",
        "servicePrincipalId": "client",
        "tenantId": "tenant",
        "SYSTEM_OIDCREQUESTURI": f"http://127.0.0.1:{service.server_port}/oidctoken",
        "SYSTEM_ACCESSTOKEN": "of-the-run",
        "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "connection",
    }


def test_the_backend_signs_in_with_githubs_token(service: TokenService) -> None:
    with federated(on_github(service)) as environment:
        file = Path(environment["AZURE_FEDERATED_TOKEN_FILE"])
        assert file.read_text() == "token-1"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert (environment["AZURE_CLIENT_ID"], environment["AZURE_TENANT_ID"]) == ("client", "tenant")
        # GitHub's address is what the providers use themselves.
        assert "ARM_OIDC_TOKEN_FILE_PATH" not in environment
    asked = {"api-version": ["2"], "audience": ["api://AzureADTokenExchange"]}
    assert service.requests == [("GET", "Bearer of-the-run", asked)]
    assert not file.exists()


def test_backend_and_providers_sign_in_with_azure_devops_token(service: TokenService) -> None:
    with federated(in_azure_devops(service)) as environment:
        assert Path(environment["ARM_OIDC_TOKEN_FILE_PATH"]).read_text() == "token-1"
        assert environment["ARM_OIDC_TOKEN_FILE_PATH"] == environment["AZURE_FEDERATED_TOKEN_FILE"]
        assert (environment["ARM_CLIENT_ID"], environment["ARM_TENANT_ID"]) == ("client", "tenant")
    asked = {"api-version": ["7.1"], "serviceConnectionId": ["connection"]}
    assert service.requests == [("POST", "Bearer of-the-run", asked)]


def test_the_token_is_renewed_while_a_command_runs_also_after_a_refusal(service: TokenService) -> None:
    with federated(on_github(service), every=0.02) as environment:
        file = Path(environment["AZURE_FEDERATED_TOKEN_FILE"])
        until(lambda: file.read_text() != "token-1")
        service.failing = True
        refused = len(service.requests)
        until(lambda: len(service.requests) > refused + 2)
        kept = file.read_text()
        service.failing = False
        until(lambda: file.read_text() != kept)


@pytest.mark.parametrize("missing", ["ARM_USE_OIDC", "ACTIONS_ID_TOKEN_REQUEST_URL"])
def test_another_sign_in_is_left_as_it_is(service: TokenService, missing: str) -> None:
    given = {name: value for name, value in on_github(service).items() if name != missing}
    with federated(given) as environment:
        assert environment == given
    assert service.requests == []


def test_a_refused_token_ends_the_step_before_the_command(service: TokenService, bed: Bed) -> None:
    service.failing = True
    done = bed.step("run -- pulumi up", **on_github(service), NO_PROXY="127.0.0.1")
    assert done.returncode == 1
    assert done.stderr.startswith("pipelines: no OIDC token from http://127.0.0.1:")
    assert "of-the-run" not in done.stderr
    assert bed.calls("pulumi") == []


def test_a_sign_in_without_a_client_names_the_variables(service: TokenService) -> None:
    with (
        pytest.raises(NoToken, match="ARM_CLIENT_ID and ARM_TENANT_ID"),
        federated({**on_github(service), "ARM_CLIENT_ID": ""}),
    ):
        pass


def test_what_the_pipeline_does_not_define_does_not_reach_the_commands() -> None:
    given = {
        "PULUMI_ACCESS_TOKEN": "$(PULUMI_ACCESS_TOKEN)",
        "ADOBE_SCOPES": "",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_STACK": "prod",
        "PATH": "/usr/bin",
    }
    environment = commands_environment(given)
    assert environment == {
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_STACK": "prod",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}/usr/bin",
    }


def test_a_command_runs_with_its_own_options_and_its_exit_code_is_that_of_the_step(bed: Bed) -> None:
    done = bed.step("run -- pulumi up --yes --stack prod", PULUMI_SAYS="Updating (prod)\n", PULUMI_ENDS="255")
    assert (done.returncode, done.stdout) == (255, "Updating (prod)\n")
    ((arguments, _),) = bed.calls("pulumi")
    assert arguments == ["up", "--yes", "--stack", "prod"]


def test_a_command_runs_signed_in(service: TokenService, bed: Bed) -> None:
    done = bed.step("run -- pulumi up", **on_github(service), NO_PROXY="127.0.0.1")
    assert done.returncode == 0
    ((_, environment),) = bed.calls("pulumi")
    assert environment["AZURE_CLIENT_ID"] == "client"
    assert environment["AZURE_FEDERATED_TOKEN_FILE"]


def test_a_cancelled_deployment_interrupts_the_engine_once_and_waits_for_it(bed: Bed) -> None:
    bed.executable("pulumi", PATIENT_PULUMI.format(folder=str(bed.folder)))
    command = [str(bed.commands / "python"), "-m", "operations.pipelines", "run", "--", "pulumi", "up"]
    with subprocess.Popen(command, cwd=bed.folder) as step:
        until((bed.folder / "started").exists)
        # A runner's sequence when somebody cancels.
        step.send_signal(signal.SIGINT)
        until((bed.folder / "interrupts").exists)
        step.send_signal(signal.SIGTERM)
        step.send_signal(signal.SIGINT)
        assert step.poll() is None
        (bed.folder / "go").touch()
        assert step.wait(timeout=30) == 7
    assert (bed.folder / "interrupts").read_text() == "1"
