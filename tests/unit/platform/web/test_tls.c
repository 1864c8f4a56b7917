/* TLS by certificate files, with HTTP/1.1, HTTP/2 and WebSockets on the one port. */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <unistd.h>
#include "web_fixture.h"

static int whoami(struct web_request *req, struct db *db)
{
	char text[64];

	(void)db;
	snprintf(text, sizeof(text), "user %lld", (long long)web_actor(req)->user_id);
	return web_reply_text(req, 200, "text/plain", text, strlen(text));
}

static int signs_in(struct web_request *req, struct db *db)
{
	(void)db;
	web_set_cookie(req, "hotline_session", "abc", 60);
	return web_reply_empty(req);
}

static int big(struct web_request *req, struct db *db)
{
	static char text[300000];

	(void)db;
	memset(text, 'b', sizeof(text));
	return web_reply_text(req, 200, "text/plain", text, sizeof(text));
}

static const struct web_route routes[] = {
	{ .method = WEB_GET,
		.path = "/api/v1/whoami",
		.permission = "public",
		.handler = whoami,
		.no_db = true,
		.summary = "Who" },
	{ .method = WEB_POST,
		.path = "/api/v1/session",
		.permission = "public",
		.handler = signs_in,
		.no_db = true,
		.summary = "Sign in" },
	{ .method = WEB_GET,
		.path = "/api/v1/big",
		.permission = "public",
		.handler = big,
		.no_db = true,
		.summary = "Big" },
	{ .method = WEB_POST,
		.path = "/api/v1/things",
		.permission = "thing.write",
		.body = thing_fields,
		.body_size = sizeof(struct thing),
		.reply = thing_fields,
		.handler = add_thing,
		.summary = "Add" },
	{ 0 },
};

static char cert_path[96], key_path[96], folder[64];
static SSL_CTX *client_context;

static void make_certificate(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	FILE *f;

	assert_non_null(key);
	assert_non_null(cert);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
	X509_set_pubkey(cert, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
		(const unsigned char *)"localhost", -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(cert));
	assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
	f = fopen(cert_path, "w");
	PEM_write_X509(f, cert);
	fclose(f);
	f = fopen(key_path, "w");
	PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
	fclose(f);
	X509_free(cert);
	EVP_PKEY_free(key);
}

static int setup(void **state)
{
	struct web_config config = { .address = "127.0.0.1", .workers = 2 };

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/hotline-test-tls-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(cert_path, sizeof(cert_path), "%s/cert.pem", folder);
	snprintf(key_path, sizeof(key_path), "%s/key.pem", folder);
	make_certificate();
	config.certificate = cert_path;
	config.private_key = key_path;
	fixture_open(routes, &config);
	fixture_start();
	client_context = SSL_CTX_new(TLS_client_method());
	return client_context ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	SSL_CTX_free(client_context);
	fixture_close();
	unlink(cert_path);
	unlink(key_path);
	return rmdir(folder);
}

static SSL *tls_open(const char *alpn, size_t alpn_len)
{
	SSL *ssl = SSL_new(client_context);

	assert_non_null(ssl);
	if (alpn)
		SSL_set_alpn_protos(ssl, (const unsigned char *)alpn, (unsigned)alpn_len);
	SSL_set_fd(ssl, connect_to(fix.port));
	assert_int_equal(SSL_connect(ssl), 1);
	return ssl;
}

static void tls_close(SSL *ssl)
{
	int fd = SSL_get_fd(ssl);

	SSL_free(ssl);
	close(fd);
}

static const char *chosen(SSL *ssl)
{
	static char name[16];
	const unsigned char *p;
	unsigned len;

	SSL_get0_alpn_selected(ssl, &p, &len);
	snprintf(name, sizeof(name), "%.*s", (int)len, p ? (const char *)p : "");
	return name;
}

/* Sends, and reads until `wanted` has come. */
static void exchange(SSL *ssl, const char *text, const char *wanted)
{
	static char in[65536];
	int n = 0, got;

	assert_int_equal(SSL_write(ssl, text, (int)strlen(text)), (int)strlen(text));
	do {
		got = SSL_read(ssl, in + n, (int)sizeof(in) - 1 - n);
		if (got <= 0)
			fail_msg("ended without \"%s\"", wanted);
		n += got;
		in[n] = '\0';
	} while (!strstr(in, wanted));
}

static void https_with_secure_cookies_and_hsts(void **state)
{
	SSL *ssl = tls_open("\x02h2\x08http/1.1", 12);

	(void)state;
	/* The server prefers HTTP/1.1: in HTTP/2 libwebsockets drops the names of headers it does not know. */
	assert_string_equal(chosen(ssl), "http/1.1");
	exchange(ssl, "GET /api/v1/whoami HTTP/1.1\r\nHost: x\r\n\r\n", "user 0");
	exchange(ssl, "GET /api/v1/whoami HTTP/1.1\r\nHost: x\r\n\r\n",
		"strict-transport-security: max-age=31536000");
	exchange(ssl, "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
		"SameSite=Lax; Max-Age=60; Secure\r\n");
	tls_close(ssl);
}

static void web_sockets_over_tls(void **state)
{
	SSL *ssl = tls_open(NULL, 0);

	(void)state;
	exchange(ssl,
		"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: "
		"Upgrade\r\n"
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" TOKEN
		"\r\n",
		"\"type\":\"hello\"");
	tls_close(ssl);
}

/* --- HTTP/2 by hand --- */

static void h2_frame(SSL *ssl, int type, int flags, unsigned stream, const void *data, size_t len)
{
	unsigned char head[9] = { (unsigned char)(len >> 16), (unsigned char)(len >> 8),
		(unsigned char)len, (unsigned char)type, (unsigned char)flags, 0, 0,
		(unsigned char)(stream >> 8), (unsigned char)stream };

	assert_int_equal(SSL_write(ssl, head, 9), 9);
	if (len)
		assert_int_equal(SSL_write(ssl, data, (int)len), (int)len);
}

