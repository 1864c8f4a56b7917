/* A browser's transport: ICE-lite, DTLS and SRTP of one leg. */
#include "secure.h"

struct secure *secure_create(struct leg *leg, struct media_leg_local *local)
{
	(void)leg;
	(void)local;
	return NULL;
}

void secure_free(struct secure *s)
{
	(void)s;
}

void secure_set_remote(struct secure *s, const struct media_leg_remote *remote)
{
	(void)s;
	(void)remote;
}

void secure_restart(struct secure *s, const char *ufrag, const char *pwd)
{
	(void)s;
	(void)ufrag;
	(void)pwd;
}

bool secure_can_send(const struct secure *s)
{
	return !s;
}

void secure_datagram(struct secure *s, uint8_t *data, size_t len, const union net_addr *from)
{
	(void)s;
	(void)data;
	(void)len;
	(void)from;
}

void secure_tick(struct secure *s)
{
	(void)s;
}

void secure_send(struct secure *s, uint8_t *data, size_t len, bool rtcp)
{
	(void)s;
	(void)data;
	(void)len;
	(void)rtcp;
}
