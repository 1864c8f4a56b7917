"""A company at work for call tests: daemon, customers' telephones, agents at their desks; and the runner of a test's cases."""
import io
import math
import os
import struct
import sys
import threading
import time
import traceback
import wave

from api import Events, Session
from daemon import DATABASE, Daemon, need_postgres
from reactor import Reactor
from sip_phone import Phone

cases = []


def case(fn):
    """Marks a case of this test program: its name and first line of documentation say what must happen."""
    cases.append(fn)
    return fn


class Agent:
    """A person with a telephone, a page and its events."""

    def __init__(self, company, account, algorithm="SHA-256", transport="udp", phone=True):
        row = company.account(account)
        self.company, self.account, self.extension = company, account, row["extension"]
        self.session = Session(company.daemon, account, row["password"])
        self.user_id = self.session.user["id"]
        self.events = Events(self.session)
        self.phone = None
        if phone:
            self.phone = Phone(company.reactor, company.daemon.sip, self.extension, row["sip_password"], transport, algorithm)
            seen = self.phone.register()
            assert seen[-1] == 200, f"{account} could not register: {seen}"
            company.phones.append(self.phone)

    def ask(self, state, reason=None):
        return self.session.post("/agent/me/state", {"state": state, **({"reason": reason} if reason else {})})

    def ready(self):
        """Also out of after-call work. Returns when the daemon says so."""
        me = self.me()
        if me["phone"] == "none" and self.phone:
            self.session.until("/agent/me", lambda a: a["phone"] != "none")
        if me["state"] == "wrap_up":
            self.session.post("/agent/me/wrapup", {"done": True, "disposition": "resolved"})
        self.ask("ready")
        self.is_now("ready", "offered")  # a caller may be waiting
        return self

    def me(self):
        return self.session.get("/agent/me")

    def is_now(self, *states, seconds=5):
        return self.session.until("/agent/me", lambda a: a["state"] in states, seconds)

    def offer(self, seconds=5):
        """The page's offer and the ringing telephone."""
        data = self.events.wait("offer.made", seconds=seconds)
        return data, self.phone.rings(seconds)

    def control(self, call_id, what, body=None):
        return self.session.post(f"/calls/{call_id}/{what}", body)

    def close(self):
        self.events.close()
        if self.phone:
            self.phone.close()


