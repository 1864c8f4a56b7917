/* RTCP: sender and receiver reports with CNAME. */
#include <errno.h>
#include <string.h>
#include "rtcp.h"

enum { SR = 200, RR = 201, SDES = 202, BYE = 203, CNAME_MAX = 31 };

static uint8_t *put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
	return p + 4;
}

static uint32_t read32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void head(uint8_t *start, const uint8_t *end, unsigned count, unsigned type)
{
	size_t words = (size_t)(end - start) / 4 - 1;

	start[0] = (uint8_t)(0x80 | count);
	start[1] = (uint8_t)type;
	start[2] = (uint8_t)(words >> 8);
	start[3] = (uint8_t)words;
}

static uint8_t *write_report(uint8_t *start, const struct rtcp_report *r)
{
	uint8_t *p = put32(start + 4, r->ssrc);

	if (r->sender) {
		p = put32(p, (uint32_t)(r->ntp >> 32));
		p = put32(p, (uint32_t)r->ntp);
		p = put32(p, r->rtp_ts);
		p = put32(p, r->packets);
		p = put32(p, r->octets);
	}
	if (r->has_block) {
		p = put32(p, r->source);
		p = put32(p, (uint32_t)r->fraction_lost << 24 | (r->lost & 0xffffff));
		p = put32(p, r->highest_seq);
		p = put32(p, r->jitter);
		p = put32(p, r->last_sr);
		p = put32(p, r->delay_since);
	}
	head(start, p, r->has_block, r->sender ? SR : RR);
	return p;
}

static uint8_t *write_cname(uint8_t *start, const struct rtcp_report *r)
{
	uint8_t *p = put32(start + 4, r->ssrc);
	size_t len = strnlen(r->cname, CNAME_MAX);

	*p++ = 1; /* CNAME */
	*p++ = (uint8_t)len;
	memcpy(p, r->cname, len);
	p += len;
	do {
		*p++ = 0;
	} while ((p - start) % 4);
	head(start, p, 1, SDES);
	return p;
}

size_t rtcp_write(uint8_t out[RTCP_MAX], const struct rtcp_report *r)
{
	uint8_t *p = write_cname(write_report(out, r), r);

	if (r->bye) {
		uint8_t *end = put32(p + 4, r->ssrc);

		head(p, end, 1, BYE);
		p = end;
	}
	return (size_t)(p - out);
}

int rtcp_parse(struct rtcp_info *info, const uint8_t *data, size_t len)
{
	memset(info, 0, sizeof(*info));
	if (len < 8)
		return EBADMSG;
	while (len >= 4) {
		size_t size = ((size_t)(data[2] << 8 | data[3]) + 1) * 4;

		if (data[0] >> 6 != 2 || size > len)
			return EBADMSG;
		if (data[1] == SR && size >= 28) {
			info->sender_report = true;
			info->ssrc = read32(data + 4);
			info->last_sr = read32(data + 10);
		} else if (data[1] == BYE) {
			info->bye = true;
		}
		data += size;
		len -= size;
	}
	return len ? EBADMSG : 0;
}
