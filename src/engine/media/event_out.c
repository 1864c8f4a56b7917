/* Keys to be sent, as telephone-events or as tones. */
#include <string.h>
#include "event_out.h"

static const char key_names[] = "0123456789*#ABCD";

enum { VOLUME = 10 }; /* -dBm0 */

static int key_code(char key)
{
	const char *at;

	if (key >= 'a' && key <= 'd')
		key = (char)(key - 'a' + 'A');
	at = key ? strchr(key_names, key) : NULL;
	return at ? (int)(at - key_names) : -1;
}

void event_out_add(struct event_out *e, const char *keys)
{
	for (; *keys && e->count < EVENT_OUT_MAX; keys++) {
		int code = key_code(*keys);

		if (code >= 0)
			e->queue[e->count++] = key_names[code];
	}
}

enum event_out_phase event_out_tick(struct event_out *e, char *key, uint8_t *code)
{
	unsigned step = e->step;

	if (!e->count)
		return EVENT_OUT_IDLE;
	*key = e->queue[0];
	*code = (uint8_t)key_code(*key);
	e->step++;
	if (e->step == EVENT_ON_TICKS + EVENT_OFF_TICKS) {
		e->step = 0;
		e->count--;
		memmove(e->queue, e->queue + 1, e->count);
	}
	if (step == 0)
		return EVENT_OUT_START;
	if (step < EVENT_ON_TICKS - 1)
		return EVENT_OUT_ON;
	return step == EVENT_ON_TICKS - 1 ? EVENT_OUT_END : EVENT_OUT_OFF;
}

void event_out_payload(uint8_t out[4], uint8_t code, bool end, uint32_t units)
{
	out[0] = code;
	out[1] = (uint8_t)((end ? 0x80 : 0) | VOLUME);
	out[2] = (uint8_t)(units >> 8);
	out[3] = (uint8_t)units;
}

bool event_out_tones(char key, uint16_t *low, uint16_t *high)
{
	static const char layout[] = "123A456B789C*0#D";
	static const uint16_t rows[] = { 697, 770, 852, 941 };
	static const uint16_t columns[] = { 1209, 1336, 1477, 1633 };
	const char *at = key ? strchr(layout, key) : NULL;

	if (!at)
		return false;
	*low = rows[(at - layout) / 4];
	*high = columns[(at - layout) % 4];
	return true;
}
