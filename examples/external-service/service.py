"""A connector as a service of its own, with Python's standard library alone. It does what service.ts does:

    SERVICE_SECRET=... python3 service.py
"""

import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

SECRET = os.environ.get("SERVICE_SECRET", "")
MAX_AGE = 300  # seconds: a copy of a signed request is worth nothing later


def crm(path, config):
    """Asks the CRM, whose address and key come with each request from the gateway."""
    request = Request(config["baseUrl"] + path, headers={"Authorization": "Bearer " + config["apiKey"]})
    try:
        with urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def failed(status, body):
    return {
        "success": False,
        "error": f"The CRM answered {status}.",
        "diagnostics": {"upstream_status": status, "upstream_body": body},
    }


def list_contacts(params, config):
    status, body = crm(f"/contacts?limit={int(params.get('limit', 50))}", config)
    if status != 200:
        return failed(status, body)
    return {
        "success": True,
        "payload": {"contacts": body["data"], "total": body["total"]},
        "variables": {"contactCount": body["total"]},
    }


def get_contact(params, config):
    status, body = crm("/contacts/" + quote(params["id"], safe=""), config)
    return {"success": True, "payload": body} if status == 200 else failed(status, body)


COMMANDS = {"listContacts": list_contacts, "getContact": get_contact}

SCHEMA = {
    "protocolVersion": "2.0",
    "name": "Contacts",
    "version": "1.0.0",
    "description": "Contacts of a CRM.",
    "connectionConfig": {
        "baseUrl": {"type": "string", "required": True, "description": "Address of the CRM."},
        "apiKey": {"type": "string", "required": True, "secret": True, "description": "Key of the CRM."},
    },
    "commands": {
        "listContacts": {
            "description": "List contacts.",
            "effect": "read",
            "params": ["limit"],
            "paramSchema": {"limit": {"type": "integer", "default": 50}},
            "outputs": ["contacts", "total"],
        },
        "getContact": {
            "description": "One contact by its id.",
            "effect": "read",
            "params": ["id"],
            "paramSchema": {"id": {"type": "string", "required": True}},
        },
    },
}


def is_signed(headers, body):
    """Whether the gateway has sent this body, and just now."""
    timestamp = headers.get("X-Sallyport-Timestamp", "")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > MAX_AGE:
        return False
    expected = "sha256=" + hmac.new(SECRET.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(headers.get("X-Sallyport-Signature", ""), expected)


def execute(body):
    asked = json.loads(body)
    command = COMMANDS.get(asked["command"])
    if command is None:
        return {"success": False, "error": f"There is no command {asked['command']!r}."}
    return command(asked["params"], asked["config"])


class Service(BaseHTTPRequestHandler):
    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        pages = {"/health": {"status": "ok"}, "/schema": SCHEMA}
        found = pages.get(self.path)
        self.answer(404 if found is None else 200, found or {"error": "There is nothing here."})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/execute":
            self.answer(404, {"success": False, "error": "There is nothing here."})
        elif not is_signed(self.headers, body):
            refused = {"success": False, "error": "The signature is not right.", "diagnostics": {"status": 401}}
            self.answer(401, refused)
        else:
            try:
                self.answer(200, execute(body))
            except Exception as error:  # whatever breaks is told, and the service goes on
                self.answer(500, {"success": False, "error": str(error)})

    def log_message(self, *_):
        pass


if not SECRET:
    raise SystemExit("Set SERVICE_SECRET to the secret that the connection in Sallyport has.")
server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", 4020))), Service)
print(f"listening on http://127.0.0.1:{server.server_address[1]}", flush=True)
server.serve_forever()
