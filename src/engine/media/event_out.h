/* Keys to be sent: 100 ms on, 60 ms off, one step per 20 ms tick; as telephone-events or as tones. Pure, one thread. */
#ifndef HOTLINE_MEDIA_EVENT_OUT_H
#define HOTLINE_MEDIA_EVENT_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EVENT_OUT_MAX = 64, EVENT_ON_TICKS = 5, EVENT_OFF_TICKS = 3 };

struct event_out {
	char queue[EVENT_OUT_MAX]; /* keys waiting; the first is under way when step > 0 */
	size_t count;
	unsigned step; /* ticks since the key began */
	uint32_t ts;   /* of the event under way */
};

enum event_out_phase {
	EVENT_OUT_IDLE,  /* nothing to send */
	EVENT_OUT_START, /* first tick of a key */
	EVENT_OUT_ON,
	EVENT_OUT_END, /* last tick of a key: the end packet, three times */
	EVENT_OUT_OFF, /* between two keys: audio may flow */
};

void event_out_add(struct event_out *e,
	const char *keys); /* other characters and what does not fit are left out */
/* Steps by one tick; key and code are written unless idle. */
enum event_out_phase event_out_tick(struct event_out *e, char *key, uint8_t *code);
static inline bool event_out_busy(const struct event_out *e)
{
	return e->count > 0;
}
/* The four bytes of RFC 4733. units: duration so far in time stamp units. */
void event_out_payload(uint8_t out[4], uint8_t code, bool end, uint32_t units);
/* The two frequencies of a key; false: not a key. */
bool event_out_tones(char key, uint16_t *low, uint16_t *high);

#endif
