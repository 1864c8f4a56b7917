/* Commands from other threads: copied and posted to the SIP thread. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "id.h"
#include "sip/sip_registrar.h"
#include "sip/sip_session.h"
#include "sip/sip_stack.h"
#include "sip/sip_trunk.h"

#define TEXTS 7

struct command {
	struct sip_stack *stack;
	void (*run)(struct sip_core *core, struct command *c);
	uint64_t id, connection;
	int status;
	int64_t number;
	unsigned limit;
	size_t len;
	const char *text[TEXTS]; /* point into the block behind, or are NULL */
};

static void run_start(struct sip_core *core, struct command *c);

static void run(void *arg)
{
	struct command *c = arg;
	struct sip_stack *stack = c->stack;

	if (stack->core)
		c->run(stack->core, c);
	else if (c->run ==
		 run_start) /* came while the stack was being freed; it ends all the same */
		stack->eventh(&(struct sip_event){ .type = SIP_CALL_ENDED,
				      .call = c->id,
				      .status = 503,
				      .reason = sip_status_text(503) },
			stack->arg);
	free(c);
}

/* One block with all texts; texts ends behind `count` entries. */
static struct command *command(struct sip_stack *stack,
	void (*fn)(struct sip_core *, struct command *), const char *const *texts, size_t count)
{
	size_t size = sizeof(struct command);
	struct command *c;
	char *p;

	for (size_t i = 0; i < count; i++)
		size += texts[i] ? strlen(texts[i]) + 1 : 0;
	c = calloc(1, size);
	if (!c)
		return NULL;
	c->stack = stack;
	c->run = fn;
	p = (char *)(c + 1);
	for (size_t i = 0; i < count; i++) {
		if (!texts[i])
			continue;
		c->text[i] = p;
		p = stpcpy(p, texts[i]) + 1;
	}
	return c;
}

static int post(struct command *c)
{
	int err;

	if (!c)
		return ENOMEM;
	err = loop_post(c->stack->loop, run, c);
	if (err)
		free(c);
	return err;
}

/* --- calls --- */

static void post_call(struct sip_stack *stack, void (*fn)(struct sip_core *, struct command *),
	uint64_t call, int status, const char *text)
{
	struct command *c = command(stack, fn, &text, 1);

	if (!c)
		return;
	c->id = call;
	c->status = status;
	post(c);
}

#define CALL_COMMAND(name, statement)                                                              \
	static void name(struct sip_core *core, struct command *c)                                 \
	{                                                                                          \
		struct sip_session *s = sip_session_find(core, c->id);                             \
                                                                                                   \
		if (s)                                                                             \
			statement;                                                                 \
	}

CALL_COMMAND(run_progress, sip_session_progress(s, c->status, c->text[0]))
CALL_COMMAND(run_answer, sip_session_answer(s, c->text[0]))
CALL_COMMAND(run_reject, sip_session_reject(s, c->status, c->text[0]))
CALL_COMMAND(run_hangup, sip_session_hangup(s, c->status, c->text[0]))
CALL_COMMAND(run_offer, sip_session_offer(s, c->text[0]))
CALL_COMMAND(run_answer_offer, sip_session_answer_offer(s, c->text[0]))

void sip_call_progress(struct sip_stack *stack, uint64_t call, int status, const char *sdp)
{
	post_call(stack, run_progress, call, status, sdp);
}

void sip_call_answer(struct sip_stack *stack, uint64_t call, const char *sdp)
{
	post_call(stack, run_answer, call, 0, sdp);
}

void sip_call_reject(struct sip_stack *stack, uint64_t call, int status, const char *reason)
{
	post_call(stack, run_reject, call, status, reason);
}

void sip_call_hangup(struct sip_stack *stack, uint64_t call, int status, const char *reason)
{
	post_call(stack, run_hangup, call, status, reason);
}

void sip_call_offer(struct sip_stack *stack, uint64_t call, const char *sdp)
{
	post_call(stack, run_offer, call, 0, sdp);
}

void sip_call_answer_offer(struct sip_stack *stack, uint64_t call, const char *sdp)
{
	post_call(stack, run_answer_offer, call, 0, sdp);
}

static void run_start(struct sip_core *core, struct command *c)
{
	struct sip_target target = {
		.account = c->text[0],
		.trunk = c->text[1],
		.number = c->text[2],
		.connection = c->connection,
		.caller = c->text[3],
		.caller_name = c->text[4],
		.sdp = c->text[5],
		.headers = c->text[6],
		.ring_ms = c->number,
	};

	sip_session_start(core, c->id, &target);
}

uint64_t sip_call_start(struct sip_stack *stack, const struct sip_target *target)
{
	const char *texts[] = { target->account, target->trunk, target->number, target->caller,
		target->caller_name, target->sdp, target->headers };
	struct command *c;
	uint64_t id;

	if (atomic_load(&stack->stopped))
		return 0;
	c = command(stack, run_start, texts, TEXTS);
	if (!c)
		return 0;
	id = c->id = (uint64_t)id_make(clock_now());
	c->connection = target->connection;
	c->number = target->ring_ms;
	return post(c) ? 0 : id;
}

/* --- accounts --- */

static void run_account_set(struct sip_core *core, struct command *c)
{
	int err = sip_registrar_set(core, &(struct sip_account){
						  .user = c->text[0],
						  .ha1_md5 = c->text[1],
						  .ha1_sha256 = c->text[2],
						  .name = c->text[3],
						  .max_contacts = c->limit,
					  });

	if (err)
		log_warn("sip", "account not set", "error", strerror(err), NULL);
}

