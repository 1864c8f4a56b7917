/* Who acts: the signed-in person (or token, or the system) as permission checks see it. Immutable once made; shared by reference
 * count, because a session outlives a request. Platform knows no users; domain/identity makes these. */
#ifndef HOTLINE_PLATFORM_ACTOR_H
#define HOTLINE_PLATFORM_ACTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How far a function reaches (A13, A14), in rising order. */
enum data_range { RANGE_NONE, RANGE_OWN, RANGE_DEPARTMENT, RANGE_TREE, RANGE_ALL };

/* A permission is a row of a module; its number is its place in the list of all rows, fixed for one run. */
struct permission {
	const char *name; /* "ticket.create" */
	bool ranged;      /* has a data range; otherwise it is held or not */
	const char *text_zh, *text_en;
};
int permission_declare(const struct permission
		*rows); /* at start; rows end with a zero row; EEXIST on a second name */
int permission_number(const char *name); /* -1: unknown */
size_t permission_count(void);
const struct permission *permission_at(size_t number);

struct actor {
	int64_t user_id; /* 0: nobody signed in */
	char account[64];
	char name[128];
	char language[8];   /* "zh-CN", "en" */
	char extension[32]; /* of this person's phones; "" none */
	int64_t department_id;
	int64_t session_id;    /* 0: API token or system */
	bool masks_numbers;    /* telephone numbers are shown to this person as 138****0000 */
	const uint8_t *ranges; /* enum data_range by permission number; owned */
	size_t range_count;
	const int64_t *departments; /* own department and everything below, sorted; owned */
	size_t department_count;
	char *departments_json; /* the same as "[1,2,3]" for statements; owned */
	int references;
};

struct actor *actor_create(
	void); /* one reference; ranges all RANGE_NONE, sized permission_count() */
struct actor *actor_hold(struct actor *a);
void actor_release(struct actor *a); /* accepts NULL */
enum data_range actor_range(
	const struct actor *a, const char *permission); /* RANGE_NONE for unknown or NULL */
/* May the actor use `permission` on a row of this department and owner (0: none)? The same rule as the statements apply:
 * everybody with a range sees his own rows; then RANGE_DEPARTMENT those of his department, RANGE_TREE those of `departments`,
 * RANGE_ALL every row. A permission without a range is held for every row. */
bool actor_may(
	const struct actor *a, const char *permission, int64_t department_id, int64_t owner_id);

#endif
