/* Prompts: what is said, as text and as recordings with versions (A25). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/audit.h"
#include "clock/clock.h"
#include "flow/flow_internal.h"
#include "id.h"
#include "media/media.h"
#include "queue/queue.h"
#include "record/record.h"
#include "speech/speech.h"

enum { PROMPT_COLUMNS = 5, UPLOAD_MAX = 20 << 20, LONGEST_MS = 600000 };

struct recording {
	int64_t id;
	const char *language;
	int64_t version, milliseconds, created;
	const char *source;
};
static const struct web_field recording_fields[] = {
	{ F(struct recording, id, FIELD_ID) },
	{ F(struct recording, language, FIELD_TEXT) },
	{ F(struct recording, version, FIELD_INT) },
	{ F(struct recording, milliseconds, FIELD_INT) },
	{ F(struct recording, created, FIELD_TIME) },
	{ F(struct recording, source, FIELD_TEXT), .text = "upload, speech" },
	{ 0 },
};

struct prompt {
	int64_t id;
	const char *name, *text_zh, *text_en;
	int64_t version;
	struct field_list versions;
};
static const struct web_field prompt_fields[] = {
	{ F(struct prompt, id, FIELD_ID), .read_only = true },
	{ F(struct prompt, name, FIELD_TEXT) },
	{ F(struct prompt, text_zh, FIELD_TEXT) },
	{ F(struct prompt, text_en, FIELD_TEXT) },
	{ F(struct prompt, version, FIELD_INT), .read_only = true },
	{ F(struct prompt, versions, FIELD_LIST), .fields = recording_fields,
		.size = sizeof(struct recording), .read_only = true },
	{ 0 },
};

/* Rows of prompt_version sorted by prompt: each goes to its prompt's list. */
struct gather {
	struct record_set *prompts;
	struct arena *arena;
	size_t count, room;
	struct recording *all;
	int64_t *owners;
};

static int gather_row(const struct db_row *row, void *arg)
{
	struct gather *g = arg;

	if (g->count == g->room) {
		size_t room = g->room ? g->room * 2 : 64;
		struct recording *all = arena_alloc(g->arena, room * sizeof(*all));
		int64_t *owners = arena_alloc(g->arena, room * sizeof(*owners));

		if (!all || !owners)
			return ENOMEM;
		if (g->count) {
			memcpy(all, g->all, g->count * sizeof(*all));
			memcpy(owners, g->owners, g->count * sizeof(*owners));
		}
		g->all = all;
		g->owners = owners;
		g->room = room;
	}
	g->owners[g->count] = db_row_int(row, 0);
	g->all[g->count++] = (struct recording){ .id = db_row_int(row, 1),
		.language = arena_strdup(g->arena, db_row_text(row, 2)),
		.version = db_row_int(row, 3),
		.milliseconds = db_row_int(row, 4),
		.created = db_row_int(row, 5),
		.source = arena_strdup(g->arena, db_row_text(row, 6)) };
	return 0;
}

static void hand_out(struct gather *g, struct prompt *p)
{
	for (size_t i = 0; i < g->count; i++) {
		if (g->owners[i] != p->id)
			continue;
		if (!p->versions.count)
			p->versions.items = &g->all[i];
		p->versions.count++;
	}
}

static int list_prompts(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = prompt_fields,
		.columns = PROMPT_COLUMNS,
		.size = sizeof(struct prompt) };
	struct gather g = { .arena = web_arena(req) };
	int err = db_each(db, ST(PROMPT_LIST), record_add, &set);

	if (!err)
		err = db_each(db, ST(PROMPT_VERSIONS), gather_row, &g);
	for (size_t i = 0; i < set.count && !err; i++)
		hand_out(&g, record_at(&set, i));
	return err ? err : record_reply_page(req, &set, set.count);
}

struct prompt_body {
	const char *name, *text_zh, *text_en;
	bool has_name, has_zh, has_en;
};
#define P(member) .present = offsetof(struct prompt_body, member)
static const struct web_field prompt_new_fields[] = {
	{ F(struct prompt_body, name, FIELD_TEXT), .required = true, .min = 1, .max = 60,
		P(has_name) },
	{ F(struct prompt_body, text_zh, FIELD_TEXT), .max = 2000, .multiline = true, P(has_zh) },
	{ F(struct prompt_body, text_en, FIELD_TEXT), .max = 2000, .multiline = true, P(has_en) },
	{ 0 },
};
static const struct web_field prompt_patch_fields[] = {
	{ F(struct prompt_body, text_zh, FIELD_TEXT), .max = 2000, .multiline = true, P(has_zh) },
	{ F(struct prompt_body, text_en, FIELD_TEXT), .max = 2000, .multiline = true, P(has_en) },
	{ 0 },
};
#undef P

