/* Any header value as credentials for a server and as a challenge for a client. */
#include <stdint.h>
#include <stdlib.h>
#include "sip/sip_digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char head[] =
	"Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n"
	"Call-ID: 1\r\nCSeq: 1 REGISTER\r\n";

static void serve(struct sip_digest_server *server, const struct sip_msg *m)
{
	static const struct sip_ha1 ha1 = { "00000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000000000000000" };
	struct sip_digest d;
	char user[128];

	if (sip_digest_user(server, m, &d, user, sizeof(user)) == SIP_DIGEST_OK &&
		sip_digest_check(server, m, &d, &ha1, 1000) == SIP_DIGEST_OK)
		abort();
}

static void answer(const struct sip_msg *m)
{
	static const struct sip_credentials credentials = { "user", "password" };
	struct sip_digest_client client = { 0 };
	struct sip_print p;
	struct buf out;

	if (sip_digest_client_take(&client, m))
		return;
	buf_init(&out, SIP_MAX_MESSAGE);
	sip_print_request(&p, &out, SIP_REGISTER, "sip:b");
	sip_digest_client_print(&client, &p, SIP_REGISTER, "sip:b", &credentials);
	sip_print_end(&p);
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sip_digest_server *server;
	static struct sip_msg m;
	struct sip_fault fault;
	struct buf text;

	if (!server && sip_digest_server_create(&server, "hotline", 0, 64))
		abort();
	buf_init(&text, SIP_MAX_MESSAGE);
	buf_printf(&text, "REGISTER sip:b SIP/2.0\r\n%sAuthorization: ", head);
	buf_append(&text, data, size);
	buf_puts(&text, "\r\n\r\n");
	if (!text.err && !sip_msg_parse(&m, text.data, text.len, SIP_DATAGRAM, &fault))
		serve(server, &m);
	buf_clear(&text);
	buf_printf(&text, "SIP/2.0 401 Unauthorized\r\n%sWWW-Authenticate: ", head);
	buf_append(&text, data, size);
	buf_puts(&text, "\r\n\r\n");
	if (!text.err && !sip_msg_parse(&m, text.data, text.len, SIP_DATAGRAM, &fault))
		answer(&m);
	buf_release(&text);
	return 0;
}
