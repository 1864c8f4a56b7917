"""A SIP telephone for tests: registers, calls, is called, with real RTP. One per extension or carrier, all on one reactor."""
import re
import secrets
import socket
import time

from rtp import Media
from sip_message import Message, Sdp, choose_challenge, digest, make_sdp, uri_address

T1 = 0.5
LIFE = 32.0  # RFC 3261 timers B, F, H: 64 * T1


class Request:
    """A client transaction: sent again until answered (UDP)."""

    def __init__(self, phone, message, on_reply):
        self.phone, self.message, self.on_reply = phone, message, on_reply
        self.final, self.wait, self.timer = None, T1, None
        self.ends = time.monotonic() + LIFE
        phone.requests[(message.branch, message.method)] = self
        phone.send(message)
        if phone.transport == "udp":
            self.timer = phone.reactor.after(self.wait, self._again)

    def _again(self):
        if self.final or self.phone.closed or time.monotonic() > self.ends:
            if not self.final and not self.phone.closed:
                self.on_reply(None)
            return
        self.phone.send(self.message)
        self.wait = min(self.wait * 2, 4)
        self.timer = self.phone.reactor.after(self.wait, self._again)

    def reply(self, message):
        if message.status < 200:
            if self.timer and self.message.method == "INVITE":
                self.timer.cancel()
            self.on_reply(message)
            return
        if self.message.method == "INVITE" and message.status >= 300:
            self._ack(message)
        if self.final and not (self.message.method == "INVITE" and message.status < 300):
            return
        self.final = message
        if self.timer:
            self.timer.cancel()
        self.on_reply(message)

    def _ack(self, reply):
        m = self.message
        headers = [("Via", m.get("Via")), ("Max-Forwards", "70"), ("From", m.get("From")), ("To", reply.get("To")),
                   ("Call-ID", m.get("Call-ID")), ("CSeq", m.get("CSeq").split()[0] + " ACK")]
        self.phone.send(Message(f"ACK {m.start.split()[1]} SIP/2.0", headers))


