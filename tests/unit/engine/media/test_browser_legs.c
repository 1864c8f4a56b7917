/* Browser legs, with a peer made of OpenSSL and libsrtp: both DTLS roles, both SRTP profiles, fingerprints, moving addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "browser.h"

static struct media *m;
static struct browser browser;
static struct peer phone;
static uint64_t room, leg, phone_leg;
static struct media_leg_local local;

static const char gcm_first[] = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";
static const char cm_only[] = "SRTP_AES128_CM_SHA1_80";

static void begin(const char *profiles, enum media_codec codec)
{
	struct media_leg_config plain = { 0 }, web = { .browser = true };
	struct media_leg_local phone_local;
	struct media_leg_remote remote;

	event_count = 0;
	room = media_room_create(m);
	browser_open(&browser, codec, 1000, profiles);
	peer_open(&phone, MEDIA_PCMA, 600);
	leg = media_leg_create(m, room, &web, &local);
	phone_leg = media_leg_create(m, room, &plain, &phone_local);
	assert_true(leg && phone_leg);
	assert_int_equal(strncmp(local.fingerprint, "sha-256 ", 8), 0);
	assert_int_equal(strlen(local.fingerprint), 8 + 95);
	remote = peer_remote(&phone);
	media_leg_set_remote(m, phone_leg, &remote);
	media_leg_hear(m, leg, &phone_leg, 1);
	media_leg_hear(m, phone_leg, &leg, 1);
	peer_start(&phone, phone_local.port);
}

static void set_remote(bool we_are_active)
{
	struct media_leg_remote remote = browser_remote(&browser, we_are_active);

	media_leg_set_remote(m, leg, &remote);
}

static void end(bool browser_runs)
{
	if (browser_runs)
		peer_stop(&browser.peer);
	else
		close(browser.peer.fd);
	peer_stop(&phone);
	browser_close(&browser);
	media_room_free(m, room);
	assert_true(event_wait(MEDIA_LEG_STATS, phone_leg, 0, NULL));
}

static void check_talk(void)
{
	peer_start(&browser.peer, local.port);
	assert_true(event_wait(MEDIA_LEG_CONNECTED, leg, 0, NULL));
	assert_true(peer_hears(&phone, 1000, true));
	assert_true(peer_hears(&browser.peer, 600, true));
	assert_int_equal(browser.peer.ssrc, local.ssrc);
	assert_int_equal(
		browser.peer.wrong_seq + browser.peer.wrong_ssrc + browser.peer.wrong_ts, 0);
}

static void the_browser_opens_dtls_with_gcm(void **state)
{
	(void)state;
	begin(gcm_first, MEDIA_PCMA);
	set_remote(false);
	assert_true(browser_check(&browser, &local, true));
	assert_true(browser_handshake(&browser, true));
	assert_string_equal(
		SSL_get_selected_srtp_profile(browser.ssl)->name, "SRTP_AEAD_AES_128_GCM");
	check_talk();
	end(true);
}

static void the_browser_has_only_counter_mode(void **state)
{
	(void)state;
	begin(cm_only, MEDIA_G722);
	set_remote(false);
	assert_true(browser_check(&browser, &local, true));
	assert_true(browser_handshake(&browser, true));
	check_talk();
	end(true);
}

static void we_open_dtls(void **state)
{
	(void)state;
	begin(gcm_first, MEDIA_OPUS);
	set_remote(true);
	assert_true(browser_check(&browser, &local, true));
	assert_true(browser_handshake(&browser, false));
	check_talk();
	end(true);
}

static void media_waits_for_the_fingerprint_of_an_answer_that_comes_late(void **state)
{
	(void)state;
	begin(gcm_first, MEDIA_PCMA);
	assert_true(browser_check(&browser, &local, true));
	assert_true(browser_handshake(&browser, true));
	peer_start(&browser.peer, local.port);
	assert_true(peer_listen(&phone, 1600));
	assert_true(peer_hears_above(&phone, 1000, false, 100));
	assert_int_equal(event_total(MEDIA_LEG_CONNECTED, leg), 0);
	assert_int_equal(browser.peer.packets, 0);
	set_remote(false);
	assert_true(event_wait(MEDIA_LEG_CONNECTED, leg, 0, NULL));
	assert_true(peer_hears(&phone, 1000, true));
	assert_true(peer_hears(&browser.peer, 600, true));
	end(true);
}

static void a_certificate_that_was_not_announced_gets_nothing(void **state)
{
	char *at = strchr(browser.fingerprint, ' ');

	(void)state;
	begin(gcm_first, MEDIA_PCMA);
	at = browser.fingerprint + 8;
	*at = *at == 'a' ? 'b' : 'a';
	set_remote(false);
	assert_true(browser_check(&browser, &local, true));
	assert_true(browser_handshake(&browser, true));
	assert_true(event_wait(MEDIA_LEG_FAILED, leg, 0, NULL));
	peer_start(&browser.peer, local.port);
	assert_true(peer_listen(&phone, 1600));
	assert_true(peer_hears_above(&phone, 1000, false, 100));
	assert_int_equal(browser.peer.packets, 0);
	assert_int_equal(event_total(MEDIA_LEG_CONNECTED, leg), 0);
	assert_int_equal(event_total(MEDIA_LEG_FAILED, leg), 1);
	end(true);
}

static void without_a_check_nothing_is_answered(void **state)
{
	struct media_leg_local wrong;
	uint8_t hello[200] = { 22, 254, 253 };
	struct pollfd wait = { .fd = -1, .events = POLLIN };

	(void)state;
	begin(gcm_first, MEDIA_PCMA);
	set_remote(true);
	wrong = local;
	strcpy(wrong.ice_pwd, "not-the-password-of-this");
	assert_false(browser_check(&browser, &wrong, true));
	(void)send(browser.peer.fd, hello, sizeof(hello), 0);
	wait.fd = browser.peer.fd;
	assert_int_equal(poll(&wait, 1, 60), 0);
	end(false);
}

static void media_follows_the_browser_to_another_address(void **state)
{
	struct media_leg_local fresh;
	struct browser *b = &browser;
	uint8_t received[2048];
	struct pollfd wait = { .events = POLLIN };
	int old;

	(void)state;
	begin(gcm_first, MEDIA_PCMA);
	set_remote(false);
	assert_true(browser_check(b, &local, true));
	assert_true(browser_handshake(b, true));
	check_talk();
	/* The network changed: new credentials on both sides, another port, the same keys. */
	atomic_store(&b->peer.ending, true);
	pthread_join(b->peer.thread, NULL);
	fresh = local;
	assert_int_equal(media_leg_restart_ice(m, leg, &fresh), 0);
	assert_string_not_equal(fresh.ice_ufrag, local.ice_ufrag);
	strcpy(b->ufrag, "bro2");
	set_remote(false);
	old = b->peer.fd;
	b->peer.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(browser_check(b, &fresh, true));
	wait.fd = b->peer.fd;
	do {
		assert_int_equal(poll(&wait, 1, 5000), 1);
	} while (browser_unseal(b, received, (int)recv(b->peer.fd, received, sizeof(received), 0)) <
		 0);
	close(old);
	codec_in_free(b->peer.decoder);
	codec_out_free(b->peer.encoder);
	end(false);
}

