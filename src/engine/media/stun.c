/* STUN messages: reading and writing. */
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>
#include "stun.h"

enum {
	MAPPED_ADDRESS = 0x0001,
	USERNAME = 0x0006,
	MESSAGE_INTEGRITY = 0x0008,
	ERROR_CODE = 0x0009,
	UNKNOWN_ATTRIBUTES = 0x000a,
	REALM = 0x0014,
	NONCE = 0x0015,
	XOR_MAPPED_ADDRESS = 0x0020,
	PRIORITY = 0x0024,
	USE_CANDIDATE = 0x0025,
	FINGERPRINT = 0x8028,
	ICE_CONTROLLED = 0x8029,
	ICE_CONTROLLING = 0x802a,
	INTEGRITY_SIZE = 20,
	MUST_UNDERSTAND_BELOW = 0x8000,
	USERNAME_MAX = 64,
};

static const uint32_t cookie = 0x2112a442;
static const uint32_t fingerprint_mask = 0x5354554e;

static uint16_t read16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t read32(const uint8_t *p)
{
	return (uint32_t)read16(p) << 16 | read16(p + 2);
}

static void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

/* CRC-32 of ISO 3309, as Ethernet has it. */
static uint32_t crc32_of(const uint8_t *data, size_t len, uint32_t crc)
{
	for (size_t i = 0; i < len; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return crc;
}

/* Of the message up to `at`, with the length field it has once the fingerprint stands there. */
static uint32_t fingerprint_of(const uint8_t *data, size_t at)
{
	uint8_t head[STUN_HEADER];
	uint32_t crc;

	memcpy(head, data, sizeof(head));
	put16(head + 2, (unsigned)(at + 8 - STUN_HEADER));
	crc = crc32_of(head, sizeof(head), 0xffffffff);
	return ~crc32_of(data + STUN_HEADER, at - STUN_HEADER, crc) ^ fingerprint_mask;
}

static bool integrity_of(
	uint8_t out[INTEGRITY_SIZE], const uint8_t *data, size_t at, const char *password)
{
	uint8_t message[2048];
	unsigned size = INTEGRITY_SIZE;

	if (at > sizeof(message))
		return false;
	memcpy(message, data, at);
	put16(message + 2, (unsigned)(at + 4 + INTEGRITY_SIZE - STUN_HEADER));
	return HMAC(EVP_sha1(), password, (int)strlen(password), message, at, out, &size) != NULL;
}

static int read_xor_address(struct stun_message *m, const uint8_t *p, size_t len)
{
	uint8_t bytes[16];

	if (len < 8)
		return EBADMSG;
	memset(&m->mapped, 0, sizeof(m->mapped));
	if (p[1] == 1) {
		m->mapped.v4.sin_family = AF_INET;
		put32(bytes, read32(p + 4) ^ cookie);
		memcpy(&m->mapped.v4.sin_addr, bytes, 4);
	} else if (p[1] == 2 && len >= 20) {
		m->mapped.v6.sin6_family = AF_INET6;
		put32(bytes, read32(p + 4) ^ cookie);
		for (int i = 0; i < 12; i++)
			bytes[4 + i] = p[8 + i] ^ m->id[i];
		memcpy(&m->mapped.v6.sin6_addr, bytes, 16);
	} else {
		return EBADMSG;
	}
	net_addr_set_port(&m->mapped, (uint16_t)(read16(p + 2) ^ (cookie >> 16)));
	m->has_mapped = true;
	return 0;
}

static int take_attribute(struct stun_message *m, unsigned type, const uint8_t *p, size_t len)
{
	switch (type) {
	case USERNAME:
		m->username = (const char *)p;
		m->username_len = len;
		return 0;
	case USE_CANDIDATE:
		m->use_candidate = true;
		return 0;
	case ICE_CONTROLLED:
		m->controlled = true;
		return 0;
	case ICE_CONTROLLING:
		m->controlling = true;
		return 0;
	case XOR_MAPPED_ADDRESS:
		return read_xor_address(m, p, len);
	case ERROR_CODE:
		if (len < 4)
			return EBADMSG;
		m->error = (uint16_t)((p[2] & 7) * 100 + p[3]);
		return 0;
	case MAPPED_ADDRESS:
	case UNKNOWN_ATTRIBUTES:
	case REALM:
	case NONCE:
	case PRIORITY:
		return 0;
	default:
		if (type < MUST_UNDERSTAND_BELOW && m->unknown_count < STUN_UNKNOWN_MAX)
			m->unknown[m->unknown_count++] = (uint16_t)type;
		return 0;
	}
}

int stun_parse(struct stun_message *m, const uint8_t *data, size_t len)
{
	size_t at = STUN_HEADER;

	memset(m, 0, sizeof(*m));
	if (len < STUN_HEADER || data[0] > 3 || read32(data + 4) != cookie || len % 4 ||
		(size_t)read16(data + 2) + STUN_HEADER != len)
		return EBADMSG;
	m->type = read16(data);
	m->id = data + 8;
	while (at < len) {
		unsigned type = read16(data + at);
		size_t size = read16(data + at + 2);

		if (size > len - at - 4)
			return EBADMSG;
		if (type == FINGERPRINT) {
			/* It is the last one (RFC 5389 15.5). */
			if (size != 4 || at + 8 != len ||
				read32(data + at + 4) != fingerprint_of(data, at))
				return EBADMSG;
			m->fingerprint = true;
		} else if (type == MESSAGE_INTEGRITY && !m->integrity_at) {
			if (size != INTEGRITY_SIZE)
				return EBADMSG;
			m->integrity_at = at;
		} else if (!m->integrity_at && take_attribute(m, type, data + at + 4, size)) {
			return EBADMSG; /* what follows the integrity is not protected by it and is not looked at */
		}
		at += 4 + ((size + 3) & ~(size_t)3);
	}
	return at == len ? 0 : EBADMSG;
}

bool stun_integrity_holds(const struct stun_message *m, const uint8_t *data, const char *password)
{
	uint8_t want[INTEGRITY_SIZE];

	return m->integrity_at && integrity_of(want, data, m->integrity_at, password) &&
	       !CRYPTO_memcmp(want, data + m->integrity_at + 4, sizeof(want));
}

/* --- writing --- */

static size_t begin(uint8_t *out, unsigned type, const uint8_t id[12])
{
	put16(out, type);
	put16(out + 2, 0);
	put32(out + 4, cookie);
	memcpy(out + 8, id, 12);
	return STUN_HEADER;
}

static size_t attribute(uint8_t *out, size_t at, unsigned type, const void *value, size_t len)
{
	size_t padded = (len + 3) & ~(size_t)3;

	put16(out + at, type);
	put16(out + at + 2, (unsigned)len);
	memset(out + at + 4, 0, padded);
	if (len)
		memcpy(out + at + 4, value, len);
	return at + 4 + padded;
}

static size_t finish(uint8_t *out, size_t at, const char *password)
{
	uint8_t value[INTEGRITY_SIZE];

	if (password) {
		if (!integrity_of(value, out, at, password))
			return 0;
		at = attribute(out, at, MESSAGE_INTEGRITY, value, INTEGRITY_SIZE);
	}
	put32(value, fingerprint_of(out, at));
	at = attribute(out, at, FINGERPRINT, value, 4);
	put16(out + 2, (unsigned)(at - STUN_HEADER));
	return at;
}

size_t stun_write_success(
	uint8_t *out, const uint8_t id[12], const union net_addr *mapped, const char *password)
{
	size_t at = begin(out, STUN_SUCCESS, id);
	uint8_t value[20] = { 0 };
	size_t len = 8;

	put16(value + 2, net_addr_port(mapped) ^ (cookie >> 16));
	if (mapped->any.sa_family == AF_INET6) {
		value[1] = 2;
		len = 20;
		memcpy(value + 4, &mapped->v6.sin6_addr, 16);
		for (int i = 0; i < 12; i++)
			value[8 + i] ^= id[i];
	} else {
		value[1] = 1;
		memcpy(value + 4, &mapped->v4.sin_addr, 4);
	}
	put32(value + 4, read32(value + 4) ^ cookie);
	at = attribute(out, at, XOR_MAPPED_ADDRESS, value, len);
	return finish(out, at, password);
}

static const char *reason_of(unsigned code)
{
	switch (code) {
	case 400:
		return "Bad Request";
	case 401:
		return "Unauthorized";
	case 420:
		return "Unknown Attribute";
	default:
		return "Role Conflict";
	}
}

size_t stun_write_error(uint8_t *out, const uint8_t id[12], unsigned code, const uint16_t *unknown,
	size_t unknown_count, const char *password)
{
	size_t at = begin(out, STUN_ERROR, id);
	const char *reason = reason_of(code);
	uint8_t value[64] = { 0 };

	value[2] = (uint8_t)(code / 100);
	value[3] = (uint8_t)(code % 100);
	snprintf((char *)value + 4, sizeof(value) - 4, "%s", reason);
	at = attribute(out, at, ERROR_CODE, value, 4 + strlen(reason));
	if (unknown_count > STUN_UNKNOWN_MAX)
		unknown_count = STUN_UNKNOWN_MAX;
	for (size_t i = 0; i < unknown_count; i++)
		put16(value + 2 * i, unknown[i]);
	if (unknown_count)
		at = attribute(out, at, UNKNOWN_ATTRIBUTES, value, 2 * unknown_count);
	return finish(out, at, password);
}

size_t stun_write_request(uint8_t *out, const uint8_t id[12], const char *username,
	const char *password, bool use_candidate)
{
	static const uint8_t priority[4] = { 0x6e, 0, 1, 0xff };
	size_t at = begin(out, STUN_REQUEST, id);
	size_t len = strlen(username);

	if (len > USERNAME_MAX)
		return 0;
	at = attribute(out, at, USERNAME, username, len);
	at = attribute(out, at, PRIORITY, priority, sizeof(priority));
	at = attribute(out, at, ICE_CONTROLLING, id, 8);
	if (use_candidate)
		at = attribute(out, at, USE_CANDIDATE, NULL, 0);
	return finish(out, at, password);
}
