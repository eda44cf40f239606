"""The simulated Adobe: app registration, configuration, and the verdict over the simulated Azure.

Sources: Adobe's API documents of both generations, field by field; error forms from the platform's troubleshooting guide.
What Adobe does not document (status codes, repeated POSTs, timing) is invented and marked so.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ..azure.arm import Clock
from ..azure.rules import Azure
from ..entra.rules import Entra
from .absence import ABSENCES
from .verdict import why_not

# Invented: Adobe says "a few minutes"; seconds after the POST until the check is done, and until the switch-over is.
CHECK_SECONDS, SWITCH_SECONDS = 1.0, 2.0
# Invented: seconds that the beta's registration job takes.
REGISTRATION_SECONDS = 1.0
CURRENT_API_KEY = "acp_provisioning"
APP_PREFIX = "acpebae9422Caepcmkmultitenantapp"
# Adobe's own subscription, as the answers name it.
ADOBE_SUBSCRIPTION = "cf978863-7325-47b1-8fd9-554b9fdb6c36"

Json = dict[str, Any]


class Refusal(Exception):
    """An answer other than the documented one: status and JSON body, or `absence.EMPTY`."""

    def __init__(self, http_status: int, body: Any) -> None:
        self.http_status, self.body = http_status, body
        super().__init__(str(body))


def gateway_error(code: str, message: str) -> Refusal:
    """The gateway's form; its code begins with the HTTP status."""
    return Refusal(int(code[:3]), {"error_code": code, "message": message})


def service_error(http_status: int, title: str, detail: str) -> Refusal:
    """The services' form, problem details."""
    body = {"type": "http://ns.adobe.com/aep/errors/CMK", "status": http_status, "title": title, "detail": detail}
    return Refusal(http_status, body)


