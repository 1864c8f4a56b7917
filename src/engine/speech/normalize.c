/* Running text made ready for a simple synthesizer: numbers, money, dates and times become words, words it would read wrongly become
 * pinyin. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "heteronyms.h"
#include "read_aloud.h"
#include "speech.h"

#define TOKEN_MAX 64

struct out {
	char *text;
	size_t size, len;
	int err;
};

struct scan {
	const char *begin, *at;
	const char *language;
	bool chinese;
	struct out out;
};

static void put_n(struct out *o, const char *text, size_t len)
{
	if (o->err || len >= o->size - o->len) {
		o->err = EMSGSIZE;
		return;
	}
	memcpy(o->text + o->len, text, len);
	o->len += len;
	o->text[o->len] = '\0';
}

static bool put_value(struct scan *s, const char *value, enum read_kind kind, bool counted)
{
	const struct read_options options = { .counted = counted };
	char spoken[1024];

	if (read_aloud(spoken, sizeof(spoken), value, kind, s->language, &options))
		return false;
	put_n(&s->out, spoken, strlen(spoken));
	return true;
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/* Does the text before the scanner end so? */
static bool after(const struct scan *s, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(s->at - s->begin) >= len && !memcmp(s->at - len, word, len);
}

static bool after_any(const struct scan *s, const char *const *words)
{
	for (; *words; words++)
		if (after(s, *words))
			return true;
	return false;
}

static bool before_any(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (begins(text, *words))
			return true;
	return false;
}

/* Copies what consists of these characters; 0: too long for a value. */
static size_t token(const char *text, const char *allowed, char *out)
{
	size_t len = strspn(text, allowed);

	if (len >= TOKEN_MAX)
		len = 0;
	memcpy(out, text, len);
	out[len] = '\0';
	return len;
}

static size_t count_digits(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += isdigit((unsigned char)*text) != 0;
	return n;
}

static bool is_mark_after(const char *end)
{
	return isalnum((unsigned char)*end) || *end == ':' || *end == '-' || *end == '/';
}

/* 2025-10-01, 14:05, 14:05:30, and 2025年 whose digits are said one by one. */
static size_t take_moment(struct scan *s)
{
	char value[TOKEN_MAX];
	size_t len = token(s->at, "0123456789-/", value);

	if (len >= 8 && strpbrk(value, "-/") && !is_mark_after(s->at + len) &&
		put_value(s, value, READ_DATE, false))
		return len;
	len = token(s->at, "0123456789:", value);
	if (len >= 4 && strchr(value, ':') && put_value(s, value, READ_TIME, false))
		return len;
	len = token(s->at, "0123456789", value);
	if (s->chinese && len == 4 && begins(s->at + len, "年")) {
		for (size_t i = 0; i < 4; i++) {
			char digit[2] = { value[i], '\0' };

			put_value(s, digit, READ_NUMBER, false);
		}
		return len;
	}
	return 0;
}

/* Telephone and other numbers that are said digit by digit. */
static size_t take_digits(struct scan *s)
{
	static const char *const zh[] = { "分机", "工号", "单号", "编号", "号码", "尾号", "卡号",
		"验证码", NULL };
	static const char *const en[] = { "extension ", "number ", "code ", "ending in ", NULL };
	char value[TOKEN_MAX];
	size_t len = token(s->at, "0123456789-", value), digits;
	bool named = after_any(s, s->chinese ? zh : en);

	if (len && value[len - 1] == '-')
		value[--len] = '\0';
	digits = count_digits(value);
	if (digits >= 7 && put_value(s, value, READ_PHONE, false))
		return len;
	len = token(s->at, "0123456789", value);
	if (s->at[len] == '.' && isdigit((unsigned char)s->at[len + 1]))
		return 0;
	named = named || (s->at > s->begin && isalpha((unsigned char)s->at[-1])) ||
		(len > 1 && value[0] == '0') || len > 16;
	return len && named && put_value(s, value, READ_DIGITS, false) ? len : 0;
}

