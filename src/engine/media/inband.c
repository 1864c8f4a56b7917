/* Keys as tones in the sound, by spandsp. */
#include <spandsp.h>
#include <stdlib.h>
#include <string.h>
#include "inband.h"

enum {
	KEYS_MAX = 16,
	/* Mean square of about -48 dBm0; the detector wants -42 of each of two tones. */
	STILL = 4000,
	/* So long is listened on, so that the end of a key is noticed. */
	STILL_CALLS = 4,
};

struct inband {
	dtmf_rx_state_t *rx;
	unsigned still; /* calls since there was sound */
};

struct inband *inband_create(void)
{
	struct inband *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->rx = dtmf_rx_init(NULL, NULL, NULL);
	if (!d->rx) {
		free(d);
		return NULL;
	}
	return d;
}

void inband_free(struct inband *d)
{
	if (!d)
		return;
	dtmf_rx_free(d->rx);
	free(d);
}

size_t inband_listen(struct inband *d, const int16_t *samples, size_t count, uint32_t level,
	char *keys, size_t max)
{
	char found[KEYS_MAX + 1];
	size_t n;

	/* Most of a call nobody speaks on one side. */
	d->still = level < STILL ? d->still + 1 : 0;
	if (d->still > STILL_CALLS) {
		dtmf_rx_fillin(d->rx, (int)count);
		return 0;
	}
	dtmf_rx(d->rx, samples, (int)count);
	n = dtmf_rx_get(d->rx, found, KEYS_MAX);
	if (n > max)
		n = max;
	memcpy(keys, found, n);
	return n;
}

void inband_skip(struct inband *d, size_t count)
{
	dtmf_rx_fillin(d->rx, (int)count);
}