class Adobe:
    """All organisations; the contract in force decides what a request must look like."""

    def __init__(self, state: Json, azure: Azure, entra: Entra, clock: Clock) -> None:
        self._state, self._azure, self._entra, self._clock = state, azure, entra, clock
        self.check_seconds, self.switch_seconds = CHECK_SECONDS, SWITCH_SECONDS
        state.setdefault("contract", "current")
        for kind in ("apps", "configurations"):
            state.setdefault(kind, {})
        state.setdefault("journal", [])

    @property
    def contract(self) -> str:
        """beta or current: each takes the requests, with body and header, of its documents alone."""
        return str(self._state["contract"])

    @contract.setter
    def contract(self, contract: str) -> None:
        self._state["contract"] = contract

    @property
    def journal(self) -> list[Json]:
        """Every request that arrived: method, path, headers that matter (never a token), body, status of the answer."""
        return list(self._state["journal"])

    def record(self, entry: Json) -> None:
        """Add a request to the journal."""
        self._state["journal"].append(entry)

    # The app

    def register_app(self, org: str) -> Json:
        """POST byok/app-registration: beta only; a job is started."""
        if self.contract == "current":
            raise service_error(405, "Method Not Allowed", "POST is not supported for this resource")
        if not self._state["apps"].get(org):
            self._new_app(org, ready_after=REGISTRATION_SECONDS)
        return self._job("BYOK_APP_REGISTRATION", org, {})

    def app(self, org: str) -> Json:
        """GET byok/app-registration: today it registers by itself, in the beta the POST comes first."""
        if org not in self._state["apps"] and self.contract != "beta":
            self._new_app(org, ready_after=0.0)
        app = self._state["apps"].get(org)
        # An app that has vanished (`registration-gone`) is empty; nothing brings it back by itself.
        if not app or self._clock.now() < datetime.fromisoformat(app["readyAt"]):
            raise service_error(404, "Not Found", "No app registration exists for the organization")
        name, app_id = app["name"], app["applicationId"]
        uri = f"https://adobe.com/{name}"
        return {
            "id": name if self.contract == "beta" else "byok",
            "name": name,
            "applicationUri": uri,
            "applicationId": app_id,
            "applicationRedirectUrl": "https://login.microsoftonline.com/common/oauth2/authorize?response_type=code"
            f"&client_id={app_id}&redirect_uri={uri}&scope=user.read",
        }

    def _new_app(self, org: str, ready_after: float) -> None:
        app_id = str(uuid.uuid4())
        ready_at = self._clock.now() + timedelta(seconds=ready_after)
        self._state["apps"][org] = {"name": APP_PREFIX, "applicationId": app_id, "readyAt": ready_at.isoformat()}
        self._entra.publish_application(app_id, APP_PREFIX)

    # The configuration

    def submit(self, org: str, body: Json) -> Json:
        """POST customer/config."""
        data = self._checked(org, body)
        held: Json = self._state["configurations"].setdefault(org, {})
        for name, other in held.items():
            # Invented: one configuration for an organisation; only a FAILED one of the same name may be sent again.
            if name != body["name"] or self._advanced(org, other)["status"] != "FAILED":
                raise service_error(409, "Conflict", f"A BYOK_CONFIG configuration exists for the organization ({name})")
        held[body["name"]] = {
            "id": str(uuid.uuid4()),
            "status": "CREATED",
            "configData": data,
            "submittedAt": self._clock.now().isoformat(),
        }
        if self.contract == "beta":
            config = {"name": body["name"], "type": "BYOK_CONFIG", "status": "NEW", "configData": data, "imsOrgId": org}
            return self._job("BYOK_CONFIG", org, {"config": config})
        configuration = held[body["name"]]
        config = {"status": "NEW", **self._echo(org, body["name"], configuration)}
        return {"id": configuration["id"], "status": "CREATED", "config": config}

    def configuration(self, org: str, name: str, config_type: str | None) -> Json:
        """GET customer/config/{name}?configType=BYOK_CONFIG; the name is case-sensitive."""
        if config_type != "BYOK_CONFIG":
            raise service_error(400, "Bad Request", "The query parameter configType must be BYOK_CONFIG")
        held = self._state["configurations"].get(org, {})
        if name not in held or not self._is_visible(held[name]):
            raise Refusal(*ABSENCES[self._azure.switches.get("absence-form")])
        configuration = self._advanced(org, held[name])
        beta = self.contract == "beta"
        return {
            **self._echo(org, name, configuration),
            "status": configuration["status"],
            # The beta's answer names another id than its POST, and no subscription.
            "id": str(uuid.uuid4()) if beta else configuration["id"],
            "subscriptionId": "undefined" if beta else ADOBE_SUBSCRIPTION,
            "rowType": "BYOK_KEY",
        }

    def _is_visible(self, configuration: Json) -> bool:
        """Whether a read shows a configuration yet (switch `visible-after-seconds`)."""
        age = self._clock.now() - datetime.fromisoformat(configuration["submittedAt"])
        return age >= timedelta(seconds=float(self._azure.switches.get("visible-after-seconds")))

    def api_keys(self, method: str, client_id: str) -> tuple[str, ...]:
        """What the gateway takes as x-api-key.

        The beta's first documents ask for the caller's own; its last, and today's, for one that is the same for all. With
        the switch `beta-gateway` at `reads-both`, the beta's gateway takes both for reads.
        """
        if self.contract == "current":
            return (CURRENT_API_KEY,)
        is_lenient = method == "GET" and self._azure.switches.get("beta-gateway") == "reads-both"
        return (client_id, CURRENT_API_KEY) if is_lenient else (client_id,)

    def _echo(self, org: str, name: str, configuration: Json) -> Json:
        """How the answers repeat a configuration: today under the app's name, with the configuration's as `keyName`."""
        data = configuration["configData"]
        if self.contract == "beta":
            return {"name": name, "type": "BYOK_CONFIG", "configData": data, "imsOrgId": org}
        identifier = data["keyVaultKeyIdentifier"]
        echoed = {
            "keyVaultUri": identifier.split("/keys/")[0],
            "keyVaultKeyIdentifier": identifier,
            "keyVersion": identifier.rsplit("/", 1)[1],
            "keyName": name,
            "providerType": "AZURE_KEYVAULT",
        }
        return {"name": APP_PREFIX, "type": "BYOK_CONFIG", "configData": echoed, "imsOrgId": org}

    def _checked(self, org: str, body: Json) -> Json:
        """The configData of a request that is right in every field.

        :raises Refusal: naming the field; that every field is required and none besides is taken, is inferred.
        """
        _exact_fields(body, {"name", "type", "imsOrgId", "configData"}, "")
        if not isinstance(body["name"], str) or not body["name"]:
            raise _bad_field("name")
        if body["type"] != "BYOK_CONFIG":
            raise _bad_field("type")
        if body["imsOrgId"] != org:
            raise _bad_field("imsOrgId")
        data = body["configData"]
        beta, current = {"keyVaultUri", "keyName"}, {"keyVaultKeyIdentifier"}
        fields = {"beta": beta, "current": current}[self.contract]
        _exact_fields(data, {"providerType"} | fields, "configData.")
        if data["providerType"] != "AZURE_KEYVAULT":
            raise _bad_field("configData.providerType")
        host = r"https://[a-z0-9-]+\.vault\.azure\.net"
        if "keyVaultUri" in data and not re.fullmatch(host, str(data["keyVaultUri"])):
            raise _bad_field("configData.keyVaultUri")
        identifier = data.get("keyVaultKeyIdentifier")
        if "keyVaultKeyIdentifier" in data and not re.fullmatch(host + r"/keys/[A-Za-z0-9-]+/[A-Za-z0-9]+", str(identifier)):
            raise _bad_field("configData.keyVaultKeyIdentifier")
        return dict(data)

    def _advanced(self, org: str, configuration: Json) -> Json:
        """The configuration as it is by now: the check looks into Azure once, when its time has come."""
        age = self._clock.now() - datetime.fromisoformat(configuration["submittedAt"])
        if configuration["status"] in {"COMPLETED", "FAILED"}:
            return configuration
        if age < timedelta(seconds=self.check_seconds):
            configuration["status"] = "RUNNING"
            return configuration
        if "refusedBecause" not in configuration:
            app = (self._state["apps"].get(org) or {}).get("applicationId", "")
            configuration["refusedBecause"] = why_not(
                self._azure, self._entra, app, configuration["configData"], self._clock.now()
            )
        if configuration["refusedBecause"]:
            configuration["status"] = "FAILED"
        else:
            done = age >= timedelta(seconds=self.switch_seconds)
            configuration["status"] = "COMPLETED" if done else "UPDATE_EXISTING_RESOURCES"
        return configuration

    def _job(self, workflow: str, org: str, data: Mapping[str, Any]) -> Json:
        """The beta's envelope of an asynchronous job, field for field."""
        return {
            "id": str(uuid.uuid4()), "jobType": "CustomerPolicyJob", "workflowType": workflow, "status": "CREATED",
            "currentState": "CALL_PROVISIONING_ENDPOINT", "recoverableState": True, "doRetryCurrentState": True,
            "retryCount": 3, "retryDelayInSeconds": 5,
            "jobData": {"x-request-id": uuid.uuid4().hex, "userId": "", **data}, "imsOrgId": org,
            "executionComplete": False, "recovered": False, "timeOutForCurrentStateInMins": 5, "monitorJob": True,
            "firstJobStateTimestamp": 0, "startTime": int(self._clock.now().timestamp() * 1000), "endTime": 0,
        }  # fmt: skip


def _exact_fields(value: Any, fields: set[str], prefix: str) -> None:
    if not isinstance(value, dict):
        raise _bad_field(prefix.rstrip(".") or "body")
    for name in sorted(set(value) ^ fields):
        raise _bad_field(f"{prefix}{name}")


def _bad_field(name: str) -> Refusal:
    return service_error(400, "BadRequestError", f"Missing, unknown or invalid field: {name}")
