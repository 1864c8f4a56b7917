/* Answers from files, with ranges (RFC 9110 14): recordings are sought in, attachments downloaded. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "web/web_private.h"

static int set_name(struct web_request *req, const char *name)
{
	char encoded[600], value[900], plain[128];
	size_t n = 0;

	if (!name)
		return 0;
	/* Two forms: ASCII for old clients, RFC 8187 for all others. */
	for (const char *s = name; *s && n < sizeof(plain) - 1; s++)
		plain[n++] =
			(unsigned char)*s < 0x20 || (unsigned char)*s >= 0x7f || strchr("\"\\/", *s)
				? '_'
				: *s;
	plain[n] = '\0';
	http_percent_encode(name, encoded, sizeof(encoded));
	snprintf(value, sizeof(value), "attachment; filename=\"%s\"; filename*=UTF-8''%s", plain,
		encoded);
	return out_header(&req->out, "content-disposition", value);
}

/* A range counts only while the file is the one the client has a part of. */
static const char *usable_range(struct web_request *req, const char *tag)
{
	const char *if_range = request_header(req, "if-range");

	if (req->method != WEB_GET || (if_range && strcmp(if_range, tag)))
		return NULL;
	return request_header(req, "range");
}

static int set_range(struct web_request *req, const char *tag, uint64_t size)
{
	struct web_out *out = &req->out;
	uint64_t first = 0, last = 0;
	char text[80];

	switch (http_range(usable_range(req, tag), size, &first, &last)) {
	case HTTP_RANGE_OK:
		out->status = 206;
		out->offset = first;
		out->length = last - first + 1;
		snprintf(text, sizeof(text), "bytes %llu-%llu/%llu", (unsigned long long)first,
			(unsigned long long)last, (unsigned long long)size);
		return out_header(out, "content-range", text);
	case HTTP_RANGE_UNSATISFIABLE:
		out->status = 416;
		out->kind = OUT_BUFFER;
		buf_clear(&out->body);
		snprintf(text, sizeof(text), "bytes */%llu", (unsigned long long)size);
		return out_header(out, "content-range", text);
	default:
		return 0;
	}
}

int file_prepare(struct web_request *req, const char *path, const char *content_type,
	const char *download_name)
{
	struct web_out *out = &req->out;
	struct stat st;
	char bare[60], tag[64];
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return errno == ENOENT ? ENOENT : EIO;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return EIO;
	}
	if (out->fd >= 0)
		close(out->fd);
	out->fd = fd;
	out->kind = OUT_FILE;
	out->status = 200;
	out->offset = 0;
	out->length = (uint64_t)st.st_size;
	out->content_type = arena_strdup(req->arena, content_type);
	if (!out->content_type)
		return ENOMEM;
	snprintf(bare, sizeof(bare), "%llx-%llx%09lx", (unsigned long long)st.st_size,
		(unsigned long long)st.st_mtim.tv_sec, (unsigned long)st.st_mtim.tv_nsec);
	snprintf(tag, sizeof(tag), "\"%s\"", bare);
	err = out_header(out, "etag", tag);
	if (!err)
		err = out_header(out, "accept-ranges", "bytes");
	if (!err) /* a player asks again for the parts it dropped; nobody else may keep them */
		err = out_header(out, "cache-control", "private, no-cache");
	if (!err)
		err = set_name(req, download_name);
	if (err)
		return err;
	if (http_tag_listed(request_header(req, "if-none-match"), bare)) {
		out->status = 304;
		return 0;
	}
	return set_range(req, tag, (uint64_t)st.st_size);
}
