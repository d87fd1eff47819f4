"""A small OpenID Connect provider on this machine: discovery, authorise, token, keys, userinfo."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)  # takes a while
CLIENT_ID, SECRET = "tslsv", "a secret of the two"


class Provider(ThreadingHTTPServer):
    """What it says of whoever signs in there is in ``person``; faults are switched on by name."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.key = KEY
        self.person: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.refuse_token = False
        self.verifiers_checked = 0

    def authorise(self, query: dict[str, str]) -> dict[str, str]:
        """The answer that the browser brings back, when the person agrees."""
        code = secrets.token_urlsafe()
        self.codes[code] = query
        return {"code": code, "state": query["state"]}

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        asked = self.codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
        knows_secret = form.get("client_secret") == SECRET or authorization == f"Basic {basic}"
        if asked is None or not knows_secret or self.refuse_token:
            return None
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return None
        self.verifiers_checked += 1
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT_ID, "iat": now, "exp": now + 60, **self.person}
        return {
            "access_token": "open sesame",
            "token_type": "Bearer",
            "id_token": jwt.encode(claims, self.key, "RS256", headers={"kid": "one"}),
        }

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorise",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]}


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/.well-known/openid-configuration":
            self.answer(self.server.discovery())
        elif parts.path == "/keys":
            self.answer(self.server.keys())
        elif parts.path == "/userinfo":
            assert self.headers["Authorization"] == "Bearer open sesame"
            self.answer(self.server.person)
        elif parts.path == "/authorise":
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_response(302)
            back = urlencode(self.server.authorise(query))
            self.send_header("Location", f"{query['redirect_uri']}?{back}")
            self.end_headers()
        else:
            self.answer({}, 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        given = self.server.token(form, self.headers.get("Authorization", ""))
        self.answer(given or {"error": "invalid_grant"}, 200 if given else 400)

    def answer(self, data: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@contextmanager
def running() -> Iterator[Provider]:
    with Provider() as provider:
        threading.Thread(target=lambda: provider.serve_forever(0.01), daemon=True).start()
        yield provider
        provider.shutdown()
