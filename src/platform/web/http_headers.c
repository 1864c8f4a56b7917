/* Reading what libwebsockets keeps of a request or an upgrade: line, headers, query, address. Web thread. */
#include <errno.h>
#include <libwebsockets.h>
#include <stdio.h>
#include <string.h>
#include "web/web_private.h"

/* libwebsockets keeps headers it has no number for under their name, on HTTP/1.1 only. */
static const char *const other_headers[] = {
	"x-csrf-token:",
	"idempotency-key:",
	"x-request-id:",
	"x-forwarded-proto:",
	"x-signature:",
};

static const char *copy_name(struct web_request *req, const char *with_colon)
{
	return arena_strndup(req->arena, with_colon, strlen(with_colon) - 1);
}

static int add_header(struct web_request *req, const char *with_colon, char *value, int n)
{
	struct web_pair *h;

	if (n < 0)
		return 0; /* longer than we said there was room for: not possible */
	if (req->header_count == MOST_HEADERS)
		return EMSGSIZE;
	h = &req->headers[req->header_count];
	h->name = copy_name(req, with_colon);
	if (!h->name)
		return ENOMEM;
	h->value = value;
	req->header_count++;
	return 0;
}

static int copy_headers(struct web_request *req, struct lws *wsi)
{
	for (int token = 0; token < WSI_TOKEN_COUNT; token++) {
		const char *name = (const char *)lws_token_to_string((enum lws_token_indexes)token);
		int len = lws_hdr_total_length(wsi, (enum lws_token_indexes)token), err;
		char *value;

		if (len <= 0 || !name)
			continue;
		if (token == WSI_TOKEN_HTTP_COLON_AUTHORITY)
			name = "host:";
		if (name[0] == ':' || !name[0] || name[strlen(name) - 1] != ':')
			continue;
		value = arena_alloc(req->arena, (size_t)len + 1);
		if (!value)
			return ENOMEM;
		err = add_header(req, name, value,
			lws_hdr_copy(wsi, value, len + 1, (enum lws_token_indexes)token));
		if (err)
			return err;
	}
	for (size_t i = 0; i < sizeof(other_headers) / sizeof(other_headers[0]); i++) {
		const char *name = other_headers[i];
		int name_len = (int)strlen(name), len = lws_hdr_custom_length(wsi, name, name_len),
		    err;
		char *value;

		if (len < 0)
			continue;
		value = arena_alloc(req->arena, (size_t)len + 1);
		if (!value)
			return ENOMEM;
		err = add_header(
			req, name, value, lws_hdr_custom_copy(wsi, value, len + 1, name, name_len));
		if (err)
			return err;
	}
	return 0;
}

static int copy_query(struct web_request *req, struct lws *wsi)
{
	for (int i = 0; i < MOST_QUERY + 1; i++) {
		int len = lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_URI_ARGS, i);
		char *text, *equals;

		if (len <= 0)
			break;
		if (i == MOST_QUERY)
			return EMSGSIZE;
		text = arena_alloc(req->arena, (size_t)len + 1);
		if (!text)
			return ENOMEM;
		if (lws_hdr_copy_fragment(wsi, text, len + 1, WSI_TOKEN_HTTP_URI_ARGS, i) < 0)
			break;
		equals = strchr(text, '=');
		if (equals)
			*equals = '\0';
		req->query[req->query_count].name = text;
		req->query[req->query_count++].value = equals ? equals + 1 : "";
	}
	return 0;
}

static void read_address(struct web_request *req, struct lws *wsi)
{
	const struct web_config *config = &req->web->config;
	const char *text;
	char forwarded[48];

	lws_get_peer_simple(wsi, req->address, sizeof(req->address));
	if (!strncmp(req->address, "::ffff:", 7) && strchr(req->address, '.'))
		memmove(req->address, req->address + 7, strlen(req->address + 7) + 1);
	req->is_secure = config->certificate != NULL;
	if (!config->trusted_proxy || strcmp(config->trusted_proxy, req->address))
		return;
	if (http_forwarded_for(
		    request_header(req, "x-forwarded-for"), forwarded, sizeof(forwarded)))
		snprintf(req->address, sizeof(req->address), "%s", forwarded);
	text = request_header(req, "x-forwarded-proto");
	if (text && !strcmp(text, "https"))
		req->is_secure = true;
	text = request_header(req, "x-request-id");
	if (http_is_token(text, sizeof(req->id) - 1))
		snprintf(req->id, sizeof(req->id), "%s", text);
}

int http_read_headers(struct web_request *req, struct lws *wsi)
{
	int err;

	err = copy_headers(req, wsi);
	if (!err)
		err = copy_query(req, wsi);
	read_address(req, wsi);
	return err;
}

int http_read_line(struct web_request *req, struct lws *wsi, bool *options)
{
	char *uri = NULL;
	int len = 0, method = lws_http_get_uri_and_method(wsi, &uri, &len);

	if (method < 0 || !uri)
		return EINVAL;
	switch (method) {
	case LWSHUMETH_HEAD:
		req->is_head = true;
		/* fall through */
	case LWSHUMETH_GET:
		req->method = WEB_GET;
		break;
	case LWSHUMETH_OPTIONS:
		*options = true;
		req->method = WEB_GET;
		break;
	case LWSHUMETH_POST:
		req->method = WEB_POST;
		break;
	case LWSHUMETH_PUT:
		req->method = WEB_PUT;
		break;
	case LWSHUMETH_PATCH:
		req->method = WEB_PATCH;
		break;
	case LWSHUMETH_DELETE:
		req->method = WEB_DELETE;
		break;
	default:
		return EINVAL;
	}
	req->path = arena_strndup(req->arena, uri, (size_t)len);
	req->is_http2 = lws_get_network_wsi(wsi) != wsi;
	return req->path ? 0 : ENOMEM;
}
