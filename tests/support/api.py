"""The HTTP interface and the event WebSocket, as a browser uses them."""
import base64
import http.client
import json
import os
import socket
import struct
import threading
import time
import urllib.parse


class Refused(AssertionError):
    def __init__(self, method, path, status, body):
        super().__init__(f"{method} {path}: {status} {body}")
        self.status, self.body = status, body
        self.code = body.get("code") if isinstance(body, dict) else None


class Session:
    """Signed in as one account (None: nobody). Safe for several threads."""

    def __init__(self, daemon, account=None, password=None):
        self.daemon, self.account = daemon, account
        self.lock = threading.Lock()
        self.connection = None
        self.cookie, self.csrf, self.user = None, None, {}
        if account:
            body = self.post("/session", {"account": account, "password": password or f"demo-{account}"})
            self.csrf, self.user = body["csrf"], body["user"]

    def raw(self, method, path, body=None, headers=None, kind="application/json"):
        """status, headers, bytes."""
        if not path.startswith("/api") and not path.startswith("/healthz") and not path.startswith("/readyz") and path != "/metrics":
            path = "/api/v1" + path
        head = dict(headers or {})
        if self.cookie:
            head["Cookie"] = self.cookie
        if self.csrf and method != "GET":
            head["X-CSRF-Token"] = self.csrf
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            head["Content-Type"] = kind
        with self.lock:
            for attempt in (1, 2):
                fresh = self.connection is None
                try:
                    if fresh:
                        self.connection = http.client.HTTPConnection("127.0.0.1", self.daemon.http_port, timeout=30)
                    self.connection.request(method, path, data, head)
                    reply = self.connection.getresponse()
                    content = reply.read()
                    break
                except (ConnectionError, http.client.HTTPException, BrokenPipeError):
                    self.connection.close()
                    self.connection = None
                    if fresh or attempt == 2:
                        raise
            if reply.getheader("Connection", "").lower() == "close":
                self.connection.close()
                self.connection = None
        for name, value in reply.getheaders():
            if name.lower() == "set-cookie":
                self.cookie = value.split(";")[0]
        return reply.status, dict((n.lower(), v) for n, v in reply.getheaders()), content

    def ask(self, method, path, body=None, headers=None):
        status, _, content = self.raw(method, path, body, headers)
        value = json.loads(content) if content[:1] in (b"{", b"[") else content.decode("utf-8", "replace")
        if status >= 300:
            raise Refused(method, path, status, value)
        return value

    def get(self, path, **query):
        if query:
            path += "?" + urllib.parse.urlencode(query)
        return self.ask("GET", path)

    def post(self, path, body=None, headers=None):
        return self.ask("POST", path, body if body is not None else {}, headers)

    def patch(self, path, body, version):
        return self.ask("PATCH", path, body, {"If-Match": f'"{version}"'})

    def put(self, path, body, headers=None):
        return self.ask("PUT", path, body, headers)

    def items(self, path, **query):
        """All pages."""
        found, cursor = [], None
        while True:
            page = self.get(path, **query, **({"cursor": cursor} if cursor else {}))
            found += page["items"]
            cursor = page.get("next")
            if not cursor:
                return found

    def refused(self, method, path, body=None):
        """The status and code of a request that must fail."""
        try:
            self.ask(method, path, body)
        except Refused as r:
            return r.status, r.code
        raise AssertionError(f"{method} {path} was not refused")

    def until(self, path, good, seconds=10, **query):
        """For what no event tells: asks again until it is as wanted."""
        end = time.monotonic() + seconds
        pause = threading.Event()
        while True:
            value = self.get(path, **query)
            if good(value):
                return value
            if time.monotonic() > end:
                raise AssertionError(f"{path} is not as wanted after {seconds} s: {json.dumps(value, ensure_ascii=False)[:2000]}")
            pause.wait(0.05)


class Events:
    """The event WebSocket of a session: a list that grows; `wait` looks for one after the last that was taken."""

    def __init__(self, session):
        self.session = session
        self.items, self.taken, self.closed = [], 0, False
        self.changed = threading.Condition()
        self.sock = socket.create_connection(("127.0.0.1", session.daemon.http_port), 10)
        key = base64.b64encode(os.urandom(16)).decode()
        host = f"127.0.0.1:{session.daemon.http_port}"
        self.sock.sendall((f"GET /api/v1/events HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nUpgrade: websocket\r\n"
                           f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                           f"Cookie: {session.cookie}\r\n\r\n").encode())
        self.buffer = b""
        head = self._until(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise AssertionError(f"no event WebSocket: {head!r}")
        self.sock.settimeout(None)
        threading.Thread(target=self._read, daemon=True).start()
        self.wait("hello")

    def _until(self, end):
        while end not in self.buffer:
            data = self.sock.recv(65536)
            if not data:
                raise EOFError
            self.buffer += data
        head, _, self.buffer = self.buffer.partition(end)
        return head

    def _take(self, n):
        while len(self.buffer) < n:
            data = self.sock.recv(65536)
            if not data:
                raise EOFError
            self.buffer += data
        taken, self.buffer = self.buffer[:n], self.buffer[n:]
        return taken

    def _send(self, opcode, data):
        mask = os.urandom(4)
        body = bytes(b ^ mask[i & 3] for i, b in enumerate(data))
        self.sock.sendall(bytes([0x80 | opcode, 0x80 | len(data)]) + mask + body)

    def _read(self):
        text = b""
        try:
            while True:
                first, second = self._take(2)
                n = second & 0x7F
                if n == 126:
                    n = struct.unpack("!H", self._take(2))[0]
                elif n == 127:
                    n = struct.unpack("!Q", self._take(8))[0]
                data, opcode = self._take(n), first & 0x0F
                if opcode == 9:
                    self._send(10, data)
                elif opcode == 8:
                    raise EOFError
                elif opcode in (0, 1):
                    text += data
                    if first & 0x80:
                        event, text = json.loads(text), b""
                        with self.changed:
                            self.items.append((time.monotonic(), event))
                            self.changed.notify_all()
        except (EOFError, OSError):
            with self.changed:
                self.closed = True
                self.changed.notify_all()

    def wait(self, kind, good=lambda data: True, seconds=10):
        """The next event of this type whose data is good; returns its data. Earlier ones are passed over."""
        found = []

        def look():
            while self.taken < len(self.items):
                event = self.items[self.taken][1]
                self.taken += 1
                if event["type"] == kind and good(event.get("data") or {}):
                    found.append(event.get("data") or {})
                    return True
            return self.closed
        with self.changed:
            self.changed.wait_for(look, seconds)
            if not found:
                seen = [(e["type"], e.get("data")) for _, e in self.items[-12:]]
                raise AssertionError(f"no event {kind} within {seconds} s{' (closed)' if self.closed else ''}; the last: "
                                     + json.dumps(seen, ensure_ascii=False)[:3000])
        return found[0]

    def forget(self):
        with self.changed:
            self.taken = len(self.items)

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()
