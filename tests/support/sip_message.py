"""SIP messages, SDP and digest, as little as the test telephones need."""
import hashlib
import re
import secrets

COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type",
           "k": "supported", "s": "subject", "e": "content-encoding", "o": "event", "r": "refer-to", "x": "session-expires"}


class Message:
    def __init__(self, start, headers=(), body=b""):
        self.start, self.headers = start, list(headers)
        self.body = body.encode() if isinstance(body, str) else body

    @classmethod
    def parse(cls, data):
        head, _, body = data.partition(b"\r\n\r\n")
        lines = re.sub(r"\r\n[ \t]+", " ", head.decode("utf-8", "replace")).split("\r\n")
        headers = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers.append((name.strip(), value.strip()))
        return cls(lines[0], headers, body)

    def get(self, name, default=None):
        return next(iter(self.all(name)), default)

    def all(self, name):
        wanted = name.lower()
        return [v for n, v in self.headers if COMPACT.get(n.lower(), n.lower()) == wanted]

    def bytes(self):
        lines = [self.start] + [f"{n}: {v}" for n, v in self.headers] + [f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode() + self.body

    @property
    def is_request(self):
        return not self.start.startswith("SIP/2.0")

    @property
    def method(self):
        return self.start.split(" ", 1)[0] if self.is_request else self.get("CSeq").split()[1]

    @property
    def status(self):
        return int(self.start.split(" ", 2)[1])

    @property
    def branch(self):
        found = re.search(r"branch=([^;,\s]+)", self.get("Via", ""))
        return found.group(1) if found else ""

    def tag(self, name):
        found = re.search(r";\s*tag=([^;,\s>]+)", self.get(name, "").rpartition(">")[2] or self.get(name, ""))
        return found.group(1) if found else None

    def uri(self, name):
        value = self.get(name, "")
        found = re.search(r"<([^>]*)>", value)
        return found.group(1) if found else value.split(";")[0].strip()


def uri_address(uri):
    """host, port of a SIP URI."""
    found = re.match(r"sips?:(?:[^@]*@)?(\[[^\]]+\]|[^:;?>]+)(?::(\d+))?", uri)
    return found.group(1), int(found.group(2) or 5060)


def parameters(text):
    """key=value pairs of a challenge."""
    return {k.lower(): q if q is not None and q != "" else v
            for k, q, v in re.findall(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))', text)}


def digest(challenge, method, uri, user, password, nc=1):
    """The value of an Authorization header (RFC 8760)."""
    p = parameters(challenge)
    algorithm = p.get("algorithm", "MD5")
    fn = hashlib.sha256 if algorithm.upper() == "SHA-256" else hashlib.md5

    def h(text):
        return fn(text.encode()).hexdigest()
    ha1, ha2, cnonce = h(f"{user}:{p['realm']}:{password}"), h(f"{method}:{uri}"), secrets.token_hex(8)
    response = h(f"{ha1}:{p['nonce']}:{nc:08x}:{cnonce}:auth:{ha2}")
    return (f'Digest username="{user}", realm="{p["realm"]}", nonce="{p["nonce"]}", uri="{uri}", response="{response}", '
            f'algorithm={algorithm}, cnonce="{cnonce}", qop=auth, nc={nc:08x}'
            + (f', opaque="{p["opaque"]}"' if "opaque" in p else ""))


def choose_challenge(reply, wanted):
    """The challenge with the wanted algorithm, else the first."""
    found = reply.all("WWW-Authenticate") + reply.all("Proxy-Authenticate")
    return next((c for c in found if parameters(c).get("algorithm", "MD5").upper() == wanted.upper()), found[0])


class Sdp:
    """The audio line of a session description."""

    def __init__(self, text):
        text = text.decode() if isinstance(text, bytes) else text
        lines = text.replace("\r\n", "\n").split("\n")
        self.text = text
        self.address, self.port, self.formats, self.maps, self.direction = "0.0.0.0", 0, [], {}, "sendrecv"
        for line in lines:
            if line.startswith("c="):
                self.address = line.split()[2]
            elif line.startswith("m=audio"):
                words = line.split()
                self.port, self.formats = int(words[1]), [int(w) for w in words[3:]]
            elif line.startswith("a=rtpmap:"):
                number, name = line[9:].split(" ", 1)
                self.maps[int(number)] = name.strip()
            elif line[2:] in ("sendrecv", "sendonly", "recvonly", "inactive"):
                self.direction = line[2:]
        self.codec = next((f for f in self.formats if f in (0, 8)), None)
        self.events = next((f for f in self.formats if self.maps.get(f, "").lower().startswith("telephone-event/8000")), None)


def make_sdp(address, port, formats=(8, 0), events=101, direction="sendrecv", version=1):
    names = {0: "PCMU/8000", 8: "PCMA/8000"}
    numbers = list(formats) + ([events] if events else [])
    lines = ["v=0", f"o=- 4711 {version} IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0",
             f"m=audio {port} RTP/AVP {' '.join(map(str, numbers))}"]
    lines += [f"a=rtpmap:{f} {names[f]}" for f in formats]
    if events:
        lines += [f"a=rtpmap:{events} telephone-event/8000", f"a=fmtp:{events} 0-16"]
    lines += ["a=ptime:20", f"a={direction}"]
    return "\r\n".join(lines) + "\r\n"
