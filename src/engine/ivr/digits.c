/* Keys typed ahead and keys for the trace. */
#include <string.h>
#include "clock/clock.h"
#include "session.h"

void ivr_record_key(struct ivr_session *s, char digit)
{
	if (s->key_count < IVR_MAX_KEYS)
		s->keys[s->key_count++] = digit;
	s->keys[s->key_count] = '\0';
}

void ivr_keep_digit(struct ivr_session *s, char digit)
{
	if (s->digit_count < IVR_TYPE_AHEAD)
		s->digits[s->digit_count++] = digit;
}

char ivr_take_digit(struct ivr_session *s)
{
	char digit;

	if (!s->digit_count)
		return 0;
	digit = s->digits[0];
	memmove(s->digits, s->digits + 1, --s->digit_count);
	ivr_record_key(s, digit);
	return digit;
}

void ivr_untake_digits(struct ivr_session *s, const char *digits, size_t count)
{
	if (count > IVR_TYPE_AHEAD - s->digit_count)
		count = IVR_TYPE_AHEAD - s->digit_count;
	memmove(s->digits + count, s->digits, s->digit_count);
	memcpy(s->digits, digits, count);
	s->digit_count += count;
	s->key_count -= count < s->key_count ? count : s->key_count;
	s->keys[s->key_count] = '\0';
}

void ivr_drop_last_digit(struct ivr_session *s)
{
	if (s->digit_count)
		s->digit_count--;
}

void ivr_flush_digits(struct ivr_session *s)
{
	s->digit_count = 0;
}

/* People press # after a number although its last digit was enough; it must not answer the next question. */
void ivr_swallow(struct ivr_session *s, char digit)
{
	s->swallow = digit;
	s->swallow_until = clock_mono() + IVR_SWALLOW_MS;
}

void ivr_mask_keys(struct ivr_session *s)
{
	s->mask = true;
}