static int post_prompt(struct web_request *req, struct db *db)
{
	const struct prompt_body *body = web_body(req);
	struct prompt p = { .id = id_make(clock_now()),
		.name = body->name,
		.text_zh = body->text_zh ? body->text_zh : "",
		.text_en = body->text_en ? body->text_en : "",
		.version = 1 };
	int err;

	if (strspn(p.name, "abcdefghijklmnopqrstuvwxyz0123456789_.-") != strlen(p.name))
		return web_problem(
			req, 422, "bad_key", "name", "small letters, digits, _ . and - only");
	err = db_exec(db, ST(PROMPT_ADD), NULL, p.id, p.name, p.text_zh, p.text_en);
	if (err == EEXIST)
		return web_problem(req, 409, "name_taken", "name", "another prompt has this name");
	if (!err)
		err = audit_request(req, db, "create", "prompt", p.id, NULL);
	if (!err)
		err = plan_touch(db);
	return err ? err : web_reply_with(req, 201, prompt_fields, &p, 1);
}

static int get_record(struct web_request *req, struct db *db, struct prompt *p)
{
	int err = record_get(db, web_arena(req), ST(PROMPT_GET), web_path_id(req, "id"),
		prompt_fields, PROMPT_COLUMNS, p, sizeof(*p));

	return err == ENOENT ? web_not_found(req) : err;
}

static int patch_prompt(struct web_request *req, struct db *db)
{
	struct prompt old, now;
	const char *changes;
	int64_t version;
	int err = record_need_version(req, &version);

	if (!err)
		err = get_record(req, db, &old);
	if (err)
		return err;
	if (old.version != version)
		return web_stale(req, prompt_fields, &old, old.version);
	now = old;
	record_merge(prompt_fields, &now, prompt_patch_fields, web_body(req));
	err = record_diff(prompt_fields, &old, &now, web_arena(req), &changes);
	if (!err && changes)
		err = db_exec(db, ST(PROMPT_CHANGE), NULL, now.id, now.text_zh ? now.text_zh : "",
			now.text_en ? now.text_en : "");
	if (!err && changes)
		err = audit_request(req, db, "change", "prompt", now.id, changes);
	if (!err && changes)
		err = plan_touch(db);
	now.version += changes != NULL;
	return err ? err : web_reply_with(req, 200, prompt_fields, &now, now.version);
}

/* --- recordings --- */

static const char *language_of(struct web_request *req)
{
	const char *language = web_param_text(req, "language");

	return language && !strncmp(language, "en", 2) ? "en" : "zh-CN";
}

/* Decoding and synthesis take seconds, and writes stand in one line: both happen on the worker, between a read and a short write. */
struct new_recording {
	struct web_request *req;
	struct prompt prompt;
	const char *language, *source, *relative;
	int64_t ms;
	struct recording made;
};

static int read_prompt(struct db *db, void *arg)
{
	struct new_recording *n = arg;

	return get_record(n->req, db, &n->prompt);
}

static int add_recording(struct db *db, void *arg)
{
	struct new_recording *n = arg;
	struct arena *arena = web_arena(n->req);
	int64_t last = 0;
	int err = db_get(db, arena, ST(PROMPT_VERSION_LAST), n->prompt.id, n->language, &last);

	n->made.version = last + 1;
	if (!err)
		err = db_exec(db, ST(PROMPT_VERSION_ADD), NULL, n->made.id, n->prompt.id,
			n->language, n->made.version, n->source, n->relative, n->ms,
			n->made.created, web_actor(n->req)->user_id);
	if (!err)
		err = audit_request(n->req, db, "record", "prompt", n->prompt.id, NULL);
	return err ? err : plan_touch(db);
}

/* Brings any readable audio file into the store and records it as the next version. */
static int store(struct new_recording *n, const char *from)
{
	struct web_request *req = n->req;
	const char *data_dir = web_platform(req)->data_dir;
	const char *folder = arena_printf(web_arena(req), "%s/prompts", data_dir);
	int64_t id = id_make(clock_now());
	const char *path;
	int rate, channels, err;

	n->relative = arena_printf(web_arena(req), "prompts/%lld.wav", (long long)id);
	path = arena_printf(web_arena(req), "%s/%s", data_dir, n->relative ? n->relative : "");
	if (!folder || !n->relative || !path)
		return ENOMEM;
	if (mkdir(folder, 0700) && errno != EEXIST)
		return errno;
	if (media_file_probe(from, &n->ms, &rate, &channels))
		return web_problem(req, 422, "not_audio", NULL,
			"this is not an audio file the program can read");
	if (n->ms > LONGEST_MS)
		return web_problem(req, 422, "audio_too_long", NULL, "at most ten minutes");
	err = media_file_convert(from, path, 16000);
	if (err)
		return err;
	n->made = (struct recording){ .id = id,
		.language = n->language,
		.milliseconds = n->ms,
		.created = clock_now(),
		.source = n->source };
	err = db_write(web_platform(req)->database, add_recording, n);
	if (err)
		unlink(path);
	return err;
}

