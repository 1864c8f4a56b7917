/* Digest: reading the header, hashing, the server's side with its nonces. */
#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include "sip_scan.h"
#include "sip.h"
#include "sip_digest.h"
#include "sip_digest_hash.h"

#define NONCE_LEN   60 /* hex digits: 12 time, 16 number, 32 MAC */
#define WAYS        8  /* entries of one bucket */
#define LIFETIME_MS 300000
#define WINDOW      8192

/* Which counts of a nonce have been used: the highest and the 63 below it. */
struct used_nonce {
	uint64_t id; /* 0: free */
	int64_t made;
	uint32_t top;
	uint64_t seen;
};

struct bucket {
	struct used_nonce entries[WAYS];
	int64_t forgotten; /* nonces made up to here may have been used and dropped: stale */
};

struct sip_digest_server {
	char *realm;
	int64_t lifetime_ms;
	unsigned char key[crypto_auth_hmacsha256_KEYBYTES];
	struct bucket *buckets;
	size_t bucket_count;
};

/* --- reading --- */

static struct sip_view bare(struct sip_view v)
{
	return v.len >= 2 && *v.p == '"' ? sip_view_n(v.p + 1, v.len - 2) : v;
}

static struct sip_view *field_of(struct sip_digest *d, struct sip_view name)
{
	const struct {
		const char *name;
		struct sip_view *field;
	} fields[] = { { "username", &d->username }, { "realm", &d->realm }, { "nonce", &d->nonce },
		{ "uri", &d->uri }, { "response", &d->response }, { "opaque", &d->opaque },
		{ "qop", &d->qop }, { "cnonce", &d->cnonce }, { "nc", &d->nc },
		{ "stale", &d->stale } };

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (sip_view_is_i(name, fields[i].name))
			return fields[i].field;
	return NULL;
}

/* "name = value" up to the comma. The value loses its quotes, not its backslashes: they are hashed as written (RFC 7616 3.3). */
static int next_field(struct sip_view *rest, struct sip_view *name, struct sip_view *value)
{
	size_t n = 0;

	sip_skip_blanks(rest);
	while (n < rest->len && sip_is_token(rest->p[n]))
		n++;
	*name = sip_view_n(rest->p, n);
	sip_skip(rest, n);
	sip_skip_blanks(rest);
	if (!n || !rest->len || *rest->p != '=')
		return EBADMSG;
	sip_skip(rest, 1);
	sip_skip_blanks(rest);
	if (rest->len && *rest->p == '"') {
		n = sip_quoted_len(*rest);
		if (!n)
			return EBADMSG;
	} else {
		for (n = 0; n < rest->len && *(rest->p + n) != ',' && !sip_is_blank(rest->p[n]);
			n++)
			;
	}
	*value = bare(sip_view_n(rest->p, n));
	sip_skip(rest, n);
	sip_skip_blanks(rest);
	if (!rest->len)
		return 0;
	if (*rest->p != ',')
		return EBADMSG;
	sip_skip(rest, 1);
	return 0;
}

int sip_digest_parse(struct sip_digest *d, struct sip_view value)
{
	struct sip_view rest = sip_view_trim(value), name, field, algorithm = { NULL, 0 };

	memset(d, 0, sizeof(*d));
	if (rest.len < 7 || !sip_view_is_i(sip_view_n(rest.p, 6), "Digest") ||
		!sip_is_blank(rest.p[6]))
		return ENOTSUP;
	sip_skip(&rest, 6);
	while (rest.len) {
		struct sip_view *dst;

		if (next_field(&rest, &name, &field))
			return EBADMSG;
		dst = sip_view_is_i(name, "algorithm") ? &algorithm : field_of(d, name);
		if (dst && dst->p)
			return EBADMSG;
		if (dst)
			*dst = field;
	}
	if (!d->realm.p || !d->nonce.p)
		return EBADMSG;
	if (!algorithm.p || sip_view_is_i(algorithm, "MD5"))
		d->algorithm = SIP_DIGEST_MD5;
	else if (sip_view_is_i(algorithm, "SHA-256"))
		d->algorithm = SIP_DIGEST_SHA256;
	else
		return ENOTSUP;
	return 0;
}

