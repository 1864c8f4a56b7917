/* The command line. */
#include <errno.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include "app.h"
#include "exchange/exchange.h"
#include "identity/identity.h"
#include "setting/setting.h"
#include "web/web.h"

struct options {
	const char *data_dir;
	bool demo;
	const char *words[8]; /* what is no option */
	int count;
	const char *name, *role, *department, *password, *extension;
};

static int usage(FILE *to)
{
	fputs("hotline serve [--demo]         run; --demo fills an empty database with a company "
	      "to try\n"
	      "hotline migrate                bring the database's schema up to date\n"
	      "hotline user add ACCOUNT [--name NAME] [--role ROLE] [--department CODE] "
	      "[--extension N]\n"
	      "hotline user password ACCOUNT  the password is asked for, or --password or the "
	      "first line of input\n"
	      "hotline doctor                 check settings, database and statements\n"
	      "hotline settings               every setting with its value, origin and meaning\n"
	      "hotline openapi                the description of the HTTP interface\n"
	      "hotline version\n"
	      "\n"
	      "--data DIR (or HOTLINE_DATA_DIR) is the data folder, default ./var. Settings come "
	      "from hotline.conf there and\n"
	      "from the environment as HOTLINE_<NAME>.\n",
		to);
	return to == stdout ? 0 : 2;
}

static int read_options(struct options *o, int argc, char **argv)
{
	const struct {
		const char *name;
		const char **value;
	} with_value[] = { { "--data", &o->data_dir }, { "--name", &o->name },
		{ "--role", &o->role }, { "--department", &o->department },
		{ "--password", &o->password }, { "--extension", &o->extension } };

	for (int i = 1; i < argc; i++) {
		size_t n = 0;

		while (n < sizeof(with_value) / sizeof(*with_value) &&
			strcmp(argv[i], with_value[n].name))
			n++;
		if (n < sizeof(with_value) / sizeof(*with_value)) {
			if (++i >= argc)
				return EINVAL;
			*with_value[n].value = argv[i];
		} else if (!strcmp(argv[i], "--demo")) {
			o->demo = true;
		} else if (argv[i][0] == '-' || o->count >= 8) {
			return EINVAL;
		} else {
			o->words[o->count++] = argv[i];
		}
	}
	return o->count ? 0 : EINVAL;
}

