/* Settings: the stored values, the page that changes them, and what everybody may know of the system. */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include "audit/audit.h"
#include "clock/clock.h"
#include "record/record.h"
#include "setting/setting.h"

enum { SETTING_ALL, SETTING_PUT };

/* Marks a database that holds the demonstration company; not a setting of the configuration. */
#define DEMO_MARK "demo.company"

static const struct db_stmt statements[] = {
	[SETTING_ALL] = { .name = "setting.all",
		.in = "",
		.out = "ss",
		.sql = "SELECT name, value FROM setting ORDER BY name" },
	[SETTING_PUT] = { .name = "setting.put",
		.in = "ssi",
		.out = "",
		.sql = "INSERT INTO setting (name, value, changed) VALUES ($1, $2, $3)"
		       " ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed = "
		       "excluded.changed" },
	{ 0 }
};

static const char *const running_states[] = { "day", "night", "emergency", NULL };

static const struct config_setting settings[] = {
	{ .name = "company",
		.type = CONFIG_TEXT,
		.fallback = "客户服务中心",
		.live = true,
		.text_zh = "公司名称",
		.text_en = "Name of the company, in Chinese" },
	{ .name = "company_en",
		.type = CONFIG_TEXT,
		.fallback = "Customer service centre",
		.live = true,
		.text_zh = "公司英文名称",
		.text_en = "Name of the company, in English" },
	{ .name = "zone",
		.type = CONFIG_TEXT,
		.fallback = "Asia/Shanghai",
		.text_zh = "时区（IANA 名称）",
		.text_en = "Time zone of the company (IANA name): days of numbers and reports" },
	{ .name = "area_code",
		.type = CONFIG_TEXT,
		.fallback = "021",
		.live = true,
		.text_zh = "本地区号，补在没有区号的固定电话前",
		.text_en = "Area code put before local numbers" },
	{ .name = "running_state",
		.type = CONFIG_ENUM,
		.fallback = "day",
		.values = running_states,
		.live = true,
		.text_zh = "系统运行状态：日间、夜间、应急",
		.text_en = "Running state of the hotline: day, night, emergency" },
	{ 0 }
};

static const struct platform *platform_of_run;
static atomic_bool is_demo;

static int give_value(const struct db_row *row, void *arg)
{
	struct config *config = arg;
	const char *name = db_row_text(row, 0);
	char problem[200];

	if (!strcmp(name, DEMO_MARK)) {
		atomic_store(&is_demo, true);
		return 0;
	}
	if (config_set(config, name, db_row_text(row, 1), problem, sizeof(problem)))
		log_warn("setting", "stored value ignored", "setting", name, "problem", problem,
			NULL);
	return 0;
}

static int read_values(struct db *db, void *arg)
{
	return db_each(db, &statements[SETTING_ALL], give_value, arg);
}

int setting_load(struct config *config, struct database *database)
{
	return db_read(database, read_values, config);
}

bool setting_is_demo(void)
{
	return atomic_load(&is_demo);
}

static int start(const struct platform *platform)
{
	platform_of_run = platform;
	return 0;
}

/* --- GET, PATCH /settings --- */

struct setting {
	const char *name, *type, *value, *fallback, *origin;
	bool live;
	struct field_list values;
	const char *text_zh, *text_en;
};
static const struct web_field setting_fields[] = { { F(struct setting, name, FIELD_TEXT) },
	{ F(struct setting, type, FIELD_TEXT), .text = "int, bool, text, secret or enum" },
	{ F(struct setting, value, FIELD_TEXT), .text = "A secret is shown as ***" },
	{ F(struct setting, fallback, FIELD_TEXT) },
	{ F(struct setting, origin, FIELD_TEXT), .text = "default, file, screen or environment" },
	{ F(struct setting, live, FIELD_BOOL), .text = "May be changed here" },
	{ F(struct setting, values, FIELD_LIST), .of = FIELD_TEXT },
	{ F(struct setting, text_zh, FIELD_TEXT) }, { F(struct setting, text_en, FIELD_TEXT) },
	{ 0 } };
struct setting_body {
	const char *value;
};
static const struct web_field body_fields[] = {
	{ F(struct setting_body, value, FIELD_TEXT), .required = true, .max = 4000 }, { 0 }
};

static const char *const type_names[] = { "int", "bool", "text", "secret", "enum", NULL };

static void describe(struct setting *out, const struct config_setting *row, const char *value,
	const char *origin)
{
	size_t count = 0;

	while (row->type == CONFIG_ENUM && row->values[count])
		count++;
	*out = (struct setting){ row->name, type_names[row->type], value, row->fallback, origin,
		row->live, { (void *)row->values, count }, row->text_zh, row->text_en };
}

static void list_one(
	const struct config_setting *row, const char *value, const char *origin, void *arg)
{
	struct setting setting;

	describe(&setting, row, value, origin);
	web_list_item(arg, &setting);
}

static int list(struct web_request *req, struct db *db)
{
	(void)db;
	web_list_begin(req);
	config_each(platform_of_run->config, list_one, req);
	return web_list_end(req, NULL);
}

struct wanted {
	const char *name;
	struct setting found;
};

