/* Settings: rows, file, environment, screen. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "config.h"
#include "hash.h"
#include "log/log.h"
#include "utf8.h"

#define VALUE_MAX 4096

/* A value that held at some time. Never freed before the config, so config_text may hand it out. */
struct value {
	struct value *older;
	const char *origin; /* "default", "file", "screen", "environment" */
	int64_t number;
	char text[];
};

struct setting {
	struct setting *next;
	const struct config_setting *row;
	struct value *_Atomic value;
	unsigned line; /* in the file; 0: not there */
};

struct config {
	struct hash *by_name;
	struct setting *first, **end;
	pthread_mutex_t lock; /* of changes */
};

int config_create(struct config **cp)
{
	struct config *c = calloc(1, sizeof(*c));

	if (!c)
		return ENOMEM;
	c->end = &c->first;
	c->by_name = hash_create();
	if (!c->by_name) {
		free(c);
		return ENOMEM;
	}
	pthread_mutex_init(&c->lock, NULL);
	*cp = c;
	return 0;
}

void config_free(struct config *c)
{
	if (!c)
		return;
	for (struct setting *s = c->first, *next; s; s = next) {
		next = s->next;
		for (struct value *v = atomic_load(&s->value), *older; v; v = older) {
			older = v->older;
			free(v);
		}
		free(s);
	}
	hash_free(c->by_name);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static bool parse_bool(const char *text, int64_t *number)
{
	static const char *const yes[] = { "true", "yes", "on", "1" };
	static const char *const no[] = { "false", "no", "off", "0" };

	for (size_t i = 0; i < 4; i++) {
		if (!strcasecmp(text, yes[i]) || !strcasecmp(text, no[i])) {
			*number = !strcasecmp(text, yes[i]);
			return true;
		}
	}
	return false;
}

/* EINVAL and a sentence when text is no value for the row. */
static int check(const struct config_setting *row, const char *text, int64_t *number, char *problem,
	size_t size)
{
	char *end;

	*number = 0;
	if (strlen(text) > VALUE_MAX || !utf8_is_text(text, strlen(text))) {
		snprintf(problem, size, "%s: too long or not UTF-8", row->name);
		return EINVAL;
	}
	switch (row->type) {
	case CONFIG_INT:
		errno = 0;
		*number = strtoll(text, &end, 10);
		if (end == text || *end || errno || isspace((unsigned char)*text)) {
			snprintf(problem, size, "%s: \"%.60s\" is not a whole number", row->name,
				text);
			return EINVAL;
		}
		if ((row->min || row->max) && (*number < row->min || *number > row->max)) {
			snprintf(problem, size,
				"%s: %" PRId64 " is not between %" PRId64 " and %" PRId64,
				row->name, *number, row->min, row->max);
			return EINVAL;
		}
		return 0;
	case CONFIG_BOOL:
		if (parse_bool(text, number))
			return 0;
		snprintf(problem, size, "%s: \"%.60s\" is neither true nor false", row->name, text);
		return EINVAL;
	case CONFIG_ENUM:
		for (int i = 0; row->values && row->values[i]; i++) {
			if (!strcmp(row->values[i], text))
				return 0;
		}
		snprintf(problem, size, "%s: \"%.60s\" is not one of its words", row->name, text);
		return EINVAL;
	default:
		return 0;
	}
}

static int give_value(
	struct setting *s, const char *text, const char *origin, char *problem, size_t size)
{
	size_t len = strlen(text) + 1;
	struct value *v;
	int64_t number;
	int err = check(s->row, text, &number, problem, size);

	if (err)
		return err;
	v = malloc(sizeof(*v) + len);
	if (!v)
		return ENOMEM;
	v->older = atomic_load(&s->value);
	v->origin = origin;
	v->number = number;
	memcpy(v->text, text, len);
	atomic_store(&s->value, v);
	return 0;
}

static int declare(struct config *c, const struct config_setting *row)
{
	struct setting *s;
	char problem[200];
	int err;

	if (hash_get(c->by_name, row->name))
		return EEXIST;
	s = calloc(1, sizeof(*s));
	if (!s)
		return ENOMEM;
	s->row = row;
	err = give_value(
		s, row->fallback ? row->fallback : "", "default", problem, sizeof(problem));
	if (err == EINVAL)
		log_error("config", "bad default", "setting", row->name, "problem", problem, NULL);
	if (!err)
		err = hash_set(c->by_name, row->name, s);
	if (err) {
		free(atomic_load(&s->value));
		free(s);
		return err;
	}
	*c->end = s;
	c->end = &s->next;
	return 0;
}

int config_declare(struct config *c, const struct config_setting *rows)
{
	int err = 0;

	for (; rows->name && !err; rows++)
		err = declare(c, rows);
	return err;
}

/* Without blanks on both sides, and without the quotes around it. */
static char *trim(char *s)
{
	size_t len;

	while (isspace((unsigned char)*s))
		s++;
	len = strlen(s);
	while (len && isspace((unsigned char)s[len - 1]))
		s[--len] = '\0';
	if (len >= 2 && s[0] == '"' && s[len - 1] == '"') {
		s[len - 1] = '\0';
		s++;
	}
	return s;
}

static int take_line(struct config *c, char *line, unsigned number, char *problem, size_t size)
{
	char *name = trim(line), *equals = strchr(name, '='), detail[200] = "";
	struct setting *s;
	int err;

	if (!*name || *name == '#')
		return 0;
	if (!equals) {
		snprintf(problem, size, "hotline.conf:%u: expected name = value", number);
		return EINVAL;
	}
	*equals = '\0';
	name = trim(name);
	s = hash_get(c->by_name, name);
	if (!s) {
		snprintf(problem, size, "hotline.conf:%u: there is no setting \"%.60s\"", number,
			name);
		return EINVAL;
	}
	if (s->line) {
		snprintf(problem, size, "hotline.conf:%u: %s was given in line %u already", number,
			name, s->line);
		return EINVAL;
	}
	s->line = number;
	err = give_value(s, trim(equals + 1), "file", detail, sizeof(detail));
	if (err)
		snprintf(problem, size, "hotline.conf:%u: %s", number,
			*detail ? detail : strerror(err));
	return err;
}

static int read_file(struct config *c, const char *path, char *problem, size_t size)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	unsigned number = 0;
	int err = 0;

	if (!f) {
		if (errno == ENOENT)
			return 0;
		err = errno;
		snprintf(problem, size, "%s: %s", path, strerror(err));
		return err;
	}
	while (!err && getline(&line, &room, f) >= 0)
		err = take_line(c, line, ++number, problem, size);
	free(line);
	fclose(f);
	return err;
}

