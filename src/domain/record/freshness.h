/* When must a copy of rows in memory be read again? After a change, and for a moment longer: a reader whose snapshot is older than
 * the change may have filled the copy with what was before. Any thread. */
#ifndef HOTLINE_DOMAIN_FRESHNESS_H
#define HOTLINE_DOMAIN_FRESHNESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "clock/clock.h"

enum { FRESHNESS_UNSETTLED_MS = 1000, FRESHNESS_RELOAD_MS = 50 };

struct freshness { /* start with FRESHNESS_NONE */
	atomic_uint_fast64_t changed, loaded;
	_Atomic int64_t changed_at, loaded_at; /* clock_mono() */
};
#define FRESHNESS_NONE                                                                             \
	{                                                                                          \
		.changed = 1                                                                       \
	}

/* After a commit. */
static inline void freshness_lost(struct freshness *f)
{
	atomic_store(&f->changed_at, clock_mono());
	atomic_fetch_add(&f->changed, 1);
}

/* True when the copy need not be read; else *generation is for freshness_won, once it has been. */
static inline bool freshness_holds(struct freshness *f, uint_fast64_t *generation)
{
	int64_t loaded_at = atomic_load(&f->loaded_at);

	*generation = atomic_load(&f->changed);
	if (atomic_load(&f->loaded) != *generation)
		return false;
	return loaded_at - atomic_load(&f->changed_at) > FRESHNESS_UNSETTLED_MS ||
	       clock_mono() - loaded_at < FRESHNESS_RELOAD_MS;
}

static inline void freshness_won(struct freshness *f, uint_fast64_t generation)
{
	atomic_store(&f->loaded_at, clock_mono());
	atomic_store(&f->loaded, generation);
}

#endif
