/* OpenAPI 3.1 from the route and field tables. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "web/web_private.h"

static void pair(struct json_writer *w, const char *key, const char *value)
{
	json_key(w, key);
	json_string(w, value);
}

static void open_object(struct json_writer *w, const char *key)
{
	json_key(w, key);
	json_object(w);
}

/* "get_tickets_id_entries": stable while the path is. */
static void write_operation_id(struct json_writer *w, const struct web_route *route)
{
	const char *s = route->path, *method = web_method_name(route->method);
	char id[200];
	size_t n;

	if (!strncmp(s, "/api/v1", 7))
		s += 7;
	for (n = 0; method[n]; n++)
		id[n] = (char)tolower((unsigned char)method[n]);
	for (; *s && n < sizeof(id) - 2; s++) {
		if (isalnum((unsigned char)*s))
			id[n++] = *s;
		else if (*s == ':')
			s += strcspn(s, "}");
		else if (n && id[n - 1] != '_' && *s != '}')
			id[n++] = '_';
	}
	while (n && id[n - 1] == '_')
		n--;
	id[n] = '\0';
	pair(w, "operationId", id);
}

static const char *param_type(enum field_type type)
{
	switch (type) {
	case FIELD_INT:
	case FIELD_TIME:
		return "integer";
	case FIELD_BOOL:
		return "boolean";
	default:
		return "string";
	}
}

static void write_param(struct json_writer *w, const char *in, const char *name,
	enum field_type type, const char *const *values, const char *text)
{
	json_object(w);
	pair(w, "name", name);
	pair(w, "in", in);
	json_key(w, "required");
	json_bool(w, !strcmp(in, "path"));
	if (text)
		pair(w, "description", text);
	open_object(w, "schema");
	pair(w, "type", param_type(type));
	if (type == FIELD_ID || type == FIELD_TIME)
		pair(w, "format", "int64");
	if (type == FIELD_ENUM) {
		json_key(w, "enum");
		json_array(w);
		for (size_t i = 0; values[i]; i++)
			json_string(w, values[i]);
		json_array_end(w);
	}
	json_object_end(w);
	json_object_end(w);
}

static void write_params(struct json_writer *w, const struct web_route_entry *entry)
{
	const struct web_route *route = entry->route;

	json_key(w, "parameters");
	json_array(w);
	for (size_t i = 0; i < entry->capture_count; i++)
		write_param(w, "path", entry->captures[i],
			entry->capture_text[i] ? FIELD_TEXT : FIELD_ID, NULL, NULL);
	for (const struct web_param *p = route->params; p && p->name; p++)
		write_param(w, "query", p->name, p->type, p->values, p->text);
	if (route->list) {
		write_param(w, "query", "cursor", FIELD_TEXT, NULL, "`next` of the page before");
		write_param(
			w, "query", "limit", FIELD_INT, NULL, "Most items of a page, 1-200; 50");
	}
	if (route->idempotent)
		write_param(w, "header", "Idempotency-Key", FIELD_TEXT, NULL,
			"A repeated request with the same key gets the first one's answer");
	if (route->method != WEB_GET && strcmp(route->permission, "public"))
		write_param(w, "header", "X-CSRF-Token", FIELD_TEXT, NULL,
			"Needed when the session cookie authenticates");
	if (route->method == WEB_PUT || route->method == WEB_PATCH)
		write_param(w, "header", "If-Match", FIELD_TEXT, NULL, "The version being changed");
	json_array_end(w);
}

static void open_content(struct json_writer *w, const char *type)
{
	open_object(w, "content");
	open_object(w, type);
	json_key(w, "schema");
}

static void close_content(struct json_writer *w)
{
	json_object_end(w);
	json_object_end(w);
}

static void write_request_body(struct json_writer *w, const struct web_route *route)
{
	if (!route->body && !route->raw_body)
		return;
	open_object(w, "requestBody");
	json_key(w, "required");
	json_bool(w, true);
	if (route->body) {
		open_content(w, "application/json");
		field_write_schema(w, route->body, true);
	} else {
		open_content(w, "*/*");
		json_raw(w, "{\"type\":\"string\",\"format\":\"binary\"}");
	}
	close_content(w);
	json_object_end(w);
}

static void write_list_schema(struct json_writer *w, const struct web_route *route)
{
	json_object(w);
	pair(w, "type", "object");
	open_object(w, "properties");
	open_object(w, "items");
	pair(w, "type", "array");
	json_key(w, "items");
	field_write_schema(w, route->reply, false);
	json_object_end(w);
	json_key(w, "next");
	json_raw(w, "{\"type\":[\"string\",\"null\"]}");
	json_object_end(w);
	json_key(w, "required");
	json_raw(w, "[\"items\",\"next\"]");
	json_object_end(w);
}

