/* A carrier for the call tests, played by sofia-sip: places calls, answers them, forks them. One process is one scenario. */
#ifndef HOTLINE_TESTS_CARRIER_PEER_H
#define HOTLINE_TESTS_CARRIER_PEER_H

#include <stdbool.h>

/* What the command line asked for; times in ms, timers in s. */
struct carrier_options {
	const char *to;        /* call: the request URI */
	const char *from;      /* call: the caller's URI; NULL: sip:13800138000@<own address> */
	const char *name;      /* call: display name; NULL */
	const char *bind;      /* own address: "127.0.0.1" */
	const char *port;      /* "*": any */
	const char *transport; /* "udp", "tcp" */
	bool require_100rel;   /* call: Require; answer: 1xx are sent reliably or not at all */
	bool early_media;      /* answer, fork: 18x with SDP */
	bool no_sdp;           /* call: an INVITE without an offer */
	unsigned session_expires, min_se;
	const char *refresher;  /* "local", "remote", NULL: left to the other side */
	bool refresh_by_invite; /* else by UPDATE */
	int ring_ms;            /* answer, fork: until the 200; -1: never */
	int update_ms;          /* after the answer; -1: none */
	int reinvite_ms;
	int hangup_ms;      /* after the answer; -1: waits for the other side */
	int cancel_ms;      /* call: after the INVITE; -1: never */
	int refuse;         /* answer: this status instead of 200; 0: none */
	int forks, answers; /* fork: callees that ring, of them such that answer */
	int time_limit_ms;
};

/* Each runs its scenario to the end and returns the exit status: 0 when it ended by itself. */
int carrier_call(const struct carrier_options *options);   /* UAC */
int carrier_answer(const struct carrier_options *options); /* UAS */
int carrier_fork(const struct carrier_options *options);   /* UAS behind a forking proxy */

/* --- events: one line of JSON each, written at once --- */
void event_begin(const char *name);
void event_text(const char *key, const char *value); /* NULL: left out */
void event_number(const char *key, long value);
void event_flag(const char *key, bool value);
void event_end(void);

#endif
