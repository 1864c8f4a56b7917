"""One thread that owns all sockets and timers of a test's telephones.

Everything runs under one lock; after each callback those who wait are told. Test code waits with `wait`, never by sleeping."""
import heapq
import itertools
import os
import selectors
import threading
import time
import traceback


class Timer:
    __slots__ = ("at", "fn", "cancelled")

    def __init__(self, at, fn):
        self.at, self.fn, self.cancelled = at, fn, False

    def cancel(self):
        self.cancelled = True


class Reactor:
    def __init__(self):
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.selector = selectors.DefaultSelector()
        self.timers = []
        self.order = itertools.count()
        self.errors = []
        self.stopping = False
        self.wake_read, self.wake_write = os.pipe()
        os.set_blocking(self.wake_read, False)
        self.selector.register(self.wake_read, selectors.EVENT_READ, None)
        self.thread = threading.Thread(target=self._run, daemon=True, name="reactor")
        self.thread.start()

    def close(self):
        self.stopping = True
        os.write(self.wake_write, b"x")
        self.thread.join(5)

    def watch(self, sock, fn):
        with self.lock:
            self.selector.register(sock, selectors.EVENT_READ, fn)
        os.write(self.wake_write, b"x")

    def unwatch(self, sock):
        with self.lock:
            try:
                self.selector.unregister(sock)
            except (KeyError, ValueError):
                pass

    def after(self, seconds, fn):
        return self.at(time.monotonic() + seconds, fn)

    def at(self, when, fn):
        timer = Timer(when, fn)
        with self.lock:
            first = not self.timers or when < self.timers[0][0]
            heapq.heappush(self.timers, (when, next(self.order), timer))
        if first and threading.current_thread() is not self.thread:
            os.write(self.wake_write, b"x")
        return timer

    def wait(self, condition, seconds=10, what="something"):
        """Returns what `condition` gives as soon as it is true; a telephone's own failure ends the wait too."""
        with self.changed:
            self.changed.wait_for(lambda: self.errors or condition(), seconds)
            if self.errors:
                raise AssertionError("a test telephone failed:\n" + self.errors[0])
            result = condition()
        if not result:
            raise AssertionError(f"{what() if callable(what) else what} did not happen within {seconds} s")
        return result

    def _call(self, fn):
        try:
            fn()
        except Exception:  # noqa: BLE001 - told to whoever waits
            self.errors.append(traceback.format_exc())

    def _run(self):
        while not self.stopping:
            with self.changed:
                now = time.monotonic()
                while self.timers and self.timers[0][0] <= now:
                    timer = heapq.heappop(self.timers)[2]
                    if not timer.cancelled:
                        self._call(timer.fn)
                self.changed.notify_all()
                wait = self.timers[0][0] - time.monotonic() if self.timers else 1
            ready = self.selector.select(max(0, min(wait, 1)))
            with self.changed:
                for key, _ in ready:
                    if key.data is None:
                        try:
                            os.read(self.wake_read, 4096)
                        except BlockingIOError:
                            pass
                    else:
                        self._call(key.data)
                if ready:
                    self.changed.notify_all()