static void write_success(struct json_writer *w, const struct web_route *route)
{
	open_object(w, route->reply || route->raw_reply ? "2XX" : "204");
	pair(w, "description", route->reply || route->raw_reply ? "Done" : "Done, no content");
	if (route->reply) {
		open_content(w, "application/json");
		if (route->list)
			write_list_schema(w, route);
		else
			field_write_schema(w, route->reply, false);
		close_content(w);
	}
	json_object_end(w);
}

static void write_refusal(struct json_writer *w, const char *status)
{
	open_object(w, status);
	pair(w, "$ref", "#/components/responses/Problem");
	json_object_end(w);
}

static void write_responses(struct json_writer *w, const struct web_route_entry *entry)
{
	const struct web_route *route = entry->route;
	bool open = !strcmp(route->permission, "public");

	open_object(w, "responses");
	write_success(w, route);
	if (!open)
		write_refusal(w, "401");
	if (!open || route->method != WEB_GET)
		write_refusal(w, "403");
	if (entry->capture_count)
		write_refusal(w, "404");
	if (route->method == WEB_PUT || route->method == WEB_PATCH)
		write_refusal(w, "409");
	if (route->body || route->raw_body)
		write_refusal(w, "413");
	write_refusal(w, "422");
	if (route->per_minute)
		write_refusal(w, "429");
	write_refusal(w, "default");
	json_object_end(w);
}

static void write_operation(struct json_writer *w, const struct web_route_entry *entry)
{
	const struct web_route *route = entry->route;
	char method[8];
	size_t n = 0;

	for (const char *s = web_method_name(route->method); *s; s++)
		method[n++] = (char)tolower((unsigned char)*s);
	method[n] = '\0';
	open_object(w, method);
	write_operation_id(w, route);
	pair(w, "summary", route->summary);
	pair(w, "x-permission", route->permission);
	if (!strcmp(route->permission, "public")) {
		json_key(w, "security");
		json_raw(w, "[]");
	}
	write_params(w, entry);
	write_request_body(w, route);
	write_responses(w, entry);
	json_object_end(w);
}

/* "/x/{name:text}" is "/x/{name}" to the rest of the world. */
static void write_path_key(struct json_writer *w, const char *path)
{
	char key[256];
	size_t n = 0;

	for (const char *s = path; *s && n < sizeof(key) - 1;) {
		if (*s == ':')
			s += strcspn(s, "}");
		else
			key[n++] = *s++;
	}
	key[n] = '\0';
	json_key(w, key);
}

static bool is_first_of_path(const struct web *web, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (!strcmp(web->entries[i]->route->path, web->entries[index]->route->path))
			return false;
	return true;
}

static void write_paths(struct json_writer *w, const struct web *web)
{
	open_object(w, "paths");
	for (size_t i = 0; i < web->entry_count; i++) {
		if (!is_first_of_path(web, i))
			continue;
		write_path_key(w, web->entries[i]->route->path);
		json_object(w);
		for (size_t k = i; k < web->entry_count; k++)
			if (!strcmp(web->entries[k]->route->path, web->entries[i]->route->path))
				write_operation(w, web->entries[k]);
		json_object_end(w);
	}
	json_object_end(w);
}

static const char components[] =
	"{\"securitySchemes\":{"
	"\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"" WEB_COOKIE "\"},"
	"\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}},"
	"\"schemas\":{\"Problem\":{\"type\":\"object\",\"properties\":{"
	"\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},"
	"\"status\":{\"type\":\"integer\"},"
	"\"code\":{\"type\":\"string\",\"description\":\"Stable word, key of the translated "
	"text\"},"
	"\"field\":{\"type\":[\"string\",\"null\"],\"description\":\"phones[0].number\"},"
	"\"detail\":{\"type\":[\"string\",\"null\"]},\"request_id\":{\"type\":\"string\"},"
	"\"current\":{\"description\":\"With code stale: the newer object\"},"
	"\"version\":{\"type\":\"integer\",\"description\":\"With code stale: its version\"}},"
	"\"required\":[\"type\",\"title\",\"status\",\"code\",\"field\",\"detail\",\"request_id\"]}"
	"},"
	"\"responses\":{\"Problem\":{\"description\":\"Refused (RFC 9457)\",\"content\":{"
	"\"application/problem+json\":{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}}}}";

int web_write_openapi(struct web *web, struct buf *out)
{
	struct json_writer w;

	json_begin(&w, out);
	json_object(&w);
	pair(&w, "openapi", "3.1.0");
	open_object(&w, "info");
	pair(&w, "title", "Hotline");
	pair(&w, "version", HOTLINE_VERSION);
	json_object_end(&w);
	json_key(&w, "security");
	json_raw(&w, "[{\"session\":[]},{\"token\":[]}]");
	write_paths(&w, web);
	json_key(&w, "components");
	json_raw(&w, components);
	json_object_end(&w);
	return out->err;
}