/* --- hashing --- */

static void to_hex(char *hex, const unsigned char *raw, size_t len)
{
	sodium_bin2hex(hex, 2 * len + 1, raw, len);
}

int sip_digest_hash(enum sip_digest_algorithm algorithm, char hex[SIP_DIGEST_HEX],
	const struct sip_view *parts, size_t count)
{
	const EVP_MD *md = algorithm == SIP_DIGEST_SHA256 ? EVP_sha256() : EVP_md5();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char raw[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	int err = ENOMEM;

	hex[0] = '\0';
	if (!ctx || EVP_DigestInit_ex(ctx, md, NULL) != 1)
		goto out;
	for (size_t i = 0; i < count; i++) {
		if (i && EVP_DigestUpdate(ctx, ":", 1) != 1)
			goto out;
		if (parts[i].len && EVP_DigestUpdate(ctx, parts[i].p, parts[i].len) != 1)
			goto out;
	}
	if (EVP_DigestFinal_ex(ctx, raw, &len) != 1)
		goto out;
	to_hex(hex, raw, len);
	err = 0;
out:
	EVP_MD_CTX_free(ctx);
	return err;
}

int sip_digest_response(char hex[SIP_DIGEST_HEX], const struct sip_digest *d, const char *ha1,
	struct sip_view method)
{
	struct sip_view a2[] = { method, d->uri };
	char ha2[SIP_DIGEST_HEX];
	int err = sip_digest_hash(d->algorithm, ha2, a2, 2);

	if (err)
		return err;
	if (d->qop.len) {
		struct sip_view all[] = { sip_view(ha1), d->nonce, d->nc, d->cnonce, d->qop,
			sip_view(ha2) };

		return sip_digest_hash(d->algorithm, hex, all, 6);
	}
	struct sip_view old[] = { sip_view(ha1), d->nonce, sip_view(ha2) };

	return sip_digest_hash(d->algorithm, hex, old, 3);
}

void sip_digest_ha1(
	char md5[33], char sha256[65], const char *user, const char *realm, const char *password)
{
	struct sip_view parts[] = { sip_view(user), sip_view(realm), sip_view(password) };
	char hex[SIP_DIGEST_HEX];

	sip_digest_hash(SIP_DIGEST_MD5, hex, parts, 3);
	memcpy(md5, hex, 33);
	md5[32] = '\0';
	sip_digest_hash(SIP_DIGEST_SHA256, hex, parts, 3);
	memcpy(sha256, hex, 65);
}

/* --- nonces --- */

int sip_digest_server_create(
	struct sip_digest_server **serverp, const char *realm, unsigned lifetime_s, size_t window)
{
	struct sip_digest_server *s;

	if (!serverp || !realm || !*realm || sodium_init() < 0)
		return EINVAL;
	for (const char *c = realm; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == '"' || *c == '\\')
			return EINVAL;
	s = calloc(1, sizeof(*s));
	if (!s)
		return ENOMEM;
	s->lifetime_ms = lifetime_s ? (int64_t)lifetime_s * 1000 : LIFETIME_MS;
	s->bucket_count = ((window ? window : WINDOW) + WAYS - 1) / WAYS;
	s->buckets = calloc(s->bucket_count, sizeof(*s->buckets));
	s->realm = strdup(realm);
	if (!s->buckets || !s->realm) {
		sip_digest_server_free(s);
		return ENOMEM;
	}
	for (size_t i = 0; i < s->bucket_count; i++)
		s->buckets[i].forgotten = INT64_MIN;
	crypto_auth_hmacsha256_keygen(s->key);
	*serverp = s;
	return 0;
}

void sip_digest_server_free(struct sip_digest_server *s)
{
	if (!s)
		return;
	sodium_memzero(s->key, sizeof(s->key));
	free(s->buckets);
	free(s->realm);
	free(s);
}

static void sign_nonce(const struct sip_digest_server *s, char nonce[NONCE_LEN + 1])
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES];

	crypto_auth_hmacsha256(mac, (const unsigned char *)nonce, 28, s->key);
	to_hex(nonce + 28, mac, 16);
}

