/* collect: a number from the keypad, checked and, if wished, confirmed. The variable is set only when all is well. */
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include "enum_name.h"
#include "ivr/check_digit.h"
#include "ivr/input.h"
#include "nodes.h"
#include "read_aloud.h"

#define REGEX_MAX      128
#define REGEX_MAX_WORK 1000 /* product of all repeat counts: regcomp writes repetitions out */

struct collect {
	struct input in;
	bool confirming;
	char value[INPUT_MAX + 1]; /* to be confirmed */
};

static char key_of(const struct ivr_node *n, const char *field, char fallback)
{
	const char *key = json_string_value(json_object_get(n->json, field));

	return key ? key[0] : fallback;
}

static const char *kind_of(const struct ivr_node *n)
{
	const char *kind = json_string_value(json_object_get(n->json, "confirmKind"));

	return kind ? kind : "digits";
}

static int confirm_prompt(
	struct ivr_session *s, const struct ivr_node *n, struct collect *c, struct ivr_prompt *p)
{
	bool zh = !strncmp(s->language, "zh", 2);
	int err;

	if (json_object_get(n->json, "confirmPrompt"))
		return ivr_prompt_add(s, p, n, "confirmPrompt", 0);
	err = ivr_prompt_say(s, p, zh ? "您输入的是：" : "You have entered:");
	if (!err)
		err = ivr_prompt_read(s, p, c->value, enum_value(read_kind_names, kind_of(n)));
	return err ? err
		   : ivr_prompt_say(s, p,
			     zh ? "。确认请按1，重新输入请按2。"
				: "To confirm, press 1. To enter it again, press 2.");
}

static int prompt(struct ivr_session *s, const struct ivr_node *n, struct input *in,
	struct ivr_prompt *p, bool again)
{
	struct collect *c = (struct collect *)in;

	if (c->confirming)
		return confirm_prompt(s, n, c, p);
	return ivr_prompt_add(s, p, n,
		again && json_object_get(n->json, "shortPrompt") ? "shortPrompt" : "prompt", 0);
}

/* --- checks of the value --- */

static bool regex_fits(const char *pattern, const char *value)
{
	regex_t regex;
	bool fits;

	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB))
		return false;
	fits = !regexec(&regex, value, 0, NULL, 0);
	regfree(&regex);
	return fits;
}

static bool value_fits(const struct ivr_node *n, char *value)
{
	const char *pattern = json_string_value(json_object_get(n->json, "regex"));
	const char *check = json_string_value(json_object_get(n->json, "check"));

	if (check && !strcmp(check, "luhn") && !check_digit_luhn(value))
		return false;
	/* There is no X on a telephone: * stands for it. */
	if (check && !strcmp(check, "id_card")) {
		if (strlen(value) == 18 && value[17] == '*')
			value[17] = 'X';
		if (!check_digit_id_card(value))
			return false;
	}
	return !pattern || regex_fits(pattern, value);
}

static enum input_answer accept(
	struct ivr_session *s, const struct ivr_node *n, struct collect *c, const char *value)
{
	const char *name = json_string_value(json_object_get(n->json, "variable"));

	if (ivr_bool(n, "secret", false) || ivr_is_secret(s, name))
		c->in.failed = ivr_set_secret(s, name, value);
	else
		c->in.failed = ivr_set(s, name, value);
	if (!c->in.failed)
		c->in.failed = ivr_leave(s, "ok");
	return INPUT_TAKEN;
}

static enum input_answer complete(
	struct ivr_session *s, const struct ivr_node *n, struct collect *c)
{
	if ((int64_t)c->in.count < ivr_int(n, "minDigits", 1))
		return INPUT_INVALID;
	if (c->in.count && !value_fits(n, c->in.typed))
		return INPUT_INVALID;
	if (!ivr_bool(n, "confirm", false) || !c->in.count)
		return accept(s, n, c, c->in.typed);
	memcpy(c->value, c->in.typed, sizeof(c->value));
	c->confirming = true;
	c->in.failed = ivr_set_quietly(s, "input", c->value, true);
	if (!c->in.failed)
		c->in.failed = input_repeat(s, n, &c->in);
	return INPUT_TAKEN;
}

static enum input_answer decide_confirm(
	struct ivr_session *s, const struct ivr_node *n, struct collect *c, char digit)
{
	char cancel = key_of(n, "cancelKey", 0);

	if (!digit)
		return INPUT_INVALID; /* no key: a timeout, nothing is typed */
	if (digit == '1')
		return accept(s, n, c, c->value);
	if (digit == '2') {
		c->confirming = false;
		c->in.failed = input_repeat(s, n, &c->in);
		return INPUT_TAKEN;
	}
	if (cancel && digit == cancel) {
		c->in.failed = ivr_leave(s, "cancel");
		return INPUT_TAKEN;
	}
	if (input_global(s, n, &c->in, digit))
		return INPUT_TAKEN;
	return INPUT_INVALID;
}

static enum input_answer decide(
	struct ivr_session *s, const struct ivr_node *n, struct input *in, char digit)
{
	struct collect *c = (struct collect *)in;
	char end = key_of(n, "endKey", '#'), cancel = key_of(n, "cancelKey", 0);

	if (c->confirming)
		return decide_confirm(s, n, c, digit);
	if (!digit)
		return in->count || !ivr_int(n, "minDigits", 1) ? complete(s, n, c) : INPUT_INVALID;
	if (end && digit == end)
		return complete(s, n, c);
	if (cancel && digit == cancel) {
		in->failed = ivr_leave(s, "cancel");
		return INPUT_TAKEN;
	}
	/* Digits are the answer; * and # are the flow's, if it wants them. */
	if ((digit == '*' || digit == '#') && input_global(s, n, in, digit))
		return INPUT_TAKEN;
	input_add(in, digit);
	if ((int64_t)in->count < ivr_int(n, "maxDigits", 20))
		return INPUT_MORE;
	if (end)
		ivr_swallow(s, end);
	return complete(s, n, c);
}

