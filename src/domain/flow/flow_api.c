/* IVR flows: draft, check, publish, versions, roll back. */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include "audit/audit.h"
#include "clock/clock.h"
#include "flow/flow_internal.h"
#include "id.h"
#include "identity/identity.h"
#include "queue/queue.h"
#include "record/record.h"

enum { FLOW_COLUMNS = 7, FINDINGS_MAX = 100 };

struct flow {
	int64_t id;
	const char *key, *name;
	int64_t active_version, draft_updated, draft_by, version;
	const char *draft, *draft_by_name;
};
static const struct web_field flow_fields[] = {
	{ F(struct flow, id, FIELD_ID), .read_only = true },
	{ F(struct flow, key, FIELD_TEXT) },
	{ F(struct flow, name, FIELD_TEXT) },
	{ F(struct flow, active_version, FIELD_INT), .read_only = true },
	{ F(struct flow, draft_updated, FIELD_TIME), .read_only = true },
	{ F(struct flow, draft_by, FIELD_ID), .read_only = true },
	{ F(struct flow, version, FIELD_INT), .read_only = true },
	{ F(struct flow, draft_by_name, FIELD_TEXT), .read_only = true },
	{ 0 },
};

struct draft_view {
	const char *flow;
	int64_t updated, version;
};
static const struct web_field draft_fields[] = {
	{ F(struct draft_view, flow, FIELD_JSON) },
	{ F(struct draft_view, updated, FIELD_TIME) },
	{ F(struct draft_view, version, FIELD_INT) },
	{ 0 },
};

static int list_flows(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = flow_fields,
		.columns = FLOW_COLUMNS,
		.size = sizeof(struct flow) };
	int err = db_each(db, ST(FLOW_LIST), record_add, &set);

	if (!err)
		err = identity_names_refresh(db);
	for (size_t i = 0; i < set.count && !err; i++) {
		struct flow *f = record_at(&set, i);

		f->draft_by_name = identity_user_name(web_arena(req), f->draft_by);
	}
	return err ? err : record_reply_page(req, &set, set.count);
}

static int get_flow(struct web_request *req, struct db *db, struct flow *f)
{
	int err;

	memset(f, 0, sizeof(*f));
	f->id = web_path_id(req, "id");
	err = db_get(db, web_arena(req), ST(FLOW_GET), f->id, &f->id, &f->key, &f->name,
		&f->active_version, &f->draft_updated, &f->draft_by, &f->version, &f->draft);
	return err == ENOENT ? web_not_found(req) : err;
}

struct flow_body {
	const char *key, *name;
};
static const struct web_field flow_body_fields[] = {
	{ F(struct flow_body, key, FIELD_TEXT), .required = true, .min = 1, .max = 40 },
	{ F(struct flow_body, name, FIELD_TEXT), .required = true, .min = 1, .max = 60 },
	{ 0 },
};

