/* Whole dialogs into the signalling core without a network. The input is cut at \x01 into messages and commands; a message may name what
 * the core sent last: %T its To tag, %F its From tag, %B its branch, %C its Call-ID, %R its RSeq, %N its nonce, %M its CSeq number. A chunk that
 * begins with '!' is a command: !a answer, !p progress, !r reject, !h hang up, !o offer, !n answer their offer, !x refuse it, !c call a
 * trunk, !d call an account, !t turn the clock (digits: units of 500 ms), !w from the browser from now on, !u by UDP, !k close the
 * browser's connection, !q stop. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "engine/sip/sip_core.h"
#include "engine/sip/sip_registrar.h"
#include "engine/sip/sip_session.h"
#include "engine/sip/sip_trunk.h"
#include "hash.h"
#include "log/log.h"

#define CALLS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char sdp[] =
	"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
	"m=audio 4000 RTP/AVP 8\r\n";

static struct world {
	struct loop *loop;
	struct sip_core *core;
	struct sip_peer from;
	char last[SIP_MAX_MESSAGE + 1]; /* what was sent last */
	uint64_t current;               /* the call of the last event */
	uint64_t begun[CALLS_MAX];      /* alive */
	size_t begun_count;
	uint64_t next_id;
} w;

static int on_send(void *arg, struct sip_peer *to, const char *text, size_t len)
{
	(void)arg;
	(void)to;
	if (len > SIP_MAX_MESSAGE || !len)
		abort(); /* nothing of ours is so long, or empty */
	memcpy(w.last, text, len);
	w.last[len] = 0;
	return 0;
}

static void on_local(void *arg, const struct sip_peer *to, struct sip_local *local)
{
	(void)arg;
	(void)to;
	*local = (struct sip_local){ .host = "192.0.2.1", .port = 5060 };
}

/* Every call ends exactly once, and says nothing afterwards. */
static void on_event(const struct sip_event *e, void *arg)
{
	size_t i = 0;

	(void)arg;
	if (!e->reason)
		abort();
	if (!e->call)
		return;
	while (i < w.begun_count && w.begun[i] != e->call)
		i++;
	if (e->type == SIP_CALL_INCOMING) {
		if (i < w.begun_count)
			abort();
		if (w.begun_count < CALLS_MAX)
			w.begun[w.begun_count++] = e->call;
	} else if (i == w.begun_count && w.begun_count < CALLS_MAX) {
		abort(); /* of a call that does not exist any more */
	} else if (e->type == SIP_CALL_ENDED && i < w.begun_count) {
		w.begun[i] = w.begun[--w.begun_count];
	}
	w.current = e->call;
}

static void nothing(void *arg)
{
	(void)arg;
}

static void turn(int64_t ms)
{
	clock_advance(ms);
	if (loop_start(w.loop))
		return;
	for (int i = 0; i < 3; i++)
		loop_call(w.loop, nothing, NULL);
	loop_stop(w.loop);
}

static void call(bool trunk)
{
	struct sip_target target = { .caller = "4001", .sdp = sdp };

	if (w.begun_count == CALLS_MAX)
		return;
	if (trunk) {
		target.trunk = "carrier";
		target.number = "139";
	} else {
		target.account = "8001";
	}
	w.begun[w.begun_count++] = ++w.next_id;
	sip_session_start(w.core, w.next_id, &target);
}

static void command(const char *p, size_t len)
{
	struct sip_session *s = sip_session_find(w.core, w.current);
	char c = len > 1 ? p[1] : 0;
	int64_t ms = 0;

	switch (c) {
	case 't':
		for (size_t i = 2; i < len && i < 6 && p[i] >= '0' && p[i] <= '9'; i++)
			ms = ms * 10 + (p[i] - '0');
		turn(ms * 500);
		return;
	case 'c':
	case 'd':
		call(c == 'c');
		return;
	case 'w':
		w.from.transport = SIP_TRANSPORT_WS;
		w.from.flow = 900;
		return;
	case 'u':
		w.from.transport = SIP_TRANSPORT_UDP;
		w.from.flow = 0;
		return;
	case 'k':
		sip_core_flow_closed(w.core, SIP_TRANSPORT_WS, 900);
		return;
	case 'q':
		sip_core_stop(w.core);
		return;
	default:
		break;
	}
	if (!s)
		return;
	switch (c) {
	case 'a':
		sip_session_answer(s, sdp);
		return;
	case 'p':
		sip_session_progress(s, 183, len > 2 ? sdp : NULL);
		return;
	case 'r':
		sip_session_reject(s, 486, NULL);
		return;
	case 'h':
		sip_session_hangup(s, 0, NULL);
		return;
	case 'o':
		sip_session_offer(s, sdp);
		return;
	case 'n':
		sip_session_answer_offer(s, sdp);
		return;
	case 'x':
		sip_session_answer_offer(s, NULL);
		return;
	default:
		return;
	}
}

