/* Fuzz target: a flow from outside is compiled and, if it is one, called by somebody who presses keys. The keys are what follows a NUL byte
 * after the JSON, or a fixed row. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ivr/ivr.h"

#define MAX_EVENTS 4000

struct caller {
	struct ivr_session *session;
	bool playing, looping, timer, ended;
	unsigned inside; /* answers given from inside play */
};

static void play(
	void *call, const struct ivr_part *parts, size_t count, const char *language, bool loop)
{
	struct caller *c = call;

	/* Reads every byte it is given. */
	for (size_t i = 0; i < count; i++)
		if (parts[i].kind != IVR_SILENCE &&
			(!parts[i].text || strlen(parts[i].text) > 100000))
			abort();
	if (!*language)
		abort();
	c->playing = true;
	c->looping = loop;
	if (c->inside++ % 3 == 0)
		ivr_session_played(c->session);
}

static void stop(void *call)
{
	((struct caller *)call)->playing = false;
}

static void timer(void *call, int64_t ms)
{
	((struct caller *)call)->timer = ms > 0;
}

static const char *calendar(void *call, const char *name)
{
	(void)call;
	return strlen(name) % 2 ? "open" : "holiday";
}

static bool live_switch(void *call, const char *name)
{
	(void)call;
	return strlen(name) % 3 == 0;
}

static void ended(void *call, const char *cause)
{
	struct caller *c = call;

	if (c->ended || !*cause)
		abort();
	c->ended = true;
}

static void trace(void *call, const char *node, const char *type, const char *name,
	const char *port, const char *keys)
{
	(void)call;
	if (!*node || !*type || !name || !*port || strlen(keys) > 64)
		abort();
}

static const struct ivr_host host = { .play = play,
	.stop = stop,
	.timer = timer,
	.calendar = calendar,
	.live_switch = live_switch,
	.trace = trace,
	.ended = ended };

static void live(struct ivr_flow *flow, const char *keys, size_t count)
{
	static const struct ivr_start start = {
		.caller = "13800138000", .called = "4001", .now_ms = 1759280400000
	};
	struct caller c = { 0 };
	size_t at = 0;

	if (ivr_session_create(&c.session, flow, &host, &c, &start))
		return;
	(void)ivr_session_begin(c.session);
	for (int i = 0; i < MAX_EVENTS && !c.ended; i++) {
		char key = count ? keys[at++ % count] : "1p2t*t#0"[i % 8];

		switch (key) {
		case 'p':
			if (c.playing && !c.looping)
				ivr_session_played(c.session);
			break;
		case 't':
			if (c.timer)
				ivr_session_timer(c.session);
			break;
		case 'r':
			ivr_session_result(c.session, "next");
			break;
		case 'h':
			ivr_session_hangup(c.session);
			break;
		default:
			ivr_session_digit(c.session, key);
		}
		if (count && at > count && key != 't' && c.timer)
			ivr_session_timer(c.session);
	}
	ivr_session_free(c.session);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, 0, size);
	size_t len = end ? (size_t)(end - data) : size;
	struct ivr_finding findings[8];
	struct ivr_flow *flow = NULL;
	size_t count = 0;

	if (ivr_init())
		abort();
	if (ivr_flow_compile(&flow, (const char *)data, len, NULL, NULL, findings, 8, &count)) {
		if (!count)
			abort(); /* a refusal says why */
		return 0;
	}
	live(flow, end ? (const char *)end + 1 : "", end ? size - len - 1 : 0);
	ivr_flow_release(flow);
	return 0;
}
