/* The web service as a whole: create, declare routes, start, stop. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "log/log.h"
#include "web/sockets.h"

static const char *keep_text(struct web *web, size_t slot, const char *text)
{
	web->strings[slot] = text ? strdup(text) : NULL;
	return web->strings[slot];
}

static int copy_config(struct web *web, const struct web_config *config)
{
	struct web_config *c = &web->config;

	*c = *config;
	c->address = keep_text(web, 0, config->address);
	c->certificate = keep_text(web, 1, config->certificate);
	c->private_key = keep_text(web, 2, config->private_key);
	c->upload_dir = keep_text(web, 3, config->upload_dir);
	c->trusted_proxy = keep_text(web, 4, config->trusted_proxy);
	if ((config->address && !c->address) || (config->certificate && !c->certificate) ||
		(config->private_key && !c->private_key) ||
		(config->upload_dir && !c->upload_dir) ||
		(config->trusted_proxy && !c->trusted_proxy))
		return ENOMEM;
	return 0;
}

/* What has no route of its own is counted together. */
static int make_other(struct web *web)
{
	static const struct web_route other = { .method = WEB_GET, .path = "other" };
	char labels[64];

	web->other = calloc(1, sizeof(*web->other));
	if (!web->other)
		return ENOMEM;
	web->other->route = &other;
	for (int class = 2; class < 6; class ++) {
		snprintf(labels, sizeof(labels), "method=\"\",route=\"other\",status=\"%dxx\"",
			class);
		web->other->requests[class] = metric_counter(
			"hotline_http_requests_total", labels, "HTTP requests answered");
	}
	web->other->duration = metric_histogram("hotline_http_request_duration_seconds",
		"method=\"\",route=\"other\"",
		"From the request's headers to the last byte of its answer");
	return 0;
}

int web_create(struct web **webp, const struct web_config *config, const struct platform *platform)
{
	struct web *web;
	int err;

	if (!webp || !config || !platform || !platform->database)
		return EINVAL;
	web = calloc(1, sizeof(*web));
	if (!web)
		return ENOMEM;
	web->platform = platform;
	web->posts_closed = true;
	atomic_init(&web->references, 1);
	pthread_mutex_init(&web->queue_lock, NULL);
	pthread_cond_init(&web->queue_filled, NULL);
	pthread_mutex_init(&web->post_lock, NULL);
	pthread_mutex_init(&web->spare_lock, NULL);
	list_init(&web->queue);
	list_init(&web->posts);
	list_init(&web->spare);
	list_init(&web->under_way);
	web->refused = metric_counter("hotline_http_refused_total", NULL,
		"Requests refused because too many were waiting");
	web->open_events =
		metric_gauge("hotline_event_sockets", NULL, "Browsers that listen to events");
	web->open_sip = metric_gauge("hotline_sip_sockets", NULL, "Browser telephones connected");
	err = copy_config(web, config);
	if (!err)
		err = make_other(web);
	web->actors = actor_cache_create();
	web->sockets = sockets_create(web);
	if (!err && (!web->actors || !web->sockets))
		err = ENOMEM;
	if (!err)
		err = database_declare(platform->database, web_statements);
	if (!err)
		err = web_declare(web, web_builtin_routes);
	if (err)
		web_free(web);
	else
		*webp = web;
	return err;
}

static int refuse_row(const struct web_route *route, const char *why)
{
	log_error("web", "route refused", "path", route->path ? route->path : "", "why", why, NULL);
	return EINVAL;
}

int web_declare(struct web *web, const struct web_route *routes)
{
	for (const struct web_route *r = routes; r && r->path; r++) {
		int err;

		if (!r->permission || !*r->permission)
			return refuse_row(r, "it names no permission");
		if (!r->handler)
			return refuse_row(r, "it has no handler");
		if (!r->summary || !*r->summary)
			return refuse_row(r, "it has no summary");
		if (r->body && !r->body_size)
			return refuse_row(r, "it has a body without size");
		if (r->list && !r->reply)
			return refuse_row(r, "a list without fields");
		err = router_add(web, r);
		if (err == EEXIST)
			return refuse_row(r, "a second row for the same method and path");
		if (err == EINVAL)
			return refuse_row(r, "the path is not understood");
		if (err)
			return err;
	}
	return 0;
}

void web_set_auth(struct web *web, const struct web_auth *auth)
{
	web->auth = *auth;
}

static int check_permissions(struct web *web)
{
	for (size_t i = 0; i < web->entry_count; i++) {
		const struct web_route *r = web->entries[i]->route;

		if (strcmp(r->permission, "public") && strcmp(r->permission, "signed_in") &&
			permission_number(r->permission) < 0)
			return refuse_row(r, "its permission is unknown");
	}
	return 0;
}

int web_start(struct web *web)
{
	unsigned workers = web->config.workers;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int err;

	if (!workers)
		workers = database_kind(web->platform->database) == DB_POSTGRES ? 16
			  : cores > 0                                           ? (unsigned)cores
										: 2;
	err = check_permissions(web);
	if (!err)
		err = pool_start(web, workers);
	if (!err)
		err = server_start(web);
	if (!err)
		err = event_sockets_listen(web);
	if (err)
		web_stop(web);
	return err;
}

void web_stop(struct web *web)
{
	if (!web)
		return;
	event_sockets_unlisten(web);
	server_stop(web);
	pool_stop(web);
}

void web_free(struct web *web)
{
	/* A request that somebody still defers keeps the memory it refers to. */
	if (!web || atomic_fetch_sub(&web->references, 1) != 1)
		return;
	while (!list_empty(&web->spare)) {
		struct web_request *req =
			list_entry(web->spare.next, struct web_request, under_way);

		list_remove(&req->under_way);
		request_free(req);
	}
	router_free(web);
	actor_cache_free(web->actors);
	sockets_free(web->sockets);
	limiter_free(web->limiter);
	free(web->other);
	free(web->scratch);
	for (size_t i = 0; i < sizeof(web->strings) / sizeof(web->strings[0]); i++)
		free(web->strings[i]);
	pthread_mutex_destroy(&web->queue_lock);
	pthread_cond_destroy(&web->queue_filled);
	pthread_mutex_destroy(&web->post_lock);
	pthread_mutex_destroy(&web->spare_lock);
	free(web);
}

int web_port(const struct web *web)
{
	return web->port;
}

void web_each_route(
	struct web *web, void (*fn)(const struct web_route *route, void *arg), void *arg)
{
	for (size_t i = 0; i < web->entry_count; i++)
		fn(web->entries[i]->route, arg);
}
