"""A customer's telephone steered by lines on standard input, for stories in another language: caller.py SIP_PORT NUMBER CALLED.
Prints `up` when the call is answered and `ended` when it is over; takes `press 3` and `hangup`."""
import sys

from reactor import Reactor
from sip_phone import Phone


def main(port, number, called):
    reactor = Reactor()
    phone = Phone(reactor, ("127.0.0.1", int(port)), number)
    try:
        call = phone.call(called).wait("up")
        call.media.tone(500)
        print("up", flush=True)
        for line in sys.stdin:
            word, _, value = line.strip().partition(" ")
            if word == "press":
                call.media.press(value)
            elif word == "hangup":
                call.hangup()
                break
        print("ended", flush=True)
    finally:
        phone.close()
        reactor.close()


main(*sys.argv[1:4])