static int post_flow(struct web_request *req, struct db *db)
{
	const struct flow_body *body = web_body(req);
	struct flow f = { .id = id_make(clock_now()),
		.key = body->key,
		.name = body->name,
		.draft_updated = clock_now(),
		.draft_by = web_actor(req)->user_id,
		.version = 1 };
	int err;

	if (strspn(f.key, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(f.key))
		return web_problem(
			req, 422, "bad_key", "key", "small letters, digits, _ and - only");
	f.draft = arena_printf(web_arena(req),
		"{\"schema\":\"hotline-ivr/"
		"1\",\"id\":\"%s\",\"lang\":\"zh-CN\",\"start\":\"start\","
		"\"nodes\":[{\"id\":\"start\",\"type\":\"start\"},{\"id\":\"end\",\"type\":"
		"\"hangup\"}],"
		"\"edges\":[{\"from\":\"start\",\"port\":\"next\",\"to\":\"end\"}]}",
		f.key);
	err = db_exec(
		db, ST(FLOW_ADD), NULL, f.id, f.key, f.name, f.draft, f.draft_updated, f.draft_by);
	if (err == EEXIST)
		return web_problem(req, 409, "key_taken", "key", "another flow has this key");
	if (!err)
		err = audit_request(req, db, "create", "ivr_flow", f.id, NULL);
	return err ? err : web_reply_with(req, 201, flow_fields, &f, 1);
}

static int get_draft(struct web_request *req, struct db *db)
{
	struct flow f;
	struct draft_view v;
	int err = get_flow(req, db, &f);

	if (err)
		return err;
	v = (struct draft_view){ f.draft, f.draft_updated, f.version };
	return web_reply_with(req, 200, draft_fields, &v, f.version);
}

struct draft_body {
	const char *flow;
};
static const struct web_field draft_body_fields[] = {
	{ F(struct draft_body, flow, FIELD_JSON), .required = true, .max = 512 * 1024 },
	{ 0 },
};

static int put_draft(struct web_request *req, struct db *db)
{
	const struct draft_body *body = web_body(req);
	struct draft_view v = { .flow = body->flow, .updated = clock_now() };
	struct flow f;
	int64_t version;
	int err = record_need_version(req, &version);

	if (!err)
		err = get_flow(req, db, &f);
	if (err)
		return err;
	if (f.version != version) {
		struct draft_view current = { f.draft, f.draft_updated, f.version };

		return web_stale(req, draft_fields, &current, f.version);
	}
	err = db_exec(
		db, ST(FLOW_DRAFT), NULL, f.id, body->flow, v.updated, web_actor(req)->user_id);
	v.version = f.version + 1;
	return err ? err : web_reply_with(req, 200, draft_fields, &v, v.version);
}

/* --- checks --- */

struct finding_view {
	bool error;
	const char *node, *code, *detail;
};
static const struct web_field finding_fields[] = {
	{ F(struct finding_view, error, FIELD_BOOL),
		.text = "blocks publishing; otherwise a warning" },
	{ F(struct finding_view, node, FIELD_TEXT) },
	{ F(struct finding_view, code, FIELD_TEXT) },
	{ F(struct finding_view, detail, FIELD_TEXT) },
	{ 0 },
};
struct findings_view {
	bool publishable;
	struct field_list findings;
};
static const struct web_field findings_fields[] = {
	{ F(struct findings_view, publishable, FIELD_BOOL) },
	{ F(struct findings_view, findings, FIELD_LIST), .fields = finding_fields,
		.size = sizeof(struct finding_view) },
	{ 0 },
};

static int check(struct web_request *req, struct db *db, const char *json, struct findings_view *v)
{
	struct ivr_finding *found = arena_alloc(web_arena(req), FINDINGS_MAX * sizeof(*found));
	struct finding_view *items = arena_alloc(web_arena(req), FINDINGS_MAX * sizeof(*items));
	struct ivr_flow *flow = NULL;
	size_t count = 0;
	int err;

	if (!found || !items)
		return ENOMEM;
	err = ivr_flow_compile(
		&flow, json, strlen(json), flow_reference_exists, db, found, FINDINGS_MAX, &count);
	ivr_flow_release(flow);
	if (err && err != EINVAL && err != EBADMSG)
		return err;
	for (size_t i = 0; i < count; i++)
		items[i] = (struct finding_view){ found[i].error, found[i].node, found[i].code,
			found[i].detail };
	v->publishable = !err;
	v->findings = (struct field_list){ items, count };
	return 0;
}

static int post_check(struct web_request *req, struct db *db)
{
	struct findings_view v;
	struct flow f;
	int err = get_flow(req, db, &f);

	if (!err)
		err = check(req, db, f.draft, &v);
	return err ? err : web_reply(req, 200, &v);
}

/* --- versions --- */

struct version_view {
	int64_t version, author_id;
	const char *note, *hash;
	int64_t published;
	const char *flow, *author_name, *state;
	int64_t calls;
};
static const struct web_field version_fields[] = {
	{ F(struct version_view, version, FIELD_INT) },
	{ F(struct version_view, author_id, FIELD_ID) },
	{ F(struct version_view, note, FIELD_TEXT) },
	{ F(struct version_view, hash, FIELD_TEXT) },
	{ F(struct version_view, published, FIELD_TIME) },
	{ F(struct version_view, author_name, FIELD_TEXT) },
	{ F(struct version_view, state, FIELD_TEXT),
		.text = "active, finalizing (calls are still in it), inactive" },
	{ F(struct version_view, calls, FIELD_INT), .text = "calls in it now" },
	{ 0 },
};
enum { VERSION_COLUMNS = 5 };
static const struct web_field version_with_flow_fields[] = {
	{ F(struct version_view, version, FIELD_INT) },
	{ F(struct version_view, author_id, FIELD_ID) },
	{ F(struct version_view, note, FIELD_TEXT) },
	{ F(struct version_view, hash, FIELD_TEXT) },
	{ F(struct version_view, published, FIELD_TIME) },
	{ F(struct version_view, flow, FIELD_JSON) },
	{ 0 },
};

static void describe(struct arena *arena, const struct flow *f, struct version_view *v)
{
	v->author_name = identity_user_name(arena, v->author_id);
	v->calls = (int64_t)flow_calls_in(f->id, v->version);
	v->state = v->version == f->active_version ? "active"
		   : v->calls                      ? "finalizing"
						   : "inactive";
}

static int list_versions(struct web_request *req, struct db *db)
{
	struct record_set set = { .arena = web_arena(req),
		.fields = version_fields,
		.columns = VERSION_COLUMNS,
		.size = sizeof(struct version_view) };
	struct flow f;
	int err = get_flow(req, db, &f);

	if (!err)
		err = db_each(db, ST(VERSION_LIST), record_add, &set, f.id);
	if (!err)
		err = identity_names_refresh(db);
	for (size_t i = 0; i < set.count && !err; i++)
		describe(web_arena(req), &f, record_at(&set, i));
	return err ? err : record_reply_page(req, &set, set.count);
}

static int get_version(struct web_request *req, struct db *db)
{
	struct version_view v = { 0 };
	int err = db_get(db, web_arena(req), ST(VERSION_GET), web_path_id(req, "id"),
		(int64_t)strtoll(web_path_text(req, "version"), NULL, 10), &v.version, &v.author_id,
		&v.note, &v.hash, &v.published, &v.flow);

	if (err)
		return err == ENOENT ? web_not_found(req) : err;
	return web_reply(req, 200, &v);
}

struct publish_body {
	const char *note;
};
static const struct web_field publish_fields[] = {
	{ F(struct publish_body, note, FIELD_TEXT), .max = 300 },
	{ 0 },
};

static void content_hash(char hex[65], const char *json)
{
	unsigned char hash[32];

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)json, strlen(json), NULL, 0);
	sodium_bin2hex(hex, 65, hash, sizeof(hash));
}

