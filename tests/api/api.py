"""Rows against the running daemon: who asks, what, which status and content must come back, which events it must cause.

A test is a list of rows; names in braces are filled from what earlier rows saved. Only the standard library."""
import base64
import http.client
import json
import os
import socket
import struct
import sys
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
ANY = object()


def start():
    """Runs the calling script again with a daemon beside it, unless there is one."""
    if "HOTLINE_URL" not in os.environ:
        runner = os.path.join(HERE, "..", "with_hotline")
        os.execv(runner, [runner, sys.executable, *sys.argv])


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.text = body.decode("utf-8", "replace")
        try:
            self.json = json.loads(body) if body else None
        except ValueError:
            self.json = None


class Api:
    def __init__(self):
        url = urllib.parse.urlsplit(os.environ["HOTLINE_URL"])
        self.host, self.port = url.hostname, url.port
        with open(os.path.join(os.environ["HOTLINE_DATA_DIR"], "demo-accounts.json"), encoding="utf-8") as f:
            demo = json.load(f)
        self.accounts = {a["account"]: a for a in demo["accounts"]}
        self.token = demo["api_token"]
        self.sessions = {}

    def send(self, method, path, headers=None, body=None):
        """One request, as it is."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            r = connection.getresponse()
            return Reply(r.status, {k.lower(): v for k, v in r.getheaders()}, r.read())
        finally:
            connection.close()

    def sign_in(self, account, password=None):
        password = password or self.accounts[account]["password"]
        r = self.send("POST", "/api/v1/session", {"Content-Type": "application/json"},
                      json.dumps({"account": account, "password": password}))
        if r.status != 201:
            raise AssertionError(f"sign in as {account}: {r.status} {r.text}")
        self.sessions[account] = (r.headers["set-cookie"].split(";")[0], r.json["csrf"], r.json["user"])
        return self.sessions[account]

    def session(self, who):
        return self.sessions.get(who) or self.sign_in(who)

    def call(self, who, method, path, body=None, headers=None):
        """who: an account of the demonstration, "token" (the administrator's) or None (nobody)."""
        sent = {}
        if who == "token":
            sent["Authorization"] = "Bearer " + self.token
        elif who:
            cookie, csrf, _ = self.session(who)
            sent["Cookie"] = cookie
            if method != "GET":
                sent["X-CSRF-Token"] = csrf
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        if not path.startswith("/"):
            path = "/api/v1/" + path
        return self.send(method, urllib.parse.quote(path, safe="/?&=%-_.~:+"), sent, body)

    def get(self, who, path):
        r = self.call(who, "GET", path)
        assert r.status == 200, f"GET {path} as {who}: {r.status} {r.text}"
        return r.json

    def items(self, who, path):
        """Every item of a list, page by page."""
        found, cursor = [], None
        while True:
            mark = "&" if "?" in path else "?"
            page = self.get(who, path + (f"{mark}cursor={cursor}" if cursor else ""))
            found += page["items"]
            cursor = page["next"]
            if not cursor:
                return found

    def turn_clock(self, seconds):
        r = self.call(None, "POST", "test/clock", {"advance_ms": int(seconds * 1000)})
        assert r.status == 200, r.text


class Events:
    """The event WebSocket of one person (RFC 6455, text frames)."""

    def __init__(self, api, who):
        self.waiting, self.buffer = [], b""
        self.socket = socket.create_connection((api.host, api.port), timeout=10)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /api/v1/events HTTP/1.1\r\nHost: {api.host}:{api.port}\r\nUpgrade: websocket\r\n"
                             f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                             f"Cookie: {api.session(who)[0]}\r\n\r\n").encode())
        head = self._until(b"\r\n\r\n")
        assert b" 101 " in head.split(b"\r\n")[0], head

    def _fill(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError("the event socket was closed")
        self.buffer += data

    def _until(self, end):
        while end not in self.buffer:
            self._fill()
        head, self.buffer = self.buffer.split(end, 1)
        return head

    def _bytes(self, n):
        while len(self.buffer) < n:
            self._fill()
        taken, self.buffer = self.buffer[:n], self.buffer[n:]
        return taken

    def next(self):
        while True:
            first, length = self._bytes(2)
            length &= 127
            if length == 126:
                length = struct.unpack(">H", self._bytes(2))[0]
            elif length == 127:
                length = struct.unpack(">Q", self._bytes(8))[0]
            data = self._bytes(length)
            if first & 15 == 8:
                raise EOFError("the event socket was closed")
            if first & 15 == 1:
                return json.loads(data)

    def expect(self, kind, seconds=5):
        """The next event of this type; others are kept for later."""
        for i, event in enumerate(self.waiting):
            if event["type"] == kind:
                return self.waiting.pop(i)
        end = time.monotonic() + seconds
        while True:
            self.socket.settimeout(max(0.01, end - time.monotonic()))
            event = self.next()
            if event["type"] == kind:
                return event
            self.waiting.append(event)

    def closes(self, seconds=5):
        self.socket.settimeout(seconds)
        try:
            while True:
                self.next()
        except (EOFError, ConnectionError):
            return True
        except (TimeoutError, socket.timeout):
            return False


def differs(want, got, at=""):
    """What of `want` is not in `got`: dicts may have more keys, ANY matches anything but null. None: nothing."""
    if want is ANY:
        return None if got is not None else f"{at or 'it'} is null"
    if isinstance(want, dict):
        if not isinstance(got, dict):
            return f"{at or 'it'} is {got!r}, no object"
        for key, value in want.items():
            wrong = differs(value, got.get(key), f"{at}.{key}" if at else key)
            if wrong:
                return wrong
        return None
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        return next((w for i, v in enumerate(want) if (w := differs(v, got[i], f"{at}[{i}]"))), None)
    return None if want == got else f"{at or 'it'} is {got!r}, not {want!r}"


class Rows:
    """Runs rows in order and counts."""

    def __init__(self):
        start()
        self.api, self.names, self.sockets = Api(), {}, {}
        self.done = self.failed = 0

    def fill(self, value):
        if isinstance(value, str):
            for name, text in self.names.items():
                value = value.replace("{" + name + "}", str(text))
            return value
        if isinstance(value, dict):
            return {k: self.fill(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.fill(v) for v in value]
        return value

    def fail(self, what, why):
        self.failed += 1
        print(f"FAILED  {what}\n        {why}", file=sys.stderr)

    def that(self, what, good, why=""):
        self.done += 1
        if not good:
            self.fail(what, why or "it is not so")

    def listen(self, *people):
        for who in people:
            self.sockets[who] = Events(self.api, who)

    def row(self, who, request, status, has=None, body=None, headers=None, save=None, version=None, items=None,
            lacks=None, events=()):
        """request: "GET tickets/{t}"; has: part of the JSON; items: test of a list's items; save: {name: key or function};
        version: If-Match; lacks: text that must not come; events: [(who, type)]."""
        method, path = self.fill(request).split(" ", 1)
        headers = dict(headers or {})
        if version is not None:
            headers["If-Match"] = f'"{self.fill(version)}"'
        r = self.api.call(who, method, path, self.fill(body), headers)
        what = f"{who}: {method} {path}" + (f" {json.dumps(body, ensure_ascii=False)[:200]}" if body and not isinstance(body, bytes) else "")
        self.done += 1
        wrong = None
        if r.status != status:
            wrong = f"status {r.status}, not {status}: {r.text[:600]}"
        elif has is not None:
            wrong = differs(self.fill(has), r.json)
        if not wrong and items is not None and not items(r.json["items"]):
            wrong = f"items are not so: {r.text[:600]}"
        if not wrong and lacks is not None and self.fill(lacks) in r.text:
            wrong = f"{lacks} must not be there: {r.text[:600]}"
        for listener, kind in events if not wrong else ():
            try:
                self.sockets[listener].expect(kind)
            except (OSError, EOFError) as e:
                wrong = f"{listener} did not hear {kind}: {e}"
        if wrong:
            self.fail(what, wrong)
        else:
            for name, key in (save or {}).items():
                self.names[name] = key(r.json) if callable(key) else r.json[key]
        return r

    def run(self, rows):
        for row in rows:
            self.row(*row[:3], **(row[3] if len(row) > 3 else {}))

    def end(self):
        print(f"{self.done} checks, {self.failed} failed")
        sys.exit(1 if self.failed else 0)