static void make_nonce(const struct sip_digest_server *s, char nonce[NONCE_LEN + 1], int64_t now)
{
	uint64_t id;

	randombytes_buf(&id, sizeof(id));
	snprintf(nonce, NONCE_LEN + 1, "%012llx%016llx",
		(unsigned long long)now & 0xffffffffffffULL, (unsigned long long)(id ? id : 1));
	sign_nonce(s, nonce);
}

/* Takes a nonce of this process apart; false when it is none. */
static bool read_nonce(
	const struct sip_digest_server *s, struct sip_view text, int64_t *made, uint64_t *id)
{
	char nonce[NONCE_LEN + 1];
	uint64_t parts[2] = { 0, 0 };

	if (text.len != NONCE_LEN)
		return false;
	memcpy(nonce, text.p, 28);
	sign_nonce(s, nonce);
	if (sodium_memcmp(nonce, text.p, NONCE_LEN))
		return false;
	for (int i = 0; i < 28; i++)
		parts[i >= 12] = parts[i >= 12] << 4 | (uint64_t)sip_hex_digit(text.p[i]);
	*made = (int64_t)parts[0];
	*id = parts[1];
	return true;
}

/* Free, expired or else the oldest entry, whose nonce is stale from now on, and all made before it. */
static struct used_nonce *make_room(
	const struct sip_digest_server *s, struct bucket *b, int64_t now)
{
	struct used_nonce *oldest = &b->entries[0];

	for (int i = 0; i < WAYS; i++) {
		struct used_nonce *e = &b->entries[i];

		if (!e->id || now - e->made > s->lifetime_ms)
			return e;
		if (e->made < oldest->made)
			oldest = e;
	}
	if (oldest->made > b->forgotten)
		b->forgotten = oldest->made;
	return oldest;
}

/* Marks a count as used; false when it was, or when that is not known any more. */
static bool use_count(
	struct sip_digest_server *s, int64_t made, uint64_t id, uint32_t nc, int64_t now)
{
	struct bucket *b = &s->buckets[id % s->bucket_count];
	struct used_nonce *e = NULL;

	for (int i = 0; i < WAYS && !e; i++)
		if (b->entries[i].id == id)
			e = &b->entries[i];
	if (!e) {
		if (made <= b->forgotten)
			return false;
		e = make_room(s, b, now);
		*e = (struct used_nonce){ id, made, nc, 1 };
		return true;
	}
	if (nc > e->top) {
		uint32_t step = nc - e->top;

		e->seen = step < 64 ? e->seen << step | 1 : 1;
		e->top = nc;
		return true;
	}
	if (e->top - nc >= 64 || e->seen >> (e->top - nc) & 1)
		return false;
	e->seen |= 1ULL << (e->top - nc);
	return true;
}

/* --- challenge and check --- */

void sip_digest_challenge(struct sip_digest_server *s, struct sip_print *p,
	const struct sip_challenge *challenge, int64_t now)
{
	static const char *const algorithms[] = { "MD5", "SHA-256" };
	enum sip_hdr id = challenge->proxy ? SIP_HDR_PROXY_AUTHENTICATE : SIP_HDR_WWW_AUTHENTICATE;
	char nonce[NONCE_LEN + 1];

	make_nonce(s, nonce, now);
	for (int i = 0; i < (challenge->md5_only ? 1 : 2); i++)
		sip_print_headerf(p, id,
			"Digest realm=\"%s\", nonce=\"%s\", algorithm=%s, qop=\"auth\"%s", s->realm,
			nonce, algorithms[i], challenge->stale ? ", stale=true" : "");
}

