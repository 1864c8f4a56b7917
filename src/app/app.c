/* Start and stop: configuration, database, web, modules, in this order, and back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <sodium.h>
#include "app.h"
#include "clock/clock.h"
#include "enum_name.h"
#include "id.h"
#include "identity/identity.h"
#include "ivr/ivr.h"
#include "loop/loop.h"
#include "modules.h"
#include "setting/setting.h"
#include "web/web.h"

static const char *const log_levels[] = { "debug", "info", "warn", "error", NULL };

static const struct config_setting settings[] = {
	{ .name = "data_dir",
		.type = CONFIG_TEXT,
		.fallback = "var",
		.text_zh = "数据目录",
		.text_en = "Folder of database, recordings and hotline.conf (environment or "
			   "command line only)" },
	{ .name = "database_url",
		.type = CONFIG_TEXT,
		.fallback = "",
		.text_zh = "数据库：sqlite:路径 或 postgresql://…；空：数据目录下的 hotline.db",
		.text_en =
			"sqlite:path or postgresql://...; empty: hotline.db in the data folder" },
	{ .name = "database_readers",
		.type = CONFIG_INT,
		.fallback = "0",
		.min = 0,
		.max = 64,
		.text_zh = "读连接数；0：与处理器核数相同",
		.text_en = "Reading connections; 0: as many as cores" },
	{ .name = "http_address",
		.type = CONFIG_TEXT,
		.fallback = "127.0.0.1",
		.text_zh = "HTTP 监听地址",
		.text_en = "Address HTTP listens on; 0.0.0.0 for everybody" },
	{ .name = "http_port",
		.type = CONFIG_INT,
		.fallback = "8080",
		.min = 0,
		.max = 65535,
		.text_zh = "HTTP 端口；0：任意空闲端口",
		.text_en = "HTTP port; 0: any free one" },
	{ .name = "http_workers",
		.type = CONFIG_INT,
		.fallback = "0",
		.min = 0,
		.max = 256,
		.text_zh = "处理请求的线程数；0：自动",
		.text_en = "Threads that run requests; 0: by cores and database" },
	{ .name = "tls_certificate",
		.type = CONFIG_TEXT,
		.fallback = "",
		.text_zh = "TLS 证书文件（PEM）；空：不加密",
		.text_en = "TLS certificate chain, PEM file; empty: plain HTTP" },
	{ .name = "tls_private_key",
		.type = CONFIG_TEXT,
		.fallback = "",
		.text_zh = "TLS 私钥文件（PEM）",
		.text_en = "TLS private key, PEM file" },
	{ .name = "trusted_proxy",
		.type = CONFIG_TEXT,
		.fallback = "",
		.text_zh = "可信反向代理的地址",
		.text_en = "Address of the proxy whose X-Forwarded-For counts; empty: none" },
	{ .name = "job_workers",
		.type = CONFIG_INT,
		.fallback = "2",
		.min = 1,
		.max = 64,
		.text_zh = "后台任务线程数",
		.text_en = "Threads of background jobs" },
	{ .name = "log_level",
		.type = CONFIG_ENUM,
		.fallback = "info",
		.values = log_levels,
		.text_zh = "日志级别",
		.text_en = "Least level that is logged" },
	{ .name = "log_file",
		.type = CONFIG_TEXT,
		.fallback = "",
		.text_zh = "日志文件；空：标准错误输出",
		.text_en = "Log file; empty: standard error" },
	{ .name = "node",
		.type = CONFIG_INT,
		.fallback = "0",
		.min = 0,
		.max = 255,
		.text_zh = "节点号，各节点必须不同",
		.text_en = "Number of this node, different on each" },
	{ .name = "test_clock",
		.type = CONFIG_BOOL,
		.fallback = "0",
		.text_zh = "测试时钟（仅测试）",
		.text_en = "Let POST /api/v1/test/clock turn the clock (tests only)" },
	{ 0 }
};

static int complain(const char *what, int err)
{
	fprintf(stderr, "hotline: %s: %s\n", what, strerror(err));
	return err;
}

/* mkdir -p; only for us. */
static int make_dir(const char *path)
{
	char part[512];

	snprintf(part, sizeof(part), "%s", path);
	for (char *c = part + 1; *c; c++) {
		if (*c != '/')
			continue;
		*c = '\0';
		if (mkdir(part, 0755) && errno != EEXIST)
			return errno;
		*c = '/';
	}
	return mkdir(part, 0700) && errno != EEXIST ? errno : 0;
}

static int declare_settings(struct config *config)
{
	int err = config_declare(config, settings);

	for (size_t i = 0; modules[i] && !err; i++)
		if (modules[i]->settings)
			err = config_declare(config, modules[i]->settings);
	return err;
}

int app_configure(struct app *app, const char *data_dir)
{
	struct config *config;
	const char *dir = data_dir ? data_dir : getenv("HOTLINE_DATA_DIR");
	char problem[400] = "";
	int err;

	memset(app, 0, sizeof(*app));
	if (!dir || !*dir)
		dir = "var";
	if (strlen(dir) >= sizeof(app->data_dir))
		return complain(dir, ENAMETOOLONG);
	snprintf(app->data_dir, sizeof(app->data_dir), "%s", dir);
	app->platform.data_dir = app->data_dir;
	if (sodium_init() < 0)
		return complain("libsodium", EIO);
	err = make_dir(app->data_dir);
	if (err)
		return complain(app->data_dir, err);
	err = config_create(&app->platform.config);
	if (err)
		return complain("configuration", err);
	config = app->platform.config;
	err = declare_settings(config);
	if (err)
		return complain("settings", err);
	err = config_load(config, app->data_dir, problem, sizeof(problem));
	if (err) {
		fprintf(stderr, "hotline: %s\n", problem);
		return err;
	}
	log_open(*config_text(config, "log_file") ? config_text(config, "log_file") : NULL,
		(enum log_level)enum_value(log_levels, config_text(config, "log_level")));
	/* Hours of flows and the day of figures are the company's; before any thread reads the zone. */
	setenv("TZ", config_text(config, "zone"), 1);
	tzset();
	clock_set_test(config_bool(config, "test_clock"));
	id_set_node((unsigned)config_int(config, "node"));
	return 0;
}

