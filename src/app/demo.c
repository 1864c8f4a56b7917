/* hotline serve --demo: the demonstration company into an empty database, its accounts on the screen and in a file. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "app.h"
#include "json_writer.h"
#include "identity/identity.h"
#include "modules.h"

#define ACCOUNTS_FILE "demo-accounts.json"

static int fill(struct db *db, void *arg)
{
	bool empty = identity_is_empty(db);
	int err = 0;

	(void)arg;
	for (size_t i = 0; modules[i] && empty && !err; i++)
		if (modules[i]->demo)
			err = modules[i]->demo(db);
	return err;
}

static void write_account(
	struct json_writer *w, const struct identity_demo_account *a, const char *token)
{
	const struct {
		const char *key, *value;
	} pairs[] = {
		{ "account", a->account },
		{ "password", a->password },
		{ "name", a->name },
		{ "name_en", a->name_en },
		{ "role", a->role },
		{ "role_name", a->role_zh },
		{ "role_name_en", a->role_en },
		{ "department", a->department },
		{ "department_name", a->department_zh },
		{ "department_name_en", a->department_en },
		{ "extension", a->extension },
		{ "sip_password", a->sip_password },
		{ "api_token", token },
	};

	json_object(w);
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		if (!pairs[i].value)
			continue;
		json_key(w, pairs[i].key);
		json_string(w, pairs[i].value);
	}
	json_object_end(w);
}

static int write_file(const struct app *app, const char *token)
{
	char path[600], hidden[620];
	struct json_writer w;
	struct buf out;
	FILE *file;
	int err = 0;

	snprintf(path, sizeof(path), "%s/" ACCOUNTS_FILE, app->data_dir);
	snprintf(hidden, sizeof(hidden), "%s.new", path);
	buf_init(&out, 65536);
	json_begin(&w, &out);
	json_object(&w);
	json_key(&w, "accounts");
	json_array(&w);
	for (const struct identity_demo_account *a = identity_demo_accounts; a->account; a++)
		write_account(&w, a, strcmp(a->role, "administrator") ? NULL : token);
	json_array_end(&w);
	json_key(&w, "api_token");
	json_string(&w, token);
	json_object_end(&w);
	buf_putc(&out, '\n');
	err = out.err;
	file = err ? NULL : fopen(hidden, "w");
	if (!err && !file)
		err = errno;
	if (file) {
		(void)fchmod(fileno(file), 0600);
		if (fwrite(out.data, 1, out.len, file) != out.len)
			err = EIO;
		if (fclose(file) || rename(hidden, path))
			err = errno;
	}
	buf_release(&out);
	return err;
}

static int complain(int err)
{
	if (err)
		fprintf(stderr, "hotline: the demonstration company could not be written: %s\n",
			strerror(err));
	return err;
}

int app_demo(struct app *app)
{
	return complain(db_write(app->platform.database, fill, NULL));
}

int app_demo_accounts(struct app *app)
{
	char token[80], path[600];
	int err;

	snprintf(path, sizeof(path), "%s/" ACCOUNTS_FILE, app->data_dir);
	if (!access(path, F_OK))
		return 0;
	err = identity_make_token(
		app->platform.database, identity_demo_accounts[0].account, ACCOUNTS_FILE, token);
	return complain(err ? err : write_file(app, token));
}

/* Columns of a terminal: a Han character takes two. */
static int columns(const char *text)
{
	int n = 0;

	for (; *text; text++)
		if (((unsigned char)*text & 0xC0) != 0x80)
			n += (unsigned char)*text >= 0xE0 ? 2 : 1;
	return n;
}

static void cell(const char *text, int width)
{
	int pad = width - columns(text);

	printf("%s%*s", text, pad > 0 ? pad + 1 : 1, "");
}

void app_demo_print(const struct app *app)
{
	cell("account 账号", 14);
	cell("password 密码", 17);
	cell("name 姓名", 10);
	cell("role 角色", 30);
	cell("department 部门", 48);
	cell("ext. 分机", 9);
	printf("SIP\n");
	for (const struct identity_demo_account *a = identity_demo_accounts; a->account; a++) {
		char role[100], department[160];

		snprintf(role, sizeof(role), "%s %s", a->role_zh, a->role_en);
		snprintf(department, sizeof(department), "%s %s", a->department_zh,
			a->department_en);
		cell(a->account, 14);
		cell(a->password, 17);
		cell(a->name, 10);
		cell(role, 30);
		cell(department, 48);
		cell(a->extension, 9);
		printf("%s\n", a->sip_password);
	}
	printf("\nAlso in %s/" ACCOUNTS_FILE ", with an API token of the administrator.\n\n",
		app->data_dir);
}
