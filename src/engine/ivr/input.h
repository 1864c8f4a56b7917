/* What all nodes that take keys share: prompt, barge-in, the two timers, tries, global keys. Rules: reference workflow 7.3. */
#ifndef HOTLINE_ENGINE_IVR_INPUT_H
#define HOTLINE_ENGINE_IVR_INPUT_H

#include "session.h"

#define INPUT_MAX 64

enum input_answer {
	INPUT_MORE,    /* may go on */
	INPUT_TAKEN,   /* the node has left, or begun again */
	INPUT_INVALID, /* a try is lost */
};

struct input {
	/* What do the keys mean with this one, or (digit 0) if no more come? The node keeps them in typed. */
	enum input_answer (*decide)(
		struct ivr_session *s, const struct ivr_node *n, struct input *in, char digit);
	/* Puts the prompt together; again: not for the first time. */
	int (*prompt)(struct ivr_session *s, const struct ivr_node *n, struct input *in,
		struct ivr_prompt *p, bool again);
	char typed[INPUT_MAX + 1];
	size_t count;
	int timeouts, invalids;
	bool listening; /* the prompt is over */
	int failed;     /* an action could not be done: the node leaves with this error */
};

/* Begins the visit. The state of the node starts with a struct input whose functions are set. */
int input_enter(struct ivr_session *s, const struct ivr_node *n, struct input *in);
int input_resume(struct ivr_session *s, const struct ivr_node *n, struct input *in,
	const struct ivr_input *event);
/* The prompt from its beginning, without a lost try; counts as a visit. */
int input_repeat(struct ivr_session *s, const struct ivr_node *n, struct input *in);
/* repeat, back, main, or a node: true when it was one. */
bool input_act(struct ivr_session *s, const struct ivr_node *n, struct input *in,
	enum ivr_action action, const struct ivr_node *to);
/* A key of the flow, unless the node uses it: the node asks only for keys it has no use for. */
bool input_global(struct ivr_session *s, const struct ivr_node *n, struct input *in, char digit);
void input_add(struct input *in, char digit);

/* Keys of a node ({"1": ..., "12": ...}): the value chosen. Longest match; digit 0: no more keys come. */
enum input_answer input_match(struct ivr_session *s, struct input *in, const json_t *keys,
	char digit, const char **chosen);
/* Does one of these keys begin with it? Then no global key does. */
bool input_uses(const json_t *keys, char digit);
/* Publish check of such keys; each value must be text. */
void input_check_keys(const json_t *keys, ivr_finding_h *finding, void *arg);

/* Fields of every input node, to be listed among its rows. */
#define INPUT_FIELDS                                                                               \
	{ "prompt", IVR_PROMPT, .text_zh = "提示音", .text_en = "Prompt" },                        \
		{ "shortPrompt", IVR_PROMPT, .text_zh = "重复时的提示音",                          \
			.text_en = "Prompt when repeated" },                                       \
		{ "timeoutPrompt", IVR_PROMPT, .text_zh = "超时提示",                              \
			.text_en = "Prompt after no key" },                                        \
		{ "invalidPrompt", IVR_PROMPT, .text_zh = "按错提示",                              \
			.text_en = "Prompt after a wrong key" },                                   \
		{ "firstDigitTimeout", IVR_INT, .min = 1, .max = 60, .text_zh = "首键等待（秒）",  \
			.text_en = "Wait for the first key (s)" },                                 \
		{ "interDigitTimeout", IVR_INT, .min = 1, .max = 30, .text_zh = "键间等待（秒）",  \
			.text_en = "Wait between keys (s)" },                                      \
		{ "maxTimeout", IVR_INT, .min = 1, .max = 10, .text_zh = "超时次数",               \
			.text_en = "Tries without a key" },                                        \
		{ "maxInvalid", IVR_INT, .min = 1, .max = 10, .text_zh = "按错次数",               \
			.text_en = "Wrong tries" },                                                \
		{ "bargeIn", IVR_BOOL, .text_zh = "可打断", .text_en = "Keys stop the prompt" },   \
		{ "typeAhead", IVR_BOOL, .text_zh = "保留放音时的按键",                            \
			.text_en = "Keep keys typed during the prompt" },                          \
	{                                                                                          \
		"flush", IVR_BOOL, .text_zh = "丢弃之前的按键",                                    \
				   .text_en = "Forget keys typed before"                           \
	}

#endif
