/* The transaction state machines of RFC 3261 17 with the Accepted state of RFC 6026. */
#include "sip/sip_machine.h"

struct cell {
	uint8_t taken; /* a row that is not written means: the event is ignored */
	uint8_t next;
	uint16_t actions;
	uint16_t reliable; /* actions on a reliable transport, when `differs` */
	uint8_t differs;
};

#define TO(state, act)                                                                             \
	{                                                                                          \
		1, SIP_TX_##state, (act), 0, 0                                                     \
	}
#define BY(state, datagram, stream)                                                                \
	{                                                                                          \
		1, SIP_TX_##state, (datagram), (stream), 1                                         \
	}

/* clang-format off */
static const struct cell table[SIP_TX_KINDS][SIP_TX_STATES][SIP_TX_EVENTS] = {
[SIP_TX_INVITE_CLIENT] = { /* figure 5, RFC 6026 8.4 */
	[SIP_TX_TRYING] = {
		[SIP_TX_START]           = BY(TRYING, SIP_TX_SEND | SIP_TX_AGAIN_T1 | SIP_TX_GIVE_UP, SIP_TX_SEND | SIP_TX_GIVE_UP),
		[SIP_TX_TIMER_AGAIN]     = TO(TRYING, SIP_TX_SEND | SIP_TX_AGAIN_NEXT),
		[SIP_TX_TIMER_GIVE_UP]   = TO(TERMINATED, SIP_TX_FAIL_TIME),
		[SIP_TX_TRANSPORT_ERROR] = TO(TERMINATED, SIP_TX_FAIL_WIRE),
		[SIP_TX_GOT_1XX]         = TO(PROCEEDING, SIP_TX_PASS | SIP_TX_AGAIN_STOP | SIP_TX_LIMIT_STOP),
		[SIP_TX_GOT_2XX]         = TO(ACCEPTED, SIP_TX_PASS | SIP_TX_AGAIN_STOP | SIP_TX_LIMIT_STOP | SIP_TX_END_LONG),
		[SIP_TX_GOT_FINAL]       = BY(COMPLETED, SIP_TX_SEND_ACK | SIP_TX_PASS | SIP_TX_AGAIN_STOP | SIP_TX_LIMIT_STOP | SIP_TX_END_LONG,
		                               SIP_TX_SEND_ACK | SIP_TX_PASS | SIP_TX_LIMIT_STOP | SIP_TX_END_NOW),
	},
	[SIP_TX_PROCEEDING] = {
		[SIP_TX_GOT_1XX]         = TO(PROCEEDING, SIP_TX_PASS),
		[SIP_TX_GOT_2XX]         = TO(ACCEPTED, SIP_TX_PASS | SIP_TX_LIMIT_STOP | SIP_TX_END_LONG),
		[SIP_TX_GOT_FINAL]       = BY(COMPLETED, SIP_TX_SEND_ACK | SIP_TX_PASS | SIP_TX_LIMIT_STOP | SIP_TX_END_LONG,
		                               SIP_TX_SEND_ACK | SIP_TX_PASS | SIP_TX_LIMIT_STOP | SIP_TX_END_NOW),
		/* only after a CANCEL (9.1) */
		[SIP_TX_TIMER_GIVE_UP]   = TO(TERMINATED, SIP_TX_FAIL_TIME),
		/* a stream that closed under a ringing call will not bring the answer */
		[SIP_TX_TRANSPORT_ERROR] = TO(TERMINATED, SIP_TX_FAIL_WIRE),
	},
	[SIP_TX_COMPLETED] = {
		[SIP_TX_GOT_FINAL]       = TO(COMPLETED, SIP_TX_SEND),
		[SIP_TX_TIMER_END]       = TO(TERMINATED, 0),
	},
	[SIP_TX_ACCEPTED] = {
		[SIP_TX_GOT_2XX]         = TO(ACCEPTED, SIP_TX_PASS),
		[SIP_TX_TIMER_END]       = TO(TERMINATED, 0),
	},
},
[SIP_TX_CLIENT] = { /* figure 6 */
	[SIP_TX_TRYING] = {
		[SIP_TX_START]           = BY(TRYING, SIP_TX_SEND | SIP_TX_AGAIN_T1 | SIP_TX_GIVE_UP, SIP_TX_SEND | SIP_TX_GIVE_UP),
		[SIP_TX_TIMER_AGAIN]     = TO(TRYING, SIP_TX_SEND | SIP_TX_AGAIN_NEXT),
		[SIP_TX_TIMER_GIVE_UP]   = TO(TERMINATED, SIP_TX_FAIL_TIME),
		[SIP_TX_TRANSPORT_ERROR] = TO(TERMINATED, SIP_TX_FAIL_WIRE),
		[SIP_TX_GOT_1XX]         = TO(PROCEEDING, SIP_TX_PASS),
		[SIP_TX_GOT_2XX]         = BY(COMPLETED, SIP_TX_PASS | SIP_TX_AGAIN_STOP | SIP_TX_LIMIT_STOP | SIP_TX_END_T4,
		                               SIP_TX_PASS | SIP_TX_LIMIT_STOP | SIP_TX_END_NOW),
		[SIP_TX_GOT_FINAL]       = BY(COMPLETED, SIP_TX_PASS | SIP_TX_AGAIN_STOP | SIP_TX_LIMIT_STOP | SIP_TX_END_T4,
		                               SIP_TX_PASS | SIP_TX_LIMIT_STOP | SIP_TX_END_NOW),
	},
	[SIP_TX_PROCEEDING] = {
		[SIP_TX_TIMER_AGAIN]     = TO(PROCEEDING, SIP_TX_SEND | SIP_TX_AGAIN_NEXT),
		[SIP_TX_TIMER_GIVE_UP]   = TO(TERMINATED, SIP_TX_FAIL_TIME),
		[SIP_TX_TRANSPORT_ERROR] = TO(TERMINATED, SIP_TX_FAIL_WIRE),
		[SIP_TX_GOT_1XX]         = TO(PROCEEDING, SIP_TX_PASS),
		[SIP_TX_GOT_2XX]         = BY(COMPLETED, SIP_TX_PASS | SIP_TX_AGAIN_STOP | SIP_TX_LIMIT_STOP | SIP_TX_END_T4,
		                               SIP_TX_PASS | SIP_TX_LIMIT_STOP | SIP_TX_END_NOW),
		[SIP_TX_GOT_FINAL]       = BY(COMPLETED, SIP_TX_PASS | SIP_TX_AGAIN_STOP | SIP_TX_LIMIT_STOP | SIP_TX_END_T4,
		                               SIP_TX_PASS | SIP_TX_LIMIT_STOP | SIP_TX_END_NOW),
	},
	[SIP_TX_COMPLETED] = {
		[SIP_TX_TIMER_END]       = TO(TERMINATED, 0),
	},
},
[SIP_TX_INVITE_SERVER] = { /* figure 7, RFC 6026 8.3 */
	[SIP_TX_TRYING] = {
		[SIP_TX_START]           = TO(PROCEEDING, SIP_TX_PASS),
	},
	[SIP_TX_PROCEEDING] = {
		[SIP_TX_GOT_REQUEST]     = TO(PROCEEDING, SIP_TX_SEND),
		[SIP_TX_SENT_1XX]        = TO(PROCEEDING, SIP_TX_SEND),
		[SIP_TX_SENT_2XX]        = TO(ACCEPTED, SIP_TX_SEND | SIP_TX_END_LONG),
		[SIP_TX_SENT_FINAL]      = BY(COMPLETED, SIP_TX_SEND | SIP_TX_AGAIN_T1 | SIP_TX_GIVE_UP, SIP_TX_SEND | SIP_TX_GIVE_UP),
		[SIP_TX_TRANSPORT_ERROR] = TO(TERMINATED, SIP_TX_FAIL_WIRE),
	},
	[SIP_TX_COMPLETED] = {
		[SIP_TX_GOT_REQUEST]     = TO(COMPLETED, SIP_TX_SEND),
		[SIP_TX_TIMER_AGAIN]     = TO(COMPLETED, SIP_TX_SEND | SIP_TX_AGAIN_NEXT),
		[SIP_TX_TIMER_GIVE_UP]   = TO(TERMINATED, SIP_TX_FAIL_TIME),
		[SIP_TX_GOT_ACK]         = BY(CONFIRMED, SIP_TX_AGAIN_STOP | SIP_TX_LIMIT_STOP | SIP_TX_END_T4,
		                               SIP_TX_LIMIT_STOP | SIP_TX_END_NOW),
		[SIP_TX_TRANSPORT_ERROR] = TO(TERMINATED, SIP_TX_FAIL_WIRE),
	},
	[SIP_TX_ACCEPTED] = {
		[SIP_TX_GOT_REQUEST]     = TO(ACCEPTED, 0),
		[SIP_TX_SENT_2XX]        = TO(ACCEPTED, SIP_TX_SEND),
		[SIP_TX_GOT_ACK]         = TO(ACCEPTED, SIP_TX_PASS),
		[SIP_TX_TIMER_END]       = TO(TERMINATED, 0),
	},
	[SIP_TX_CONFIRMED] = {
		[SIP_TX_GOT_ACK]         = TO(CONFIRMED, 0),
		[SIP_TX_GOT_REQUEST]     = TO(CONFIRMED, 0),
		[SIP_TX_TIMER_END]       = TO(TERMINATED, 0),
	},
},
[SIP_TX_SERVER] = { /* figure 8 */
	[SIP_TX_TRYING] = {
		[SIP_TX_START]           = TO(TRYING, SIP_TX_PASS),
		[SIP_TX_GOT_REQUEST]     = TO(TRYING, 0),
		[SIP_TX_SENT_1XX]        = TO(PROCEEDING, SIP_TX_SEND),
		[SIP_TX_SENT_2XX]        = BY(COMPLETED, SIP_TX_SEND | SIP_TX_END_LONG, SIP_TX_SEND | SIP_TX_END_NOW),
		[SIP_TX_SENT_FINAL]      = BY(COMPLETED, SIP_TX_SEND | SIP_TX_END_LONG, SIP_TX_SEND | SIP_TX_END_NOW),
		[SIP_TX_TRANSPORT_ERROR] = TO(TERMINATED, SIP_TX_FAIL_WIRE),
	},
	[SIP_TX_PROCEEDING] = {
		[SIP_TX_GOT_REQUEST]     = TO(PROCEEDING, SIP_TX_SEND),
		[SIP_TX_SENT_1XX]        = TO(PROCEEDING, SIP_TX_SEND),
		[SIP_TX_SENT_2XX]        = BY(COMPLETED, SIP_TX_SEND | SIP_TX_END_LONG, SIP_TX_SEND | SIP_TX_END_NOW),
		[SIP_TX_SENT_FINAL]      = BY(COMPLETED, SIP_TX_SEND | SIP_TX_END_LONG, SIP_TX_SEND | SIP_TX_END_NOW),
		[SIP_TX_TRANSPORT_ERROR] = TO(TERMINATED, SIP_TX_FAIL_WIRE),
	},
	[SIP_TX_COMPLETED] = {
		[SIP_TX_GOT_REQUEST]     = TO(COMPLETED, SIP_TX_SEND),
		[SIP_TX_TIMER_END]       = TO(TERMINATED, 0),
	},
},
};
/* clang-format on */

