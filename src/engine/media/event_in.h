/* Keys received as telephone-events (RFC 4733). Told apart by RTP time stamp, not by code, so that a repeated key is not lost
 * when every end packet of the first one is. Pure, one thread. */
#ifndef HOTLINE_MEDIA_EVENT_IN_H
#define HOTLINE_MEDIA_EVENT_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_in {
	bool known; /* ts, code and duration are those of the newest event */
	bool open;  /* its end has not been seen */
	uint32_t ts;
	uint8_t code;
	uint16_t duration;
	int64_t last_us;
};

/* Takes one packet; writes the keys it completes (at most 2) to keys and returns their number. */
size_t event_in_packet(struct event_in *e, uint32_t ts, bool marker, const uint8_t *payload,
	size_t len, int64_t now_us, char keys[2]);
/* To be called every tick: the key whose end packets were all lost, or 0. */
char event_in_tick(struct event_in *e, int64_t now_us);
void event_in_reset(
	struct event_in *e); /* another sender: its time stamps say nothing about the last one's */

#endif