static int declare_statements(struct database *database)
{
	int err = 0;

	for (size_t i = 0; modules[i] && !err; i++)
		if (modules[i]->statements)
			err = database_declare(database, modules[i]->statements);
	return err;
}

static int declare_permissions(void)
{
	int err = 0;

	for (size_t i = 0; modules[i] && !err; i++)
		if (modules[i]->permissions)
			err = permission_declare(modules[i]->permissions);
	return err;
}

int app_open(struct app *app, bool migrate)
{
	struct config *config = app->platform.config;
	char url[600], problem[400] = "";
	struct db_config db = { .url = config_text(config, "database_url"),
		.readers = (unsigned)config_int(config, "database_readers") };
	unsigned migrated = 0;
	int err;

	if (!*db.url) {
		snprintf(url, sizeof(url), "sqlite:%s/hotline.db", app->data_dir);
		db.url = url;
	}
	err = database_open(&app->platform.database, &db, problem, sizeof(problem));
	if (!err)
		err = declare_statements(app->platform.database);
	if (!err && migrate)
		err = database_migrate(app->platform.database, &migrated, problem, sizeof(problem));
	if (err) {
		fprintf(stderr, "hotline: database: %s\n", *problem ? problem : strerror(err));
		return err;
	}
	if (migrated)
		log_info("app", "schema brought up to date", "migrations", LOG_I(migrated), NULL);
	err = declare_permissions();
	return err ? complain("permissions", err) : identity_prepare(&app->platform);
}

static const char *text_or_null(const struct config *config, const char *name)
{
	const char *text = config_text(config, name);

	return *text ? text : NULL;
}

static int register_nodes(const struct ivr_node_type *const *types)
{
	int err = 0;

	for (; types && *types && !err; types++)
		err = ivr_register(*types);
	return err;
}

int app_build(struct app *app)
{
	struct platform *p = &app->platform;
	char uploads[600];
	struct web_config web = { .address = config_text(p->config, "http_address"),
		.port = (int)config_int(p->config, "http_port"),
		.certificate = text_or_null(p->config, "tls_certificate"),
		.private_key = text_or_null(p->config, "tls_private_key"),
		.workers = (unsigned)config_int(p->config, "http_workers"),
		.upload_dir = uploads,
		.test_routes = clock_is_test(),
		.trusted_proxy = text_or_null(p->config, "trusted_proxy") };
	int err;

	snprintf(uploads, sizeof(uploads), "%s/uploads", app->data_dir);
	err = make_dir(uploads);
	if (err)
		return complain(uploads, err);
	err = event_hub_create(&p->events, p->database);
	if (!err)
		err = job_service_create(
			&p->jobs, p->database, (unsigned)config_int(p->config, "job_workers"));
	if (!err)
		err = loop_create(&p->switch_loop, "switch");
	if (!err)
		err = web_create(&p->web, &web, p);
	if (!err)
		err = ivr_init();
	if (!err)
		err = job_declare(p->jobs, event_jobs, NULL);
	for (size_t i = 0; modules[i] && !err; i++) {
		err = register_nodes(modules[i]->ivr_nodes);
		if (!err && modules[i]->routes)
			err = web_declare(p->web, modules[i]->routes);
		if (!err && modules[i]->jobs)
			err = job_declare(p->jobs, modules[i]->jobs, (void *)p);
	}
	return err ? complain("building the parts", err) : 0;
}

static int start_web(struct app *app)
{
	struct config *config = app->platform.config;
	int err = web_start(app->platform.web);

	if (err)
		fprintf(stderr, "hotline: HTTP on %s port %lld: %s%s\n",
			config_text(config, "http_address"),
			(long long)config_int(config, "http_port"), strerror(err),
			err == EADDRINUSE
				? " (another program has it; HOTLINE_HTTP_PORT chooses another)"
				: "");
	return err;
}

int app_start(struct app *app)
{
	struct platform *p = &app->platform;
	int err = loop_start(p->switch_loop);

	app->loop_runs = !err;
	for (size_t i = 0; modules[i] && !err; i++) {
		err = modules[i]->start ? modules[i]->start(p) : 0;
		if (err) {
			fprintf(stderr, "hotline: module %s did not start: %s\n", modules[i]->name,
				strerror(err));
			return err;
		}
		app->started = i + 1;
	}
	if (!err)
		err = job_start(p->jobs);
	if (err)
		return complain("jobs", err);
	app->jobs_run = true;
	return start_web(app);
}

void app_close(struct app *app)
{
	struct platform *p = &app->platform;

	web_stop(p->web);
	if (app->jobs_run)
		job_stop(p->jobs);
	while (app->started > 0) {
		const struct module *module = modules[--app->started];

		if (module->stop)
			module->stop();
	}
	if (app->loop_runs)
		loop_stop(p->switch_loop);
	web_free(p->web);
	loop_free(p->switch_loop);
	job_service_free(p->jobs);
	event_hub_free(p->events);
	database_close(p->database);
	config_free(p->config);
	log_close();
	memset(app, 0, sizeof(*app));
}
