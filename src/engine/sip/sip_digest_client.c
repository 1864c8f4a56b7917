/* Digest: our answers to the challenges of carriers and registrars. */
#include <sodium.h>
#include <stdio.h>
#include "sip_scan.h"
#include "sip_digest_hash.h"

/* qop="auth,auth-int": a list inside the quotes. */
static bool offers_auth(struct sip_view list)
{
	while (list.len) {
		size_t n = 0;

		while (n < list.len && list.p[n] != ',')
			n++;
		if (sip_view_is_i(sip_view_trim(sip_view_n(list.p, n)), "auth"))
			return true;
		sip_skip(&list, n < list.len ? n + 1 : n);
	}
	return false;
}

/* The best challenge we can answer. 0 or ENOTSUP. */
static int choose(struct sip_digest *best, const struct sip_msg *response, enum sip_hdr id)
{
	const struct sip_header *h = sip_msg_header(response, id);
	bool found = false;

	for (; h; h = sip_msg_header_next(response, h)) {
		struct sip_digest d;

		if (sip_digest_parse(&d, h->value) || (d.qop.p && !offers_auth(d.qop)))
			continue;
		if (!found || d.algorithm > best->algorithm)
			*best = d;
		found = true;
	}
	return found ? 0 : ENOTSUP;
}

int sip_digest_client_take(struct sip_digest_client *c, const struct sip_msg *response)
{
	bool proxy = response->status == 407;
	struct sip_digest_client next = { .ready = true, .proxy = proxy };
	struct sip_digest d;
	bool stale;

	if (choose(&d, response, proxy ? SIP_HDR_PROXY_AUTHENTICATE : SIP_HDR_WWW_AUTHENTICATE))
		return ENOTSUP;
	stale = sip_view_is_i(d.stale, "true");
	/* A nonce that has worked may run out without a word; one that never has means wrong credentials. */
	if (c->ready && c->proxy == proxy && !stale &&
		(c->nc == 1 || sip_view_is(d.nonce, c->nonce)))
		return EACCES;
	if (sip_view_copy(next.realm, sizeof(next.realm), d.realm) ||
		sip_view_copy(next.nonce, sizeof(next.nonce), d.nonce) ||
		(d.opaque.p && sip_view_copy(next.opaque, sizeof(next.opaque), d.opaque)))
		return EMSGSIZE;
	next.algorithm = d.algorithm;
	next.qop = d.qop.p != NULL;
	next.has_opaque = d.opaque.p != NULL;
	*c = next;
	return 0;
}

void sip_digest_client_print(struct sip_digest_client *c, struct sip_print *p,
	enum sip_method method, const char *uri, const struct sip_credentials *credentials)
{
	struct sip_view a1[] = { sip_view(credentials->user), sip_view(c->realm),
		sip_view(credentials->password) };
	char ha1[SIP_DIGEST_HEX], response[SIP_DIGEST_HEX], nc[9], cnonce[33] = "";
	unsigned char random[16];
	struct sip_digest d;
	struct buf user;
	int err;

	if (!c->ready)
		return;
	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(cnonce, sizeof(cnonce), random, sizeof(random));
	c->nc++;
	snprintf(nc, sizeof(nc), "%08x", (unsigned)c->nc);
	d = (struct sip_digest){ .algorithm = c->algorithm,
		.nonce = sip_view(c->nonce),
		.uri = sip_view(uri),
		.qop = sip_view(c->qop ? "auth" : NULL),
		.nc = sip_view(nc),
		.cnonce = sip_view(cnonce) };
	err = sip_digest_hash(c->algorithm, ha1, a1, 3);
	if (!err)
		err = sip_digest_response(response, &d, ha1, sip_view(sip_method_name(method)));
	buf_init(&user, 1024);
	if (!err)
		err = sip_print_quoted(&user, credentials->user);
	if (!err) {
		char more[128] = "";

		if (c->qop)
			snprintf(
				more, sizeof(more), ", qop=auth, nc=%s, cnonce=\"%s\"", nc, cnonce);
		sip_print_headerf(p, c->proxy ? SIP_HDR_PROXY_AUTHORIZATION : SIP_HDR_AUTHORIZATION,
			"Digest username=%s, realm=\"%s\", nonce=\"%s\", uri=\"%s\", "
			"response=\"%s\", algorithm=%s%s%s%s%s",
			user.data, c->realm, c->nonce, uri, response,
			c->algorithm == SIP_DIGEST_SHA256 ? "SHA-256" : "MD5", more,
			c->has_opaque ? ", opaque=\"" : "", c->has_opaque ? c->opaque : "",
			c->has_opaque ? "\"" : "");
	} else if (!p->err) {
		p->err = err;
	}
	sodium_memzero(ha1, sizeof(ha1));
	buf_release(&user);
}
