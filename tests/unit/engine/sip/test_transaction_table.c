/* The transaction table against RFC 3261 figures 5 to 8 and RFC 6026, row by row; offer and answer turns; session timer terms. */
#include "check.h"
#include "engine/sip/sip_machine.h"
#include "engine/sip/sip_offer.h"
#include "engine/sip/sip_refresh.h"

#define ALL_STOP (SIP_TX_AGAIN_STOP | SIP_TX_LIMIT_STOP)

struct row {
	enum sip_tx_kind kind;
	enum sip_tx_state state;
	enum sip_tx_event event;
	bool reliable;
	enum sip_tx_state next;
	unsigned actions;
};

static const struct row rows[] = {
	/* 17.1.1.2: INVITE client */
	{ SIP_TX_INVITE_CLIENT, SIP_TX_TRYING, SIP_TX_START, false, SIP_TX_TRYING,
		SIP_TX_SEND | SIP_TX_AGAIN_T1 | SIP_TX_GIVE_UP },
	{ SIP_TX_INVITE_CLIENT, SIP_TX_TRYING, SIP_TX_START, true, SIP_TX_TRYING,
		SIP_TX_SEND | SIP_TX_GIVE_UP },
	{ SIP_TX_INVITE_CLIENT, SIP_TX_TRYING, SIP_TX_TIMER_AGAIN, false, SIP_TX_TRYING,
		SIP_TX_SEND | SIP_TX_AGAIN_NEXT },
	{ SIP_TX_INVITE_CLIENT, SIP_TX_TRYING, SIP_TX_TIMER_GIVE_UP, false, SIP_TX_TERMINATED,
		SIP_TX_FAIL_TIME },
	{ SIP_TX_INVITE_CLIENT, SIP_TX_TRYING, SIP_TX_GOT_1XX, false, SIP_TX_PROCEEDING,
		SIP_TX_PASS | ALL_STOP },
	{ SIP_TX_INVITE_CLIENT, SIP_TX_PROCEEDING, SIP_TX_GOT_1XX, false, SIP_TX_PROCEEDING,
		SIP_TX_PASS },
	{ SIP_TX_INVITE_CLIENT, SIP_TX_PROCEEDING, SIP_TX_GOT_FINAL, false, SIP_TX_COMPLETED,
		SIP_TX_SEND_ACK | SIP_TX_PASS | SIP_TX_LIMIT_STOP | SIP_TX_END_LONG },
	{ SIP_TX_INVITE_CLIENT, SIP_TX_PROCEEDING, SIP_TX_GOT_FINAL, true, SIP_TX_COMPLETED,
		SIP_TX_SEND_ACK | SIP_TX_PASS | SIP_TX_LIMIT_STOP | SIP_TX_END_NOW },
	{ SIP_TX_INVITE_CLIENT, SIP_TX_COMPLETED, SIP_TX_GOT_FINAL, false, SIP_TX_COMPLETED,
		SIP_TX_SEND },
	{ SIP_TX_INVITE_CLIENT, SIP_TX_COMPLETED, SIP_TX_TIMER_END, false, SIP_TX_TERMINATED, 0 },
	/* RFC 6026 8.4: a 2xx does not end it, further ones of other forks pass */
	{ SIP_TX_INVITE_CLIENT, SIP_TX_TRYING, SIP_TX_GOT_2XX, false, SIP_TX_ACCEPTED,
		SIP_TX_PASS | ALL_STOP | SIP_TX_END_LONG },
	{ SIP_TX_INVITE_CLIENT, SIP_TX_PROCEEDING, SIP_TX_GOT_2XX, true, SIP_TX_ACCEPTED,
		SIP_TX_PASS | SIP_TX_LIMIT_STOP | SIP_TX_END_LONG },
	{ SIP_TX_INVITE_CLIENT, SIP_TX_ACCEPTED, SIP_TX_GOT_2XX, false, SIP_TX_ACCEPTED,
		SIP_TX_PASS },
	{ SIP_TX_INVITE_CLIENT, SIP_TX_ACCEPTED, SIP_TX_TIMER_END, false, SIP_TX_TERMINATED, 0 },
	/* 17.1.2.2: non-INVITE client */
	{ SIP_TX_CLIENT, SIP_TX_TRYING, SIP_TX_START, false, SIP_TX_TRYING,
		SIP_TX_SEND | SIP_TX_AGAIN_T1 | SIP_TX_GIVE_UP },
	{ SIP_TX_CLIENT, SIP_TX_TRYING, SIP_TX_GOT_1XX, false, SIP_TX_PROCEEDING, SIP_TX_PASS },
	{ SIP_TX_CLIENT, SIP_TX_PROCEEDING, SIP_TX_TIMER_AGAIN, false, SIP_TX_PROCEEDING,
		SIP_TX_SEND | SIP_TX_AGAIN_NEXT },
	{ SIP_TX_CLIENT, SIP_TX_PROCEEDING, SIP_TX_TIMER_GIVE_UP, false, SIP_TX_TERMINATED,
		SIP_TX_FAIL_TIME },
	{ SIP_TX_CLIENT, SIP_TX_TRYING, SIP_TX_GOT_2XX, false, SIP_TX_COMPLETED,
		SIP_TX_PASS | ALL_STOP | SIP_TX_END_T4 },
	{ SIP_TX_CLIENT, SIP_TX_TRYING, SIP_TX_GOT_FINAL, true, SIP_TX_COMPLETED,
		SIP_TX_PASS | SIP_TX_LIMIT_STOP | SIP_TX_END_NOW },
	{ SIP_TX_CLIENT, SIP_TX_TRYING, SIP_TX_TRANSPORT_ERROR, true, SIP_TX_TERMINATED,
		SIP_TX_FAIL_WIRE },
	{ SIP_TX_CLIENT, SIP_TX_COMPLETED, SIP_TX_TIMER_END, false, SIP_TX_TERMINATED, 0 },
	/* 17.2.1: INVITE server */
	{ SIP_TX_INVITE_SERVER, SIP_TX_TRYING, SIP_TX_START, false, SIP_TX_PROCEEDING,
		SIP_TX_PASS },
	{ SIP_TX_INVITE_SERVER, SIP_TX_PROCEEDING, SIP_TX_GOT_REQUEST, false, SIP_TX_PROCEEDING,
		SIP_TX_SEND },
	{ SIP_TX_INVITE_SERVER, SIP_TX_PROCEEDING, SIP_TX_SENT_1XX, false, SIP_TX_PROCEEDING,
		SIP_TX_SEND },
	{ SIP_TX_INVITE_SERVER, SIP_TX_PROCEEDING, SIP_TX_SENT_FINAL, false, SIP_TX_COMPLETED,
		SIP_TX_SEND | SIP_TX_AGAIN_T1 | SIP_TX_GIVE_UP },
	{ SIP_TX_INVITE_SERVER, SIP_TX_PROCEEDING, SIP_TX_SENT_FINAL, true, SIP_TX_COMPLETED,
		SIP_TX_SEND | SIP_TX_GIVE_UP },
	{ SIP_TX_INVITE_SERVER, SIP_TX_COMPLETED, SIP_TX_TIMER_AGAIN, false, SIP_TX_COMPLETED,
		SIP_TX_SEND | SIP_TX_AGAIN_NEXT },
	{ SIP_TX_INVITE_SERVER, SIP_TX_COMPLETED, SIP_TX_TIMER_GIVE_UP, false, SIP_TX_TERMINATED,
		SIP_TX_FAIL_TIME },
	{ SIP_TX_INVITE_SERVER, SIP_TX_COMPLETED, SIP_TX_GOT_ACK, false, SIP_TX_CONFIRMED,
		ALL_STOP | SIP_TX_END_T4 },
	{ SIP_TX_INVITE_SERVER, SIP_TX_COMPLETED, SIP_TX_GOT_ACK, true, SIP_TX_CONFIRMED,
		SIP_TX_LIMIT_STOP | SIP_TX_END_NOW },
	{ SIP_TX_INVITE_SERVER, SIP_TX_CONFIRMED, SIP_TX_GOT_ACK, false, SIP_TX_CONFIRMED, 0 },
	{ SIP_TX_INVITE_SERVER, SIP_TX_CONFIRMED, SIP_TX_TIMER_END, false, SIP_TX_TERMINATED, 0 },
	/* RFC 6026 8.3 */
	{ SIP_TX_INVITE_SERVER, SIP_TX_PROCEEDING, SIP_TX_SENT_2XX, false, SIP_TX_ACCEPTED,
		SIP_TX_SEND | SIP_TX_END_LONG },
	{ SIP_TX_INVITE_SERVER, SIP_TX_ACCEPTED, SIP_TX_GOT_REQUEST, false, SIP_TX_ACCEPTED, 0 },
	{ SIP_TX_INVITE_SERVER, SIP_TX_ACCEPTED, SIP_TX_GOT_ACK, false, SIP_TX_ACCEPTED,
		SIP_TX_PASS },
	{ SIP_TX_INVITE_SERVER, SIP_TX_ACCEPTED, SIP_TX_TIMER_END, false, SIP_TX_TERMINATED, 0 },
	/* 17.2.2: non-INVITE server */
	{ SIP_TX_SERVER, SIP_TX_TRYING, SIP_TX_GOT_REQUEST, false, SIP_TX_TRYING, 0 },
	{ SIP_TX_SERVER, SIP_TX_TRYING, SIP_TX_SENT_1XX, false, SIP_TX_PROCEEDING, SIP_TX_SEND },
	{ SIP_TX_SERVER, SIP_TX_PROCEEDING, SIP_TX_GOT_REQUEST, false, SIP_TX_PROCEEDING,
		SIP_TX_SEND },
	{ SIP_TX_SERVER, SIP_TX_PROCEEDING, SIP_TX_SENT_FINAL, false, SIP_TX_COMPLETED,
		SIP_TX_SEND | SIP_TX_END_LONG },
	{ SIP_TX_SERVER, SIP_TX_TRYING, SIP_TX_SENT_2XX, true, SIP_TX_COMPLETED,
		SIP_TX_SEND | SIP_TX_END_NOW },
	{ SIP_TX_SERVER, SIP_TX_COMPLETED, SIP_TX_GOT_REQUEST, false, SIP_TX_COMPLETED,
		SIP_TX_SEND },
	{ SIP_TX_SERVER, SIP_TX_COMPLETED, SIP_TX_TIMER_END, false, SIP_TX_TERMINATED, 0 },
};