/* Numbers with what stands around them: 12.5%, 30元, 2位. */
static size_t take_number(struct scan *s)
{
	static const char *const counted[] = { "位", "个", "次", "天", "小时", "分钟", "秒", "条",
		"件", "台", "张", "人", "项", "笔", "元", "块", "遍", "种", "份", "年", "周",
		NULL };
	char value[TOKEN_MAX];
	size_t len = token(s->at, "0123456789.,", value);

	while (len && (value[len - 1] == '.' || value[len - 1] == ','))
		value[--len] = '\0';
	if (!len)
		return 0;
	if (s->chinese && s->at[len] == '%') {
		put_n(&s->out, "百分之", strlen("百分之"));
		return put_value(s, value, READ_NUMBER, false) ? len + 1 : 0;
	}
	if (s->chinese && begins(s->at + len, "元") && put_value(s, value, READ_MONEY, false))
		return len + strlen("元");
	return put_value(s, value, READ_NUMBER, s->chinese && before_any(s->at + len, counted))
		       ? len
		       : 0;
}

static size_t take_money(struct scan *s)
{
	static const char *const signs[] = { "¥", "￥", NULL };
	char value[TOKEN_MAX];

	for (const char *const *sign = signs; *sign; sign++) {
		size_t len;

		if (!begins(s->at, *sign))
			continue;
		len = token(s->at + strlen(*sign), "0123456789.,", value);
		while (len && (value[len - 1] == '.' || value[len - 1] == ','))
			value[--len] = '\0';
		if (len && put_value(s, value, READ_MONEY, false))
			return strlen(*sign) + len;
	}
	return 0;
}

static size_t take_figures(struct scan *s)
{
	size_t len = take_moment(s);

	if (!len)
		len = take_digits(s);
	/* English synthesizers read plain numbers well. */
	if (!len && s->chinese)
		len = take_number(s);
	if (len)
		return len;
	len = strspn(s->at, "0123456789.,"); /* too long or no number at all: as it is */
	put_n(&s->out, s->at, len);
	return len;
}

static size_t take_minus(struct scan *s)
{
	if (!s->chinese || *s->at != '-' || !isdigit((unsigned char)s->at[1]) ||
		(s->at > s->begin && isalnum((unsigned char)s->at[-1])))
		return 0;
	put_n(&s->out, "负", strlen("负"));
	return 1;
}

static size_t take_heteronym(struct scan *s)
{
	const struct heteronym *best = NULL;

	if (!s->chinese || (unsigned char)*s->at < 0x80)
		return 0;
	for (const struct heteronym *h = heteronyms; h->word; h++)
		if (begins(s->at, h->word) && (!best || strlen(h->word) > strlen(best->word)))
			best = h;
	if (!best)
		return 0;
	put_n(&s->out, " ", 1);
	put_n(&s->out, best->pinyin, strlen(best->pinyin));
	put_n(&s->out, " ", 1);
	return strlen(best->word);
}

int speech_normalize(char *out, size_t size, const char *text, const char *language)
{
	struct scan s = { .begin = text, .at = text, .out = { .text = out, .size = size } };

	if (!out || !size || !text)
		return EINVAL;
	*out = '\0';
	s.chinese = !language || !strncmp(language, "zh", 2);
	s.language = s.chinese ? "zh-CN" : "en";
	while (*s.at && !s.out.err) {
		size_t len;

		if (isdigit((unsigned char)*s.at))
			len = take_figures(&s);
		else if (!(len = take_money(&s)) && !(len = take_minus(&s)))
			len = take_heteronym(&s);
		if (!len) {
			put_n(&s.out, s.at, 1);
			len = 1;
		}
		s.at += len;
	}
	if (s.out.err)
		*out = '\0';
	return s.out.err;
}
