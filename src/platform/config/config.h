/* Settings. A module declares rows; values come, strongest first, from the environment HOTLINE_<NAME>, the screen
 * (table setting), the file hotline.conf (name = value) and the row's default. Any thread after config_load.
 * Name form: "http_port" -> HOTLINE_HTTP_PORT. A bad value is an error at start that names the setting and where it came from. */
#ifndef HOTLINE_PLATFORM_CONFIG_H
#define HOTLINE_PLATFORM_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum config_type { CONFIG_INT, CONFIG_BOOL, CONFIG_TEXT, CONFIG_SECRET, CONFIG_ENUM };

struct config_setting {
	const char *name;
	enum config_type type;
	const char *fallback;          /* default, as text */
	int64_t min, max;              /* CONFIG_INT; both 0: any */
	const char *const *values;     /* CONFIG_ENUM, ends with NULL */
	bool live;                     /* the screen may change it while running */
	const char *text_zh, *text_en; /* what it does, unit included */
};

struct config;

int config_create(struct config **cp);
void config_free(struct config *c);
int config_declare(
	struct config *c, const struct config_setting *rows); /* rows end with a zero row */
/* Reads data_dir/hotline.conf (may be absent) and the environment. On error writes a sentence to problem. */
int config_load(struct config *c, const char *data_dir, char *problem, size_t size);
int64_t config_int(const struct config *c, const char *name);
bool config_bool(const struct config *c, const char *name);
/* A copy that stays valid until config_free (old values of live settings are kept). Never NULL for a declared setting. */
const char *config_text(const struct config *c, const char *name);
/* Sets a live setting from the screen; the caller stores the row. 0, ENOENT, EPERM (not live or given by environment), EINVAL. */
int config_set(struct config *c, const char *name, const char *value, char *problem, size_t size);
/* Every setting in order of declaration; a secret that is set is shown as "***". origin: "default", "file", "screen", "environment". */
typedef void(config_row_h)(
	const struct config_setting *row, const char *value, const char *origin, void *arg);
void config_each(const struct config *c, config_row_h *fn, void *arg);

#endif