int sip_account_set(struct sip_stack *stack, const struct sip_account *account)
{
	const char *texts[] = { account->user, account->ha1_md5, account->ha1_sha256,
		account->name };
	struct command *c;

	if (!account->user || !*account->user || strlen(account->user) > 100 ||
		(account->ha1_md5 && strlen(account->ha1_md5) != 32) ||
		(account->ha1_sha256 && strlen(account->ha1_sha256) != 64))
		return EINVAL;
	c = command(stack, run_account_set, texts, 4);
	if (!c)
		return ENOMEM;
	c->limit = account->max_contacts;
	return post(c);
}

static void run_account_remove(struct sip_core *core, struct command *c)
{
	sip_registrar_remove(core, c->text[0]);
}

void sip_account_remove(struct sip_stack *stack, const char *user)
{
	if (user)
		post(command(stack, run_account_remove, &user, 1));
}

/* --- trunks --- */

struct trunk_command {
	struct sip_stack *stack;
	struct sip_trunk trunk;
};

static void free_trunk_command(struct trunk_command *c)
{
	const char *texts[] = { c->trunk.name, c->trunk.host, c->trunk.transport,
		c->trunk.addresses, c->trunk.user, c->trunk.password, c->trunk.domain };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		free((char *)texts[i]);
	free(c);
}

static void run_trunk_set(void *arg)
{
	struct trunk_command *c = arg;
	int err = c->stack->core ? sip_trunks_set(c->stack->core, &c->trunk) : 0;

	if (err)
		log_warn("sip", "trunk not set", "trunk", c->trunk.name, "error", strerror(err),
			NULL);
	free_trunk_command(c);
}

static const char *dup(const char *s, int *err)
{
	char *p = s ? strdup(s) : NULL;

	if (s && !p)
		*err = ENOMEM;
	return p;
}

int sip_trunk_set(struct sip_stack *stack, const struct sip_trunk *trunk)
{
	struct sip_networks nets = { 0 };
	struct trunk_command *c;
	int err;

	if (!trunk->name || !*trunk->name || !trunk->host ||
		!sip_host_valid(sip_view(trunk->host)) || (trunk->registers && !trunk->user))
		return EINVAL;
	err = sip_networks_parse(&nets, trunk->addresses);
	sip_networks_release(&nets);
	if (err)
		return err;
	c = calloc(1, sizeof(*c));
	if (!c)
		return ENOMEM;
	c->stack = stack;
	c->trunk = *trunk;
	c->trunk.name = dup(trunk->name, &err);
	c->trunk.host = dup(trunk->host, &err);
	c->trunk.transport = dup(trunk->transport, &err);
	c->trunk.addresses = dup(trunk->addresses, &err);
	c->trunk.user = dup(trunk->user, &err);
	c->trunk.password = dup(trunk->password, &err);
	c->trunk.domain = dup(trunk->domain, &err);
	if (!err)
		err = loop_post(stack->loop, run_trunk_set, c);
	if (err)
		free_trunk_command(c);
	return err;
}

static void run_trunk_remove(struct sip_core *core, struct command *c)
{
	sip_trunks_remove(core, c->text[0]);
}

void sip_trunk_remove(struct sip_stack *stack, const char *name)
{
	if (name)
		post(command(stack, run_trunk_remove, &name, 1));
}

/* --- WebSockets --- */

static void run_websocket_open(struct sip_core *core, struct command *c)
{
	struct sip_inet addr = { 0 };

	if (c->text[2] && sip_inet_parse(&addr, c->text[2], c->status))
		addr.sa.sa_family = AF_UNSPEC;
	if (sip_core_browser_open(core, c->id, c->text[0], c->text[1], &addr) &&
		c->stack->config.websocket_close)
		c->stack->config.websocket_close(c->stack->config.websocket_arg, c->id);
}

int sip_websocket_open(struct sip_stack *stack, uint64_t connection, const char *account,
	const char *guest, const char *address, int port)
{
	const char *texts[] = { account, guest, address };
	struct command *c;

	if (!account == !guest || !connection || port < 0 || port > 65535)
		return EINVAL;
	c = command(stack, run_websocket_open, texts, 3);
	if (!c)
		return ENOMEM;
	c->id = connection;
	c->status = port;
	return post(c);
}

static void run_websocket_receive(struct sip_core *core, struct command *c)
{
	const struct sip_browser *b = sip_core_browser(core, c->id);
	struct sip_peer from = { .flow = c->id, .transport = SIP_TRANSPORT_WS };

	if (!b)
		return;
	from.addr = b->addr;
	sip_core_receive(core, &from, (const char *)(c + 1), c->len, SIP_WEBSOCKET);
}

void sip_websocket_receive(
	struct sip_stack *stack, uint64_t connection, const char *data, size_t len)
{
	struct command *c;

	if (!len || len > SIP_MAX_MESSAGE)
		return;
	c = malloc(sizeof(*c) + len);
	if (!c)
		return;
	*c = (struct command){
		.stack = stack, .run = run_websocket_receive, .id = connection, .len = len
	};
	memcpy(c + 1, data, len);
	post(c);
}

static void run_websocket_closed(struct sip_core *core, struct command *c)
{
	sip_core_flow_closed(core, SIP_TRANSPORT_WS, c->id);
}

void sip_websocket_closed(struct sip_stack *stack, uint64_t connection)
{
	post_call(stack, run_websocket_closed, connection, 0, NULL);
}
