/* The loader thread: decodes prompt files for the media threads and keeps what it decoded, up to a limit of bytes. A file that
 * changed on disk is read again. */
#ifndef HOTLINE_MEDIA_LOADER_H
#define HOTLINE_MEDIA_LOADER_H

#include <stddef.h>
#include <stdint.h>
#include "audio.h"

struct loader;

/* Who asked and for what; handed back with the answer. */
struct loader_ticket {
	uint64_t leg, play;
	size_t part;
};
/* On the loader thread. audio: a reference for the receiver, or NULL with err. */
typedef void(loader_done_h)(
	const struct loader_ticket *ticket, struct audio *audio, int err, void *arg);

int loader_create(struct loader **lp, size_t max_bytes, loader_done_h *doneh, void *arg);
int loader_start(struct loader *l);
void loader_stop(struct loader *l); /* requests still waiting are dropped */
void loader_free(struct loader *l);
/* Any thread. 0 or ENOMEM. */
int loader_request(
	struct loader *l, const struct loader_ticket *ticket, const char *path, int rate);

#endif