/* Stores a text as the next version and makes it the active one. */
static int add_version(struct web_request *req, struct db *db, const struct flow *f,
	const char *json, const char *note, struct version_view *v)
{
	char hash[65];
	int err;

	content_hash(hash, json);
	err = db_get(db, web_arena(req), ST(VERSION_LAST), f->id, &v->version);
	if (err)
		return err;
	v->version++;
	v->author_id = web_actor(req)->user_id;
	v->author_name = web_actor(req)->name;
	v->note = note ? note : "";
	v->hash = arena_strdup(web_arena(req), hash);
	v->published = clock_now();
	v->state = "active";
	err = db_exec(db, ST(VERSION_ADD), NULL, f->id, v->version, json, v->hash, v->author_id,
		v->note, v->published);
	if (!err)
		err = db_exec(db, ST(FLOW_ACTIVATE), NULL, f->id, v->version);
	if (!err)
		err = audit_request(req, db, "publish", "ivr_flow", f->id,
			arena_printf(web_arena(req),
				"[{\"field\":\"active_version\",\"old\":%lld,\"new\":%lld}]",
				(long long)f->active_version, (long long)v->version));
	return err ? err : plan_touch(db);
}

static int post_publish(struct web_request *req, struct db *db)
{
	const struct publish_body *body = web_body(req);
	struct version_view v = { 0 };
	struct findings_view found;
	struct flow f;
	int err = get_flow(req, db, &f);

	if (!err)
		err = check(req, db, f.draft, &found);
	if (err)
		return err;
	if (!found.publishable) {
		const struct finding_view *first = found.findings.items;

		return web_problem(req, 422, "flow_has_errors",
			found.findings.count ? first->node : NULL, "%s: %s",
			found.findings.count ? first->code : "?",
			found.findings.count ? first->detail : "");
	}
	err = add_version(req, db, &f, f.draft, body->note, &v);
	return err ? err : web_reply(req, 201, &v);
}