class Call:
    """One call of a telephone. state: calling, ringing, up, ended. status: the final status; ended_by: us, peer."""

    def __init__(self, phone, outgoing, call_id):
        self.phone, self.outgoing, self.call_id = phone, outgoing, call_id
        self.state, self.status, self.ended_by = "calling", None, None
        self.local_tag, self.remote_tag = secrets.token_hex(6), None
        self.local, self.remote, self.target = None, None, None
        self.routes, self.cseq = [], 0
        self.invite, self.request, self.ok, self.ok_timer = None, None, None, None
        self.media, self.sdp = None, None
        self.replies, self.requests = [], []  # statuses of our INVITE; methods that came in the dialogue
        self.began, self.rang, self.answered, self.ended = time.monotonic(), None, None, None
        self.acked, self.cancelled = False, False
        phone.calls[(call_id, self.local_tag)] = self

    def header(self, name):
        return self.invite.get(name)

    def wait(self, state, seconds=10):
        order = ["calling", "ringing", "up", "ended"]
        self.phone.reactor.wait(lambda: order.index(self.state) >= order.index(state), seconds,
                                lambda: f"call {self.phone.user}: {state} (is {self.state}, {self.status}, {self.replies})")
        if state != "ended" and self.state == "ended":
            raise AssertionError(f"call {self.phone.user} ended with {self.status} instead of being {state}")
        return self

    def hears(self, hz, seconds=5):
        self.phone.reactor.wait(lambda: self.media.hears(hz), seconds, f"{self.phone.user} hears {hz} Hz")

    def hears_something(self, seconds=5):
        self.phone.reactor.wait(self.media.hears_something, seconds, f"{self.phone.user} hears something")

    # --- what both sides do ---

    def _dialogue(self, method, body=b"", more=()):
        self.cseq += 1
        headers = [("Via", self.phone.via()), ("Max-Forwards", "70"),
                   ("From", f"{self.local};tag={self.local_tag}"),
                   ("To", f"{self.remote};tag={self.remote_tag}" if self.remote_tag else self.remote),
                   ("Call-ID", self.call_id), ("CSeq", f"{self.cseq} {method}"), ("Contact", self.phone.contact())]
        headers += [("Route", r) for r in self.routes] + list(more)
        if body:
            headers.append(("Content-Type", "application/sdp"))
        return Message(f"{method} {self.target} SIP/2.0", headers, body)

    def ask(self, method, body=b"", more=()):
        """A request inside the dialogue; returns a list that gets the replies' statuses."""
        replies = []
        with self.phone.reactor.lock:
            Request(self.phone, self._dialogue(method, body, more), lambda m: replies.append(m.status if m else 408))
        return replies

    def reoffer(self, direction="sendrecv"):
        """re-INVITE with another direction (hold and back)."""
        replies = []

        def on_reply(m):
            if m is None or m.status >= 200:
                if m is not None and m.status < 300:
                    self.phone.send(self._ack(m))
                replies.append(m.status if m else 408)
        with self.phone.reactor.lock:
            m = self._dialogue("INVITE", make_sdp(self.phone.address, self.media.port, direction=direction, version=self.cseq + 2))
            Request(self.phone, m, on_reply)
        return replies

    def hangup(self, status=None):
        with self.phone.reactor.lock:
            if self.state == "ended":
                return self
            if self.state == "up":
                Request(self.phone, self._dialogue("BYE"), lambda m: None)
                self._end(200, "us")
            elif self.outgoing:
                self._cancel()
            else:
                self._answer_invite(status or 486)
                self._end(status or 486, "us")
        return self

    def _end(self, status, by):
        if self.state == "ended":
            return
        self.state, self.status, self.ended_by, self.ended = "ended", status, by, time.monotonic()
        if self.media:
            self.media.close()
        if self.ok_timer:
            self.ok_timer.cancel()
        self.phone.forget_later(self)

    # --- calling ---

    def _cancel(self):
        m, self.cancelled = self.invite, True
        headers = [("Via", m.get("Via")), ("Max-Forwards", "70"), ("From", m.get("From")), ("To", m.get("To")),
                   ("Call-ID", m.get("Call-ID")), ("CSeq", m.get("CSeq").split()[0] + " CANCEL")]
        Request(self.phone, Message(f"CANCEL {m.start.split()[1]} SIP/2.0", headers), lambda _: None)

    def _ack(self, reply):
        headers = [("Via", self.phone.via()), ("Max-Forwards", "70"), ("From", reply.get("From")), ("To", reply.get("To")),
                   ("Call-ID", self.call_id), ("CSeq", reply.get("CSeq").split()[0] + " ACK")]
        headers += [("Route", r) for r in self.routes]
        body = b""
        if not self.invite.body and self.sdp and self.media:  # our INVITE had no offer: the answer goes here
            body = make_sdp(self.phone.address, self.media.port, (self.sdp.codec or 0,), self.sdp.events)
            headers.append(("Content-Type", "application/sdp"))
        return Message(f"ACK {self.target} SIP/2.0", headers, body)

    def _on_invite_reply(self, m):
        if m is None:
            self._end(408, "peer")
            return
        self.replies.append(m.status)
        if m.status == 401 and self.phone.password and not self.invite.get("Authorization"):
            self.phone.invite(self, self.invite.body, choose_challenge(m, self.phone.algorithm))
            return
        if m.status >= 300:
            self._end(m.status, "peer")
            return
        if m.status > 100:
            self.remote_tag = m.tag("To")
            self.target = m.uri("Contact") or self.target
            self.routes = list(reversed(m.all("Record-Route")))
        if m.body and self.media:
            self.sdp = Sdp(m.body)
            self.media.start(self.sdp)
        if m.status in (180, 183) and self.state == "calling":
            self.state, self.rang = "ringing", time.monotonic()
        if 200 <= m.status < 300:
            self.phone.send(self._ack(m))
            if self.state == "ended":
                Request(self.phone, self._dialogue("BYE"), lambda _: None)
            elif self.cancelled:  # the answer was quicker than the CANCEL
                Request(self.phone, self._dialogue("BYE"), lambda _: None)
                self._end(200, "us")
            elif self.state != "up":
                self.state, self.answered = "up", time.monotonic()

    # --- being called ---

    def _answer_invite(self, status, body=b"", more=()):
        reply = self.phone.reply_to(self.invite, status, self.local_tag, body, more)
        self.phone.remember(self.invite, reply)
        self.phone.send(reply, self.source)
        return reply

    def ring(self):
        with self.phone.reactor.lock:
            if self.state == "calling":
                self.state, self.rang = "ringing", time.monotonic()
                self._answer_invite(180)
        return self

    def answer(self):
        """Returns at once; the call is up when the ACK is there."""
        with self.phone.reactor.lock:
            if self.state not in ("calling", "ringing"):
                return self
            self.media = self.media or Media(self.phone.reactor, self.phone.address) if self.phone.with_media else None
            port = self.media.port if self.media else 9
            codec = self.sdp.codec if self.sdp and self.sdp.codec is not None else 8
            events = self.sdp.events if self.sdp else 101
            self.ok = self._answer_invite(200, make_sdp(self.phone.address, port, (codec,), events))
            if self.media and self.sdp:
                self.media.start(self.sdp)
            self.state, self.answered = "up", time.monotonic()
            self.ok_wait = T1
            self.ok_timer = self.phone.reactor.after(T1, self._ok_again)
        return self

    def _ok_again(self):
        if self.acked or self.state != "up" or self.ok_wait > 8:
            return
        self.phone.send(self.ok, self.source)
        self.ok_wait *= 2
        self.ok_timer = self.phone.reactor.after(self.ok_wait, self._ok_again)