/* Every thread started later inherits the mask, so the signals come to sigwait alone. */
static void block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP); /* its terminal has gone */
	pthread_sigmask(SIG_BLOCK, set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void say_sip(const struct config *config)
{
	int port, tls_port;

	exchange_sip_ports(&port, &tls_port);
	if (port < 0)
		return;
	printf("SIP on %s: UDP and TCP port %d, ", config_text(config, "sip_address"), port);
	if (tls_port < 0)
		printf("TLS off, ");
	else
		printf("TLS port %d, ", tls_port);
	printf("RTP ports %lld-%lld\n", (long long)config_int(config, "rtp_port_min"),
		(long long)config_int(config, "rtp_port_max"));
	if (setting_is_demo())
		printf("Any SIP phone on this machine may call sip:%s@127.0.0.1:%d\n",
			config_text(config, "main_number"), port);
}

/* The last line says that requests are taken from now on; programs wait for it. */
static void say_ready(struct app *app, bool demo)
{
	const struct config *config = app->platform.config;
	bool tls = *config_text(config, "tls_certificate");

	if (demo && setting_is_demo())
		app_demo_print(app);
	else if (demo)
		puts("The database was not empty: --demo changed nothing in it.");
	say_sip(config);
	printf("Hotline %s is ready: %s://%s:%d\n", HOTLINE_VERSION, tls ? "https" : "http",
		config_text(config, "http_address"), web_port(app->platform.web));
	fflush(stdout);
}

static int serve(const struct options *o)
{
	struct app app;
	sigset_t set;
	int signal_number, err;

	block_signals(&set);
	err = app_configure(&app, o->data_dir);
	if (!err)
		err = app_open(&app, true);
	if (!err && o->demo)
		err = app_demo(&app);
	if (!err)
		err = setting_load(app.platform.config, app.platform.database);
	if (!err && o->demo && setting_is_demo())
		err = app_demo_accounts(&app);
	if (!err)
		err = app_build(&app);
	if (!err)
		err = app_start(&app);
	if (!err) {
		say_ready(&app, o->demo);
		sigwait(&set, &signal_number);
		log_info("app", "stopping", "signal", LOG_I(signal_number), NULL);
	}
	app_close(&app);
	return err ? 1 : 0;
}

static int migrate(const struct options *o)
{
	struct app app;
	int err = app_configure(&app, o->data_dir);

	if (!err)
		err = app_open(&app, true);
	if (!err)
		puts("the schema is up to date");
	app_close(&app);
	return err ? 1 : 0;
}

/* From the option, the terminal without echo, or a pipe. */
static int read_password(const struct options *o, char *out, size_t size)
{
	struct termios shown, hidden;
	bool terminal = isatty(STDIN_FILENO) && !tcgetattr(STDIN_FILENO, &shown);
	char *line;

	if (o->password) {
		snprintf(out, size, "%s", o->password);
		return 0;
	}
	if (terminal) {
		hidden = shown;
		hidden.c_lflag &= ~(tcflag_t)ECHO;
		fputs("Password: ", stderr);
		tcsetattr(STDIN_FILENO, TCSANOW, &hidden);
	}
	line = fgets(out, (int)size, stdin);
	if (terminal) {
		tcsetattr(STDIN_FILENO, TCSANOW, &shown);
		fputc('\n', stderr);
	}
	if (!line)
		return EINVAL;
	out[strcspn(out, "\r\n")] = '\0';
	return 0;
}

static int change_user(struct app *app, const struct options *o)
{
	struct identity_new_user user = { .account = o->words[2],
		.name = o->name,
		.role = o->role,
		.department = o->department,
		.extension = o->extension };
	char password[256], problem[200] = "";
	int err = read_password(o, password, sizeof(password));

	user.password = password;
	if (!err && !strcmp(o->words[1], "add"))
		err = identity_add_user(app->platform.database, &user, problem, sizeof(problem));
	else if (!err)
		err = identity_set_password(
			app->platform.database, o->words[2], password, problem, sizeof(problem));
	if (err)
		fprintf(stderr, "hotline: %s\n", *problem ? problem : strerror(err));
	return err;
}

static int user(const struct options *o)
{
	struct app app;
	int err;

	if (o->count != 3 || (strcmp(o->words[1], "add") && strcmp(o->words[1], "password")))
		return usage(stderr);
	err = app_configure(&app, o->data_dir);
	if (!err)
		err = app_open(&app, true);
	if (!err)
		err = change_user(&app, o);
	app_close(&app);
	return err ? 1 : 0;
}

static void print_setting(
	const struct config_setting *row, const char *value, const char *origin, void *arg)
{
	(void)arg;
	printf("%-24s %-24s %-12s %s %s\n", row->name, *value ? value : "-", origin, row->text_zh,
		row->text_en);
}

static int settings(const struct options *o)
{
	struct app app;
	int err = app_configure(&app, o->data_dir);

	if (!err)
		config_each(app.platform.config, print_setting, NULL);
	app_close(&app);
	return err ? 1 : 0;
}

static int doctor(const struct options *o)
{
	struct app app;
	char problem[400] = "";
	int err = app_configure(&app, o->data_dir);

	if (err)
		return 1;
	printf("settings    good, data in %s\n", app.data_dir);
	err = app_open(&app, false);
	if (!err) {
		printf("database    %s\n", database_kind(app.platform.database) == DB_SQLITE
						   ? "SQLite"
						   : "PostgreSQL");
		err = app_build(&app);
	}
	if (!err) {
		err = database_check(app.platform.database, problem, sizeof(problem));
		printf("statements  %s\n", err ? problem : "good");
	}
	app_close(&app);
	return err ? 1 : 0;
}

static int remove_one(const char *path, const struct stat *stat, int kind, struct FTW *walk)
{
	(void)stat;
	(void)kind;
	(void)walk;
	return remove(path);
}

/* Needs no data: an empty database in a folder of its own. */
static int openapi(const struct options *o)
{
	char dir[] = "/tmp/hotline-openapi-XXXXXX";
	struct app app;
	struct buf out;
	int err;

	(void)o;
	if (!mkdtemp(dir)) {
		perror("hotline: /tmp");
		return 1;
	}
	unsetenv("HOTLINE_DATABASE_URL");
	buf_init(&out, 64u << 20);
	err = app_configure(&app, dir);
	if (!err)
		err = app_open(&app, true);
	if (!err)
		err = app_build(&app);
	if (!err)
		err = web_write_openapi(app.platform.web, &out);
	if (!err)
		puts(out.data);
	buf_release(&out);
	app_close(&app);
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return err ? 1 : 0;
}

static int version(const struct options *o)
{
	(void)o;
	printf("hotline %s\n", HOTLINE_VERSION);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(const struct options *o);
	} commands[] = { { "serve", serve }, { "migrate", migrate }, { "user", user },
		{ "doctor", doctor }, { "settings", settings }, { "openapi", openapi },
		{ "version", version } };
	struct options o = { 0 };

	if (argc > 1 &&
		(!strcmp(argv[1], "--help") || !strcmp(argv[1], "help") || !strcmp(argv[1], "-h")))
		return usage(stdout);
	if (argc > 1 && !strcmp(argv[1], "--version"))
		return version(&o);
	if (read_options(&o, argc, argv))
		return usage(stderr);
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(o.words[0], commands[i].name))
			return commands[i].run(&o);
	return usage(stderr);
}
