/* A browser's transport: ICE-lite, DTLS and SRTP of one leg. */
#include <openssl/crypto.h>
#include <pthread.h>
#include <srtp2/srtp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "log/log.h"
#include "certificate.h"
#include "dtls.h"
#include "ice.h"
#include "leg.h"
#include "secure.h"

enum { REPLAY_WINDOW = 1024 };

struct secure {
	struct leg *leg;
	struct ice ice;
	struct dtls *dtls;
	union net_addr dtls_from; /* newest datagram of the handshake */
	char fingerprint[128];    /* announced; "": not known yet */
	bool active, remote_known;
	bool verified; /* fingerprint compared, keys in place */
	bool failed;
	srtp_t send, receive;
};

static pthread_once_t srtp_once = PTHREAD_ONCE_INIT;
static srtp_err_status_t srtp_ready;

static void start_srtp(void)
{
	srtp_ready = srtp_init();
}

struct secure *secure_create(struct leg *leg, struct media_leg_local *local)
{
	struct secure *s = calloc(1, sizeof(*s));

	pthread_once(&srtp_once, start_srtp);
	if (!s || srtp_ready != srtp_err_status_ok) {
		free(s);
		return NULL;
	}
	s->leg = leg;
	ice_init(&s->ice, local->ice_ufrag, local->ice_pwd);
	snprintf(local->fingerprint, sizeof(local->fingerprint), "%s",
		leg->media->certificate->fingerprint);
	return s;
}

static void drop_keys(struct secure *s)
{
	if (s->send)
		(void)srtp_dealloc(s->send);
	if (s->receive)
		(void)srtp_dealloc(s->receive);
	s->send = s->receive = NULL;
	s->verified = false;
}

void secure_free(struct secure *s)
{
	if (!s)
		return;
	drop_keys(s);
	dtls_free(s->dtls);
	free(s);
}

static void fail(struct secure *s, const char *why)
{
	static struct log_limit limit;

	if (s->failed)
		return;
	s->failed = true;
	drop_keys(s);
	if (log_allowed(&limit, 5))
		log_warn("media", why, "leg", LOG_I(s->leg->id), NULL);
	leg_emit(s->leg, MEDIA_LEG_FAILED);
}

static srtp_t make_session(enum dtls_profile profile, srtp_ssrc_type_t direction, uint8_t *key)
{
	srtp_policy_t policy;
	srtp_t session = NULL;

	memset(&policy, 0, sizeof(policy));
	if (profile == DTLS_PROFILE_GCM) {
		srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
		srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
	} else {
		srtp_crypto_policy_set_rtp_default(&policy.rtp);
		srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
	}
	policy.ssrc.type = direction;
	policy.key = key;
	policy.window_size = REPLAY_WINDOW;
	return srtp_create(&session, &policy) == srtp_err_status_ok ? session : NULL;
}

static void take_keys(struct secure *s)
{
	uint8_t send[DTLS_KEY_MAX], receive[DTLS_KEY_MAX];
	enum dtls_profile profile = dtls_keys(s->dtls, send, receive);

	if (profile != DTLS_PROFILE_NONE) {
		s->send = make_session(profile, ssrc_any_outbound, send);
		s->receive = make_session(profile, ssrc_any_inbound, receive);
	}
	OPENSSL_cleanse(send, sizeof(send));
	OPENSSL_cleanse(receive, sizeof(receive));
	if (!s->send || !s->receive)
		fail(s, "no SRTP keys from the handshake");
}

/* Media is let through only from here: the peer's certificate is the one the signalling announced. */
static void verify(struct secure *s)
{
	if (!s->receive && !s->failed)
		take_keys(s);
	if (s->verified || s->failed || !s->fingerprint[0])
		return;
	if (!dtls_matches(s->dtls, s->fingerprint)) {
		fail(s, "certificate is not the announced one");
		return;
	}
	s->verified = true;
	leg_emit(s->leg, MEDIA_LEG_CONNECTED);
}

static void handshake_state(struct secure *s, enum dtls_state state)
{
	if (state == DTLS_DONE)
		verify(s);
	else if (state == DTLS_FAILED)
		fail(s, "DTLS handshake failed");
}

static void send_handshake(const uint8_t *data, size_t len, void *arg)
{
	struct secure *s = arg;
	const union net_addr *to =
		net_addr_is_set(&s->ice.selected) ? &s->ice.selected : &s->dtls_from;

	(void)udp_send(s->leg->rtp.fd, to, data, len);
}

