/* Leased jobs: rows (type, payload JSON, due time, attempts) that job workers take under a lease, so that a crash or a second node
 * loses nothing. At least once: a handler must bear being run twice. */
#ifndef HOTLINE_PLATFORM_JOB_H
#define HOTLINE_PLATFORM_JOB_H

#include <stdint.h>
#include "db/db.h"

struct job_service;

struct job {
	int64_t id;
	const char *payload; /* JSON text */
	int attempt;         /* 1 the first time */
};
/* Runs on a job worker; may block. 0: done. EAGAIN: try again later (growing pauses, 1 s to 10 min), as often as it takes. Another
 * error: the same, but after max_attempts the job is kept as failed, with the error. */
typedef int(job_h)(const struct job *job, struct database *database, void *arg);

struct job_type {
	const char *name; /* "speech.synthesize" */
	job_h *run;
	int64_t lease_ms; /* 0: 60000 */
	int max_attempts; /* 0: 10 */
	int64_t every_ms; /* not 0: a recurring job, made by itself, first at start; one at a time over all nodes */
};

int job_service_create(struct job_service **jp, struct database *database, unsigned workers);
int job_declare(struct job_service *j, const struct job_type *types,
	void *arg); /* types end with a zero row */
int job_start(struct job_service *j);
void job_stop(struct job_service *j); /* lets jobs under way finish */
void job_service_free(struct job_service *j);
extern const struct db_stmt job_statements[]; /* job_service_create declares them */

/* In the caller's transaction. unique_key (may be NULL): a second waiting job of the same type and key is not added. */
int job_add(struct db *db, const char *type, const char *payload, int64_t due_ms,
	const char *unique_key);

#endif
