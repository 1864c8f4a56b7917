/* A signalling core without a network: messages are put in as text, what it sends and tells is kept in order, the clock is turned. */
#ifndef HOTLINE_TESTS_SIP_CORE_FIXTURE_H
#define HOTLINE_TESTS_SIP_CORE_FIXTURE_H

#include "check.h"
#include <ctype.h>
#include "clock/clock.h"
#include "engine/sip/sip_core.h"
#include "engine/sip/sip_registrar.h"
#include "engine/sip/sip_session.h"
#include "engine/sip/sip_trunk.h"

#define FX_KEPT 512

static const char fx_sdp[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\n"
			     "t=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";
static const char fx_sdp2[] = "v=0\r\no=- 1 2 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\n"
			      "t=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=sendonly\r\n";

struct fx_sent {
	struct sip_peer to;
	char *text;
};

struct fx_event {
	enum sip_event_type type;
	uint64_t call;
	int status;
	bool by_peer, up, websocket;
	unsigned fork, contacts;
	char digit;
	enum sip_origin origin;
	char *sdp;
	char caller[64], called[64], account[64], trunk[64], reason[64];
};

struct fixture {
	struct loop *loop;
	struct sip_core *core;
	struct fx_sent sent[FX_KEPT];
	size_t sent_count, sent_taken;
	struct fx_event events[FX_KEPT];
	size_t event_count, event_taken;
	int send_err; /* what the wire answers */
	struct sip_peer from;
	char tag[64]; /* our To tag, from the last response taken */
};

static inline int fx_send(void *arg, struct sip_peer *to, const char *data, size_t len)
{
	struct fixture *f = arg;

	if (f->send_err)
		return f->send_err;
	if (f->sent_count < FX_KEPT) {
		f->sent[f->sent_count].to = *to;
		f->sent[f->sent_count++].text = strndup(data, len);
	}
	return 0;
}

static inline void fx_local(void *arg, const struct sip_peer *to, struct sip_local *local)
{
	(void)arg;
	(void)to;
	*local = (struct sip_local){ .host = "192.0.2.1", .port = 5060 };
}

static inline void fx_text(char *dst, size_t size, const char *src)
{
	snprintf(dst, size, "%s", src ? src : "");
}

static inline void fx_on_event(const struct sip_event *e, void *arg)
{
	struct fixture *f = arg;
	struct fx_event *to = &f->events[f->event_count];

	if (f->event_count == FX_KEPT)
		return;
	f->event_count++;
	*to = (struct fx_event){ .type = e->type,
		.call = e->call,
		.status = e->status,
		.by_peer = e->by_peer,
		.up = e->up,
		.websocket = e->websocket,
		.fork = e->fork,
		.contacts = e->contacts,
		.digit = e->digit,
		.origin = e->origin,
		.sdp = e->sdp ? strdup(e->sdp) : NULL };
	fx_text(to->caller, sizeof(to->caller), e->caller);
	fx_text(to->called, sizeof(to->called), e->called);
	fx_text(to->account, sizeof(to->account), e->account);
	fx_text(to->trunk, sizeof(to->trunk), e->trunk);
	fx_text(to->reason, sizeof(to->reason), e->reason);
}

/* --- running things on the core's thread --- */

static inline void fx_nothing(void *arg)
{
	(void)arg;
}

static inline void fx_settle(struct fixture *f)
{
	/* Timers run between two rounds of messages. */
	for (int i = 0; i < 3; i++)
		loop_call(f->loop, fx_nothing, NULL);
}

static inline void fx_turn(struct fixture *f, int64_t ms)
{
	assert_ok(clock_advance(ms));
	fx_settle(f);
}

struct fx_input {
	struct fixture *f;
	const char *data;
	size_t len;
	struct sip_peer from;
	enum sip_framing framing;
	bool result;
};

static inline void fx_run_input(void *arg)
{
	struct fx_input *in = arg;

	in->result = sip_core_receive(in->f->core, &in->from, in->data, in->len, in->framing);
}

static inline struct sip_peer fx_peer(const char *host, int port, enum sip_transport transport)
{
	struct sip_peer peer = { .transport = (uint8_t)transport };

	assert_ok(sip_inet_parse(&peer.addr, host, port));
	return peer;
}

static inline bool fx_put_n(struct fixture *f, const char *data, size_t len)
{
	struct fx_input in = { f, data, len, f->from,
		f->from.transport == SIP_TRANSPORT_WS ? SIP_WEBSOCKET : SIP_DATAGRAM, false };

	loop_call(f->loop, fx_run_input, &in);
	fx_settle(f);
	return in.result;
}

/* Lines end with \n in head; Content-Length and body are added. body NULL: none. */
static inline bool fx_put(struct fixture *f, const char *body, const char *fmt, ...)
{
	char head[8192], wire[20000];
	size_t n = 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(head, sizeof(head), fmt, ap);
	va_end(ap);
	for (const char *p = head; *p && n < sizeof(wire) - 100; p++) {
		if (*p == '\n')
			wire[n++] = '\r';
		wire[n++] = *p;
	}
	n += (size_t)snprintf(wire + n, sizeof(wire) - n, "%sContent-Length: %zu\r\n\r\n%s",
		body ? "Content-Type: application/sdp\r\n" : "", body ? strlen(body) : 0,
		body ? body : "");
	return fx_put_n(f, wire, n);
}

struct fx_job {
	struct fixture *f;
	void (*fn)(struct fixture *f, void *arg);
	void *arg;
};

static inline void fx_run_job(void *arg)
{
	struct fx_job *job = arg;

	job->fn(job->f, job->arg);
}

static inline void fx_do(struct fixture *f, void (*fn)(struct fixture *f, void *arg), void *arg)
{
	struct fx_job job = { f, fn, arg };

	loop_call(f->loop, fx_run_job, &job);
	fx_settle(f);
}

/* --- what came out --- */

static inline void fx_header(char *out, size_t size, const char *msg, const char *name)
{
	char key[64];
	const char *p, *end;

	snprintf(key, sizeof(key), "\r\n%s: ", name);
	p = strstr(msg, key);
	*out = 0;
	if (!p)
		return;
	p += strlen(key);
	end = strstr(p, "\r\n");
	snprintf(out, size, "%.*s", (int)(end - p), p);
}

static inline void fx_param(char *out, size_t size, const char *value, const char *name)
{
	const char *p = strstr(value, name);
	size_t n;

	*out = 0;
	if (!p)
		return;
	p += strlen(name);
	n = strcspn(p, ";, >\r\n");
	snprintf(out, size, "%.*s", (int)n, p);
}

/* The next message sent; it must begin with `start`. */
static inline const char *fx_expect(struct fixture *f, const char *start)
{
	const char *text;
	char to[512];

	if (f->sent_taken == f->sent_count)
		fail_msg("nothing was sent, expected %s", start);
	text = f->sent[f->sent_taken++].text;
	if (strncmp(text, start, strlen(start)))
		fail_msg("expected %s, sent was\n%s", start, text);
	if (!strncmp(text, "SIP/2.0", 7)) {
		fx_header(to, sizeof(to), text, "To");
		fx_param(f->tag, sizeof(f->tag), to, ";tag=");
	}
	return text;
}

static inline void fx_expect_nothing(struct fixture *f)
{
	if (f->sent_taken != f->sent_count)
		fail_msg("sent was\n%s", f->sent[f->sent_taken].text);
}

static inline struct fx_event *fx_event(struct fixture *f, enum sip_event_type type)
{
	struct fx_event *e;

	if (f->event_taken == f->event_count)
		fail_msg("no event, expected %d", (int)type);
	e = &f->events[f->event_taken++];
	if (e->type != type)
		fail_msg("event %d (status %d), expected %d", (int)e->type, e->status, (int)type);
	return e;
}

static inline void fx_no_event(struct fixture *f)
{
	if (f->event_taken != f->event_count)
		fail_msg("event %d", (int)f->events[f->event_taken].type);
}

/* --- life --- */

static inline void fx_create_core(void *arg)
{
	struct fixture *f = arg;
	static const struct sip_config config = { .realm = "hotline",
		.session_expires_s = 1800,
		.max_calls = 50,
		.source_per_second = 1000 };

	assert_ok(sip_core_create(&f->core, &(struct sip_core_config){
						    .loop = f->loop,
						    .wire = { fx_send, fx_local, f },
						    .config = &config,
						    .eventh = fx_on_event,
						    .arg = f,
					    }));
}

static inline void fx_free_core(void *arg)
{
	struct fixture *f = arg;

	sip_core_free(f->core);
}

static inline void fx_start(struct fixture *f)
{
	clock_set_test(true);
	memset(f, 0, sizeof(*f));
	assert_ok(loop_create(&f->loop, "core"));
	assert_ok(loop_start(f->loop));
	loop_call(f->loop, fx_create_core, f);
	f->from = fx_peer("192.0.2.9", 5060, SIP_TRANSPORT_UDP);
}

static inline void fx_stop(struct fixture *f)
{
	loop_call(f->loop, fx_free_core, f);
	loop_stop(f->loop);
	loop_free(f->loop);
	for (size_t i = 0; i < f->sent_count; i++)
		free(f->sent[i].text);
	for (size_t i = 0; i < f->event_count; i++)
		free(f->events[i].sdp);
}

/* --- common actors --- */

static inline void fx_add_trunk(struct fixture *f, void *arg)
{
	(void)arg;
	assert_ok(sip_trunks_set(f->core, &(struct sip_trunk){ .name = "carrier",
						  .host = "192.0.2.9",
						  .port = 5060,
						  .transport = "udp",
						  .addresses = "192.0.2.9",
						  .user = "u",
						  .password = "p" }));
}

static inline void fx_trunk(struct fixture *f)
{
	fx_do(f, fx_add_trunk, NULL);
	assert_true(fx_event(f, SIP_TRUNK_STATE)->up);
}

/* An account with the password "secret". */
static inline void fx_add_account(struct fixture *f, void *user)
{
	char md5[33], sha256[65];

	sip_digest_ha1(md5, sha256, user, "hotline", "secret");
	assert_ok(sip_registrar_set(f->core,
		&(struct sip_account){ .user = user, .ha1_md5 = md5, .ha1_sha256 = sha256 }));
}

struct fx_command {
	uint64_t call;
	int status;
	const char *text;
};

#define FX_CALL(name, statement)                                                                   \
	static inline void fx_run_##name(struct fixture *f, void *arg)                             \
	{                                                                                          \
		struct fx_command *c = arg;                                                        \
		struct sip_session *s = sip_session_find(f->core, c->call);                        \
                                                                                                   \
		assert_non_null(s);                                                                \
		statement;                                                                         \
	}                                                                                          \
	static inline void fx_##name(                                                              \
		struct fixture *f, uint64_t call, int status, const char *text)                    \
	{                                                                                          \
		fx_do(f, fx_run_##name, &(struct fx_command){ call, status, text });               \
	}

FX_CALL(progress, sip_session_progress(s, c->status, c->text))
FX_CALL(answer, sip_session_answer(s, c->text))
FX_CALL(reject, sip_session_reject(s, c->status, c->text))
FX_CALL(hangup, sip_session_hangup(s, c->status, c->text))
FX_CALL(offer, sip_session_offer(s, c->text))
FX_CALL(answer_offer, sip_session_answer_offer(s, c->text))

static inline void fx_run_start(struct fixture *f, void *arg)
{
	sip_session_start(f->core, 77, arg);
}

/* Calls a number through the trunk; the call's id is 77. */
static inline void fx_call_out(struct fixture *f, const struct sip_target *target)
{
	fx_do(f, fx_run_start, (void *)(uintptr_t)target);
}

#endif
