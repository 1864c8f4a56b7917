#!/usr/bin/env python3
"""Thousands of calls with random hang-ups, refusals and dropped connections; then nothing may be left: no call, no open row, nobody stuck,
the identity of requirements 6.1 for each queue, no descriptor and no memory that grows.

usage: soak.py [--calls 10000] [--rate 40] [--seed N]"""
import argparse
import collections
import json
import os
import random
import sys
import threading
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from api import Events, Refused, Session  # noqa: E402
from daemon import DATABASE, need_postgres  # noqa: E402
from desk import Company  # noqa: E402
from sip_phone import Phone, Request  # noqa: E402

AGENTS = ("sales1", "computer1", "computer2", "telephone1", "software1", "equipment1", "complaint1", "leader")
KEYS = "12345980" * 3 + "67#*"


class RandomAgent:
    """Answers, refuses, misses, drops dead; somebody (the keeper) brings him back."""

    def __init__(self, soak, account):
        row = soak.company.account(account)
        self.soak, self.account, self.row = soak, account, row
        self.session = Session(soak.company.daemon, account, row["password"])
        self.phone, self.events = None, None
        self.sign_in()

    def sign_in(self):
        if self.phone:
            self.phone.close()
        company = self.soak.company
        self.phone = Phone(company.reactor, company.daemon.sip, self.row["extension"], self.row["sip_password"], media=False,
                           transport=self.soak.random.choice(("udp", "udp", "tcp")))
        self.phone.policy = self.called
        assert self.phone.register()[-1] == 200
        if self.events:
            self.events.close()
        self.events = Events(self.session)

    def called(self, call):
        r, reactor, phone = self.soak.random, self.soak.company.reactor, self.phone
        phone.incoming.clear()
        what = r.random()
        if what < 0.03:
            self.soak.did["agent's phone dies while it rings"] += 1
            phone.lost = True  # not a word more
        elif what < 0.13:
            self.soak.did["agent refuses"] += 1
            call.hangup(r.choice((486, 603, 480)))
        elif what < 0.17:
            self.soak.did["agent misses"] += 1
            call.ring()
        else:
            call.ring()
            reactor.after(r.uniform(0, 0.6), lambda: self.answer(call))

    def answer(self, call):
        r = self.soak.random
        if call.state != "ringing" or self.phone.lost:
            return
        call.answer()
        what = r.random()
        if what < 0.02:
            self.soak.did["agent's phone dies in the call"] += 1
            self.phone.lost = True
        elif what < 0.5:
            self.soak.company.reactor.after(r.expovariate(2), call.hangup)
        # else the caller hangs up

    def keep(self):
        """Back to work, now and then by way of a rest; steers its calls."""
        r = self.soak.random
        if self.phone.lost:
            self.sign_in()
        me = self.session.get("/agent/me")
        state, call = me["state"], me["call"]
        try:
            if state == "talking" and call and call["state"] == "talking" and r.random() < 0.3:
                what = r.choice(("hold", "mute", "transfer", "transfer", "keypad", "hangup"))
                body = {"keypad": {"digits": "12"}, "transfer": {
                    "kind": (kind := r.choice(("queue", "agent", "ivr"))),
                    "target": {"queue": r.choice(("sales", "computer")), "agent": r.choice(self.soak.extensions), "ivr": "main"}[kind]}}.get(what)
                self.soak.did[what] += 1
                self.session.post(f"/calls/{call['id']}/{what}", body)
            elif state == "offered" and r.random() < 0.05:
                self.session.post(f"/calls/{call['id']}/reject")
            elif state == "wrap_up":
                self.session.post("/agent/me/wrapup", {"done": True, "disposition": "resolved"})
            elif state in ("signed_out", "no_answer", "busy", "rest"):
                self.session.post("/agent/me/state", {"state": "ready"})
            elif state == "ready" and r.random() < 0.02:
                self.session.post("/agent/me/state", {"state": "rest", "reason": "tea"})
        except Refused as refused:
            if refused.status not in (404, 409):  # what was true a moment ago need not be any more
                raise


