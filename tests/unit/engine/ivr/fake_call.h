/* A call that writes down what the flow asks of it, one line each, and answers as a test wishes. Flows are written with ' for ". */
#ifndef FAKE_CALL_H
#define FAKE_CALL_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "clock/clock.h"
#include "ivr/ivr.h"

#define LINES 4096

struct fake_call {
	struct ivr_flow *flow;
	struct ivr_session *session;
	char lines[LINES][256];
	size_t count, seen;
	const char *calendar, *thrown; /* answers */
	bool play_ends_at_once;        /* the host answers from inside play */
	bool free_when_ended;
	bool ended;
	const struct ivr_start *start;
};

static inline void fake_line(struct fake_call *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static inline void fake_line(struct fake_call *f, const char *fmt, ...)
{
	va_list ap;

	assert_true(f->count < LINES);
	va_start(ap, fmt);
	vsnprintf(f->lines[f->count++], sizeof(f->lines[0]), fmt, ap);
	va_end(ap);
}

static inline void fake_play(
	void *call, const struct ivr_part *parts, size_t count, const char *language, bool loop)
{
	struct fake_call *f = call;
	char text[240] = "";
	size_t len = 0;

	for (size_t i = 0; i < count && len < sizeof(text); i++) {
		if (parts[i].kind == IVR_SILENCE)
			len += (size_t)snprintf(
				text + len, sizeof(text) - len, " %dms", parts[i].ms);
		else
			len += (size_t)snprintf(text + len, sizeof(text) - len, " %s%s%s",
				parts[i].kind == IVR_AUDIO ? "@" : "", parts[i].text,
				parts[i].fallback ? "+" : "");
	}
	fake_line(f, "play%s%s%s%s", strcmp(language, "zh-CN") ? " in " : "",
		strcmp(language, "zh-CN") ? language : "", text, loop ? " loop" : "");
	if (f->play_ends_at_once)
		ivr_session_played(f->session);
}

static inline void fake_stop(void *call)
{
	fake_line(call, "stop");
}

static inline void fake_timer(void *call, int64_t ms)
{
	if (ms)
		fake_line(call, "timer %lld", (long long)ms);
}

static inline const char *fake_calendar(void *call, const char *name)
{
	fake_line(call, "calendar %s", name);
	return ((struct fake_call *)call)->calendar;
}

static inline bool fake_switch(void *call, const char *name)
{
	const char *thrown = ((struct fake_call *)call)->thrown;

	return thrown && !strcmp(thrown, name);
}

static inline void fake_record(void *call, bool on)
{
	fake_line(call, "record %s", on ? "on" : "off");
}

static inline void fake_trace(void *call, const char *node, const char *type, const char *name,
	const char *port, const char *keys)
{
	(void)type;
	(void)name;
	fake_line(call, "%s>%s%s%s", node, port, *keys ? " " : "", keys);
}

static inline void fake_value(void *call, const char *name, const char *value, bool secret)
{
	fake_line(call, "%s=%s%s", name, secret ? "secret " : "", value);
}

static inline void fake_ended(void *call, const char *cause)
{
	struct fake_call *f = call;

	fake_line(f, "ended %s", cause);
	assert_false(f->ended);
	f->ended = true;
	if (f->free_when_ended) {
		ivr_session_free(f->session);
		f->session = NULL;
	}
}

static const struct ivr_host fake_host = { .play = fake_play,
	.stop = fake_stop,
	.timer = fake_timer,
	.calendar = fake_calendar,
	.live_switch = fake_switch,
	.record = fake_record,
	.trace = fake_trace,
	.value = fake_value,
	.ended = fake_ended };

static inline char *quoted(const char *text)
{
	char *json = strdup(text);

	assert_non_null(json);
	for (char *p = json; *p; p++)
		if (*p == '\'')
			*p = '"';
	return json;
}

static inline struct ivr_flow *compiled(const char *text)
{
	struct ivr_finding findings[8] = { 0 };
	struct ivr_flow *flow = NULL;
	char *json = quoted(text);
	size_t count = 0;
	int err;

	assert_int_equal(ivr_init(), 0);
	err = ivr_flow_compile(&flow, json, strlen(json), NULL, NULL, findings, 8, &count);
	free(json);
	if (err)
		fail_msg("%s: %s %s", findings[0].node, findings[0].code, findings[0].detail);
	return flow;
}

/* A flow from its nodes and edges ('from port to' each), beginning at the first node. */
static inline struct fake_call *call_flow(const char *head, const char *nodes, const char *edges)
{
	static const struct ivr_start start = {
		.caller = "13800138000", .called = "4001", .now_ms = 1000
	};
	struct fake_call *f = calloc(1, sizeof(*f));
	char json[16384], from[64], port[64], to[64];
	size_t len;
	int used;

	assert_non_null(f);
	len = (size_t)snprintf(json, sizeof(json),
		"{'schema':'hotline-ivr/1','id':'test'%s%s,'start':'a','nodes':[%s],'edges':[",
		*head ? "," : "", head, nodes);
	for (int i = 0; sscanf(edges, " %63s %63s %63s%n", from, port, to, &used) == 3;
		i++, edges += used)
		len += (size_t)snprintf(json + len, sizeof(json) - len,
			"%s{'from':'%s','port':'%s','to':'%s'}", i ? "," : "", from, port, to);
	snprintf(json + len, sizeof(json) - len, "]}");
	f->flow = compiled(json);
	f->start = &start;
	assert_int_equal(ivr_session_create(&f->session, f->flow, &fake_host, f, &start), 0);
	return f;
}

static inline struct fake_call *begin_flow(const char *head, const char *nodes, const char *edges)
{
	struct fake_call *f = call_flow(head, nodes, edges);

	assert_int_equal(ivr_session_begin(f->session), 0);
	return f;
}

static inline void hang_up_test(struct fake_call *f)
{
	ivr_session_free(f->session);
	ivr_flow_release(f->flow);
	free(f);
}

static inline void type_keys(struct fake_call *f, const char *keys)
{
	for (; *keys; keys++)
		ivr_session_digit(f->session, *keys);
}

/* EXPECT(call, line, ...): the lines since the last look, in order, and no others. */
static inline void expect_lines(int line, const void *const *args)
{
	struct fake_call *f = (struct fake_call *)args[0];

	for (args++; *args; args++, f->seen++)
		if (f->seen >= f->count || strcmp(f->lines[f->seen], *args) != 0)
			fail_msg("line %d: expected \"%s\", got \"%s\"", line, (const char *)*args,
				f->seen < f->count ? f->lines[f->seen] : "nothing");
	if (f->seen < f->count)
		fail_msg("line %d: also got \"%s\"", line, f->lines[f->seen]);
}
#define EXPECT(...) expect_lines(__LINE__, (const void *const[]){ __VA_ARGS__, NULL })

#endif