static void another_certificate_means_another_handshake(void **state)
{
	(void)state;
	begin(gcm_first, MEDIA_PCMA);
	set_remote(false);
	assert_true(browser_check(&browser, &local, true));
	assert_true(browser_handshake(&browser, true));
	assert_true(event_wait(MEDIA_LEG_CONNECTED, leg, 0, NULL));
	browser_close(&browser);
	browser_certificate(&browser, cm_only);
	set_remote(false);
	assert_true(browser_handshake(&browser, true));
	assert_true(event_wait(MEDIA_LEG_CONNECTED, leg, 1, NULL));
	check_talk();
	end(true);
}

static int setup(void **state)
{
	(void)state;
	m = start_media(21400, 1, 10000);
	return 0; /* libsrtp is initialised by the first browser leg; it cannot be twice */
}

static int teardown(void **state)
{
	(void)state;
	media_stop(m);
	media_free(m);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_browser_opens_dtls_with_gcm),
		cmocka_unit_test(the_browser_has_only_counter_mode),
		cmocka_unit_test(we_open_dtls),
		cmocka_unit_test(media_waits_for_the_fingerprint_of_an_answer_that_comes_late),
		cmocka_unit_test(a_certificate_that_was_not_announced_gets_nothing),
		cmocka_unit_test(without_a_check_nothing_is_answered),
		cmocka_unit_test(media_follows_the_browser_to_another_address),
		cmocka_unit_test(another_certificate_means_another_handshake),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
