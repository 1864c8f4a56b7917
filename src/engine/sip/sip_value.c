/* Typed values of single headers: numbers, Session-Expires, RAck, Replaces, Content-Type, Reason. */
#include "sip_scan.h"
#include "sip_msg.h"

static struct sip_view take_digits(struct sip_view *rest)
{
	struct sip_view digits = { rest->p, 0 };

	while (digits.len < rest->len && sip_is_digit(rest->p[digits.len]))
		digits.len++;
	sip_skip(rest, digits.len);
	return digits;
}

static struct sip_view take_token(struct sip_view *rest)
{
	struct sip_view token = { rest->p, 0 };

	while (token.len < rest->len && sip_is_token(rest->p[token.len]))
		token.len++;
	sip_skip(rest, token.len);
	return token;
}

/* A number and what follows it: nothing, parameters or a comment. */
static int leading_number(struct sip_view *rest, uint32_t *value)
{
	uint64_t n;

	if (sip_view_number(&n, take_digits(rest), UINT32_MAX))
		return EBADMSG;
	sip_skip_blanks(rest);
	if (rest->len && *rest->p != ';' && *rest->p != '(')
		return EBADMSG;
	*value = (uint32_t)n;
	return 0;
}

int sip_msg_number(const struct sip_msg *m, enum sip_hdr id, uint32_t *value)
{
	struct sip_view rest = sip_msg_value(m, id);

	return rest.p ? leading_number(&rest, value) : ENOENT;
}

int sip_msg_session_expires(const struct sip_msg *m, struct sip_session_expires *se)
{
	struct sip_view rest = sip_msg_value(m, SIP_HDR_SESSION_EXPIRES), name, value;
	struct sip_session_expires result = { 0, SIP_REFRESHER_NONE };
	int err;

	if (!rest.p)
		return ENOENT;
	if (leading_number(&rest, &result.seconds))
		return EBADMSG;
	while (!(err = sip_param_next(&rest, &name, &value))) {
		if (!sip_view_is_i(name, "refresher"))
			continue;
		if (sip_view_is_i(value, "uac"))
			result.refresher = SIP_REFRESHER_UAC;
		else if (sip_view_is_i(value, "uas"))
			result.refresher = SIP_REFRESHER_UAS;
		else
			return EBADMSG;
	}
	if (err != ENOENT)
		return err;
	*se = result;
	return 0;
}

int sip_msg_rack(const struct sip_msg *m, struct sip_rack *rack)
{
	struct sip_view rest = sip_msg_value(m, SIP_HDR_RACK);
	uint64_t numbers[2];

	if (!rest.p)
		return ENOENT;
	for (int i = 0; i < 2; i++) {
		if (sip_view_number(&numbers[i], take_digits(&rest), UINT32_MAX) || !rest.len ||
			!sip_is_blank(*rest.p))
			return EBADMSG;
		sip_skip_blanks(&rest);
	}
	if (!sip_view_token(rest))
		return EBADMSG;
	*rack = (struct sip_rack){ (uint32_t)numbers[0], (uint32_t)numbers[1],
		sip_method_of(rest) };
	return 0;
}

int sip_msg_replaces(const struct sip_msg *m, struct sip_replaces *replaces)
{
	struct sip_view rest = sip_msg_value(m, SIP_HDR_REPLACES), name, value;
	struct sip_replaces r = { 0 };
	size_t n = 0;
	int err;

	if (!rest.p)
		return ENOENT;
	while (n < rest.len && rest.p[n] != ';')
		n++;
	r.call_id = sip_view_trim(sip_view_n(rest.p, n));
	sip_skip(&rest, n);
	while (!(err = sip_param_next(&rest, &name, &value))) {
		if (sip_view_is_i(name, "to-tag"))
			r.to_tag = value;
		else if (sip_view_is_i(name, "from-tag"))
			r.from_tag = value;
		else if (sip_view_is_i(name, "early-only"))
			r.early_only = true;
	}
	if (err != ENOENT || !r.call_id.len || !r.to_tag.len || !r.from_tag.len)
		return EBADMSG;
	*replaces = r;
	return 0;
}

int sip_msg_content_type(const struct sip_msg *m, struct sip_media_type *type)
{
	struct sip_view rest = sip_msg_value(m, SIP_HDR_CONTENT_TYPE), name, value;
	struct sip_media_type t = { 0 };
	int err;

	if (!rest.p)
		return ENOENT;
	t.type = take_token(&rest);
	sip_skip_blanks(&rest);
	if (!t.type.len || !rest.len || *rest.p != '/')
		return EBADMSG;
	sip_skip(&rest, 1);
	sip_skip_blanks(&rest);
	t.subtype = take_token(&rest);
	if (!t.subtype.len)
		return EBADMSG;
	t.params = rest = sip_view_trim(rest);
	while (!(err = sip_param_next(&rest, &name, &value)))
		;
	if (err != ENOENT)
		return err;
	*type = t;
	return 0;
}

bool sip_media_type_is(const struct sip_media_type *type, const char *name)
{
	const char *slash = strchr(name, '/');

	return slash && sip_view_equal_i(type->type, sip_view_n(name, (size_t)(slash - name))) &&
	       sip_view_is_i(type->subtype, slash + 1);
}

int sip_msg_reason(
	const struct sip_msg *m, const char *protocol, int *cause, char *text, size_t size)
{
	struct sip_list list;
	struct sip_view item;
	int err;

	sip_list_init(&list, m, SIP_HDR_REASON);
	while (!(err = sip_list_next(&list, &item))) {
		struct sip_view value;
		uint64_t n;

		if (!sip_view_is_i(take_token(&item), protocol))
			continue;
		*cause = 0;
		if (sip_param_find(item, "cause", &value) && !sip_view_number(&n, value, 999))
			*cause = (int)n;
		if (size)
			*text = '\0';
		if (size && sip_param_find(item, "text", &value))
			sip_unquote(text, size, value);
		return 0;
	}
	return err;
}