static int read_environment(struct config *c, char *problem, size_t size)
{
	int err = 0;

	for (struct setting *s = c->first; s && !err; s = s->next) {
		char name[80] = "HOTLINE_", detail[200] = "";
		const char *text;
		size_t i = strlen(name);

		for (const char *p = s->row->name; *p && i < sizeof(name) - 1; p++)
			name[i++] = (char)toupper((unsigned char)*p);
		text = getenv(name);
		if (!text)
			continue;
		err = give_value(s, text, "environment", detail, sizeof(detail));
		if (err)
			snprintf(problem, size, "environment %s: %s", name,
				*detail ? detail : strerror(err));
	}
	return err;
}

int config_load(struct config *c, const char *data_dir, char *problem, size_t size)
{
	char path[1024];
	int err = 0;

	pthread_mutex_lock(&c->lock);
	if (data_dir) {
		snprintf(path, sizeof(path), "%s/hotline.conf", data_dir);
		err = read_file(c, path, problem, size);
	}
	if (!err)
		err = read_environment(c, problem, size);
	pthread_mutex_unlock(&c->lock);
	return err;
}

static const struct value *value_of(const struct config *c, const char *name)
{
	struct setting *s = hash_get(c->by_name, name);

	if (!s) {
		log_error("config", "setting is not declared", "setting", name, NULL);
		return NULL;
	}
	return atomic_load(&s->value);
}

int64_t config_int(const struct config *c, const char *name)
{
	const struct value *v = value_of(c, name);

	return v ? v->number : 0;
}

bool config_bool(const struct config *c, const char *name)
{
	return config_int(c, name) != 0;
}

const char *config_text(const struct config *c, const char *name)
{
	const struct value *v = value_of(c, name);

	return v ? v->text : "";
}

int config_set(struct config *c, const char *name, const char *value, char *problem, size_t size)
{
	struct setting *s = hash_get(c->by_name, name);
	int err;

	if (!s) {
		snprintf(problem, size, "there is no setting \"%.60s\"", name);
		return ENOENT;
	}
	pthread_mutex_lock(&c->lock);
	if (!s->row->live || !strcmp(atomic_load(&s->value)->origin, "environment")) {
		snprintf(problem, size,
			s->row->live ? "%s is given by the environment"
				     : "%s can be changed in the file only",
			name);
		err = EPERM;
	} else {
		err = give_value(s, value, "screen", problem, size);
	}
	pthread_mutex_unlock(&c->lock);
	return err;
}

void config_each(const struct config *c, config_row_h *fn, void *arg)
{
	for (struct setting *s = c->first; s; s = s->next) {
		const struct value *v = atomic_load(&s->value);

		fn(s->row, s->row->type == CONFIG_SECRET && *v->text ? "***" : v->text, v->origin,
			arg);
	}
}
