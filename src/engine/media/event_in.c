/* Keys received as telephone-events. */
#include <string.h>
#include "event_in.h"

/* Refreshes come every 20-50 ms; longer without one and the end was lost. */
enum { END_LOST_US = 160000, LAST_KEY = 15 };

static const char key_names[] = "0123456789*#ABCD";

void event_in_reset(struct event_in *e)
{
	memset(e, 0, sizeof(*e));
}

/* An event longer than the duration field is sent as several, each beginning where the last one ended (RFC 4733 2.5.1.3). */
static bool continues(const struct event_in *e, uint32_t ts, bool marker, uint8_t code)
{
	return e->open && !marker && code == e->code && e->duration >= 0xff00 &&
	       ts - e->ts == e->duration;
}

size_t event_in_packet(struct event_in *e, uint32_t ts, bool marker, const uint8_t *payload,
	size_t len, int64_t now_us, char keys[2])
{
	size_t count = 0;
	uint8_t code;
	bool end;

	if (len < 4 || payload[0] > LAST_KEY)
		return 0;
	code = payload[0];
	end = payload[1] & 0x80;
	if (e->known && (int32_t)(ts - e->ts) < 0)
		return 0; /* late, of an event that is over */
	if (!e->known || ts != e->ts) {
		if (!continues(e, ts, marker, code)) {
			if (e->open)
				keys[count++] = key_names[e->code];
			e->open = true;
			e->code = code;
		}
		e->known = true;
		e->ts = ts;
		e->duration = 0;
	}
	if ((payload[2] << 8 | payload[3]) > e->duration)
		e->duration = (uint16_t)(payload[2] << 8 | payload[3]);
	e->last_us = now_us;
	if (end && e->open) {
		e->open = false;
		keys[count++] = key_names[e->code];
	}
	return count;
}

char event_in_tick(struct event_in *e, int64_t now_us)
{
	if (!e->open || now_us - e->last_us < END_LOST_US)
		return 0;
	e->open = false;
	return key_names[e->code];
}