static int post_audio(struct web_request *req, struct db *db)
{
	struct new_recording n = { .req = req, .language = language_of(req), .source = "upload" };
	const char *path, *type;
	size_t size;
	int err = db_read(web_platform(req)->database, read_prompt, &n);

	(void)db;
	if (!err)
		err = web_body_file(req, &path, &size, &type);
	if (!err)
		err = store(&n, path);
	return err ? err : web_reply(req, 201, &n.made);
}

struct speech_body {
	const char *language, *text;
};
static const struct web_field speech_fields[] = {
	{ F(struct speech_body, language, FIELD_TEXT), .max = 8 },
	{ F(struct speech_body, text, FIELD_TEXT), .max = 2000, .multiline = true,
		.text = "instead of the prompt's own text" },
	{ 0 },
};

static int post_speech(struct web_request *req, struct db *db)
{
	const struct speech_body *body = web_body(req);
	bool english = body->language && !strncmp(body->language, "en", 2);
	struct new_recording n = {
		.req = req, .language = english ? "en" : "zh-CN", .source = "speech"
	};
	const char *text = body->text;
	char path[512];
	int err = db_read(web_platform(req)->database, read_prompt, &n);

	(void)db;
	if (err)
		return err;
	if (!text || !*text)
		text = english ? n.prompt.text_en : n.prompt.text_zh;
	if (!text || !*text)
		return web_problem(req, 422, "field_required", "text",
			"the prompt has no text in this language");
	err = flow_speech() ? speech_make(flow_speech(), text, n.language, path, sizeof(path))
			    : ENOENT;
	if (err)
		return web_problem(req, 503, "speech_failed", NULL,
			"speech synthesis is not available: %s", strerror(err));
	err = store(&n, path);
	return err ? err : web_reply(req, 201, &n.made);
}

static int get_audio(struct web_request *req, struct db *db)
{
	const char *relative;
	int err = db_get(
		db, web_arena(req), ST(PROMPT_VERSION_GET), web_path_id(req, "id"), &relative);

	if (err)
		return err == ENOENT ? web_not_found(req) : err;
	return web_reply_file(req,
		arena_printf(web_arena(req), "%s/%s", web_platform(req)->data_dir, relative),
		"audio/wav", NULL);
}

static const struct web_param audio_params[] = {
	{ .name = "language", .type = FIELD_TEXT, .text = "zh-CN or en" }, { 0 }
};

const struct web_route prompt_routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/prompts",
		.permission = "prompt.read",
		.reply = prompt_fields,
		.list = true,
		.handler = list_prompts,
		.summary = "Prompts with their recordings" },
	{ .method = WEB_POST,
		.path = "/api/v1/prompts",
		.permission = "prompt.manage",
		.body = prompt_new_fields,
		.body_size = sizeof(struct prompt_body),
		.reply = prompt_fields,
		.handler = post_prompt,
		.idempotent = true,
		.summary = "New prompt" },
	{ .method = WEB_PATCH,
		.path = "/api/v1/prompts/{id}",
		.permission = "prompt.manage",
		.body = prompt_patch_fields,
		.body_size = sizeof(struct prompt_body),
		.reply = prompt_fields,
		.handler = patch_prompt,
		.summary = "Change what a prompt says" },
	{ .method = WEB_POST,
		.path = "/api/v1/prompts/{id}/audio",
		.permission = "prompt.manage",
		.params = audio_params,
		.raw_body = true,
		.max_body = UPLOAD_MAX,
		.reply = recording_fields,
		.handler = post_audio,
		.no_db = true,
		.summary = "Upload a recording (any audio file, at most 20 MiB)" },
	{ .method = WEB_POST,
		.path = "/api/v1/prompts/{id}/speech",
		.permission = "prompt.manage",
		.body = speech_fields,
		.body_size = sizeof(struct speech_body),
		.reply = recording_fields,
		.handler = post_speech,
		.no_db = true,
		.summary = "Synthesise a recording" },
	{ .method = WEB_GET,
		.path = "/api/v1/prompt-versions/{id}/audio",
		.permission = "prompt.read",
		.raw_reply = true,
		.handler = get_audio,
		.summary = "Listen to a recording" },
	{ 0 },
};
