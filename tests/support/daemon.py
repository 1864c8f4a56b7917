"""The real daemon for a test: its own data folder and ports, the demonstration company, on SQLite or PostgreSQL."""
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

SOURCE = os.environ.get("HOTLINE_SOURCE") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("HOTLINE_BUILD") or os.path.join(SOURCE, "build", "dev")
BINARY = os.environ.get("HOTLINE_BINARY") or os.path.join(BUILD, "src", "hotline")
DATABASE = os.environ.get("HOTLINE_TEST_DATABASE", "sqlite")
SANITIZER = re.compile(r"AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error:")


def need_postgres(own=False):
    """Runs this program again under tests/with_postgres when it needs a cluster and nobody has given one; own: one it may stop."""
    given = "HOTLINE_TEST_OWN_POSTGRES" if own else "HOTLINE_TEST_POSTGRES"
    if DATABASE == "postgres" and not os.environ.get(given):
        script = os.path.join(SOURCE, "tests", "with_postgres")
        if own:
            os.environ[given] = "1"
        os.execv(script, [script, *(["--own"] if own else []), sys.executable, *sys.argv])


def free_port(kind=socket.SOCK_STREAM, address="127.0.0.1"):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind((address, 0))
        return s.getsockname()[1]


def free_sip_port():
    """Free for UDP and TCP."""
    while True:
        port = free_port(socket.SOCK_DGRAM)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def psql(url, sql):
    done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", url, "-c", sql],
                          capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise AssertionError(f"psql: {done.stderr.strip()}")
    return [line.split("\t") for line in done.stdout.split("\n") if line]


