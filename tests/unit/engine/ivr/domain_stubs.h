/* Stand-ins for the node types the domain registers: they ask nobody and wait for a result. */
#ifndef DOMAIN_STUBS_H
#define DOMAIN_STUBS_H

#include "ivr/ivr.h"

static inline int stub_enter(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	(void)s;
	(void)n;
	(void)state;
	return 0;
}

static inline int stub_play(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	(void)state;
	return ivr_play(s, n, "greeting", true);
}

static inline int stub_resume(
	struct ivr_session *s, const struct ivr_node *n, void *state, const struct ivr_input *in)
{
	(void)n;
	(void)state;
	if (in->kind == IVR_IN_DIGIT && in->digit == '9')
		return ivr_leave(s, "key_9");
	return in->kind == IVR_IN_RESULT ? ivr_leave(s, in->port) : 0;
}

static const struct ivr_node_type stub_queue = {
	.name = "queue",
	.fields =
		(const struct ivr_field[]){
			{ "queue", IVR_REFERENCE, .required = true, .reference = "queue" }, { 0 } },
	.ports = (const char *const[]){ "timeout", "full", "empty", "closed", NULL },
	.dynamic_ports = true,
	.waits = true,
	.enter = stub_enter,
	.resume = stub_resume,
};

static const struct ivr_node_type stub_voicemail = {
	.name = "voicemail",
	.fields = (const struct ivr_field[]){ { "greeting", IVR_PROMPT }, { 0 } },
	.ports = (const char *const[]){ "ok", "short", "timeout", NULL },
	.waits = true,
	.enter = stub_play,
	.resume = stub_resume,
};

/* Does not wait for people: it is asked and answers, also when the caller has gone. No resume: a result is its port. */
static const struct ivr_node_type stub_caller = {
	.name = "caller",
	.fields = (const struct ivr_field[]){ { 0 } },
	.ports = (const char *const[]){ "known", "unknown", "vip", "blocked", NULL },
	.enter = stub_enter,
};

static inline int register_stubs(void)
{
	int err = ivr_init();

	err = err ? err : ivr_register(&stub_queue);
	err = err ? err : ivr_register(&stub_voicemail);
	return err ? err : ivr_register(&stub_caller);
}

#endif
