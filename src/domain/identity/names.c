/* Names of people and departments in memory, so that lists need no join; read again when something was changed. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "hash.h"
#include "identity/identity_internal.h"
#include "record/freshness.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static struct hash *people, *departments; /* id -> struct name */
static struct freshness freshness = FRESHNESS_NONE;

struct name {
	const char *name, *name_en;
	char text[];
};

static int add(struct hash *to, int64_t id, const char *name, const char *name_en)
{
	size_t len = strlen(name) + 1, len_en = strlen(name_en) + 1;
	struct name *entry = malloc(sizeof(*entry) + len + len_en);
	int err;

	if (!entry)
		return ENOMEM;
	memcpy(entry->text, name, len);
	memcpy(entry->text + len, name_en, len_en);
	entry->name = entry->text;
	entry->name_en = entry->text + len;
	err = hash_set_id(to, (uint64_t)id, entry);
	if (err)
		free(entry);
	return err;
}

static int add_person(const struct db_row *row, void *arg)
{
	return add(arg, db_row_int(row, 0), db_row_text(row, 1), "");
}

static int add_department(const struct db_row *row, void *arg)
{
	return add(arg, db_row_int(row, 0), db_row_text(row, 2), db_row_text(row, 3));
}

static void free_name(void *value, void *arg)
{
	(void)arg;
	free(value);
}

static void free_names(struct hash *names)
{
	if (!names)
		return;
	hash_each(names, free_name, NULL);
	hash_free(names);
}

void names_changed(void)
{
	freshness_lost(&freshness);
}

int identity_names_refresh(struct db *db)
{
	uint_fast64_t generation;
	struct hash *new_people, *new_departments, *old_people, *old_departments;
	int err = ENOMEM;

	if (freshness_holds(&freshness, &generation))
		return 0;
	new_people = hash_create();
	new_departments = hash_create();
	if (!new_people || !new_departments)
		goto fail;
	err = db_each(db, ST(PERSON_NAMES), add_person, new_people);
	if (!err)
		err = db_each(db, ST(DEPARTMENT_LIST), add_department, new_departments);
	if (err)
		goto fail;

	pthread_rwlock_wrlock(&lock);
	old_people = people;
	old_departments = departments;
	people = new_people;
	departments = new_departments;
	freshness_won(&freshness, generation);
	pthread_rwlock_unlock(&lock);
	free_names(old_people);
	free_names(old_departments);
	return 0;
fail:
	free_names(new_people);
	free_names(new_departments);
	return err;
}

void names_free(void)
{
	pthread_rwlock_wrlock(&lock);
	free_names(people);
	free_names(departments);
	people = departments = NULL;
	freshness_lost(&freshness);
	pthread_rwlock_unlock(&lock);
}

static const char *look_up(struct arena *arena, struct hash *const *names, int64_t id, bool english)
{
	const struct name *entry;
	const char *text = NULL;

	if (!id)
		return NULL;
	pthread_rwlock_rdlock(&lock);
	entry = *names ? hash_get_id(*names, (uint64_t)id) : NULL;
	if (entry)
		text = arena_strdup(arena, english ? entry->name_en : entry->name);
	pthread_rwlock_unlock(&lock);
	return text;
}

const char *identity_user_name(struct arena *arena, int64_t user_id)
{
	return look_up(arena, &people, user_id, false);
}

const char *identity_department_name(struct arena *arena, int64_t department_id)
{
	return look_up(arena, &departments, department_id, false);
}

const char *identity_department_name_en(struct arena *arena, int64_t department_id)
{
	return look_up(arena, &departments, department_id, true);
}
