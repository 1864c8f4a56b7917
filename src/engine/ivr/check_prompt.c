/* Publish checks of prompts: parts, recordings in every language used, variables. */
#include <string.h>
#include "enum_name.h"
#include "ivr_flow.h"
#include "read_aloud.h"

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void check_spoken(struct ivr_checker *c, const char *field, const char *text)
{
	if (characters(text) > IVR_MAX_TEXT)
		ivr_found(c, true, "text_too_long", "%s: at most 2,000 characters", field);
	else if (characters(text) > IVR_LONG_TEXT)
		ivr_found(c, false, "text_long", "%s: %zu characters", field, characters(text));
	ivr_check_variables(c, text);
}

/* "tts": text, or one text per language. */
static void check_tts(struct ivr_checker *c, const char *field, json_t *tts)
{
	const char *language;
	json_t *text;

	if (json_is_string(tts)) {
		check_spoken(c, field, json_string_value(tts));
		return;
	}
	if (!json_object_size(tts))
		ivr_found(c, true, "bad_prompt", "%s: tts: text, or text by language", field);
	json_object_foreach(tts, language, text)
	{
		if (json_is_string(text))
			check_spoken(c, field, json_string_value(text));
		else
			ivr_found(c, true, "bad_prompt", "%s: tts: %.20s", field, language);
	}
}

static bool speaks(const json_t *tts, const char *language)
{
	return json_is_string(tts) || json_object_get(tts, language);
}

static void check_recording(
	struct ivr_checker *c, const char *audio, const json_t *tts, const char *language)
{
	if (!c->exists || c->exists("audio", audio, language, c->arg))
		return;
	ivr_found(c, !speaks(tts, language), "missing_audio", "%.80s (%.20s)", audio, language);
}

static void check_audio(struct ivr_checker *c, const char *field, const json_t *part)
{
	const char *audio = json_string_value(json_object_get(part, "audio"));
	const json_t *tts = json_object_get(part, "tts");

	if (!audio || !*audio) {
		ivr_found(c, true, "bad_prompt", "%s: audio: a name is needed", field);
		return;
	}
	if (strstr(audio, "${"))
		return;
	for (size_t i = 0; i < c->flow->language_count; i++)
		check_recording(c, audio, tts, c->flow->languages[i]);
}

static void check_part(struct ivr_checker *c, const char *field, const json_t *part)
{
	const json_t *silence = json_object_get(part, "silence"), *as = json_object_get(part, "as");
	const char *var = json_string_value(json_object_get(part, "var"));

	if (json_object_get(part, "audio")) {
		check_audio(c, field, part);
		if (json_object_get(part, "tts"))
			check_tts(c, field, json_object_get(part, "tts"));
	} else if (json_object_get(part, "tts")) {
		check_tts(c, field, json_object_get(part, "tts"));
	} else if (json_object_get(part, "var")) {
		if (!var || !*var || strlen(var) > IVR_MAX_ID)
			ivr_found(c, true, "bad_prompt", "%s: var: a name is needed", field);
		if (as && (!json_is_string(as) ||
				  enum_value(read_kind_names, json_string_value(as)) < 0))
			ivr_found(c, true, "bad_prompt", "%s: as: %.40s", field,
				json_is_string(as) ? json_string_value(as) : "a kind is needed");
	} else if (silence) {
		if (!json_is_integer(silence) || json_integer_value(silence) < 1 ||
			json_integer_value(silence) > 60000)
			ivr_found(c, true, "bad_prompt", "%s: silence: 1 to 60,000 ms", field);
	} else {
		ivr_found(c, true, "bad_prompt", "%s: audio, tts, var or silence is needed", field);
	}
}

static void check_parts(struct ivr_checker *c, const char *field, const json_t *parts)
{
	const json_t *part;
	size_t i;

	if (json_array_size(parts) > IVR_MAX_PARTS / 2)
		ivr_found(c, true, "bad_prompt", "%s: at most 32 parts", field);
	json_array_foreach((json_t *)parts, i, part) check_part(c, field, part);
}

void ivr_check_prompt(struct ivr_checker *c, const char *field, json_t *prompt)
{
	const json_t *try;
	size_t i;

	if (!json_is_array(prompt)) {
		ivr_found(c, true, "bad_prompt", "%s: a list of parts is needed", field);
		return;
	}
	if (!json_is_array(json_array_get(prompt, 0))) {
		check_parts(c, field, prompt);
		return;
	}
	if (json_array_size(prompt) > IVR_MAX_TRIES)
		ivr_found(c, true, "bad_prompt", "%s: at most 10 tries", field);
	json_array_foreach(prompt, i, try)
	{
		if (json_is_array(try))
			check_parts(c, field, try);
		else
			ivr_found(c, true, "bad_prompt", "%s: a list per try is needed", field);
	}
}

/* --- variables --- */

/* Does some node of the flow, or the outside (a name with a point), give this variable a value? */
static bool is_given(const struct ivr_flow *f, const char *name, size_t len)
{
	static const char *const known[] = { "caller", "called", "time", "date", "weekday",
		"language", "input", NULL };
	json_t *item;
	size_t i;

	if (memchr(name, '.', len))
		return true;
	for (const char *const *k = known; *k; k++)
		if (strlen(*k) == len && !strncmp(*k, name, len))
			return true;
	json_array_foreach(json_object_get(f->root, "vars"), i, item)
	{
		const char *var = json_string_value(json_object_get(item, "name"));

		if (var && strlen(var) == len && !strncmp(var, name, len))
			return true;
	}
	for (size_t n = 0; n < f->node_count; n++) {
		const char *var = json_string_value(json_object_get(f->nodes[n].json, "variable"));

		if (var && strlen(var) == len && !strncmp(var, name, len))
			return true;
		json_array_foreach(json_object_get(f->nodes[n].json, "assign"), i, item)
		{
			var = json_string_value(json_object_get(item, "var"));
			if (var && strlen(var) == len && !strncmp(var, name, len))
				return true;
		}
	}
	return false;
}

void ivr_check_variables(struct ivr_checker *c, const char *text)
{
	for (const char *at = text; (at = strstr(at, "${"));) {
		const char *name = at + 2;
		size_t len = strcspn(name, "}");

		if (!name[len] || !len || len > IVR_MAX_ID) {
			ivr_found(c, true, "bad_variable", "%.80s", at);
			return;
		}
		if (!is_given(c->flow, name, len))
			ivr_found(c, false, "unknown_variable", "%.*s", (int)len, name);
		at = name + len;
	}
}
