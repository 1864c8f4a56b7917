/* The signalling core: creation, events, browsers, stop. */
#include "sip/sip_core.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "clock/clock.h"
#include "hash.h"
#include "metrics/metrics.h"
#include "sip/sip_registrar.h"
#include "sip/sip_session.h"
#include "sip/sip_trunk.h"

#define SWEEP_MS 30000

const char *const sip_supported_options[] = { "100rel", "timer", "path", "outbound", NULL };

static void sweep(void *arg)
{
	struct sip_core *core = arg;

	sip_sources_sweep(core->sources, clock_mono());
	metric_set(core->m_transactions, (int64_t)sip_txs_count(core->txs));
	loop_timer_set(core->loop, &core->sweep, SWEEP_MS, sweep, core);
}

static void register_metrics(struct sip_core *core)
{
	core->m_calls_in =
		metric_counter("hotline_sip_calls_total", "direction=\"in\"", "SIP calls begun");
	core->m_calls_out =
		metric_counter("hotline_sip_calls_total", "direction=\"out\"", "SIP calls begun");
	core->m_calls_now = metric_gauge("hotline_sip_calls", NULL, "SIP calls that exist now");
	core->m_requests =
		metric_counter("hotline_sip_requests_total", NULL, "SIP requests received");
	core->m_malformed = metric_counter(
		"hotline_sip_malformed_total", NULL, "SIP messages that could not be parsed");
	core->m_refused = metric_counter("hotline_sip_refused_total", NULL,
		"SIP messages refused for their source, rate, credentials or form");
	core->m_transactions = metric_gauge("hotline_sip_transactions", NULL,
		"SIP transactions, finished ones still remembered too");
	core->m_registrations =
		metric_gauge("hotline_sip_registrations", NULL, "Registered contacts");
}

static int copy_config(struct sip_core *core, const struct sip_config *config)
{
	int64_t expires = config->session_expires_s;

	core->realm = strdup(config->realm ? config->realm : "hotline");
	core->user_agent =
		strdup(config->user_agent ? config->user_agent : "Hotline/" HOTLINE_VERSION);
	if (!core->realm || !core->user_agent)
		return ENOMEM;
	core->host =
		strdup(sip_host_valid(sip_view(core->realm)) ? core->realm : "hotline.invalid");
	core->max_calls = config->max_calls ? config->max_calls : 4000;
	core->session_expires = expires <= 0           ? 1800
				: expires < SIP_MIN_SE ? SIP_MIN_SE
				: expires > 86400      ? 86400
						       : (uint32_t)expires;
	return core->host ? 0 : ENOMEM;
}

int sip_core_create(struct sip_core **corep, const struct sip_core_config *config)
{
	struct sip_core *core = calloc(1, sizeof(*core));
	int err;

	if (!core)
		return ENOMEM;
	core->loop = config->loop;
	core->wire = config->wire;
	core->resolver = config->resolver;
	core->eventh = config->eventh;
	core->arg = config->arg;
	list_init(&core->sessions);
	list_init(&core->invites);
	list_init(&core->farewells);
	list_init(&core->browser_list);
	buf_init(&core->out, SIP_MAX_MESSAGE);
	register_metrics(core);
	err = sip_key_init();
	if (!err)
		err = copy_config(core, config->config);
	if (!err)
		err = sip_txs_create(&core->txs, core->loop, &core->wire);
	if (!err)
		err = sip_sources_create(&core->sources, config->config->source_per_second);
	if (!err)
		err = sip_digest_server_create(&core->digest, core->realm, 0, 0);
	if (!err)
		err = sip_registrar_create(&core->registrar, core);
	if (!err)
		err = sip_trunks_create(&core->trunks, core);
	core->dialogs = hash_create();
	core->calls = hash_create();
	core->browsers = hash_create();
	if (!err && (!core->dialogs || !core->calls || !core->browsers))
		err = ENOMEM;
	if (!err)
		err = loop_timer_set(core->loop, &core->sweep, SWEEP_MS, sweep, core);
	if (err)
		sip_core_free(core);
	else
		*corep = core;
	return err;
}

static void browser_free(struct sip_core *core, struct sip_browser *b)
{
	hash_remove_id(core->browsers, b->connection);
	list_remove(&b->item);
	free(b->account);
	free(b->guest);
	free(b);
}