static void rows_of_the_standard(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		struct sip_tx_step step = sip_tx_next(r->kind, r->state, r->event, r->reliable);

		if (!step.taken || step.state != r->next || step.actions != r->actions)
			fail_msg("row %zu: state %d actions %x", i, (int)step.state, step.actions);
	}
}

static void every_state_can_end(void **state)
{
	(void)state;
	for (int kind = 0; kind < SIP_TX_KINDS; kind++) {
		for (int event = 0; event < SIP_TX_EVENTS; event++) {
			/* Nothing wakes the dead. */
			struct sip_tx_step step = sip_tx_next((enum sip_tx_kind)kind,
				SIP_TX_TERMINATED, (enum sip_tx_event)event, false);

			assert_false(step.taken);
		}
	}
	/* A final response is passed once. */
	assert_false(sip_tx_next(SIP_TX_CLIENT, SIP_TX_COMPLETED, SIP_TX_GOT_2XX, false).taken);
	assert_false(
		sip_tx_next(SIP_TX_INVITE_CLIENT, SIP_TX_COMPLETED, SIP_TX_GOT_2XX, false).taken);
	assert_false(
		sip_tx_next(SIP_TX_INVITE_SERVER, SIP_TX_COMPLETED, SIP_TX_SENT_2XX, false).taken);
	assert_false(sip_tx_next(SIP_TX_SERVER, SIP_TX_COMPLETED, SIP_TX_SENT_FINAL, false).taken);
}

