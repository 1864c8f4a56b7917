/* Variables of a session. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "arena.h"
#include "session.h"

static struct ivr_variable *find(const struct ivr_session *s, const char *name)
{
	for (size_t i = 0; i < s->variable_count; i++)
		if (!strcmp(s->variables[i].name, name))
			return (struct ivr_variable *)&s->variables[i];
	return NULL;
}

static bool declared_secret(const struct ivr_session *s, const char *name)
{
	json_t *v;
	size_t i;

	json_array_foreach(json_object_get(s->flow->root, "vars"), i, v)
	{
		const char *var = json_string_value(json_object_get(v, "name"));

		if (var && !strcmp(var, name))
			return json_is_true(json_object_get(v, "secret"));
	}
	return false;
}

bool ivr_is_secret(const struct ivr_session *s, const char *name)
{
	const struct ivr_variable *v = find(s, name);

	return (v && v->secret) || declared_secret(s, name);
}

static int store(struct ivr_session *s, const char *name, const char *value, bool secret)
{
	struct ivr_variable *v;
	char *copy;

	if (!name || !*name || strlen(name) > IVR_MAX_ID)
		return EINVAL;
	if (strlen(value) > IVR_MAX_VALUE)
		return EMSGSIZE;
	v = find(s, name);
	if (!v && s->variable_count == IVR_MAX_VARIABLES)
		return ENOSPC;
	copy = strdup(value);
	if (!copy)
		return ENOMEM;
	if (!v) {
		v = &s->variables[s->variable_count];
		*v = (struct ivr_variable){ .name = strdup(name) };
		if (!v->name) {
			free(copy);
			return ENOMEM;
		}
		s->variable_count++;
	}
	free(v->value);
	v->value = copy;
	v->secret = v->secret || secret;
	return 0;
}

static int set(struct ivr_session *s, const char *name, const char *value, bool secret)
{
	int err;

	if (!value)
		value = "";
	err = store(s, name, value, secret);
	if (!err && s->host->value)
		s->host->value(s->call, name, value, ivr_is_secret(s, name));
	return err;
}

int ivr_set(struct ivr_session *s, const char *name, const char *value)
{
	return set(s, name, value, false);
}

int ivr_set_secret(struct ivr_session *s, const char *name, const char *value)
{
	return set(s, name, value, true);
}

int ivr_set_quietly(struct ivr_session *s, const char *name, const char *value, bool secret)
{
	return store(s, name, value, secret);
}

void ivr_variables_free(struct ivr_session *s)
{
	for (size_t i = 0; i < s->variable_count; i++) {
		if (s->variables[i].secret)
			explicit_bzero(s->variables[i].value, strlen(s->variables[i].value));
		free(s->variables[i].name);
		free(s->variables[i].value);
	}
	s->variable_count = 0;
}

/* The clock as the caller's side of the wire sees it, unless a variable of that name hides it. */
static const char *computed(struct ivr_session *s, const char *name)
{
	time_t now = (time_t)(ivr_now(s) / 1000);
	const char *format = NULL;
	struct tm tm;
	char *out;

	if (!strcmp(name, "language"))
		return s->language;
	if (!strcmp(name, "time"))
		format = "%H:%M";
	else if (!strcmp(name, "date"))
		format = "%Y-%m-%d";
	else if (!strcmp(name, "weekday"))
		format = "%u";
	if (!format || !localtime_r(&now, &tm))
		return "";
	out = arena_alloc(s->visit, 16);
	return out && strftime(out, 16, format, &tm) ? out : "";
}

const char *ivr_get(struct ivr_session *s, const char *name)
{
	const struct ivr_variable *v;

	if (!name)
		return "";
	v = find(s, name);
	return v ? v->value : computed(s, name);
}

/* Length of the name in "${name}" at text, 0 when it is none. */
static size_t reference(const char *text)
{
	size_t len;

	if (text[0] != '$' || text[1] != '{')
		return 0;
	len = strcspn(text + 2, "}");
	return text[2 + len] && len <= IVR_MAX_ID ? len : 0;
}

char *ivr_expand(struct ivr_session *s, const char *text)
{
	char name[IVR_MAX_ID + 1], *out = NULL;
	size_t size = 0;

	/* Twice: measure, then write. */
	for (int writing = 0; writing < 2; writing++) {
		size_t at = 0;

		for (const char *p = text; *p;) {
			size_t len = reference(p), take = 1;
			const char *from = p;

			if (len) {
				memcpy(name, p + 2, len);
				name[len] = '\0';
				from = ivr_get(s, name);
				take = strlen(from);
			}
			if (at + take > 4 * IVR_MAX_VALUE)
				break; /* what is too long is cut */
			if (writing)
				memcpy(out + at, from, take);
			at += take;
			p += len ? len + 3 : 1;
		}
		size = at;
		if (!writing) {
			out = arena_alloc(s->visit, size + 1);
			if (!out)
				return NULL;
		}
	}
	out[size] = '\0';
	return out;
}

const char *ivr_text(struct ivr_session *s, const struct ivr_node *n, const char *field)
{
	const json_t *v = json_object_get(n->json, field);

	if (json_is_string(v))
		return ivr_expand(s, json_string_value(v));
	if (json_is_integer(v))
		return arena_printf(s->visit, "%lld", (long long)json_integer_value(v));
	return json_is_real(v) ? arena_printf(s->visit, "%.15g", json_real_value(v)) : NULL;
}
