/* The header of a 16-bit PCM WAV file and its repair. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "media/media.h"
#include "wav.h"

static void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v & 0xffff);
	put16(p + 2, v >> 16);
}

void wav_header(uint8_t out[WAV_HEADER], unsigned channels, unsigned rate, uint32_t data_bytes)
{
	static const uint8_t riff[4] = { 'R', 'I', 'F', 'F' }, data[4] = { 'd', 'a', 't', 'a' };
	static const uint8_t wave[8] = { 'W', 'A', 'V', 'E', 'f', 'm', 't', ' ' };

	memcpy(out, riff, sizeof(riff));
	put32(out + 4, WAV_HEADER - 8 + data_bytes);
	memcpy(out + 8, wave, sizeof(wave));
	put32(out + 16, 16);
	put16(out + 20, 1); /* PCM */
	put16(out + 22, channels);
	put32(out + 24, rate);
	put32(out + 28, rate * channels * 2);
	put16(out + 32, channels * 2);
	put16(out + 34, 16);
	memcpy(out + 36, data, sizeof(data));
	put32(out + 40, data_bytes);
}

/* Ours are always this plain form; anything else is left alone. */
static int read_header(int fd, unsigned *channels, unsigned *rate)
{
	uint8_t have[WAV_HEADER], plain[WAV_HEADER];

	if (pread(fd, have, sizeof(have), 0) != WAV_HEADER)
		return EINVAL;
	*channels = have[22];
	*rate = (unsigned)have[24] | (unsigned)have[25] << 8;
	wav_header(plain, *channels, *rate, 0);
	memcpy(plain + 4, have + 4, 4);
	memcpy(plain + 40, have + 40, 4);
	if (memcmp(plain, have, sizeof(have)) != 0 || *channels < 1 || *channels > 2 || !*rate)
		return EINVAL;
	return 0;
}

int media_file_repair(const char *path, int64_t *milliseconds)
{
	uint8_t header[WAV_HEADER];
	unsigned channels = 0, rate = 0;
	uint32_t data;
	struct stat st;
	int fd, err;

	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return errno;
	err = fstat(fd, &st) ? errno : read_header(fd, &channels, &rate);
	if (err || !channels || !rate)
		goto out;
	if (st.st_size > UINT32_MAX) {
		err = E2BIG;
		goto out;
	}
	data = (uint32_t)st.st_size - WAV_HEADER;
	data -= data % (channels * 2);
	wav_header(header, channels, rate, data);
	if (pwrite(fd, header, sizeof(header), 0) != WAV_HEADER || fdatasync(fd))
		err = errno ? errno : EIO;
	else if (milliseconds)
		*milliseconds = (int64_t)data * 1000 / (channels * 2 * rate);
out:
	close(fd);
	return err;
}
