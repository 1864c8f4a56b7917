/* The writer thread: brings recordings to their files. */
#ifndef HOTLINE_MEDIA_WRITER_H
#define HOTLINE_MEDIA_WRITER_H

#include "recorder.h"

struct writer;

/* On the writer thread, when the file is closed; r is freed afterwards. */
typedef void(writer_done_h)(struct recorder *r, int64_t milliseconds, bool degraded, void *arg);

int writer_create(struct writer **wp, writer_done_h *doneh, void *arg);
int writer_start(struct writer *w);
void writer_stop(struct writer *w); /* after the media threads have ended: closes everything */
void writer_free(struct writer *w);
/* Any thread. The writer frees r after recorder_finish. Folders that are missing are made. */
void writer_add(struct writer *w, struct recorder *r);
void writer_wake(struct writer *w); /* a recording was finished */

#endif