struct sip_tx_step sip_tx_next(
	enum sip_tx_kind kind, enum sip_tx_state state, enum sip_tx_event event, bool reliable)
{
	const struct cell *cell = &table[kind][state][event];

	if (!cell->taken)
		return (struct sip_tx_step){ state, 0, false };
	return (struct sip_tx_step){ (enum sip_tx_state)cell->next,
		reliable && cell->differs ? cell->reliable : cell->actions, true };
}

int64_t sip_tx_interval(enum sip_tx_kind kind, enum sip_tx_state state, int64_t last)
{
	int64_t next = last * 2;

	if (kind == SIP_TX_INVITE_CLIENT)
		return next; /* timer A doubles until B ends it */
	if (kind == SIP_TX_CLIENT && state == SIP_TX_PROCEEDING)
		return SIP_T2;
	return next < SIP_T2 ? next : SIP_T2;
}

enum sip_tx_event sip_tx_response_event(int status, bool sent)
{
	if (status < 200)
		return sent ? SIP_TX_SENT_1XX : SIP_TX_GOT_1XX;
	if (status < 300)
		return sent ? SIP_TX_SENT_2XX : SIP_TX_GOT_2XX;
	return sent ? SIP_TX_SENT_FINAL : SIP_TX_GOT_FINAL;
}
