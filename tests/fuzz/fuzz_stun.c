/* Fuzz target: the datagrams a media port may get before anything is known of the sender: STUN, RTP and RTCP. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "media/ice.h"
#include "media/rtcp.h"
#include "media/rtp.h"
#include "media/stun.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void answer(const uint8_t *data, size_t size)
{
	uint8_t reply[STUN_REPLY_MAX];
	struct stun_message m;
	union net_addr from;
	size_t len = 0;
	struct ice ice;

	ice_init(&ice, "evtj", "VOkJxbRl1RmTxUk/WvJxBt");
	if (net_addr_parse(&from, "192.0.2.1", 5000))
		abort();
	if (ice_datagram(&ice, data, size, &from, reply, &len) == ICE_DROP)
		return;
	/* What we answer must be readable. */
	if (len > sizeof(reply) || stun_parse(&m, reply, len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stun_message m;
	struct rtp_packet packet;
	struct rtcp_info info;
	uint8_t *copy = malloc(size + 1); /* exactly as long, so that reading beyond is seen */

	if (!copy)
		return 0;
	if (size)
		memcpy(copy, data, size);
	if (!stun_parse(&m, copy, size))
		(void)stun_integrity_holds(&m, copy, "password");
	answer(copy, size);
	if (!rtp_parse(&packet, copy, size) &&
		(packet.payload < copy || packet.payload + packet.len > copy + size))
		abort();
	(void)rtcp_parse(&info, copy, size);
	free(copy);
	return 0;
}