static void find_one(
	const struct config_setting *row, const char *value, const char *origin, void *arg)
{
	struct wanted *wanted = arg;

	if (!strcmp(row->name, wanted->name))
		describe(&wanted->found, row, value, origin);
}

static int describe_change(
	struct web_request *req, const struct setting *old, const char *value, const char **changes)
{
	static const struct web_field value_fields[] = {
		{ F(struct setting_body, value, FIELD_TEXT) }, { 0 }
	};
	bool secret = !strcmp(old->type, "secret");

	return record_diff(value_fields, &(struct setting_body){ secret ? "" : old->value },
		&(struct setting_body){ secret ? "***" : value }, web_arena(req), changes);
}

static int patch(struct web_request *req, struct db *db)
{
	const struct setting_body *body = web_body(req);
	struct config *config = platform_of_run->config;
	struct wanted wanted = { .name = web_path_text(req, "name") };
	const char *changes;
	char problem[200];
	int err;

	config_each(config, find_one, &wanted);
	if (!wanted.found.name)
		return web_not_found(req);
	err = describe_change(req, &wanted.found, body->value, &changes);
	if (!err)
		err = db_exec(db, &statements[SETTING_PUT], NULL, wanted.found.name, body->value,
			clock_now());
	if (!err)
		err = audit_request(req, db, "change", "setting", 0, changes);
	if (err)
		return err;
	err = config_set(config, wanted.found.name, body->value, problem, sizeof(problem));
	if (err == EPERM)
		return web_problem(req, 409, "setting_fixed", "value", "%s", problem);
	if (err)
		return web_problem(req, 422, "bad_setting", "value", "%s", problem);
	config_each(config, find_one, &wanted);
	return web_reply(req, 200, &wanted.found);
}

/* --- GET /system --- */

struct system_reply {
	const char *company, *company_en, *version, *database, *running_state, *zone;
	int64_t journal_waiting;
	bool demo, guest_call;
};
static const struct web_field system_fields[] = { { F(struct system_reply, company, FIELD_TEXT) },
	{ F(struct system_reply, company_en, FIELD_TEXT) },
	{ F(struct system_reply, version, FIELD_TEXT) },
	{ F(struct system_reply, database, FIELD_TEXT), .text = "up or down" },
	{ F(struct system_reply, journal_waiting, FIELD_INT),
		.text = "Rows of calls that wait for the database" },
	{ F(struct system_reply, running_state, FIELD_TEXT), .text = "day, night or emergency" },
	{ F(struct system_reply, zone, FIELD_TEXT) }, { F(struct system_reply, demo, FIELD_BOOL) },
	{ F(struct system_reply, guest_call, FIELD_BOOL),
		.text = "May anybody call from the web page?" },
	{ 0 } };

static int get_system(struct web_request *req, struct db *db)
{
	const struct platform *p = platform_of_run;
	struct wanted guest = {
		.name = "guest_call"
	}; /* belongs to the exchange, which may not be there */
	struct system_reply reply = { .company = config_text(p->config, "company"),
		.company_en = config_text(p->config, "company_en"),
		.version = HOTLINE_VERSION,
		.database = database_is_reachable(p->database) ? "up" : "down",
		.journal_waiting = (int64_t)db_journal_waiting(p->database),
		.running_state = config_text(p->config, "running_state"),
		.zone = config_text(p->config, "zone"),
		.demo = atomic_load(&is_demo) };

	(void)db;
	config_each(p->config, find_one, &guest);
	reply.guest_call = guest.found.name && config_bool(p->config, "guest_call");
	return web_reply(req, 200, &reply);
}

static int demo(struct db *db)
{
	static const char *const values[][2] = { { "company", "上海众达客服中心" },
		{ "company_en", "Shanghai Zhongda Service Centre" }, { DEMO_MARK, "1" } };
	int err = 0;

	for (size_t i = 0; i < sizeof(values) / sizeof(*values) && !err; i++)
		err = db_exec(db, &statements[SETTING_PUT], NULL, values[i][0], values[i][1],
			clock_now());
	return err;
}

static const struct permission permissions[] = {
	{ "setting.manage", false, "维护系统参数", "Maintain settings" }, { 0 }
};

static const struct web_route routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/settings",
		.permission = "setting.manage",
		.reply = setting_fields,
		.list = true,
		.handler = list,
		.summary = "Every setting with its value and where it comes from" },
	{ .method = WEB_PATCH,
		.path = "/api/v1/settings/{name:text}",
		.permission = "setting.manage",
		.body = body_fields,
		.body_size = sizeof(struct setting_body),
		.reply = setting_fields,
		.handler = patch,
		.summary = "Change a setting that is live" },
	{ .method = WEB_GET,
		.path = "/api/v1/system",
		.permission = "public",
		.reply = system_fields,
		.handler = get_system,
		.no_db = true,
		.summary = "Company, version, health and running state" },
	{ 0 }
};

const struct module setting_module = {
	.name = "setting",
	.needs = (const char *const[]){ "audit", NULL },
	.permissions = permissions,
	.settings = settings,
	.statements = statements,
	.routes = routes,
	.start = start,
	.demo = demo,
};
