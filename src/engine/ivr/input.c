/* Taking keys. */
#include <errno.h>
#include <string.h>
#include "input.h"

void input_add(struct input *in, char digit)
{
	if (in->count < INPUT_MAX)
		in->typed[in->count++] = digit;
	in->typed[in->count] = '\0';
}

static void forget_typed(struct input *in)
{
	explicit_bzero(in->typed, sizeof(in->typed));
	in->count = 0;
}

static int64_t seconds(const struct ivr_node *n, const char *field, int64_t fallback_ms)
{
	int64_t s = ivr_int(n, field, 0);

	return s > 0 ? 1000 * s : fallback_ms;
}

static void start_timer(struct ivr_session *s, const struct ivr_node *n, const struct input *in)
{
	const struct ivr_defaults *d = &n->flow->defaults;

	ivr_timer(s, in->count ? seconds(n, "interDigitTimeout", d->inter_ms)
			       : seconds(n, "firstDigitTimeout", d->first_ms));
}

static bool barge_in(const struct ivr_node *n)
{
	return ivr_bool(n, "bargeIn", n->flow->defaults.barge_in);
}

static int listen(struct ivr_session *s, const struct ivr_node *n, struct input *in);

/* before: what is said about the lost try; may be NULL. Keys typed ahead make the prompt needless. */
static int begin_try(struct ivr_session *s, const struct ivr_node *n, struct input *in,
	const char *before, int lost, bool again)
{
	struct ivr_prompt p = { 0 };
	int err;

	forget_typed(in);
	in->listening = false;
	if (s->digit_count && barge_in(n))
		return listen(s, n, in);
	err = ivr_prompt_add(s, &p, n, before, lost - 1);
	if (!err)
		err = in->prompt(s, n, in, &p, again);
	return err ? err : ivr_play_parts(s, p.parts, p.count, false);
}

static int lose_try(struct ivr_session *s, const struct ivr_node *n, struct input *in, bool timeout)
{
	const struct ivr_defaults *d = &n->flow->defaults;
	int *lost = timeout ? &in->timeouts : &in->invalids;
	int most = timeout ? (int)ivr_int(n, "maxTimeout", d->max_timeout)
			   : (int)ivr_int(n, "maxInvalid", d->max_invalid);

	ivr_flush_digits(s); /* what was typed on top of a mistake is no answer */
	if (++*lost >= most)
		return ivr_leave(s, timeout ? "timeout" : "invalid");
	return begin_try(s, n, in, timeout ? "timeoutPrompt" : "invalidPrompt", *lost, true);
}

/* Takes what has been typed; then the timer decides. */
static int listen(struct ivr_session *s, const struct ivr_node *n, struct input *in)
{
	char digit;

	in->listening = true;
	while ((digit = ivr_take_digit(s))) {
		enum input_answer answer = in->decide(s, n, in, digit);

		if (answer == INPUT_TAKEN)
			return in->failed;
		if (answer == INPUT_INVALID)
			return lose_try(s, n, in, false);
	}
	start_timer(s, n, in);
	return 0;
}

static int no_more_keys(struct ivr_session *s, const struct ivr_node *n, struct input *in)
{
	enum input_answer answer = in->decide(s, n, in, 0);

	if (answer == INPUT_TAKEN)
		return in->failed;
	return lose_try(s, n, in, !in->count);
}

static int key_pressed(struct ivr_session *s, const struct ivr_node *n, struct input *in)
{
	if (in->listening) {
		ivr_timer(s, 0);
		return listen(s, n, in);
	}
	if (barge_in(n)) {
		ivr_stop_play(s);
		return listen(s, n, in);
	}
	if (!ivr_bool(n, "typeAhead", false))
		ivr_drop_last_digit(s);
	return 0;
}

int input_enter(struct ivr_session *s, const struct ivr_node *n, struct input *in)
{
	if (ivr_bool(n, "flush", false))
		ivr_flush_digits(s);
	if (s->history_count == IVR_MAX_HISTORY) {
		memmove(s->history, s->history + 1, sizeof(s->history) - sizeof(struct ivr_node *));
		s->history_count--;
	}
	s->history[s->history_count++] = n;
	return begin_try(s, n, in, NULL, 0, s->visits[n->index] > 1);
}

