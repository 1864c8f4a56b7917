/* Connections of a real stack: TLS between two stacks, keep-alives and broken streams over TCP, caps, WebSockets by the public calls. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>
#include "sip_test_peer.h"

static char folder[] = "/tmp/hotline-sip-XXXXXX";
static char key_file[64], certificate_file[64];

/* A certificate for 127.0.0.1 that is its own authority. */
static void make_certificate(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");
	FILE *f;

	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_set_version(x, 2);
	X509_gmtime_adj(X509_getm_notBefore(x), -3600);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_NAME_add_entry_by_txt(
		name, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0);
	X509_set_issuer_name(x, name);
	X509_set_pubkey(x, key);
	X509_add_ext(x, ext, -1);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	f = fopen(key_file, "w");
	assert_int_equal(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL), 1);
	fclose(f);
	f = fopen(certificate_file, "w");
	assert_int_equal(PEM_write_X509(f, x), 1);
	fclose(f);
	X509_EXTENSION_free(ext);
	X509_free(x);
	EVP_PKEY_free(key);
}

static int make_files(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(key_file, sizeof(key_file), "%s/key.pem", folder);
	snprintf(certificate_file, sizeof(certificate_file), "%s/cert.pem", folder);
	make_certificate();
	setenv("SSL_CERT_FILE", certificate_file, 1);
	return 0;
}

static int remove_files(void **state)
{
	(void)state;
	unlink(key_file);
	unlink(certificate_file);
	rmdir(folder);
	return 0;
}

/* --- TLS --- */

static void calls_over_tls(void **state)
{
	struct sip_config config = { .bind_address = "127.0.0.1", .tls_port = -1 };
	struct peer desk, carrier;
	struct peer_event *e;
	uint64_t call;

	(void)state;
	peer_start(&desk, &config);
	config.tls_port = 0;
	config.certificate = certificate_file;
	config.private_key = key_file;
	peer_start(&carrier, &config);
	peer_account(&carrier, "trunk1", "hotline", "secret");
	sip_trunk_set(desk.stack, &(struct sip_trunk){ .name = "main",
					  .host = "127.0.0.1",
					  .port = sip_stack_tls_port(carrier.stack),
					  .transport = "tls",
					  .user = "trunk1",
					  .password = "secret",
					  .registers = true });
	assert_true(peer_wait(&desk, SIP_TRUNK_STATE)->up);
	/* The desk has no TLS port of its own: the call comes back over the connection it made. */
	call = sip_call_start(carrier.stack,
		&(struct sip_target){
			.account = "trunk1", .caller = "13800000000", .sdp = peer_sdp_a });
	e = peer_wait(&desk, SIP_CALL_INCOMING);
	sip_call_answer(desk.stack, e->call, peer_sdp_b);
	assert_true(peer_wait(&carrier, SIP_CALL_ANSWERED)->call == call);
	peer_wait(&desk, SIP_CALL_CONFIRMED);
	sip_call_hangup(desk.stack, e->call, 0, NULL);
	assert_true(peer_wait(&carrier, SIP_CALL_ENDED)->by_peer);
	peer_stop(&desk);
	peer_stop(&carrier);
}

static void unknown_authority_is_not_trusted(void **state)
{
	struct sip_config config = { .bind_address = "127.0.0.1",
		.tls_port = 0,
		.certificate = certificate_file,
		.private_key = key_file };
	struct peer desk, carrier;

	(void)state;
	peer_start(&carrier, &config);
	setenv("SSL_CERT_FILE", "/dev/null", 1);
	config.tls_port = -1;
	peer_start(&desk, &config);
	setenv("SSL_CERT_FILE", certificate_file, 1);
	sip_trunk_set(desk.stack, &(struct sip_trunk){ .name = "main",
					  .host = "127.0.0.1",
					  .port = sip_stack_tls_port(carrier.stack),
					  .transport = "tls",
					  .user = "u",
					  .password = "p",
					  .registers = true });
	assert_false(peer_wait(&desk, SIP_TRUNK_STATE)->up);
	peer_stop(&desk);
	peer_stop(&carrier);
}

