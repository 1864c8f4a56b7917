/* STUN messages (RFC 5389, 8445): reading and writing. Pure functions, any thread. */
#ifndef HOTLINE_MEDIA_STUN_H
#define HOTLINE_MEDIA_STUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "net_addr.h"

enum {
	STUN_HEADER = 20,
	STUN_REPLY_MAX = 192,
	STUN_UNKNOWN_MAX = 8,
	STUN_REQUEST = 0x0001,
	STUN_INDICATION = 0x0011,
	STUN_SUCCESS = 0x0101,
	STUN_ERROR = 0x0111,
};

struct stun_message {
	uint16_t type;
	const uint8_t *id; /* 12 bytes; points into the bytes parsed, as username does */
	const char *username;
	size_t username_len;
	size_t integrity_at; /* where MESSAGE-INTEGRITY begins; 0: there is none */
	bool fingerprint;    /* there is one and it is right */
	bool use_candidate, controlling, controlled;
	bool has_mapped;
	union net_addr mapped;
	uint16_t error;                     /* of an error response; else 0 */
	uint16_t unknown[STUN_UNKNOWN_MAX]; /* attributes that would have to be understood */
	size_t unknown_count;
};

/* EBADMSG: not STUN, cut short, or the fingerprint is wrong. */
int stun_parse(struct stun_message *m, const uint8_t *data, size_t len);
/* data is what m was parsed from. */
bool stun_integrity_holds(const struct stun_message *m, const uint8_t *data, const char *password);

/* Answers, with fingerprint; out has room for STUN_REPLY_MAX. They return the length, 0 on failure of the hash. */
size_t stun_write_success(
	uint8_t *out, const uint8_t id[12], const union net_addr *mapped, const char *password);
/* password NULL: without integrity. unknown: for 420. */
size_t stun_write_error(uint8_t *out, const uint8_t id[12], unsigned code, const uint16_t *unknown,
	size_t unknown_count, const char *password);
/* A connectivity check, as the other side sends it. username at most 64 bytes. */
size_t stun_write_request(uint8_t *out, const uint8_t id[12], const char *username,
	const char *password, bool use_candidate);

#endif