struct rollback_body {
	int64_t version;
	const char *note;
};
static const struct web_field rollback_fields[] = {
	{ F(struct rollback_body, version, FIELD_INT), .required = true, .min = 1, .max = 1000000 },
	{ F(struct rollback_body, note, FIELD_TEXT), .max = 300 },
	{ 0 },
};

/* Back to an earlier text: it becomes a new version, so that history only grows. */
static int post_rollback(struct web_request *req, struct db *db)
{
	const struct rollback_body *body = web_body(req);
	struct version_view v = { 0 }, old = { 0 };
	struct findings_view found;
	struct flow f;
	int err = get_flow(req, db, &f);

	if (err)
		return err;
	err = db_get(db, web_arena(req), ST(VERSION_GET), f.id, body->version, &old.version,
		&old.author_id, &old.note, &old.hash, &old.published, &old.flow);
	if (err)
		return err == ENOENT ? web_problem(req, 422, "unknown_version", "version",
					       "no such version")
				     : err;
	err = check(req, db, old.flow, &found);
	if (!err && !found.publishable)
		return web_problem(req, 422, "flow_has_errors", "version",
			"what this version names does not exist any more");
	if (!err)
		err = add_version(req, db, &f, old.flow,
			body->note && *body->note
				? body->note
				: arena_printf(web_arena(req), "= %lld", (long long)body->version),
			&v);
	return err ? err : web_reply(req, 201, &v);
}

const struct web_route flow_routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/ivr-flows",
		.permission = "ivr.read",
		.reply = flow_fields,
		.list = true,
		.handler = list_flows,
		.summary = "IVR flows" },
	{ .method = WEB_POST,
		.path = "/api/v1/ivr-flows",
		.permission = "ivr.edit",
		.body = flow_body_fields,
		.body_size = sizeof(struct flow_body),
		.reply = flow_fields,
		.handler = post_flow,
		.idempotent = true,
		.summary = "New IVR flow with an empty draft" },
	{ .method = WEB_GET,
		.path = "/api/v1/ivr-flows/{id}/draft",
		.permission = "ivr.read",
		.reply = draft_fields,
		.handler = get_draft,
		.summary = "The draft of a flow" },
	{ .method = WEB_PUT,
		.path = "/api/v1/ivr-flows/{id}/draft",
		.permission = "ivr.edit",
		.body = draft_body_fields,
		.body_size = sizeof(struct draft_body),
		.reply = draft_fields,
		.handler = put_draft,
		.summary = "Save the draft" },
	{ .method = WEB_POST,
		.path = "/api/v1/ivr-flows/{id}/check",
		.permission = "ivr.read",
		.reply = findings_fields,
		.handler = post_check,
		.reads_only = true,
		.summary = "Publish checks of the draft" },
	{ .method = WEB_POST,
		.path = "/api/v1/ivr-flows/{id}/publish",
		.permission = "ivr.publish",
		.body = publish_fields,
		.body_size = sizeof(struct publish_body),
		.reply = version_fields,
		.handler = post_publish,
		.summary = "Publish the draft: new calls use it within a second, calls in progress "
			   "keep their version" },
	{ .method = WEB_GET,
		.path = "/api/v1/ivr-flows/{id}/versions",
		.permission = "ivr.read",
		.reply = version_fields,
		.list = true,
		.handler = list_versions,
		.summary = "Published versions, newest first" },
	{ .method = WEB_GET,
		.path = "/api/v1/ivr-flows/{id}/versions/{version:text}",
		.permission = "ivr.read",
		.reply = version_with_flow_fields,
		.handler = get_version,
		.summary = "A published version with its text" },
	{ .method = WEB_POST,
		.path = "/api/v1/ivr-flows/{id}/rollback",
		.permission = "ivr.publish",
		.body = rollback_fields,
		.body_size = sizeof(struct rollback_body),
		.reply = version_fields,
		.handler = post_rollback,
		.summary = "Publish an earlier version again" },
	{ 0 },
};