class Phone:
    """policy: what happens to incoming calls: a function of the call; default: ring. Calls to it are in `incoming`."""

    def __init__(self, reactor, server, user, password=None, transport="udp", algorithm="SHA-256", address="127.0.0.1",
                 media=True, name=None):
        self.reactor, self.server, self.user, self.password = reactor, server, user, password
        self.transport, self.algorithm, self.address, self.with_media, self.name = transport, algorithm, address, media, name
        self.policy = Call.ring
        self.calls, self.requests, self.answers, self.incoming, self.unexpected = {}, {}, {}, [], []
        self.registration = []
        self.closed, self.lost = False, False
        self.register_id, self.register_cseq = secrets.token_hex(8), 0
        self.buffer = b""
        if transport == "udp":
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
            self.sock.bind((address, 0))
        else:
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self.sock.bind((address, 0))
            self.sock.connect(server)
        self.port = self.sock.getsockname()[1]
        self.sock.setblocking(False)
        reactor.watch(self.sock, self._readable)

    def close(self):
        with self.reactor.lock:
            if self.closed:
                return
            self.closed = True
            for call in list(self.calls.values()):
                call._end(0, "us")
            self.reactor.unwatch(self.sock)
            self.sock.close()

    # --- wire ---

    def via(self):
        return f"SIP/2.0/{self.transport.upper()} {self.address}:{self.port};branch=z9hG4bK{secrets.token_hex(8)};rport"

    def contact(self):
        more = ";transport=tcp" if self.transport == "tcp" else ""
        return f"<sip:{self.user}@{self.address}:{self.port}{more}>"

    def send(self, message, to=None):
        if self.closed or self.lost:
            return
        data = message.bytes() if isinstance(message, Message) else message
        try:
            if self.transport == "udp":
                self.sock.sendto(data, to or self.server)
            else:
                self.sock.setblocking(True)
                self.sock.sendall(data)
                self.sock.setblocking(False)
        except OSError:
            self.lost = True

    def _readable(self):
        for _ in range(200):
            try:
                data, source = self.sock.recvfrom(65535)
            except BlockingIOError:
                return
            except ConnectionRefusedError:
                continue
            except OSError:
                data, source = b"", None
            if self.transport == "udp":
                if data.strip(b"\r\n\0 "):
                    self._message(Message.parse(data), source)
                continue
            if not data:
                self.lost = True
                self.reactor.unwatch(self.sock)
                return
            self.buffer += data
            self._frames()

    def _frames(self):
        while True:
            self.buffer = self.buffer.lstrip(b"\r\n")
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            length = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)", head)
            n = int(length.group(1)) if length else 0
            if len(rest) < n:
                return
            self.buffer = rest[n:]
            self._message(Message.parse(head + found + rest[:n]), None)

    # --- requests and replies ---

    def reply_to(self, request, status, tag=None, body=b"", more=()):
        reasons = {100: "Trying", 180: "Ringing", 200: "OK", 486: "Busy Here", 480: "Temporarily Unavailable",
                   481: "Call/Transaction Does Not Exist", 487: "Request Terminated", 603: "Decline"}
        to = request.get("To")
        if tag and not request.tag("To"):
            to += f";tag={tag}"
        headers = [("Via", v) for v in request.all("Via")] + [("Record-Route", r) for r in request.all("Record-Route")]
        headers += [("From", request.get("From")), ("To", to), ("Call-ID", request.get("Call-ID")), ("CSeq", request.get("CSeq")),
                    ("Contact", self.contact()), ("Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO")] + list(more)
        if body:
            headers.append(("Content-Type", "application/sdp"))
        return Message(f"SIP/2.0 {status} {reasons.get(status, 'Other')}", headers, body)

    def remember(self, request, reply):
        key = (request.branch, request.method)
        self.answers[key] = reply
        self.reactor.after(LIFE, lambda: self.answers.pop(key, None))

    def forget_later(self, call):
        self.reactor.after(5, lambda: self.calls.pop((call.call_id, call.local_tag), None))

    def _message(self, m, source):
        if m.is_request:
            self._request(m, source)
            return
        request = self.requests.get((m.branch, m.method))
        if not request:
            return
        first = request.final is None
        request.reply(m)
        if request.final is not None and first:
            key = (m.branch, m.method)
            self.reactor.after(LIFE, lambda: self.requests.pop(key, None))

    def _request(self, m, source):
        if m.method == "ACK":
            call = self.calls.get((m.get("Call-ID"), m.tag("To")))
            if call:
                call.acked = True
            return
        old = self.answers.get((m.branch, m.method))
        if old:
            self.send(old, source)
            return
        if m.method == "CANCEL":
            self._cancelled(m, source)
            return
        if m.method == "INVITE" and not m.tag("To"):
            self._invited(m, source)
            return
        call = self.calls.get((m.get("Call-ID"), m.tag("To")))
        self._in_dialogue(call, m, source)

    def _finish(self, m, source, status, body=b"", tag=None):
        reply = self.reply_to(m, status, tag, body)
        self.remember(m, reply)
        self.send(reply, source)

    def _in_dialogue(self, call, m, source):
        if m.method == "OPTIONS" and not call:
            self._finish(m, source, 200, tag=secrets.token_hex(4))
            return
        if not call:
            self._finish(m, source, 481)
            return
        call.requests.append(m.method)
        if m.method == "BYE":
            self._finish(m, source, 200)
            call._end(200, "peer")
        elif m.method in ("INVITE", "UPDATE") and m.body:
            call.sdp = Sdp(m.body)
            if call.media:
                call.media.start(call.sdp)
            body = make_sdp(self.address, call.media.port if call.media else 9, (call.sdp.codec or 0,), call.sdp.events, version=2)
            self._finish(m, source, 200, body)
        else:
            self._finish(m, source, 200)

    def _cancelled(self, m, source):
        self._finish(m, source, 200)
        for call in list(self.calls.values()):
            if call.call_id == m.get("Call-ID") and not call.outgoing and call.state in ("calling", "ringing"):
                call._answer_invite(487)
                call._end(487, "peer")

    def _invited(self, m, source):
        call = Call(self, False, m.get("Call-ID"))
        call.invite, call.source = m, source
        call.local, call.remote = m.get("To").split(";tag=")[0], re.sub(r";tag=[^;]+", "", m.get("From"))
        call.remote_tag, call.target = m.tag("From"), m.uri("Contact")
        call.routes = m.all("Record-Route")
        call.sdp = Sdp(m.body) if m.body else None
        self.incoming.append(call)
        self.send(self.reply_to(m, 100), source)
        self.policy(call)

    # --- what a person does ---

    def register(self, expires=3600, seconds=5):
        """Registers (0: leaves) and returns the statuses seen."""
        seen = []
        self.register_cseq += 1
        uri = f"sip:{self.server[0]}:{self.server[1]}"

        def build(challenge):
            self.register_cseq += 1
            own = f'"{self.name}" ' if self.name else ""
            headers = [("Via", self.via()), ("Max-Forwards", "70"),
                       ("From", f"{own}<sip:{self.user}@{self.server[0]}>;tag={secrets.token_hex(6)}"),
                       ("To", f"<sip:{self.user}@{self.server[0]}>"), ("Call-ID", self.register_id),
                       ("CSeq", f"{self.register_cseq} REGISTER"), ("Contact", self.contact()), ("Expires", str(expires))]
            if challenge:
                headers.append(("Authorization", digest(challenge, "REGISTER", uri, self.user, self.password)))
            return Message(f"REGISTER {uri} SIP/2.0", headers)

        def on_reply(m):
            seen.append(m.status if m else 408)
            if m and m.status == 401 and seen.count(401) == 1 and self.password:
                Request(self, build(choose_challenge(m, self.algorithm)), on_reply)

        def done():
            return seen and (seen[-1] != 401 or seen.count(401) > 1 or not self.password)
        with self.reactor.lock:
            Request(self, build(None), on_reply)
        self.reactor.wait(done, seconds, f"registration of {self.user}")
        return seen

    def invite(self, call, body, challenge=None):
        call.cseq += 1
        uri = call.target
        headers = [("Via", self.via()), ("Max-Forwards", "70"), ("From", f"{call.local};tag={call.local_tag}"),
                   ("To", call.remote), ("Call-ID", call.call_id), ("CSeq", f"{call.cseq} INVITE"),
                   ("Contact", self.contact()), ("Supported", "timer"), ("Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO")]
        headers += call.more
        if challenge:
            headers.append(("Authorization", digest(challenge, "INVITE", uri, self.user, self.password)))
        if body:
            headers.append(("Content-Type", "application/sdp"))
        call.invite = Message(f"INVITE {uri} SIP/2.0", headers, body)
        call.request = Request(self, call.invite, call._on_invite_reply)

    def call(self, number, sdp=None, more=()):
        with self.reactor.lock:
            call = Call(self, True, secrets.token_hex(12))
            own = f'"{self.name}" ' if self.name else ""
            call.local = f"{own}<sip:{self.user}@{self.server[0]}>"
            call.target = f"sip:{number}@{self.server[0]}:{self.server[1]}"
            call.remote = f"<sip:{number}@{self.server[0]}>"
            call.more = list(more)
            call.media = Media(self.reactor, self.address) if self.with_media else None
            body = sdp if sdp is not None else make_sdp(self.address, call.media.port if call.media else 9)
            self.invite(call, body.encode() if isinstance(body, str) else body)
        return call

    def rings(self, seconds=5, count=1):
        """Waits for the count-th incoming call and takes it."""
        self.reactor.wait(lambda: len(self.incoming) >= count, seconds, f"{self.user} rings")
        with self.reactor.lock:
            return self.incoming.pop(0)


def silent(call):
    """A policy: the phone does not even say that it rings."""


def answers(call):
    call.ring()
    call.answer()


def refuses(status):
    return lambda call: call.hangup(status)
