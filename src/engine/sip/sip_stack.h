/* The stack behind sip.h. */
#ifndef HOTLINE_ENGINE_SIP_STACK_H
#define HOTLINE_ENGINE_SIP_STACK_H

#include <semaphore.h>
#include <stdatomic.h>
#include "sip_core.h"
#include "sip_net.h"

struct sip_stack {
	struct loop *loop;
	struct sip_core *core;
	struct sip_net *net;
	struct sip_resolver *resolver;
	struct sip_config config; /* the texts in it are owned */
	sip_event_h *eventh;
	void *arg;
	atomic_bool stopped;
	bool started;
	/* stop */
	sem_t quiet;
	struct loop_timer quiet_timer;
	int64_t quiet_until;
};

#endif