class Company:
    def __init__(self, **options):
        self.daemon = Daemon(**options)
        self.reactor = Reactor()
        self.phones, self.agents = [], {}
        self.daemon.start()
        self.rows = {a["account"]: a for a in self.daemon.accounts()}
        self.admin = Session(self.daemon, "admin", self.rows["admin"]["password"])

    def account(self, name):
        return self.rows[name]

    def agent(self, account, **options):
        if account not in self.agents:
            self.agents[account] = Agent(self, account, **options)
        return self.agents[account]

    def customer(self, number="13800138000", transport="udp", **options):
        phone = Phone(self.reactor, self.daemon.sip, number, None, transport, **options)
        self.phones.append(phone)
        return phone

    def queue(self, key):
        return next(q for q in self.admin.items("/queues") if q["key"] == key)

    def configure(self, key, **values):
        """Changes a queue and waits until the switch follows."""
        q = self.queue(key)
        old = {name: q[name] for name in values}
        self.admin.patch(f"/queues/{q['id']}", values, q["version"])
        self.plan_settled()
        return old

    def plan_settled(self):
        """The plan is read again after a change; a second read that begins now ends after it."""
        q = self.queue("sales")
        marker = f"probe {time.monotonic_ns()}"
        self.admin.patch(f"/queues/{q['id']}", {"name_en": marker}, q["version"])
        self.admin.until("/live/queues", lambda v: any(row["name_en"] == marker for row in v["items"]), 15)
        again = self.queue("sales")
        self.admin.patch(f"/queues/{q['id']}", {"name_en": q["name_en"]}, again["version"])

    def live_queue(self, key):
        wanted = self.queue(key)["id"]
        return next(q for q in self.admin.items("/live/queues") if q["id"] == wanted)

    def short_prompts(self):
        """Every prompt becomes a beep of a fifth of a second, so that tests need not listen to sentences."""
        beep = wav([int(8000 * math.sin(2 * math.pi * 620 * i / 8000)) for i in range(1600)])
        for prompt in self.admin.items("/prompts"):
            status, _, body = self.admin.raw("POST", f"/prompts/{prompt['id']}/audio?language=zh-CN", beep, kind="audio/wav")
            assert status in (200, 201), (status, body)
        self.plan_settled()

    def in_menu(self, call, seconds=10):
        """Waits until the caller's flow has said its greeting and listens."""
        self.rows_of(call, lambda row: any(v["type"] == "play" for v in row["ivr"]), seconds)
        return call

    def rows_of(self, call, good, seconds=10):
        """The rows of a telephone's latest call, once they are good."""
        found = self.admin.until("/interactions", lambda v: v["items"], seconds, number=call.phone.user, limit=1)
        return self.admin.until(f"/interactions/{found['items'][0]['id']}", good, seconds)

    def turn_until(self, condition, step=1000, limit=600000, pause=0.1):
        """Turns the clock in steps until something has happened."""
        wait = threading.Event()
        for _ in range(0, limit, step):
            if condition():
                return
            self.turn(step)
            wait.wait(pause)
        raise AssertionError(f"nothing happened within {limit} turned milliseconds")

    def turn(self, ms):
        self.admin.post("/test/clock", {"advance_ms": int(ms)})

    def interaction(self, number=None, **query):
        """The newest call of a number, with everything that hangs on it, once it has ended."""
        found = self.admin.until("/interactions", lambda v: v["items"] and v["items"][0]["ended"], limit=1,
                                 **({"number": number} if number else {}), **query)
        return self.admin.get(f"/interactions/{found['items'][0]['id']}")

    def settled(self, seconds=15):
        """No call left, nobody stuck, and the identity of requirements 6.1 for each queue, live and in the rows."""
        self.admin.until("/live/calls", lambda v: not v["items"], seconds)
        stuck = [a for a in self.admin.items("/live/agents") if a["state"] in ("offered", "talking")]
        assert not stuck, f"stuck: {[(a['name'], a['state']) for a in stuck]}"
        for q in self.admin.items("/live/queues"):
            assert not q["waiting"], f"{q['name']}: {q['waiting']} waiting"
            assert q["offered_today"] == q["answered_today"] + q["abandoned_today"] + q["flowout_today"] + q["waiting"], str(q)
        for table, open_row in (("interaction", "ended IS NULL OR outcome = 'in_progress'"), ("interaction_leg", "ended IS NULL"),
                                ("queue_entry", "outcome IS NULL"), ("recording", "milliseconds IS NULL")):
            self.daemon.sql_until(f"SELECT COUNT(*) FROM {table} WHERE {open_row}", lambda r: r == [["0"]], seconds)

    def close(self):
        for agent in self.agents.values():
            agent.close()
        for phone in self.phones:
            phone.close()
        self.daemon.stop()
        self.reactor.close()
        self.daemon.remove()


def wav(samples, rate=8000):
    """A mono WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return out.getvalue()


def equal(got, wanted, what=""):
    assert got == wanted, f"{what + ': ' if what else ''}{got!r} is not {wanted!r}"


def contains(sequence, wanted, what=""):
    """The wanted items occur in this order, others between them."""
    at = iter(sequence)
    assert all(any(item == w for item in at) for w in wanted), f"{what + ': ' if what else ''}{list(sequence)} has not {wanted} in order"


def run(own_postgres=False, **options):
    """Runs the cases of a program, or those named on the command line, against one company. own_postgres: it stops the server."""
    need_postgres(own_postgres)
    wanted = sys.argv[1:]
    company, failed = None, []
    try:
        company = Company(**options)
        for fn in cases:
            if wanted and fn.__name__ not in wanted:
                continue
            began = time.monotonic()
            try:
                fn(company)
                print(f"ok    {fn.__name__} ({time.monotonic() - began:.1f} s)", flush=True)
            except Exception:  # noqa: BLE001 - told, and the next case begins on clean ground
                failed.append(fn.__name__)
                print(f"FAIL  {fn.__name__} on {DATABASE}\n{traceback.format_exc()}", flush=True)
                break
        if not failed:
            company.close()
    except Exception:  # noqa: BLE001
        failed.append("company")
        traceback.print_exc()
    if failed and company:
        print("--- the daemon's log ---\n" + company.daemon.log()[-int(os.environ.get("HOTLINE_TEST_LOG", "6000")):])
        try:
            company.daemon.remove()
        except Exception:  # noqa: BLE001
            traceback.print_exc()
    sys.stdout.flush()
    os._exit(1 if failed else 0)
