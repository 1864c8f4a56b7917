/* RTCP (RFC 3550 6): sender and receiver reports with CNAME. Pure. */
#ifndef HOTLINE_MEDIA_RTCP_H
#define HOTLINE_MEDIA_RTCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RTCP_MAX = 128 };

struct rtcp_report {
	uint32_t ssrc; /* ours */
	const char *cname;
	bool sender;  /* SR; else RR */
	uint64_t ntp; /* now, 32.32 */
	uint32_t rtp_ts;
	uint32_t packets, octets;
	bool has_block; /* about what we receive */
	uint32_t source;
	uint8_t fraction_lost;
	uint32_t lost; /* cumulative */
	uint32_t highest_seq;
	uint32_t jitter;               /* time stamp units */
	uint32_t last_sr, delay_since; /* 1/65536 s; 0: none yet */
	bool bye;
};

/* Returns the length, at most RTCP_MAX. */
size_t rtcp_write(uint8_t out[RTCP_MAX], const struct rtcp_report *r);

struct rtcp_info {
	bool sender_report, bye;
	uint32_t ssrc;    /* of the sender report */
	uint32_t last_sr; /* middle of its NTP time */
};
int rtcp_parse(struct rtcp_info *info, const uint8_t *data, size_t len); /* 0 or EBADMSG */

#endif
