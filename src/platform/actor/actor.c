/* Who acts, and the list of all permissions. */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "actor.h"
#include "hash.h"

/* A declared row and its number. */
struct declared {
	const struct permission *row;
	int number;
};

/* All rows in order of declaration; written at start only. */
static struct declared **permissions;
static size_t count, room;
static struct hash *by_name;

static int make_room(void)
{
	size_t more = room ? room * 2 : 64;
	struct declared **all;

	if (count < room)
		return 0;
	all = realloc(permissions, more * sizeof(struct declared *));
	if (!all)
		return ENOMEM;
	permissions = all;
	room = more;
	return 0;
}

static int declare(const struct permission *p)
{
	struct declared *d;
	int err;

	if (!by_name && !(by_name = hash_create()))
		return ENOMEM;
	if (permission_number(p->name) >= 0)
		return EEXIST;
	err = make_room();
	if (err)
		return err;
	d = malloc(sizeof(*d));
	if (!d)
		return ENOMEM;
	*d = (struct declared){ p, (int)count };
	err = hash_set(by_name, p->name, d);
	if (err)
		free(d);
	else
		permissions[count++] = d;
	return err;
}

int permission_declare(const struct permission *rows)
{
	int err = 0;

	for (; rows->name && !err; rows++)
		err = declare(rows);
	return err;
}

int permission_number(const char *name)
{
	const struct declared *d = by_name && name ? hash_get(by_name, name) : NULL;

	return d ? d->number : -1;
}

size_t permission_count(void)
{
	return count;
}

const struct permission *permission_at(size_t number)
{
	return number < count ? permissions[number]->row : NULL;
}

struct actor *actor_create(void)
{
	struct actor *a = calloc(1, sizeof(*a));
	uint8_t *ranges = calloc(count ? count : 1, 1);

	if (!a || !ranges) {
		free(a);
		free(ranges);
		return NULL;
	}
	a->ranges = ranges;
	a->range_count = count;
	a->references = 1;
	strcpy(a->language, "zh-CN");
	return a;
}

struct actor *actor_hold(struct actor *a)
{
	if (a)
		__atomic_add_fetch(&a->references, 1, __ATOMIC_RELAXED);
	return a;
}

void actor_release(struct actor *a)
{
	if (!a || __atomic_sub_fetch(&a->references, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	free((void *)a->ranges);
	free((void *)a->departments);
	free(a->departments_json);
	free(a);
}

enum data_range actor_range(const struct actor *a, const char *permission)
{
	int n = permission_number(permission);

	return a && n >= 0 && (size_t)n < a->range_count ? (enum data_range)a->ranges[n]
							 : RANGE_NONE;
}

static bool is_below(const struct actor *a, int64_t department_id)
{
	size_t low = 0, high = a->department_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (a->departments[middle] == department_id)
			return true;
		if (a->departments[middle] < department_id)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

bool actor_may(
	const struct actor *a, const char *permission, int64_t department_id, int64_t owner_id)
{
	int n = permission_number(permission);
	enum data_range range = actor_range(a, permission);

	if (range == RANGE_NONE)
		return false;
	if (range == RANGE_ALL || !permissions[n]->row->ranged ||
		(owner_id && owner_id == a->user_id))
		return true;
	if (!department_id || range == RANGE_OWN)
		return false;
	return department_id == a->department_id ||
	       (range == RANGE_TREE && is_below(a, department_id));
}