/* HPACK literal without indexing, new name */
static size_t h2_header(unsigned char *out, const char *name, const char *value)
{
	size_t n = strlen(name), v = strlen(value), at = 0;

	out[at++] = 0;
	out[at++] = (unsigned char)n;
	memcpy(out + at, name, n);
	at += n;
	out[at++] = (unsigned char)v;
	memcpy(out + at, value, v);
	return at + v;
}

static void read_exactly(SSL *ssl, void *out, int len)
{
	for (int n = 0; n < len;) {
		int got = SSL_read(ssl, (char *)out + n, len - n);

		if (got <= 0)
			fail_msg("the HTTP/2 connection ended");
		n += got;
	}
}

/* Reads frames until the stream ends; its DATA goes to out. Gives back window as it reads. */
static size_t h2_read(SSL *ssl, unsigned stream, char *out, size_t size)
{
	static unsigned char payload[70000];
	size_t n = 0;

	for (;;) {
		unsigned char head[9], more[4] = { 0, 0, 0xff, 0xff };
		size_t len;
		unsigned id;

		read_exactly(ssl, head, 9);
		len = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];
		id = (unsigned)head[7] << 8 | head[8];
		assert_true(len < sizeof(payload));
		read_exactly(ssl, payload, (int)len);
		if (head[3] == 4 && !(head[4] & 1))
			h2_frame(ssl, 4, 1, 0, NULL, 0);
		assert_int_not_equal(head[3], 7); /* GOAWAY */
		if (id != stream)
			continue;
		assert_int_not_equal(head[3], 3); /* RST_STREAM */
		if (head[3] == 0 && n + len < size) {
			memcpy(out + n, payload, len);
			n += len;
			h2_frame(ssl, 8, 0, 0, more, 4);
			if (!(head[4] & 1))
				h2_frame(ssl, 8, 0, stream, more, 4);
		}
		if ((head[3] == 0 || head[3] == 1) && head[4] & 1)
			break;
	}
	out[n] = '\0';
	return n;
}

static void h2_request(
	SSL *ssl, unsigned stream, const char *method, const char *path, const char *body)
{
	unsigned char head[1024];
	char length[24];
	size_t n = 0;

	n += h2_header(head + n, ":method", method);
	n += h2_header(head + n, ":path", path);
	n += h2_header(head + n, ":scheme", "https");
	n += h2_header(head + n, ":authority", "x");
	n += h2_header(head + n, "cookie", "hotline_session=agent-cookie");
	n += h2_header(head + n, "x-auth-token", AGENT_CSRF);
	n += h2_header(head + n, "x-unheard-of", "ignored");
	if (body) {
		snprintf(length, sizeof(length), "%zu", strlen(body));
		n += h2_header(head + n, "content-length", length);
		n += h2_header(head + n, "content-type", "application/json");
	}
	h2_frame(ssl, 1, body ? 4 : 5, stream, head, n);
	if (body)
		h2_frame(ssl, 0, 1, stream, body, strlen(body));
}

static void http2_serves_the_same(void **state)
{
	static char text[400000];
	SSL *ssl = tls_open("\x02h2", 3);

	(void)state;
	assert_string_equal(chosen(ssl), "h2");
	assert_int_equal(SSL_write(ssl, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24), 24);
	h2_frame(ssl, 4, 0, 0, NULL, 0);
	h2_request(ssl, 1, "GET", "/api/v1/whoami", NULL);
	h2_read(ssl, 1, text, sizeof(text));
	assert_string_equal(text, "user 11");
	h2_request(ssl, 3, "POST", "/api/v1/things", "{\"name\":\"二\"}");
	h2_read(ssl, 3, text, sizeof(text));
	assert_non_null(strstr(text, "\"name\":\"二\",\"version\":1}"));
	assert_int_equal(count_things(), 1);
	h2_request(ssl, 5, "GET", "/api/v1/big", NULL);
	assert_int_equal(h2_read(ssl, 5, text, sizeof(text)), 300000);
	assert_int_equal(text[299999], 'b');
	h2_request(ssl, 7, "POST", "/api/v1/session", NULL);
	assert_int_equal(h2_read(ssl, 7, text, sizeof(text)), 0);
	h2_request(ssl, 9, "GET", "/api/v1/nowhere", NULL);
	h2_read(ssl, 9, text, sizeof(text));
	assert_non_null(strstr(text, "\"code\":\"not_found\""));
	tls_close(ssl);
}

static void plain_http_on_the_tls_port_does_no_harm(void **state)
{
	struct client c;

	(void)state;
	client_open(&c, fix.port);
	send_request(&c, "GET", "/", "", NULL, 0);
	shutdown(c.fd, SHUT_WR);
	while (fill(&c))
		;
	client_close(&c);
	https_with_secure_cookies_and_hsts(state);
}

static void a_certificate_that_is_none_is_an_error_at_start(void **state)
{
	struct web_config config = { .address = "127.0.0.1",
		.certificate = "/nonexistent/cert.pem",
		.private_key = "/nonexistent/key.pem",
		.workers = 1 };
	int err;

	(void)state;
	fixture_open(routes, &config);
	err = web_start(fix.web);
	assert_int_not_equal(err, 0);
	fixture_close();
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(https_with_secure_cookies_and_hsts),
		CASE(web_sockets_over_tls),
		CASE(http2_serves_the_same),
		CASE(plain_http_on_the_tls_port_does_no_harm),
		cmocka_unit_test(a_certificate_that_is_none_is_an_error_at_start),
	};

	clock_set_test(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
