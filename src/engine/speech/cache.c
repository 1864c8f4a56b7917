/* The folder of spoken texts. A file in use may be dropped: who has opened it goes on reading, who comes later has it made again. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cache.h"

#define MAX_FILES 1000000

struct entry {
	char name[64]; /* "ab/abcdef.wav" */
	int64_t size;
	struct timespec used;
};

struct listing {
	struct entry *entries;
	size_t count, size;
	int64_t bytes;
};

bool cache_has(const char *path)
{
	return !utimensat(AT_FDCWD, path, NULL, 0);
}

static bool add(struct listing *l, const char *folder, const char *file, const struct stat *st)
{
	struct entry *e;

	if (l->count == l->size) {
		size_t size = l->size ? 2 * l->size : 256;
		struct entry *grown =
			size > MAX_FILES ? NULL : realloc(l->entries, size * sizeof(*grown));

		if (!grown)
			return false;
		l->entries = grown;
		l->size = size;
	}
	e = &l->entries[l->count];
	if (snprintf(e->name, sizeof(e->name), "%s/%s", folder, file) >= (int)sizeof(e->name))
		return true; /* not one of ours */
	e->size = st->st_size;
	e->used = st->st_mtim;
	l->bytes += st->st_size;
	l->count++;
	return true;
}

static void list_folder(struct listing *l, int dir, const char *folder)
{
	int fd = openat(dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	struct stat st;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(d))) {
		size_t len = strlen(entry->d_name);

		if (len < 4 || strcmp(entry->d_name + len - 4, ".wav") != 0 ||
			fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
			!S_ISREG(st.st_mode))
			continue;
		if (!add(l, folder, entry->d_name, &st))
			break;
	}
	closedir(d);
}

static int by_use(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->used.tv_sec != y->used.tv_sec)
		return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
	return x->used.tv_nsec < y->used.tv_nsec ? -1 : x->used.tv_nsec > y->used.tv_nsec;
}

int64_t cache_trim(const char *path, int64_t max)
{
	struct listing l = { 0 };
	DIR *d = opendir(path);
	struct dirent *entry;
	int dir = d ? dirfd(d) : -1;

	if (!d)
		return 0;
	while ((entry = readdir(d)))
		if (strlen(entry->d_name) == 2 && entry->d_name[0] != '.')
			list_folder(&l, dir, entry->d_name);
	if (l.count && l.bytes > max) {
		qsort(l.entries, l.count, sizeof(*l.entries), by_use);
		for (size_t i = 0; i < l.count && l.bytes > max / 10 * 9; i++)
			if (!unlinkat(dir, l.entries[i].name, 0))
				l.bytes -= l.entries[i].size;
	}
	closedir(d);
	free(l.entries);
	return l.bytes;
}
