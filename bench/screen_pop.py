#!/usr/bin/env python3
"""Screen pop: from the 200 of the agent's telephone to the pop on his event WebSocket, with 1 million customers.

Run: tools/bench screen_pop (HOTLINE_BENCH_ROWS=1000000 customers, HOTLINE_BENCH_CALLS=200 calls). Costs about three minutes, most of it
filling the table. The telephones and the page are this Python program on the same cores, so the figures hold its own delays too."""
import os
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "support"))
os.environ.setdefault("HOTLINE_TEST_DATABASE", "sqlite")
from desk import Company  # noqa: E402

ROWS = int(os.environ.get("HOTLINE_BENCH_ROWS", "1000000"))
CALLS = int(os.environ.get("HOTLINE_BENCH_CALLS", "200"))


def fill(path, department):
    db = sqlite3.connect(path, timeout=60)
    now = int(time.time() * 1000)
    first = 1 << 40
    with db:
        db.executemany("INSERT INTO customer (id, name, department_id, tags, blocked, version, created, updated) VALUES (?,?,?,'[]',0,1,?,?)",
                       ((first + i, f"客户{i}", department, now, now) for i in range(ROWS)))
        db.executemany("INSERT INTO customer_phone (id, customer_id, position, kind, number, normalized, reversed) VALUES (?,?,0,'mobile',?,?,?)",
                       ((first + i, first + i, n, n, n[::-1]) for i in range(ROWS) for n in (f"139{i:08d}",)))
    db.close()


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


def stamp(events, kind, interaction, after):
    """When the event came, in the reader's own clock."""
    return next((at for at, e in events.items if e["type"] == kind and at >= after and
                 (e.get("data") or {}).get("interaction_id") == interaction), None)


def one_call(company, agent, number):
    agent.ready()
    caller = company.customer(number)
    call = caller.call("4001").wait("up")
    company.in_menu(call)
    call.media.press("3")
    offer, ring = agent.offer()
    interaction = offer["call"]["interaction_id"]
    agent.events.wait("pop.show", lambda p: p["interaction_id"] == interaction)
    began = time.monotonic()
    ring.answer()
    pop = agent.events.wait("pop.show", lambda p: p["interaction_id"] == interaction)
    took = stamp(agent.events, "pop.show", interaction, began) - began
    assert pop["match"] == "known" and len(pop["customers"]) == 1, pop["match"]
    call.hangup()
    agent.is_now("wrap_up")
    return took * 1000


def main():
    company = Company()
    try:
        department = company.agent("computer1").session.user["department_id"]
        fill(f"{company.daemon.data}/hotline.db", int(department))
        company.short_prompts()
        took = [one_call(company, company.agent("computer1"), f"139{i * (ROWS // CALLS):08d}") for i in range(CALLS)]
        print(f"{ROWS} customers, {CALLS} calls, load average {os.getloadavg()[0]:.1f}")
        print(f"answered to pop on the page's WebSocket: p50 {percentile(took, .5):.1f} ms, p99 {percentile(took, .99):.1f} ms, "
              f"worst {max(took):.1f} ms (promise: p99 < 100 ms)")
    finally:
        company.close()


main()
