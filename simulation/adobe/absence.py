"""The forms in which Adobe may answer that a configuration does not exist.

Adobe documents none of them; every form here is invented, after the error forms of Adobe's platform and of common web
frameworks. The switch `absence-form` chooses the one that the simulated Adobe uses.
"""

from __future__ import annotations

from typing import Any

# Stands for a response without a body.
EMPTY = b""

ABSENCES: dict[str, tuple[int, Any]] = {
    "problem": (404, {"type": "http://ns.adobe.com/aep/errors/CMK", "status": 404, "title": "Not Found", "detail": "…"}),
    "other-type": (404, {"type": "x", "title": "Not Found", "status": 404}),
    "about-blank": (404, {"type": "about:blank", "title": "Not Found", "status": 404}),
    "status-as-text": (404, {"title": "Not Found", "status": "404"}),
    "error-code": (404, {"error_code": "BYOK-404", "message": "Configuration not found"}),
    "message": (404, {"message": "Configuration not found"}),
    "error": (404, {"error": "Not Found", "path": "/customer/config"}),
    "empty-404": (404, EMPTY),
    "list-404": (404, []),
    "gateway-404": (404, {"error_code": 404000, "message": "Resource not found"}),
    "bad-request": (400, {"title": "BadRequestError", "status": 400, "detail": "No configuration of that name"}),
    "empty-200": (200, EMPTY),
    "object-200": (200, {}),
    "array-200": (200, []),
    "null-200": (200, None),
    "name-200": (200, {"name": "cmk-config", "configData": None}),
}