static int enter(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	struct collect *c = state;
	const char *name = json_string_value(json_object_get(n->json, "variable"));

	c->in.decide = decide;
	c->in.prompt = prompt;
	if (ivr_bool(n, "secret", false) || ivr_is_secret(s, name))
		ivr_mask_keys(s);
	return input_enter(s, n, &c->in);
}

static int resume(
	struct ivr_session *s, const struct ivr_node *n, void *state, const struct ivr_input *in)
{
	return input_resume(s, n, &((struct collect *)state)->in, in);
}

static void leave(struct ivr_session *s, const struct ivr_node *n, void *state)
{
	struct collect *c = state;

	(void)n;
	if (c->confirming)
		(void)ivr_set_quietly(s, "input", "", true);
	explicit_bzero(c->value, sizeof(c->value));
	explicit_bzero(c->in.typed, sizeof(c->in.typed));
}

/* --- publish checks --- */

/* Repeat counts multiply when they are nested; back references make matching exponential. */
static bool regex_is_cheap(const char *pattern)
{
	long work = 1;

	if (strlen(pattern) > REGEX_MAX)
		return false;
	for (const char *p = pattern; *p; p++) {
		if (*p == '\\' && p[1] >= '1' && p[1] <= '9')
			return false;
		if (*p != '{')
			continue;
		for (char *end = (char *)p + 1; *end && *end != '}';) {
			long n = strtol(end, &end, 10);

			if (n < 0 || n > 255)
				return false;
			work *= n > 1 ? n : 1;
			if (work > REGEX_MAX_WORK)
				return false;
			if (*end && *end != '}')
				end++;
		}
	}
	return true;
}

static void check_regex(const char *pattern, ivr_finding_h *finding, void *arg)
{
	regex_t regex;

	if (!pattern)
		return;
	if (!regex_is_cheap(pattern)) {
		finding(true, "bad_regex", "too long, back references, or too many repetitions",
			arg);
		return;
	}
	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB)) {
		finding(true, "bad_regex", pattern, arg);
		return;
	}
	regfree(&regex);
}

static void check_key(
	const struct ivr_node *n, const char *field, ivr_finding_h *finding, void *arg)
{
	const char *key = json_string_value(json_object_get(n->json, field));

	if (key && *key && (key[1] || !ivr_is_key(*key)))
		finding(true, "bad_key", field, arg);
}

static void check(const struct ivr_node *n, ivr_finding_h *finding, void *arg)
{
	const char *variable = json_string_value(json_object_get(n->json, "variable"));
	char end = key_of(n, "endKey", '#'), cancel = key_of(n, "cancelKey", 0);

	if (variable && !*variable)
		finding(true, "bad_value", "variable: a name is needed", arg);
	if (ivr_int(n, "minDigits", 1) > ivr_int(n, "maxDigits", 20))
		finding(true, "bad_value", "minDigits is more than maxDigits", arg);
	check_key(n, "endKey", finding, arg);
	check_key(n, "cancelKey", finding, arg);
	if (end && end == cancel)
		finding(true, "key_conflict", "endKey and cancelKey", arg);
	if (cancel && !ivr_node_edge(n, "cancel"))
		finding(true, "unconnected_port", "cancel", arg);
	check_regex(json_string_value(json_object_get(n->json, "regex")), finding, arg);
}

static const char *const check_names[] = { "none", "luhn", "id_card", NULL };

const struct ivr_node_type ivr_node_collect = {
	.name = "collect",
	.text_zh = "收号",
	.text_en = "Collect digits",
	.fields =
		(const struct ivr_field[]){
			{ "variable", IVR_TEXT, .required = true, .max = IVR_MAX_ID,
				.text_zh = "变量", .text_en = "Variable" },
			{ "minDigits", IVR_INT, .min = 0, .max = INPUT_MAX, .text_zh = "最少位数",
				.text_en = "Fewest digits" },
			{ "maxDigits", IVR_INT, .min = 1, .max = INPUT_MAX, .text_zh = "最多位数",
				.text_en = "Most digits" },
			{ "endKey", IVR_TEXT, .max = 1, .text_zh = "结束键", .text_en = "End key" },
			{ "cancelKey", IVR_TEXT, .max = 1, .text_zh = "取消键",
				.text_en = "Cancel key" },
			{ "regex", IVR_TEXT, .max = REGEX_MAX, .text_zh = "格式（正则表达式）",
				.text_en = "Pattern (regular expression)" },
			{ "check", IVR_ENUM, .values = check_names, .text_zh = "校验位",
				.text_en = "Check digit" },
			{ "confirm", IVR_BOOL, .text_zh = "复述确认",
				.text_en = "Confirm by reading back" },
			{ "confirmKind", IVR_ENUM, .values = read_kind_names, .text_zh = "复述读法",
				.text_en = "Read back as" },
			{ "confirmPrompt", IVR_PROMPT, .text_zh = "确认提示音",
				.text_en = "Prompt for confirming" },
			{ "secret", IVR_BOOL, .text_zh = "保密", .text_en = "Secret" },
			INPUT_FIELDS,
			{ 0 },
		},
	.ports = (const char *const[]){ "ok", "timeout", "invalid", "cancel?", NULL },
	.waits = true,
	.keeps_digits = true,
	.state_size = sizeof(struct collect),
	.enter = enter,
	.resume = resume,
	.leave = leave,
	.check = check,
};
