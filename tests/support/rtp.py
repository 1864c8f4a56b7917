"""RTP of a test telephone: a tone out, what is heard in, keys by RFC 4733."""
import collections
import math
import random
import socket
import struct
import time

RATE = 8000
FRAME = 160
HEARD = 2 * RATE  # samples that are remembered


def _alaw_encode(sample):
    sign = 0x80 if sample >= 0 else 0
    value = min(sample if sample >= 0 else -sample - 1, 32767) >> 3
    segment = max(value.bit_length() - 5, 0)
    low = (value >> 1 if segment < 2 else value >> segment) & 0x0F
    return ((segment << 4 | low) | sign) ^ 0x55


def _alaw_decode(byte):
    byte ^= 0x55
    segment, low = (byte >> 4) & 7, byte & 0x0F
    value = (low << 4) + 8 if not segment else ((low << 4) + 0x108) << (segment - 1)
    return value if byte & 0x80 else -value


def _ulaw_encode(sample):
    sign = 0x80 if sample < 0 else 0
    value = min(abs(sample), 32635) + 132
    segment = value.bit_length() - 8
    return ~(sign | segment << 4 | (value >> (segment + 3)) & 0x0F) & 0xFF


def _ulaw_decode(byte):
    byte = ~byte & 0xFF
    value = (((byte & 0x0F) << 3) + 132) << ((byte >> 4) & 7)
    return 132 - value if byte & 0x80 else value - 132


ENCODE = {8: _alaw_encode, 0: _ulaw_encode}
DECODE = {8: [_alaw_decode(b) for b in range(256)], 0: [_ulaw_decode(b) for b in range(256)]}


def encode_tone(hz, codec, level=8000):
    """One second, in frames; hz is whole, so it repeats without a click."""
    data = bytes(ENCODE[codec](int(level * math.sin(2 * math.pi * hz * i / RATE))) for i in range(RATE))
    return [data[i:i + FRAME] for i in range(0, RATE, FRAME)]


def rms(samples):
    return math.sqrt(sum(s * s for s in samples) / len(samples)) if samples else 0.0


def share_of_tone(samples, hz, rate=RATE):
    """How much of the energy is this tone: 0 to 1."""
    total = sum(s * s for s in samples)
    if not total:
        return 0.0
    w = 2 * math.pi * hz / rate
    re = sum(s * math.cos(w * i) for i, s in enumerate(samples))
    im = sum(s * math.sin(w * i) for i, s in enumerate(samples))
    return 2 * (re * re + im * im) / (len(samples) * total)


_frames = {}


class Media:
    """A socket with a codec. Silent until `tone`; answers nothing until `start`."""

    def __init__(self, reactor, address="127.0.0.1"):
        self.reactor, self.address = reactor, address
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((address, 0))
        self.sock.setblocking(False)
        self.port = self.sock.getsockname()[1]
        self.remote, self.codec, self.events = None, 8, None
        self.ssrc = random.getrandbits(32)
        self.sequence, self.stamp = random.getrandbits(16), random.getrandbits(32)
        self.received, self.sent, self.foreign = 0, 0, 0
        self.heard = collections.deque(maxlen=HEARD)
        self.keys = []       # received, as sent by RFC 4733
        self.last_key = None
        self.hz, self.frame = 0, 0
        self.queue = collections.deque()
        self.timer, self.next_at, self.closed = None, 0, False
        reactor.watch(self.sock, self._readable)

    def close(self):
        if self.closed:
            return
        self.closed = True
        if self.timer:
            self.timer.cancel()
        self.reactor.unwatch(self.sock)
        self.sock.close()

    def start(self, sdp):
        self.remote = (sdp.address, sdp.port)
        self.codec = sdp.codec if sdp.codec is not None else self.codec
        self.events = sdp.events
        if not self.timer:
            self.next_at = time.monotonic()
            self._tick()

    def tone(self, hz):
        with self.reactor.lock:
            self.hz, self.frame = hz, 0

    def press(self, keys, ms=80, gap_ms=60):
        """Types keys; they go out in the background."""
        with self.reactor.lock:
            for key in keys:
                event = "0123456789*#ABCD".index(key)
                stamp, steps = None, max(ms // 20, 2)
                for step in range(1, steps + 1):
                    self.queue.append(("key", event, step * FRAME, step == 1, False))
                for _ in range(3):
                    self.queue.append(("key", event, steps * FRAME, False, True))
                self.queue.extend([("gap",)] * max(gap_ms // 20, 1))

    def forget(self):
        """What was heard so far does not count any more."""
        with self.reactor.lock:
            self.heard.clear()
            self.received = 0

    def hears(self, hz, seconds=0.2):
        """Is the last bit of what arrives this tone?"""
        n = int(seconds * RATE)
        if len(self.heard) < n:
            return False
        samples = list(self.heard)[-n:]
        return rms(samples) > 500 and share_of_tone(samples, hz) > 0.8

    def hears_something(self, seconds=0.2):
        n = int(seconds * RATE)
        return len(self.heard) >= n and rms(list(self.heard)[-n:]) > 200

    def _send(self, payload_type, payload, marker=False, stamp=None):
        header = struct.pack("!BBHII", 0x80, payload_type | (0x80 if marker else 0), self.sequence,
                             self.stamp if stamp is None else stamp, self.ssrc)
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.sent += 1
        try:
            self.sock.sendto(header + payload, self.remote)
        except OSError:
            pass  # the daemon may have closed its port already

    def _tick(self):
        if self.closed:
            return
        item = self.queue.popleft() if self.queue else None
        if item and item[0] == "key" and self.events:
            _, event, duration, first, end = item
            if first:
                self.key_stamp = self.stamp
            self._send(self.events, struct.pack("!BBH", event, 10 | (0x80 if end else 0), duration), first, self.key_stamp)
        elif self.hz:
            frames = _frames.setdefault((self.hz, self.codec), None) or _frames.__setitem__(
                (self.hz, self.codec), encode_tone(self.hz, self.codec)) or _frames[(self.hz, self.codec)]
            self._send(self.codec, frames[self.frame % len(frames)])
            self.frame += 1
        else:
            self._send(self.codec, bytes([0xD5 if self.codec == 8 else 0xFF]) * FRAME)
        self.stamp = (self.stamp + FRAME) & 0xFFFFFFFF
        self.next_at += 0.02
        self.timer = self.reactor.at(self.next_at, self._tick)

    def _readable(self):
        for _ in range(50):
            try:
                data = self.sock.recv(2048)
            except (BlockingIOError, OSError):
                return
            if len(data) < 12 or data[0] >> 6 != 2:
                continue
            kind = data[1] & 0x7F
            if 64 <= kind <= 95:
                continue  # RTCP
            if kind == self.codec:
                self.received += 1
                table = DECODE[self.codec]
                self.heard.extend(table[b] for b in data[12:])
            elif kind == self.events and len(data) >= 16:
                stamp = data[4:8]
                if stamp != self.last_key:
                    self.last_key = stamp
                    self.keys.append("0123456789*#ABCD"[data[12] & 15])
            else:
                self.foreign += 1