static void unusable_configurations(void **state)
{
	struct sip_config config = { .bind_address = "localhost", .tls_port = -1 };
	struct sip_stack *stack = NULL;

	(void)state;
	assert_int_equal(sip_stack_create(&stack, &config, peer_on_event, NULL), EINVAL);
	config.bind_address = "127.0.0.1";
	config.local_networks = "10.0.0.0/99";
	assert_int_equal(sip_stack_create(&stack, &config, peer_on_event, NULL), EINVAL);
	config.local_networks = NULL;
	config.tls_port = 0;
	config.certificate = "/dev/null";
	config.private_key = "/dev/null";
	assert_int_equal(sip_stack_create(&stack, &config, peer_on_event, NULL), 0);
	assert_int_equal(sip_stack_start(stack), EINVAL);
	sip_stack_free(stack);
}

/* --- TCP by hand --- */

static int dial(struct peer *p)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)sip_stack_port(p->stack)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval limit = { .tv_sec = 5 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Reads until `what` came; "" waits for the end. */
static void hear(int fd, const char *what)
{
	char text[16384];
	size_t n = 0;

	for (;;) {
		ssize_t got = recv(fd, text + n, sizeof(text) - 1 - n, 0);

		if (got <= 0) {
			text[n] = 0;
			if (*what || got < 0)
				fail_msg("expected '%s', got '%s'", what, text);
			return;
		}
		n += (size_t)got;
		text[n] = 0;
		if (*what && strstr(text, what))
			return;
	}
}

#define OPTIONS(n)                                                                                 \
	"OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKo" n "\r\n"             \
	"Max-Forwards: 70\r\nFrom: <sip:a@b>;tag=o" n "\r\nTo: <sip:x>\r\nCall-ID: o" n "\r\n"     \
	"CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"

static void streams_are_cut_into_messages(void **state)
{
	struct sip_config config = { .bind_address = "127.0.0.1", .tls_port = -1 };
	const char *late = OPTIONS("3");
	struct peer p;
	int fd;

	(void)state;
	peer_start(&p, &config);
	fd = dial(&p);
	say(fd, "\r\n\r\n"); /* a ping */
	hear(fd, "\r\n");
	say(fd, OPTIONS("1") "\r\n\r\n" OPTIONS("2"));
	hear(fd, "branch=z9hG4bKo2");
	for (; *late; late++)
		assert_int_equal(send(fd, late, 1, MSG_NOSIGNAL), 1);
	hear(fd, "branch=z9hG4bKo3");
	/* Malformed, but cut properly: the connection goes on. */
	say(fd, "OPTIONS sip:x SIP/7.0\r\nVia: SIP/2.0/TCP "
		"127.0.0.1;branch=z9hG4bKv\r\nMax-Forwards: 70\r\n"
		"From: <sip:a@b>;tag=v\r\nTo: <sip:x>\r\nCall-ID: v\r\nCSeq: 1 OPTIONS\r\n"
		"Content-Length: 0\r\n\r\n");
	hear(fd, "SIP/2.0 505");
	say(fd, OPTIONS("4"));
	hear(fd, "branch=z9hG4bKo4");
	/* Where the next message begins is unknown: answered and closed. */
	say(fd, "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TCP "
		"127.0.0.1;branch=z9hG4bKl\r\nMax-Forwards: 70\r\n"
		"From: <sip:a@b>;tag=l\r\nTo: <sip:x>\r\nCall-ID: l\r\nCSeq: 1 OPTIONS\r\n"
		"Content-Length: 0\r\nContent-Length: 5\r\n\r\n");
	hear(fd, "SIP/2.0 400");
	hear(fd, "");
	close(fd);
	fd = dial(&p);
	say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	hear(fd, "");
	close(fd);
	peer_stop(&p);
}

static void connections_of_one_source_are_limited(void **state)
{
	struct sip_config config = {
		.bind_address = "127.0.0.1", .tls_port = -1, .max_connections_per_source = 3
	};
	struct peer p;
	int fds[4];

	(void)state;
	peer_start(&p, &config);
	for (int i = 0; i < 3; i++) {
		fds[i] = dial(&p);
		say(fds[i], "\r\n\r\n");
		hear(fds[i], "\r\n");
	}
	fds[3] = dial(&p);
	hear(fds[3], "");
	close(fds[0]);
	for (int i = 0; i < 4; i++)
		close(i ? fds[i] : -1);
	peer_stop(&p);
}

/* --- WebSockets --- */

static struct browser {
	pthread_mutex_t lock;
	pthread_cond_t news;
	char frame[8192];
	unsigned frames, closed;
} browser = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, "", 0, 0 };