static void intervals(void **state)
{
	(void)state;
	assert_int_equal(sip_tx_interval(SIP_TX_INVITE_CLIENT, SIP_TX_TRYING, 8000), 16000);
	assert_int_equal(sip_tx_interval(SIP_TX_CLIENT, SIP_TX_TRYING, 500), 1000);
	assert_int_equal(sip_tx_interval(SIP_TX_CLIENT, SIP_TX_TRYING, 4000), 4000);
	assert_int_equal(sip_tx_interval(SIP_TX_CLIENT, SIP_TX_PROCEEDING, 500), 4000);
	assert_int_equal(sip_tx_interval(SIP_TX_INVITE_SERVER, SIP_TX_COMPLETED, 4000), 4000);
}

static void turns_of_offers(void **state)
{
	static const struct {
		enum sip_offer_state from;
		enum sip_offer_event event;
		int result;
		enum sip_offer_state to;
	} turns[] = {
		{ SIP_OFFER_IDLE, SIP_OFFER_SEND, 0, SIP_OFFER_OURS },
		{ SIP_OFFER_IDLE, SIP_OFFER_GET, 0, SIP_OFFER_THEIRS },
		{ SIP_OFFER_IDLE, SIP_OFFER_ANSWER, -1, SIP_OFFER_IDLE },
		{ SIP_OFFER_OURS, SIP_OFFER_GET, 491, SIP_OFFER_OURS },
		{ SIP_OFFER_OURS, SIP_OFFER_GOT_ANSWER, 0, SIP_OFFER_IDLE },
		{ SIP_OFFER_OURS, SIP_OFFER_SEND, -1, SIP_OFFER_OURS },
		{ SIP_OFFER_THEIRS, SIP_OFFER_GET, 500, SIP_OFFER_THEIRS },
		{ SIP_OFFER_THEIRS, SIP_OFFER_SEND, -1, SIP_OFFER_THEIRS },
		{ SIP_OFFER_THEIRS, SIP_OFFER_ANSWER, 0, SIP_OFFER_IDLE },
		{ SIP_OFFER_THEIRS, SIP_OFFER_REFUSED, 0, SIP_OFFER_IDLE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
		struct sip_offer offer = { .state = turns[i].from };

		assert_int_equal(sip_offer_next(&offer, turns[i].event), turns[i].result);
		assert_int_equal(offer.state, turns[i].to);
		assert_int_equal(offer.agreed,
			!turns[i].result && (turns[i].event == SIP_OFFER_ANSWER ||
						    turns[i].event == SIP_OFFER_GOT_ANSWER));
	}
}

/* RFC 4028 table 2 and sections 7.1, 9. */
static void session_timer_terms(void **state)
{
	static const struct {
		struct sip_refresh_terms asked;
		uint32_t ours;
		int status;
		uint32_t interval;
		bool we_refresh;
	} answers[] = {
		{ { .supported = false }, 1800, 0, 1800, true },
		{ { .supported = false }, 0, 0, 0, false },
		{ { .supported = true }, 1800, 0, 1800, false },
		{ { true, true, { 600, SIP_REFRESHER_NONE }, 0 }, 1800, 0, 600, false },
		{ { true, true, { 600, SIP_REFRESHER_UAS }, 0 }, 1800, 0, 600, true },
		{ { true, true, { 600, SIP_REFRESHER_UAC }, 0 }, 1800, 0, 600, false },
		{ { true, true, { 3600, SIP_REFRESHER_UAC }, 2400 }, 1800, 0, 2400, false },
		{ { true, true, { 89, SIP_REFRESHER_NONE }, 0 }, 1800, 422, 0, false },
		{ { false, true, { 60, SIP_REFRESHER_NONE }, 0 }, 1800, 0, 90, true },
		{ { true, true, { 90, SIP_REFRESHER_NONE }, 0 }, 1800, 0, 90, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct sip_refresh r = { .min_se = SIP_MIN_SE };

		assert_int_equal(sip_refresh_answer(&r, &answers[i].asked, answers[i].ours),
			answers[i].status);
		if (answers[i].status)
			continue;
		assert_int_equal(r.interval, answers[i].interval);
		if (r.interval)
			assert_int_equal(r.ours, answers[i].we_refresh);
	}
}

static void delays(void **state)
{
	struct sip_refresh r = { .interval = 90, .ours = true };
	struct sip_refresh_terms none = { 0 };

	(void)state;
	assert_int_equal(sip_refresh_delay(&r), 45000);
	r.ours = false;
	assert_int_equal(sip_refresh_delay(&r), 60000);
	r.interval = 1800;
	assert_int_equal(sip_refresh_delay(&r), 1768000);
	sip_refresh_accept(&r, &none);
	assert_int_equal(r.interval, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_the_standard),
		cmocka_unit_test(every_state_can_end),
		cmocka_unit_test(intervals),
		cmocka_unit_test(turns_of_offers),
		cmocka_unit_test(session_timer_terms),
		cmocka_unit_test(delays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