class Soak:
    def __init__(self, calls, rate, seed):
        self.calls, self.rate, self.random = calls, rate, random.Random(seed)
        self.did, self.ended, self.started = collections.Counter(), collections.Counter(), 0
        self.open, self.stop, self.failure = set(), False, None
        self.turning = threading.Lock()  # a request that is under way would be too late after a turn of the clock
        self.company = Company(test_clock=True, settings={"log_level": "warn"})
        self.company.short_prompts()
        for q in self.company.admin.items("/queues"):
            q = self.company.admin.get(f"/queues/{q['id']}")
            self.company.admin.patch(f"/queues/{q['id']}", {"ring_s": 5, "miss_pause_s": 2, "wrapup_s": 5, "max_wait_s": 60, "max_length": 30,
                                                            "short_abandon_s": 1, "recording": "always" if q["key"] == "computer" else "never"},
                                     q["version"])
        self.company.plan_settled()
        self.extensions = [self.company.account(a)["extension"] for a in AGENTS]
        self.agents = [RandomAgent(self, a) for a in AGENTS]
        self.udp = [Phone(self.company.reactor, self.company.daemon.sip, f"1310000{i:04d}", media=False) for i in range(8)]
        self.tcp = [self.new_tcp(i) for i in range(4)]

    def new_tcp(self, i):
        return Phone(self.company.reactor, self.company.daemon.sip, f"1311000{i:04d}", transport="tcp", media=False)

    @staticmethod
    def press(call, key):
        """As SIP INFO: it needs no RTP."""
        if call.state != "up":
            return
        m = call._dialogue("INFO")
        m.headers.append(("Content-Type", "application/dtmf-relay"))
        m.body = f"Signal={key}\r\nDuration=100\r\n".encode()
        Request(call.phone, m, lambda _: None)

    def one_call(self):
        """Starts a random caller; everything else about him happens in the reactor."""
        r, reactor = self.random, self.company.reactor
        self.started += 1
        i = r.randrange(12)
        phone = self.udp[i] if i < 8 else self.tcp[i - 8]
        if phone.lost:
            phone.close()
            phone = self.tcp[i - 8] = self.new_tcp(i - 8)
        number = "4001" if r.random() < 0.93 else r.choice(["4999", "8201", "8101", "9999"])
        call = phone.call(number)
        self.open.add(call)
        what = r.random()
        if what < 0.05:
            self.did["caller cancels"] += 1
            reactor.after(r.uniform(0, 0.02), call.hangup)
        elif what < 0.15:
            self.did["caller hangs up early"] += 1
            reactor.after(r.uniform(0, 1.0), call.hangup)
        else:
            reactor.after(r.uniform(0.1, 0.9), lambda: self.press(call, r.choice(KEYS)))
            if r.random() < 0.2:
                reactor.after(r.uniform(1.0, 2.0), lambda: self.press(call, r.choice(KEYS)))
            if what < 0.17 and phone.transport == "tcp":
                self.did["caller's connection breaks"] += 1
                reactor.after(r.uniform(0.2, 2.0), lambda: self.vanish(phone))
            elif what < 0.19:
                self.did["caller vanishes"] += 1
                reactor.after(r.uniform(0.2, 2.0), lambda: self.forget(call))
            else:
                reactor.after(0.5 + r.expovariate(0.5), call.hangup)

    def vanish(self, phone):
        """The connection closes under all its calls, without a BYE."""
        if not phone.closed:
            phone.lost = True
            for call in list(phone.calls.values()):
                call._end(0, "vanished")
            phone.reactor.unwatch(phone.sock)
            phone.sock.close()

    @staticmethod
    def forget(call):
        """The telephone has lost its power: its calls are unknown to it."""
        call._end(0, "vanished")
        call.phone.calls.pop((call.call_id, call.local_tag), None)

    def keeper(self):
        pause = threading.Event()
        while not self.stop:
            try:
                for agent in self.agents:
                    with self.turning:
                        agent.keep()
            except Exception as error:  # noqa: BLE001
                self.failure = error
                return
            pause.wait(0.1)

    def count_ended(self):
        with self.company.reactor.lock:
            for call in [c for c in self.open if c.state == "ended"]:
                self.open.discard(call)
                self.ended[call.status] += 1

    def run(self):
        daemon = self.company.daemon
        keeper = threading.Thread(target=self.keeper, daemon=True)
        keeper.start()
        begun, warm, pause = time.monotonic(), None, threading.Event()
        turn_at = begun
        while self.started < self.calls:
            now = time.monotonic()
            with self.company.reactor.lock:
                while self.started < self.calls and self.started < (now - begun) * self.rate and len(self.open) < 400:
                    self.one_call()
            self.count_ended()
            if self.failure or self.company.reactor.errors:
                raise AssertionError(self.failure or self.company.reactor.errors[0])
            assert daemon.process.poll() is None, "the daemon has ended"
            if now > turn_at:  # waits and rings run out ten times as fast
                turn_at = now + 0.5
                with self.turning:
                    self.company.turn(4500)
            if warm is None and self.started >= self.calls // 5:
                warm = (daemon.descriptors(), daemon.anonymous_kb())
            pause.wait(0.01)
        seconds = time.monotonic() - begun
        self.quiet_down(keeper)
        self.check(warm)
        return seconds

    def quiet_down(self, keeper):
        self.company.reactor.wait(lambda: self.count_ended() or len(self.open) < 30, 60, "most callers end")
        with self.company.reactor.lock:
            for call in list(self.open):
                call.hangup()
        pause, turned = threading.Event(), 0
        while self.company.admin.items("/live/calls"):
            assert turned < 12 * 3600, f"calls stay: {self.company.admin.items('/live/calls')}"
            with self.turning:
                self.company.turn(20000)
            turned += 20
            pause.wait(0.05)
        self.stop = True
        keeper.join(20)
        assert not keeper.is_alive() and not self.failure, self.failure

    def check(self, warm):
        daemon = self.company.daemon
        for agent in self.agents:
            if agent.phone.lost or agent.session.get("/agent/me")["phone"] == "none":
                agent.sign_in()
            me = agent.session.until("/agent/me", lambda a: a["state"] not in ("offered", "talking") and a["phone"] != "none")
            assert me["call"] is None, me
            if me["state"] == "wrap_up":
                agent.session.post("/agent/me/wrapup", {"done": True, "disposition": "resolved"})
            agent.session.post("/agent/me/state", {"state": "ready"})
            agent.session.until("/agent/me", lambda a: a["state"] == "ready")
        self.company.settled(60)
        for key, value in (("hotline_calls_active", 0), ("hotline_db_journal_waiting", 0)):
            self.company.admin.until("/metrics", lambda text, k=key, v=value: f"\n{k} {v}\n" in text, 30)
        # each call that reached the daemon has one row, and each queue's rows say what its counters say
        rows = daemon.sql("SELECT queue_id, outcome, COUNT(*) FROM queue_entry GROUP BY queue_id, outcome")
        counted = {(q, o): int(n) for q, o, n in rows}
        for q in self.company.admin.items("/live/queues"):
            for name, outcome in (("answered_today", "answered"), ("abandoned_today", "abandoned"), ("flowout_today", "flowout")):
                got = counted.get((q["id"], outcome), 0)
                assert got == q[name] or self.days() > 1, (q, counted)
        for _ in range(3):  # finished transactions are kept 32 s
            self.company.turn(40000)
        descriptors, kb = daemon.descriptors(), daemon.anonymous_kb()
        print(f"descriptors {warm[0]} after a fifth, {descriptors} at the end; anonymous memory {warm[1]} kB, {kb} kB")
        assert descriptors <= warm[0] + 8, f"descriptors grow from {warm[0]} to {descriptors}"
        cache = 48 * 1024 if DATABASE == "sqlite" else 0  # SQLite's page caches fill with the file
        if self.calls >= 5000:
            assert kb < warm[1] * 1.2 + 4096 + cache, f"memory grows from {warm[1]} to {kb} kB"

    def days(self):
        """How many days the turned clock has seen: counters begin anew at midnight (the company's zone is eight hours ahead)."""
        rows = self.company.daemon.sql("SELECT COUNT(DISTINCT (entered + 28800000) / 86400000) FROM queue_entry")
        return int(rows[0][0])


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("--calls", type=int, default=10000)
    arguments.add_argument("--rate", type=float, default=40)
    arguments.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = arguments.parse_args()
    need_postgres()
    soak = None
    try:
        soak = Soak(options.calls, options.rate, options.seed)
        seconds = soak.run()
        outcomes = soak.company.daemon.sql("SELECT outcome, COUNT(*) FROM interaction GROUP BY outcome ORDER BY 2 DESC")
        print(f"{soak.started} calls on {DATABASE} in {seconds:.0f} s, seed {options.seed}")
        print("what happened:", dict(soak.did))
        print("how it was counted:", {o: int(n) for o, n in outcomes})
        said = collections.Counter(f"{line.get('level')} {line.get('module')}: {line.get('what')}" for line in map(json.loads, filter(
            None, soak.company.daemon.log().split("\n"))))
        print("what the log says:", dict(said.most_common(12)))
        for agent in soak.agents:
            agent.phone.close()
        soak.company.close()
    except Exception:  # noqa: BLE001
        if soak:
            print("\n".join(soak.company.daemon.log().split("\n")[-20:]))
        print(f"FAIL with seed {options.seed} after {soak.started if soak else 0} calls\n{traceback.format_exc()}")
        if soak:
            soak.company.daemon.remove()
        sys.stdout.flush()
        os._exit(1)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