static int on_frame(void *arg, uint64_t connection, const char *data, size_t len)
{
	struct browser *b = arg;

	if (connection != 7)
		return ENOTCONN;
	pthread_mutex_lock(&b->lock);
	snprintf(b->frame, sizeof(b->frame), "%.*s", (int)len, data);
	b->frames++;
	pthread_cond_signal(&b->news);
	pthread_mutex_unlock(&b->lock);
	return 0;
}

static void on_close(void *arg, uint64_t connection)
{
	struct browser *b = arg;

	(void)connection;
	pthread_mutex_lock(&b->lock);
	b->closed++;
	pthread_cond_signal(&b->news);
	pthread_mutex_unlock(&b->lock);
}

static void frame_is(unsigned number, const char *start)
{
	pthread_mutex_lock(&browser.lock);
	while (browser.frames < number)
		pthread_cond_wait(&browser.news, &browser.lock);
	if (strncmp(browser.frame, start, strlen(start)))
		fail_msg("expected %s, frame was %s", start, browser.frame);
	pthread_mutex_unlock(&browser.lock);
}

static void browser_registers_and_is_called(void **state)
{
	struct sip_config config = { .bind_address = "127.0.0.1",
		.tls_port = -1,
		.realm = "hotline",
		.websocket_send = on_frame,
		.websocket_close = on_close,
		.websocket_arg = &browser };
	static const char text[] =
		"REGISTER sip:hotline SIP/2.0\r\nVia: SIP/2.0/WSS k.invalid;branch=z9hG4bKws\r\n"
		"Max-Forwards: 70\r\nFrom: <sip:8001@hotline>;tag=w\r\nTo: <sip:8001@hotline>\r\n"
		"Call-ID: ws\r\nCSeq: 1 REGISTER\r\nSupported: path, outbound\r\n"
		"Contact: "
		"<sip:x@k.invalid;transport=ws>;+sip.instance=\"<urn:uuid:1>\";reg-id=1;expires="
		"60\r\n\r\n";
	struct peer p;
	struct peer_event *e;
	uint64_t call;

	(void)state;
	peer_start(&p, &config);
	peer_account(&p, "8001", "hotline", "secret");
	assert_int_equal(
		sip_websocket_open(p.stack, 7, "8001", "guest", "127.0.0.1", 4000), EINVAL);
	assert_int_equal(sip_websocket_open(p.stack, 7, "8001", NULL, "127.0.0.1", 4000), 0);
	sip_websocket_receive(p.stack, 7, text, strlen(text));
	frame_is(1, "SIP/2.0 200");
	e = peer_wait(&p, SIP_ACCOUNT_REGISTERED);
	assert_true(e->websocket && e->contacts == 1);
	call = sip_call_start(p.stack,
		&(struct sip_target){ .account = "8001", .caller = "1", .sdp = peer_sdp_a });
	frame_is(2, "INVITE sip:x@k.invalid;transport=ws SIP/2.0");
	sip_websocket_closed(p.stack, 7);
	e = peer_wait(&p, SIP_CALL_ENDED);
	assert_true(e->call == call && e->status == 480);
	/* The same connection twice is a mistake of ours, and is closed. */
	sip_websocket_open(p.stack, 8, "8001", NULL, "127.0.0.1", 4000);
	sip_websocket_open(p.stack, 8, "8001", NULL, "127.0.0.1", 4000);
	pthread_mutex_lock(&browser.lock);
	while (!browser.closed)
		pthread_cond_wait(&browser.news, &browser.lock);
	pthread_mutex_unlock(&browser.lock);
	peer_stop(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_over_tls),
		cmocka_unit_test(unknown_authority_is_not_trusted),
		cmocka_unit_test(unusable_configurations),
		cmocka_unit_test(streams_are_cut_into_messages),
		cmocka_unit_test(connections_of_one_source_are_limited),
		cmocka_unit_test(browser_registers_and_is_called),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