int input_resume(struct ivr_session *s, const struct ivr_node *n, struct input *in,
	const struct ivr_input *event)
{
	switch (event->kind) {
	case IVR_IN_DIGIT:
		return key_pressed(s, n, in);
	case IVR_IN_PLAYED:
		return in->listening ? 0 : listen(s, n, in);
	case IVR_IN_TIMER:
		return in->listening ? no_more_keys(s, n, in) : 0;
	default:
		return 0;
	}
}

int input_repeat(struct ivr_session *s, const struct ivr_node *n, struct input *in)
{
	int err = ivr_count_visit(s, n);

	return err ? err : begin_try(s, n, in, NULL, 0, false);
}

/* The input node before this one; the same node twice in a row counts once. */
static const struct ivr_node *step_back(struct ivr_session *s, const struct ivr_node *n)
{
	while (s->history_count && s->history[s->history_count - 1] == n)
		s->history_count--;
	return s->history_count ? s->history[--s->history_count] : NULL;
}

static void act_repeat(struct ivr_session *s, const struct ivr_node *n, struct input *in)
{
	int err = input_repeat(s, n, in);

	if (err)
		in->failed = err;
}

bool input_act(struct ivr_session *s, const struct ivr_node *n, struct input *in,
	enum ivr_action action, const struct ivr_node *to)
{
	switch (action) {
	case IVR_ACT_NODE:
		ivr_go(s, to, "global");
		return true;
	case IVR_ACT_MAIN:
		ivr_go(s, n->flow->main, "main");
		return true;
	case IVR_ACT_BACK:
		to = step_back(s, n);
		if (to)
			ivr_go(s, to, "back");
		else
			act_repeat(s, n, in);
		return true;
	case IVR_ACT_REPEAT:
		act_repeat(s, n, in);
		return true;
	default:
		return false;
	}
}

bool input_global(struct ivr_session *s, const struct ivr_node *n, struct input *in, char digit)
{
	const struct ivr_global_key *g = &n->flow->global[(unsigned char)digit & 127];

	return input_act(s, n, in, g->action, g->to);
}

/* --- keys of a node --- */

static const char *exact(const json_t *keys, const char *typed)
{
	return json_string_value(json_object_get(keys, typed));
}

static bool begins_a_longer_key(const json_t *keys, const char *typed, size_t len)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)keys, key, v)
	{
		if (strlen(key) > len && !strncmp(key, typed, len))
			return true;
	}
	return false;
}

bool input_uses(const json_t *keys, char digit)
{
	const char typed[2] = { digit, '\0' };

	return exact(keys, typed) || begins_a_longer_key(keys, typed, 1);
}

/* The longest key that what was typed begins with; the rest goes back to be typed ahead. */
static const char *longest(struct ivr_session *s, struct input *in, const json_t *keys)
{
	char part[INPUT_MAX + 1];

	for (size_t len = in->count; len; len--) {
		const char *value;

		memcpy(part, in->typed, len);
		part[len] = '\0';
		value = exact(keys, part);
		if (!value)
			continue;
		ivr_untake_digits(s, in->typed + len, in->count - len);
		return value;
	}
	return NULL;
}

enum input_answer input_match(struct ivr_session *s, struct input *in, const json_t *keys,
	char digit, const char **chosen)
{
	*chosen = NULL;
	if (digit) {
		input_add(in, digit);
		if (begins_a_longer_key(keys, in->typed, in->count))
			return INPUT_MORE;
	}
	*chosen = longest(s, in, keys);
	return *chosen ? INPUT_TAKEN : INPUT_INVALID;
}

void input_check_keys(const json_t *keys, ivr_finding_h *finding, void *arg)
{
	const char *key;
	json_t *v;

	if (!json_is_object(keys) || !json_object_size(keys)) {
		finding(true, "bad_key", "keys: at least one key is needed", arg);
		return;
	}
	json_object_foreach((json_t *)keys, key, v)
	{
		bool good = *key && strlen(key) <= 8;

		for (const char *k = key; *k; k++)
			good = good && ivr_is_key(*k);
		if (!good)
			finding(true, "bad_key", key, arg);
		else if (begins_a_longer_key(keys, key, strlen(key)))
			finding(false, "key_conflict", key, arg);
		if (!json_string_length(v) || json_string_length(v) > IVR_MAX_ID)
			finding(true, "bad_key", key, arg);
	}
}