static void begin_handshake(struct secure *s, bool active)
{
	s->dtls = dtls_create(s->leg->media->certificate, active, send_handshake, s);
	if (!s->dtls)
		fail(s, "no memory for DTLS");
}

/* The ClientHello is ours to send once there is somewhere to send it to. */
static void begin_when_active(struct secure *s)
{
	if (!s->dtls && !s->failed && s->remote_known && s->active &&
		net_addr_is_set(&s->ice.selected))
		begin_handshake(s, true);
}

void secure_set_remote(struct secure *s, const struct media_leg_remote *remote)
{
	bool other = s->fingerprint[0] && strcmp(s->fingerprint, remote->fingerprint) != 0;

	ice_set_remote(&s->ice, remote->ice_ufrag);
	snprintf(s->fingerprint, sizeof(s->fingerprint), "%s", remote->fingerprint);
	s->active = remote->dtls_active;
	s->remote_known = true;
	if (other) { /* another endpoint: a new association (RFC 8842 4) */
		drop_keys(s);
		dtls_free(s->dtls);
		s->dtls = NULL;
		s->failed = false;
	}
	begin_when_active(s);
	if (s->dtls)
		handshake_state(s, dtls_tick(s->dtls));
}

void secure_restart(struct secure *s, const char *ufrag, const char *pwd)
{
	ice_restart(&s->ice, ufrag, pwd);
}

bool secure_can_send(const struct secure *s)
{
	return s->verified && net_addr_is_set(&s->ice.selected);
}

static void check(struct secure *s, const uint8_t *data, size_t len, const union net_addr *from)
{
	uint8_t reply[STUN_REPLY_MAX];
	size_t reply_len = 0;
	enum ice_result result = ice_datagram(&s->ice, data, len, from, reply, &reply_len);

	if (result == ICE_DROP)
		return;
	if (reply_len)
		(void)udp_send(s->leg->rtp.fd, from, reply, reply_len);
	begin_when_active(s);
}

static void handshake(struct secure *s, const uint8_t *data, size_t len, const union net_addr *from)
{
	if (s->failed || !ice_is_valid(&s->ice, from))
		return;
	s->dtls_from = *from;
	/* A ClientHello may come before the answer that says who is active. */
	if (!s->dtls && !(s->remote_known && s->active))
		begin_handshake(s, false);
	if (s->dtls)
		handshake_state(s, dtls_datagram(s->dtls, data, len));
}

static void media(struct secure *s, uint8_t *data, size_t len)
{
	bool rtcp = len >= 2 && (data[1] & 0x7f) >= 64 && (data[1] & 0x7f) <= 95;
	int size = (int)len;
	srtp_err_status_t status;

	if (!s->receive)
		return;
	/* Also while the fingerprint is awaited: the rollover counter must not miss a wrap. */
	status = rtcp ? srtp_unprotect_rtcp(s->receive, data, &size)
		      : srtp_unprotect(s->receive, data, &size);
	if (!s->verified)
		return;
	if (status != srtp_err_status_ok) {
		s->leg->discarded++;
		s->leg->thread->counts.discarded++;
	} else if (rtcp) {
		leg_rtcp_in(s->leg, data, (size_t)size);
	} else {
		leg_media(s->leg, data, (size_t)size);
	}
}

void secure_datagram(struct secure *s, uint8_t *data, size_t len, const union net_addr *from)
{
	if (!len)
		return;
	if (data[0] <= 3)
		check(s, data, len, from);
	else if (data[0] >= 20 && data[0] <= 63)
		handshake(s, data, len, from);
	else if (data[0] >= 128 && data[0] <= 191)
		media(s, data, len);
}

void secure_tick(struct secure *s)
{
	if (s->dtls && !s->verified && !s->failed)
		handshake_state(s, dtls_tick(s->dtls));
}

void secure_send(struct secure *s, uint8_t *data, size_t len, bool rtcp)
{
	int size = (int)len;
	srtp_err_status_t status;

	if (!secure_can_send(s))
		return;
	status =
		rtcp ? srtp_protect_rtcp(s->send, data, &size) : srtp_protect(s->send, data, &size);
	if (status == srtp_err_status_ok)
		(void)udp_send(s->leg->rtp.fd, &s->ice.selected, data, (size_t)size);
}