/* The value behind `key` in what was sent last, up to one of `ends`. */
static size_t value(char *out, size_t room, const char *line, const char *key, const char *ends)
{
	const char *p = strstr(w.last, line), *end;
	size_t n;

	if (!p)
		return 0;
	end = strstr(p + 2, "\r\n");
	p = strstr(p, key);
	if (!p || !end || p > end)
		return 0;
	p += strlen(key);
	n = strcspn(p, ends);
	n = n < room ? n : room;
	memcpy(out, p, n);
	return n;
}

static void message(const char *p, size_t len)
{
	static char text[SIP_MAX_MESSAGE];
	size_t n = 0;

	for (size_t i = 0; i < len && n < sizeof(text); i++) {
		size_t room = sizeof(text) - n, added = 0;

		if (p[i] == '%' && i + 1 < len) {
			switch (p[i + 1]) {
			case 'T':
				added = value(text + n, room, "\r\nTo:", ";tag=", "\r\n;");
				break;
			case 'F':
				added = value(text + n, room, "\r\nFrom:", ";tag=", "\r\n;");
				break;
			case 'B':
				added = value(text + n, room, "\r\nVia:", "branch=", "\r\n;");
				break;
			case 'C':
				added = value(text + n, room, "\r\nCall-ID:", ": ", "\r\n");
				break;
			case 'R':
				added = value(text + n, room, "\r\nRSeq:", ": ", "\r\n");
				break;
			case 'N':
				added = value(text + n, room, "\r\nWWW-", "nonce=\"", "\"\r\n");
				break;
			case 'M':
				added = value(text + n, room, "\r\nCSeq:", ": ", " \r\n");
				break;
			default:
				break;
			}
		}
		if (added) {
			n += added;
			i++;
		} else {
			text[n++] = p[i];
		}
	}
	sip_core_receive(w.core, &w.from, text, n,
		w.from.transport == SIP_TRANSPORT_WS ? SIP_WEBSOCKET : SIP_DATAGRAM);
}

static void set_up(void)
{
	static const struct sip_config config = { .realm = "hotline", .max_calls = 32 };
	char md5[33], sha256[65];

	if (sip_core_create(&w.core, &(struct sip_core_config){
					     .loop = w.loop,
					     .wire = { on_send, on_local, NULL },
					     .config = &config,
					     .eventh = on_event,
				     }))
		abort();
	sip_digest_ha1(md5, sha256, "8001", "hotline", "secret");
	sip_registrar_set(w.core,
		&(struct sip_account){ .user = "8001", .ha1_md5 = md5, .ha1_sha256 = sha256 });
	sip_trunks_set(w.core, &(struct sip_trunk){ .name = "carrier",
				       .host = "192.0.2.9",
				       .port = 5060,
				       .transport = "udp",
				       .addresses = "192.0.2.9",
				       .user = "u",
				       .password = "p" });
	sip_inet_parse(&w.from.addr, "192.0.2.9", 5060);
	w.from.transport = SIP_TRANSPORT_UDP;
	w.from.flow = 0;
	sip_core_browser_open(w.core, 900, "8001", NULL, &w.from.addr);
	w.begun_count = 0;
	w.current = 0;
	w.last[0] = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size;

	if (!w.loop) {
		clock_set_test(true);
		log_open("/dev/null", LOG_ERROR);
		if (loop_create(&w.loop, "fuzz"))
			abort();
		w.next_id = 1;
	}
	set_up();
	while (p < end) {
		const char *cut = memchr(p, 1, (size_t)(end - p));
		size_t len = cut ? (size_t)(cut - p) : (size_t)(end - p);

		if (len && *p == '!')
			command(p, len);
		else if (len)
			message(p, len);
		p += len + 1;
	}
	sip_core_stop(w.core);
	if (w.begun_count && w.begun_count < CALLS_MAX)
		abort(); /* somebody was not told of the end */
	if (size & 1)
		turn(40000); /* threads are slow: every other input is enough */
	sip_core_free(w.core);
	return 0;
}