class Daemon:
    def __init__(self, database=None, demo=True, test_clock=False, settings=None):
        self.kind = database or DATABASE
        self.demo, self.test_clock = demo, test_clock
        self.folder = tempfile.mkdtemp(prefix="hotline-test-")
        self.data = os.path.join(self.folder, "data")
        self.log_path = os.path.join(self.folder, "log")
        self.sip_port, self.http_port = free_sip_port(), free_port()
        self.settings = dict(settings or {})
        self.process, self.database, self.output = None, None, []
        if self.kind == "postgres":
            server = os.environ["HOTLINE_TEST_POSTGRES"]
            self.database = f"hotline_{os.getpid()}_{random.getrandbits(32):08x}"
            self.server_url = server
            psql(server, f"CREATE DATABASE {self.database} TEMPLATE template0 ENCODING 'UTF8'")
            self.url = server.rpartition("/")[0] + "/" + self.database
        else:
            self.url = f"sqlite:{self.data}/hotline.db"

    @property
    def sip(self):
        return ("127.0.0.1", self.sip_port)

    def start(self, seconds=60):
        rtp = random.randrange(20000, 29000, 100)
        env = dict(os.environ, HOTLINE_DATA_DIR=self.data, HOTLINE_HTTP_PORT=str(self.http_port), HOTLINE_SIP_PORT=str(self.sip_port),
                   HOTLINE_SIP_TLS_PORT="-1", HOTLINE_SIP_ADDRESS="127.0.0.1", HOTLINE_DATABASE_URL=self.url,
                   HOTLINE_RTP_PORT_MIN=str(rtp), HOTLINE_RTP_PORT_MAX=str(rtp + 999), TZ="Asia/Shanghai",
                   HOTLINE_PASSWORD_MEMORY_KIB="64", HOTLINE_PASSWORD_PASSES="1")
        if self.test_clock:
            env["HOTLINE_TEST_CLOCK"] = "1"
        env.update({f"HOTLINE_{k.upper()}": str(v) for k, v in self.settings.items()})
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen([BINARY, "serve"] + (["--demo"] if self.demo else []), env=env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=log, text=True)
        log.close()
        ready = threading.Event()

        def read(process=self.process):
            for line in process.stdout:
                self.output.append(line)
                if " is ready: " in line:
                    ready.set()
            ready.set()
        threading.Thread(target=read, daemon=True).start()
        ready.wait(seconds)
        if self.process.poll() is not None or not any(" is ready: " in line for line in self.output):
            raise AssertionError("the daemon did not start:\n" + self.log()[-4000:])
        return self

    def accounts(self):
        with open(os.path.join(self.data, "demo-accounts.json"), encoding="utf-8") as file:
            return json.load(file)["accounts"]

    def stop(self, seconds=30):
        """Ends it in good order and looks for complaints of a sanitizer."""
        if not self.process or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)
            self.process.wait(10)
            raise AssertionError("the daemon did not stop") from None
        self.process.stdout.close()
        if code or SANITIZER.search(self.log()):
            raise AssertionError(f"the daemon ended with {code}:\n{self.log()[-6000:]}")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def remove(self):
        if self.process and self.process.poll() is None:
            self.kill()
        if self.kind == "postgres" and self.database:
            psql(self.server_url, f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def sql(self, text):
        """Rows of texts, numbers as text too: what both databases print alike. NULL is ''."""
        if self.kind == "postgres":
            return psql(self.url, text)
        with sqlite3.connect(f"file:{self.data}/hotline.db?mode=ro", uri=True, timeout=10) as db:
            rows = [["" if v is None else str(v) for v in row] for row in db.execute(text)]
        db.close()
        return rows

    def sql_until(self, text, good, seconds=10):
        """The switch writes behind its own back: asks until the rows are right."""
        end = time.monotonic() + seconds
        pause = threading.Event()
        while True:
            rows = self.sql(text)
            if good(rows):
                return rows
            if time.monotonic() > end:
                raise AssertionError(f"rows are not as expected after {seconds} s: {text}\n{rows}")
            pause.wait(0.05)

    # --- its database goes away and comes back ---

    def take_database_away(self):
        if self.kind == "postgres":
            self._cluster("-m immediate stop")
        else:  # another program holds the only pen
            self.lock = sqlite3.connect(f"{self.data}/hotline.db", isolation_level=None, check_same_thread=False)
            self.lock.execute("BEGIN IMMEDIATE")

    def bring_database_back(self):
        if self.kind == "postgres":
            self._cluster("start")
        else:
            self.lock.execute("ROLLBACK")
            self.lock.close()

    def hang_database(self, on):
        """PostgreSQL: the server stops answering without closing anything, or goes on."""
        data = psql(self.server_url, "SHOW data_directory")[0][0] if on else self.hung
        self.hung = data
        with open(f"{data}/postmaster.pid", encoding="ascii") as file:
            first = int(file.readline())
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(first)], capture_output=True, text=True, check=True).stdout.split()
        for pid in [first, *map(int, children)]:
            os.kill(pid, signal.SIGSTOP if on else signal.SIGCONT)

    @staticmethod
    def _cluster(what):
        """pg_ctlcluster says "already running" for a moment after an immediate stop."""
        pause = threading.Event()
        for _ in range(20):
            done = subprocess.run(f"{os.environ['HOTLINE_TEST_POSTGRES_CTL']} {what}", shell=True, capture_output=True, text=True, timeout=60)
            if not done.returncode:
                return
            pause.wait(0.3)
        raise AssertionError(done.stderr)

    # --- what it uses ---

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def anonymous_kb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"RssAnon:\s+(\d+)", file.read()).group(1))

    def cpu_seconds(self):
        """Of each thread, by name."""
        used, ticks = {}, os.sysconf("SC_CLK_TCK")
        base = f"/proc/{self.process.pid}/task"
        for task in os.listdir(base):
            with open(f"{base}/{task}/stat", encoding="utf-8") as file:
                name, rest = re.match(r"\d+ \((.*)\) (.*)", file.read()).groups()
            words = rest.split()
            used[name] = used.get(name, 0) + (int(words[11]) + int(words[12])) / ticks
        return used
