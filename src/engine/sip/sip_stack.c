/* The public stack: configuration, thread, sockets, start and stop. */
#include "sip/sip_stack.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "clock/clock.h"
#include "id.h"
#include "sip/sip_session.h"
#include "sip/sip_trunk.h"

#define STOP_MS      1800 /* for the goodbyes */
#define STOP_POLL_MS 10

static int wire_send(void *arg, struct sip_peer *to, const char *data, size_t len)
{
	struct sip_stack *stack = arg;

	return stack->net ? sip_net_send(stack->net, to, data, len) : ENOTCONN;
}

static void wire_local(void *arg, const struct sip_peer *to, struct sip_local *local)
{
	struct sip_stack *stack = arg;

	if (stack->net)
		sip_net_local(stack->net, to, local);
	else
		*local = (struct sip_local){ .host = "127.0.0.1", .port = 5060 };
}

static bool on_receive(void *arg, const struct sip_peer *from, const char *data, size_t len,
	enum sip_framing framing)
{
	struct sip_stack *stack = arg;

	return sip_core_receive(stack->core, from, data, len, framing);
}

static void on_closed(void *arg, unsigned transport, uint64_t flow)
{
	struct sip_stack *stack = arg;

	sip_core_flow_closed(stack->core, transport, flow);
}

static const char *server_name(void *arg, const struct sip_inet *addr)
{
	struct sip_stack *stack = arg;

	return sip_trunk_host_at(stack->core, addr);
}

static void on_refused(void *arg, const struct sip_peer *from, const char *why)
{
	struct sip_stack *stack = arg;

	sip_core_refused(stack->core, SIP_REFUSAL_CONNECTION, from, why, 0);
}

static int copy(const char **text)
{
	if (!*text)
		return 0;
	*text = strdup(*text);
	return *text ? 0 : ENOMEM;
}

static const char **texts(struct sip_config *c, size_t i)
{
	const char **all[] = { &c->bind_address, &c->certificate, &c->private_key,
		&c->public_address, &c->local_networks, &c->realm, &c->user_agent };

	return i < sizeof(all) / sizeof(all[0]) ? all[i] : NULL;
}

static int copy_config(struct sip_stack *stack, const struct sip_config *config)
{
	const char **text;
	int err = 0;

	stack->config = *config;
	for (size_t i = 0; (text = texts(&stack->config, i)); i++) {
		if (err)
			*text = NULL; /* still the caller's */
		else
			err = copy(text);
	}
	return err;
}

static int check_config(const struct sip_config *config)
{
	struct sip_networks nets = { 0 };
	struct sip_inet addr;
	int err;

	if (config->port > 65535 || config->tls_port > 65535 ||
		(config->certificate && !config->private_key) ||
		(config->realm && strpbrk(config->realm, "\"\\\r\n")) ||
		(config->user_agent && strpbrk(config->user_agent, "\r\n")))
		return EINVAL;
	if (config->bind_address && sip_inet_parse(&addr, config->bind_address, 0))
		return EINVAL;
	if (config->public_address && *config->public_address &&
		sip_inet_parse(&addr, config->public_address, 0))
		return EINVAL;
	err = sip_networks_parse(&nets, config->local_networks);
	sip_networks_release(&nets);
	return err;
}

int sip_stack_create(
	struct sip_stack **stackp, const struct sip_config *config, sip_event_h *eventh, void *arg)
{
	struct sip_stack *stack;
	int err;

	if (!stackp || !config || !eventh)
		return EINVAL;
	err = check_config(config);
	if (err)
		return err;
	stack = calloc(1, sizeof(*stack));
	if (!stack)
		return ENOMEM;
	sem_init(&stack->quiet, 0, 0);
	stack->eventh = eventh;
	stack->arg = arg;
	err = copy_config(stack, config);
	if (!err)
		err = loop_create(&stack->loop, "sip");
	if (!err)
		err = sip_resolver_create(&stack->resolver, stack->loop);
	if (!err)
		err = sip_core_create(
			&stack->core, &(struct sip_core_config){
					      .loop = stack->loop,
					      .wire = { wire_send, wire_local, stack },
					      .config = &stack->config,
					      .resolver = stack->resolver,
					      .eventh = eventh,
					      .arg = arg,
				      });
	if (err)
		sip_stack_free(stack);
	else
		*stackp = stack;
	return err;
}

int sip_stack_start(struct sip_stack *stack)
{
	struct sip_net_handlers handlers = { on_receive, on_closed, server_name, on_refused,
		stack };
	int err;

	if (stack->started)
		return EALREADY;
	err = sip_net_open(&stack->net, stack->loop, &stack->config, &handlers);
	if (err)
		return err;
	err = loop_start(stack->loop);
	if (err) {
		sip_net_free(stack->net);
		stack->net = NULL;
		return err;
	}
	stack->started = true;
	return 0;
}

static void wait_for_quiet(void *arg)
{
	struct sip_stack *stack = arg;

	if (sip_core_idle(stack->core) || clock_mono() >= stack->quiet_until)
		sem_post(&stack->quiet);
	else
		loop_timer_set(
			stack->loop, &stack->quiet_timer, STOP_POLL_MS, wait_for_quiet, stack);
}

static void stop(void *arg)
{
	struct sip_stack *stack = arg;

	sip_core_stop(stack->core);
	stack->quiet_until = clock_mono() + STOP_MS;
	wait_for_quiet(stack);
}

void sip_stack_stop(struct sip_stack *stack)
{
	struct timespec until;

	if (!stack || atomic_exchange(&stack->stopped, true))
		return;
	if (!stack->started) {
		sip_core_stop(stack->core);
		return;
	}
	if (!loop_post(stack->loop, stop, stack)) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += 2;
		while (sem_timedwait(&stack->quiet, &until) < 0 && errno == EINTR)
			;
	}
	loop_stop(stack->loop);
	loop_timer_cancel(stack->loop, &stack->quiet_timer);
	/* Calls begun in the last moment. */
	sip_core_stop(stack->core);
}

void sip_stack_free(struct sip_stack *stack)
{
	const char **text;

	if (!stack)
		return;
	if (stack->core)
		sip_stack_stop(stack);
	sip_core_free(stack->core);
	stack->core = NULL;
	sip_net_free(stack->net);
	stack->net = NULL;
	sip_resolver_free(stack->resolver);
	loop_free(stack->loop); /* commands that came too late see that there is no core */
	for (size_t i = 0; (text = texts(&stack->config, i)); i++)
		free((char *)*text);
	sem_destroy(&stack->quiet);
	free(stack);
}

int sip_stack_port(const struct sip_stack *stack)
{
	return stack->net ? sip_net_port(stack->net) : -1;
}

int sip_stack_tls_port(const struct sip_stack *stack)
{
	return stack->net ? sip_net_tls_port(stack->net) : -1;
}

struct loop *sip_stack_loop(struct sip_stack *stack)
{
	return stack->loop;
}
