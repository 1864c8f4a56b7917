"""Runs a story of tests/e2e in Chromium against a daemon of its own."""
import os
import shutil
import subprocess

from daemon import SOURCE, Daemon, need_postgres


def run_story(test, settings=None):
    need_postgres()
    if not shutil.which(os.environ.get("CHROMIUM", "chromium")):
        print("chromium is missing: tools/setup installs it")
        return 1
    daemon = Daemon(settings=settings)
    try:
        daemon.start()
        env = dict(os.environ, HOTLINE_URL=f"http://127.0.0.1:{daemon.http_port}", HOTLINE_SIP=str(daemon.sip_port))
        code = subprocess.run([node(), os.path.splitext(os.path.abspath(test))[0] + ".mjs"], env=env, timeout=300).returncode
        if code:
            print(daemon.log()[-4000:])
        daemon.stop()
        return code
    finally:
        daemon.remove()


def node():
    own = os.path.join(SOURCE, "build", "node", "node_modules", "node", "bin", "node")
    return own if os.path.exists(own) else "node"