enum sip_digest_result sip_digest_user(const struct sip_digest_server *s, const struct sip_msg *m,
	struct sip_digest *d, char *user, size_t size)
{
	static const enum sip_hdr ids[] = { SIP_HDR_AUTHORIZATION, SIP_HDR_PROXY_AUTHORIZATION };
	char quoted[512];

	for (int i = 0; i < 2; i++) {
		const struct sip_header *h = sip_msg_header(m, ids[i]);

		for (; h; h = sip_msg_header_next(m, h)) {
			int err = sip_digest_parse(d, h->value);

			if (err == EBADMSG)
				return SIP_DIGEST_MALFORMED;
			if (err || !sip_view_is(d->realm, s->realm))
				continue;
			if (!d->username.len || !d->uri.len || !d->response.len ||
				d->username.len > 500 ||
				(d->qop.p && (!d->nc.len || !d->cnonce.len)))
				return SIP_DIGEST_MALFORMED;
			/* quotes again, so that its backslashes are taken out */
			snprintf(quoted, sizeof(quoted), "\"%.*s\"", SIP_VIEW_ARG(d->username));
			if (sip_unquote(user, size, sip_view(quoted)))
				return SIP_DIGEST_MALFORMED;
			return SIP_DIGEST_OK;
		}
	}
	return SIP_DIGEST_MISSING;
}

/* The digest URI names the request URI; proxies on the way may have written it differently. */
static bool uri_matches(const struct sip_digest *d, const struct sip_uri *request)
{
	struct sip_uri uri;

	return sip_view_equal(d->uri, request->text) ||
	       (!sip_uri_parse(&uri, d->uri) && sip_uri_equal(&uri, request));
}

static bool response_matches(const struct sip_digest *d, const char *ha1, struct sip_view method)
{
	/* an unknown user costs as much as a wrong password */
	static const char nobody[] =
		"0000000000000000000000000000000000000000000000000000000000000000";
	size_t hex_len = d->algorithm == SIP_DIGEST_SHA256 ? 64 : 32;
	char expected[SIP_DIGEST_HEX], given[SIP_DIGEST_HEX] = "";
	bool known = ha1 && strlen(ha1) == hex_len;

	if (sip_digest_response(expected, d, known ? ha1 : nobody + 64 - hex_len, method) ||
		d->response.len != hex_len)
		return false;
	for (size_t i = 0; i < hex_len; i++)
		given[i] = sip_lower(d->response.p[i]);
	return !sodium_memcmp(expected, given, hex_len) && known;
}

/* "nc" is eight hex digits; an answer without qop (RFC 2069) has none and may use its nonce once. */
static bool read_count(const struct sip_digest *d, uint32_t *nc)
{
	*nc = 1;
	if (!d->qop.len)
		return true;
	if (d->nc.len != 8)
		return false;
	*nc = 0;
	for (int i = 0; i < 8; i++) {
		int digit = sip_hex_digit(d->nc.p[i]);

		if (digit < 0)
			return false;
		*nc = *nc << 4 | (uint32_t)digit;
	}
	return *nc > 0;
}

enum sip_digest_result sip_digest_check(struct sip_digest_server *s, const struct sip_msg *m,
	const struct sip_digest *d, const struct sip_ha1 *ha1, int64_t now)
{
	const char *stored = d->algorithm == SIP_DIGEST_SHA256 ? ha1->sha256 : ha1->md5;
	bool right = response_matches(d, stored, m->method_name);
	int64_t made;
	uint64_t id;
	uint32_t nc;

	if (!read_count(d, &nc) || (d->qop.len && !sip_view_is_i(d->qop, "auth")))
		return SIP_DIGEST_MALFORMED;
	if (!right || !sip_view_is(d->realm, s->realm) || !uri_matches(d, &m->uri))
		return SIP_DIGEST_WRONG;
	if (!read_nonce(s, d->nonce, &made, &id) || now < made || now - made > s->lifetime_ms)
		return SIP_DIGEST_STALE;
	return use_count(s, made, id, nc, now) ? SIP_DIGEST_OK : SIP_DIGEST_STALE;
}