void sip_core_free(struct sip_core *core)
{
	if (!core)
		return;
	loop_timer_cancel(core->loop, &core->sweep);
	list_for_each_safe(pos, tmp, &core->sessions)
		sip_session_free(list_entry(pos, struct sip_session, item));
	list_for_each_safe(pos, tmp, &core->invites)
		sip_invite_free(list_entry(pos, struct sip_invite, item));
	list_for_each_safe(pos, tmp, &core->farewells)
		sip_farewell_free(list_entry(pos, struct sip_farewell, item));
	list_for_each_safe(pos, tmp, &core->browser_list)
		browser_free(core, list_entry(pos, struct sip_browser, item));
	sip_trunks_free(core->trunks);
	sip_registrar_free(core->registrar);
	sip_txs_free(core->txs);
	sip_sources_free(core->sources);
	sip_digest_server_free(core->digest);
	hash_free(core->dialogs);
	hash_free(core->calls);
	hash_free(core->browsers);
	buf_release(&core->out);
	free(core->realm);
	free(core->user_agent);
	free(core->host);
	free(core);
}

void sip_core_stop(struct sip_core *core)
{
	core->stopping = true;
	while (!list_empty(&core->sessions)) {
		struct sip_session *s = list_entry(core->sessions.next, struct sip_session, item);

		if (s->state == SIP_SESSION_RINGING)
			sip_session_reject(s, 503, NULL);
		else
			sip_session_hangup(s, 503, "Shutting down");
	}
	sip_trunks_stop(core);
}

bool sip_core_idle(const struct sip_core *core)
{
	list_for_each(pos, &core->farewells)
	{
		const struct sip_farewell *f = list_entry(pos, struct sip_farewell, item);

		if (f->bye)
			return false;
	}
	return true;
}

void sip_core_event(struct sip_core *core, struct sip_event *event)
{
	if (!event->reason || !*event->reason)
		event->reason = event->status ? sip_status_text(event->status) : "";
	core->eventh(event, core->arg);
}

void sip_core_refused(struct sip_core *core, enum sip_refusal why, const struct sip_peer *from,
	const char *what, int status)
{
	static const char *const names[SIP_REFUSALS] = {
		[SIP_REFUSAL_MALFORMED] = "malformed message refused",
		[SIP_REFUSAL_RATE] = "too many requests from one source",
		[SIP_REFUSAL_FULL] = "too many calls",
		[SIP_REFUSAL_AUTH] = "credentials refused",
		[SIP_REFUSAL_UNSUPPORTED] = "unsupported request refused",
		[SIP_REFUSAL_CONNECTION] = "connection refused",
	};
	char source[SIP_INET_TEXT];

	metric_add(why == SIP_REFUSAL_MALFORMED ? core->m_malformed : core->m_refused, 1);
	if (log_allowed(&core->refusals[why], 1))
		log_warn("sip", names[why], "why", what, "status", LOG_I(status), "source",
			sip_inet_text(&from->addr, source), NULL);
}

int sip_core_browser_open(struct sip_core *core, uint64_t connection, const char *account,
	const char *guest, const struct sip_inet *addr)
{
	struct sip_browser *b;

	if (!account == !guest || hash_get_id(core->browsers, connection))
		return EINVAL;
	b = calloc(1, sizeof(*b));
	if (!b)
		return ENOMEM;
	list_init(&b->item);
	b->connection = connection;
	b->addr = *addr;
	b->account = account ? strdup(account) : NULL;
	b->guest = guest ? strdup(guest) : NULL;
	if ((!b->account && !b->guest) || hash_set_id(core->browsers, connection, b)) {
		free(b->account);
		free(b->guest);
		free(b);
		return ENOMEM;
	}
	list_append(&core->browser_list, &b->item);
	return 0;
}

struct sip_browser *sip_core_browser(struct sip_core *core, uint64_t connection)
{
	return hash_get_id(core->browsers, connection);
}

void sip_core_flow_closed(struct sip_core *core, unsigned transport, uint64_t flow)
{
	struct sip_browser *browser = NULL;

	sip_txs_flow_closed(core->txs, transport, flow);
	sip_registrar_flow_closed(core, transport, flow);
	sip_trunks_flow_closed(core, transport, flow);
	if (transport != SIP_TRANSPORT_WS)
		return;
	list_for_each_safe(pos, tmp, &core->sessions)
	{
		struct sip_session *s = list_entry(pos, struct sip_session, item);

		if (s->connection == flow)
			sip_session_lost(s);
	}
	browser = sip_core_browser(core, flow);
	if (browser)
		browser_free(core, browser);
}
