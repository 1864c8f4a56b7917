#!/usr/bin/env python3
"""The test carrier against itself: what it says it does happens. usage: check_carrier_peer.py PROGRAM"""
import json
import subprocess
import sys

PROGRAM = sys.argv[1]


def start(*args):
    process = subprocess.Popen([PROGRAM, *args, "--time-limit", "8000"], stdout=subprocess.PIPE, text=True)
    return process, json.loads(process.stdout.readline())


def events(process):
    lines = [json.loads(line) for line in process.stdout]
    process.wait()
    return lines


def call(server_args, client_args):
    """Both sides' events of one call."""
    server, listening = start(*server_args)
    target = f"sip:4001@127.0.0.1:{listening['port']}"
    if "tcp" in client_args:
        target += ";transport=tcp"
    client, _ = start("call", "--to", target, *client_args)
    there = events(client)
    return there, events(server)


def has(rows, **wanted):
    return any(all(row.get(key) == value for key, value in wanted.items()) for row in rows)


def check(what, good, *logs):
    print("ok  " if good else "FAIL", what)
    if not good:
        for log in logs:
            for row in log:
                print("    ", json.dumps(row, ensure_ascii=False))
            print()
        sys.exit(1)


ours, theirs = call(["answer"], ["--hangup", "100"])
check("a plain call", has(ours, state="ready") and has(theirs, method="BYE") and ours[-1]["status"] == 0, ours, theirs)

ours, theirs = call(["answer", "--transport", "tcp"], ["--transport", "tcp", "--hangup", "100"])
check("a call over TCP", has(ours, state="ready") and has(theirs, method="BYE"), ours, theirs)

ours, theirs = call(["answer", "--early-media", "--require-100rel"], ["--require-100rel", "--hangup", "100"])
check("100rel with early media",
      has(ours, status=183, require_100rel=True, sdp=True) and has(theirs, method="PRACK"), ours, theirs)

ours, theirs = call(["answer"], ["--update", "100", "--hangup", "400"])
check("UPDATE in mid-call", has(theirs, method="UPDATE") and has(ours, method="update", status=200), ours, theirs)

ours, theirs = call(["answer", "--min-se", "200"], ["--session-expires", "120", "--hangup", "100"])
check("422 and a second attempt",
      has(ours, status=422, min_se=200) and has(theirs, session_expires=200) and has(ours, state="ready"), ours, theirs)

for refresher, role in (("local", "uac"), ("remote", "uas")):
    ours, theirs = call(["answer"], ["--session-expires", "120", "--refresher", refresher, "--hangup", "100"])
    check(f"session timer, refresher {role}",
          has(ours, method="invite", status=200, session_expires=120, refresher=role), ours, theirs)

ours, theirs = call(["answer", "--refuse", "486"], [])
check("a refusal", has(ours, status=486) and theirs[-1]["event"] == "exit", ours, theirs)

ours, theirs = call(["answer", "--ring", "-1"], ["--cancel", "200"])
check("CANCEL", has(theirs, method="CANCEL") and has(ours, status=487), ours, theirs)

ours, theirs = call(["fork", "--early-media"], ["--hangup", "200"])
check("a forked call",
      has(theirs, status=183, to_tag="fork0") and has(theirs, status=183, to_tag="fork1")
      and has(theirs, method="ACK", to_tag="fork0"), ours, theirs)

ours, theirs = call(["fork", "--session-expires", "120"], ["--reinvite", "100", "--update", "200", "--hangup", "500"])
check("re-INVITE and UPDATE to a forked callee",
      has(ours, method="invite", session_expires=120, refresher="uac") and has(theirs, method="UPDATE")
      and has(ours, method="update", status=200), ours, theirs)
