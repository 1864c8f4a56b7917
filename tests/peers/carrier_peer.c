/* Command line of the test carrier. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sofia-sip/su.h>
#include "carrier_peer.h"

static const char usage[] =
	"usage: carrier_peer call --to URI [options]\n"
	"       carrier_peer answer [options]\n"
	"       carrier_peer fork [--forks N] [--answers N] [options]\n"
	"  --bind ADDRESS --port PORT --transport udp|tcp   own end: 127.0.0.1, any, udp\n"
	"  --from URI --name TEXT --no-sdp --cancel MS      of the call\n"
	"  --require-100rel --early-media --ring MS --refuse STATUS\n"
	"  --session-expires S --min-se S --refresher local|remote --refresh-by-invite\n"
	"  --update MS --reinvite MS --hangup MS            after the answer\n"
	"  --refresher: call: who is to refresh. fork: who is said to; local never does. answer: "
	"the caller's wish counts\n"
	"  --time-limit MS                                  30000; then it ends with status 2\n"
	"Prints one line of JSON per event. A too small Session-Expires is answered with 422 "
	"(--min-se).\n";

enum option_id {
	TO = 256,
	FROM,
	NAME,
	BIND,
	PORT,
	TRANSPORT,
	REQUIRE_100REL,
	EARLY_MEDIA,
	NO_SDP,
	SESSION_EXPIRES,
	MIN_SE,
	REFRESHER,
	REFRESH_BY_INVITE,
	RING,
	UPDATE,
	REINVITE,
	HANGUP,
	CANCEL,
	REFUSE,
	FORKS,
	ANSWERS,
	TIME_LIMIT
};

static const struct option long_options[] = {
	{ "to", required_argument, NULL, TO },
	{ "from", required_argument, NULL, FROM },
	{ "name", required_argument, NULL, NAME },
	{ "bind", required_argument, NULL, BIND },
	{ "port", required_argument, NULL, PORT },
	{ "transport", required_argument, NULL, TRANSPORT },
	{ "require-100rel", no_argument, NULL, REQUIRE_100REL },
	{ "early-media", no_argument, NULL, EARLY_MEDIA },
	{ "no-sdp", no_argument, NULL, NO_SDP },
	{ "session-expires", required_argument, NULL, SESSION_EXPIRES },
	{ "min-se", required_argument, NULL, MIN_SE },
	{ "refresher", required_argument, NULL, REFRESHER },
	{ "refresh-by-invite", no_argument, NULL, REFRESH_BY_INVITE },
	{ "ring", required_argument, NULL, RING },
	{ "update", required_argument, NULL, UPDATE },
	{ "reinvite", required_argument, NULL, REINVITE },
	{ "hangup", required_argument, NULL, HANGUP },
	{ "cancel", required_argument, NULL, CANCEL },
	{ "refuse", required_argument, NULL, REFUSE },
	{ "forks", required_argument, NULL, FORKS },
	{ "answers", required_argument, NULL, ANSWERS },
	{ "time-limit", required_argument, NULL, TIME_LIMIT },
	{ NULL, 0, NULL, 0 },
};

static bool take_text(struct carrier_options *o, int id, const char *value)
{
	switch (id) {
	case TO:
		o->to = value;
		break;
	case FROM:
		o->from = value;
		break;
	case NAME:
		o->name = value;
		break;
	case BIND:
		o->bind = value;
		break;
	case PORT:
		o->port = value;
		break;
	case TRANSPORT:
		o->transport = value;
		break;
	case REFRESHER:
		o->refresher = value;
		break;
	default:
		return false;
	}
	return true;
}

static bool take_number(struct carrier_options *o, int id, const char *value)
{
	int n = value ? atoi(value) : 1;

	switch (id) {
	case REQUIRE_100REL:
		o->require_100rel = true;
		break;
	case EARLY_MEDIA:
		o->early_media = true;
		break;
	case NO_SDP:
		o->no_sdp = true;
		break;
	case REFRESH_BY_INVITE:
		o->refresh_by_invite = true;
		break;
	case SESSION_EXPIRES:
		o->session_expires = (unsigned)n;
		break;
	case MIN_SE:
		o->min_se = (unsigned)n;
		break;
	case RING:
		o->ring_ms = n;
		break;
	case UPDATE:
		o->update_ms = n;
		break;
	case REINVITE:
		o->reinvite_ms = n;
		break;
	case HANGUP:
		o->hangup_ms = n;
		break;
	case CANCEL:
		o->cancel_ms = n;
		break;
	case REFUSE:
		o->refuse = n;
		break;
	case FORKS:
		o->forks = n;
		break;
	case ANSWERS:
		o->answers = n;
		break;
	case TIME_LIMIT:
		o->time_limit_ms = n;
		break;
	default:
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct carrier_options o = { .bind = "127.0.0.1",
		.port = "*",
		.transport = "udp",
		.ring_ms = 200,
		.update_ms = -1,
		.reinvite_ms = -1,
		.hangup_ms = -1,
		.cancel_ms = -1,
		.forks = 2,
		.answers = 1,
		.time_limit_ms = 30000 };
	int (*run)(const struct carrier_options *) = NULL;
	int id, status;

	if (argc > 1 && !strcmp(argv[1], "call"))
		run = carrier_call;
	else if (argc > 1 && !strcmp(argv[1], "answer"))
		run = carrier_answer;
	else if (argc > 1 && !strcmp(argv[1], "fork"))
		run = carrier_fork;
	optind = 2;
	while (run && (id = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		if (!take_text(&o, id, optarg) && !take_number(&o, id, optarg))
			run = NULL;
	if (!run || optind < argc || (run == carrier_call && !o.to)) {
		fputs(usage, stderr);
		return 64;
	}
	if (su_init())
		return 70;
	status = run(&o);
	su_deinit();
	return status;
}
