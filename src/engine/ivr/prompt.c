/* Prompts: lists of parts with variables read aloud, in the session's language. */
#include <errno.h>
#include <string.h>
#include "arena.h"
#include "enum_name.h"
#include "read_aloud.h"
#include "session.h"

#define SPOKEN_MAX 4096

static int add_part(struct ivr_prompt *p, struct ivr_part part)
{
	if (p->count == IVR_MAX_PARTS)
		return EMSGSIZE;
	p->parts[p->count++] = part;
	return 0;
}

int ivr_prompt_say(struct ivr_session *s, struct ivr_prompt *p, const char *text)
{
	char *expanded = ivr_expand(s, text);

	if (!expanded)
		return ENOMEM;
	return *expanded ? add_part(p, (struct ivr_part){ .kind = IVR_SPEECH, .text = expanded })
			 : 0;
}

int ivr_prompt_read(struct ivr_session *s, struct ivr_prompt *p, const char *value, int kind)
{
	char *spoken = arena_alloc(s->visit, SPOKEN_MAX);
	int err;

	if (!spoken)
		return ENOMEM;
	if (!*value)
		return 0;
	err = read_aloud(spoken, SPOKEN_MAX, value, kind < 0 ? READ_TEXT : (enum read_kind)kind,
		s->language, NULL);
	return add_part(p, (struct ivr_part){ .kind = IVR_SPEECH, .text = err ? value : spoken });
}

static bool same_tongue(const char *a, const char *b)
{
	size_t len = strcspn(a, "-");

	return len == strcspn(b, "-") && !strncmp(a, b, len);
}

/* Text in this language, else in a kin of it, else in the flow's own, else any. */
static const char *tts_text(const struct ivr_session *s, const json_t *tts)
{
	const char *kin = NULL, *own, *any = NULL, *language;
	json_t *text;

	if (!tts || json_is_string(tts))
		return json_string_value(tts);
	json_object_foreach((json_t *)tts, language, text)
	{
		if (!strcmp(language, s->language))
			return json_string_value(text);
		if (!kin && same_tongue(language, s->language))
			kin = json_string_value(text);
		any = any ? any : json_string_value(text);
	}
	own = json_string_value(json_object_get(tts, s->flow->language));
	if (kin)
		return kin;
	return own ? own : any;
}

static int add_json(struct ivr_session *s, struct ivr_prompt *p, const json_t *part)
{
	const char *audio = json_string_value(json_object_get(part, "audio"));
	const char *tts = tts_text(s, json_object_get(part, "tts"));
	const char *var = json_string_value(json_object_get(part, "var"));
	const char *as = json_string_value(json_object_get(part, "as"));
	const json_t *silence = json_object_get(part, "silence");
	struct ivr_part out = { .kind = IVR_AUDIO };

	if (audio) {
		out.text = ivr_expand(s, audio);
		out.fallback = tts ? ivr_expand(s, tts) : NULL;
		return out.text ? add_part(p, out) : ENOMEM;
	}
	if (tts)
		return ivr_prompt_say(s, p, tts);
	if (var)
		return ivr_prompt_read(
			s, p, ivr_get(s, var), as ? enum_value(read_kind_names, as) : READ_TEXT);
	if (!silence)
		return 0;
	return add_part(p,
		(struct ivr_part){ .kind = IVR_SILENCE, .ms = (int)json_integer_value(silence) });
}

int ivr_prompt_add(struct ivr_session *s, struct ivr_prompt *p, const struct ivr_node *n,
	const char *field, int attempt)
{
	const json_t *parts = field ? json_object_get(n->json, field) : NULL, *part;
	size_t i, last = json_array_size(parts);
	int err = 0;

	/* A list per try: the last one serves all later tries. */
	if (json_is_array(json_array_get(parts, 0)))
		parts = json_array_get(parts, (size_t)attempt < last ? (size_t)attempt : last - 1);
	json_array_foreach((json_t *)parts, i, part)
	{
		err = add_json(s, p, part);
		if (err)
			break;
	}
	return err;
}

int ivr_play_parts(struct ivr_session *s, const struct ivr_part *parts, size_t count, bool loop)
{
	ivr_stop_play(s);
	/* Nobody listens, or nothing is to be heard. */
	if (!count || s->hung_up || !s->host->play) {
		s->play_instantly = true;
		return 0;
	}
	s->playing = true;
	s->host->play(s->call, parts, count, s->language, loop);
	return 0;
}

int ivr_play(struct ivr_session *s, const struct ivr_node *n, const char *field, bool loop)
{
	struct ivr_prompt p = { 0 };
	int err = ivr_prompt_add(s, &p, n, field, 0);

	return err ? err : ivr_play_parts(s, p.parts, p.count, loop);
}

void ivr_stop_play(struct ivr_session *s)
{
	s->play_instantly = false;
	if (!s->playing)
		return;
	s->playing = false;
	if (s->host->stop)
		s->host->stop(s->call);
}
