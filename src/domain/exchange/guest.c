/* Calls from the web page without an account, and the browser side of SIP. */
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include "clock/clock.h"
#include "exchange/guest.h"

#define GUEST_TOKENS   256
#define GUEST_TOKEN_MS (5 * 60 * 1000)

/* Tokens given out and not used up; a ring, so that old ones make room. A token opens one connection. */
struct guest_token {
	char text[33];
	int64_t expires;
};
static struct guest_token tokens[GUEST_TOKENS];
static unsigned next_token;
static pthread_mutex_t token_lock = PTHREAD_MUTEX_INITIALIZER;

const struct web_field guest_fields[] = {
	{ F(struct guest_view, token, FIELD_TEXT) },
	{ F(struct guest_view, number, FIELD_TEXT), .text = "what to call" },
	{ F(struct guest_view, expires, FIELD_TIME) },
	{ 0 },
};

int guest_post(struct web_request *req, struct db *db)
{
	struct exchange *x = exchange_get();
	struct guest_view v = { 0 };
	unsigned char random[16];
	char text[33];

	(void)db;
	if (!x || !config_bool(web_platform(req)->config, "guest_call"))
		return web_problem(req, 403, "guest_call_off", NULL,
			"calls from the web page are switched off");
	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(text, sizeof(text), random, sizeof(random));
	v.token = text;
	v.number = config_text(web_platform(req)->config, "main_number");
	v.expires = clock_now() + GUEST_TOKEN_MS;
	pthread_mutex_lock(&token_lock);
	memcpy(tokens[next_token].text, text, sizeof(text));
	tokens[next_token].expires = v.expires;
	next_token = (next_token + 1) % GUEST_TOKENS;
	pthread_mutex_unlock(&token_lock);
	return web_reply(req, 200, &v);
}

static bool use_token(const char *text)
{
	bool found = false;

	pthread_mutex_lock(&token_lock);
	for (unsigned i = 0; i < GUEST_TOKENS && strlen(text) == 32; i++) {
		if (strcmp(tokens[i].text, text) != 0)
			continue;
		found = clock_now() < tokens[i].expires;
		tokens[i].text[0] = '\0';
	}
	pthread_mutex_unlock(&token_lock);
	return found;
}

/* --- SIP over WebSocket (web thread) --- */

static int ws_open(uint64_t connection, const struct actor *actor, const char *guest,
	const char *address, int port, void *arg)
{
	struct exchange *x = arg;

	if (actor && actor->user_id && !actor->extension[0])
		return EPERM;
	if (actor && actor->user_id)
		return sip_websocket_open(
			voice_sip(x->voice), connection, actor->extension, NULL, address, port);
	if (!guest || !use_token(guest))
		return EPERM;
	return sip_websocket_open(voice_sip(x->voice), connection, NULL, guest, address, port);
}

static void ws_receive(uint64_t connection, const char *data, size_t len, void *arg)
{
	sip_websocket_receive(voice_sip(((struct exchange *)arg)->voice), connection, data, len);
}

static void ws_closed(uint64_t connection, void *arg)
{
	sip_websocket_closed(voice_sip(((struct exchange *)arg)->voice), connection);
}

int exchange_api_start(struct exchange *x)
{
	const struct web_sip sip = {
		.open = ws_open, .receive = ws_receive, .close = ws_closed, .arg = x
	};

	web_set_sip(x->platform->web, &sip);
	return 0;
}

void exchange_api_stop(struct exchange *x)
{
	const struct web_sip off = { 0 };

	web_set_sip(x->platform->web, &off);
}
