/* Chinese (Mandarin) readings; source: reference workflow 7.4. */
#include <string.h>
#include "reading.h"

static const char *const names[] = { "零", "一", "二", "三", "四", "五", "六", "七", "八", "九" };
static const char *const dictated[] = { "零", "幺", "二", "三", "四", "五", "六", "七", "八",
	"九" };

struct place {
	uint64_t value;
	const char *name;
};

/* Four places. first: the number begins here, so 十二, not 一十二. 2 is 两 before 千, and before 百 by option. */
static void say_section(struct spoken *s, unsigned n, bool first, const struct read_options *o)
{
	static const struct place places[] = { { 1000, "千" }, { 100, "百" }, { 10, "十" },
		{ 1, "" } };
	bool said = false, zero = false;

	for (size_t i = 0; i < 4; i++) {
		unsigned digit = n / (unsigned)places[i].value % 10;

		if (!digit) {
			zero = said;
			continue;
		}
		if (zero)
			spoken_put(s, "零");
		if (digit == 2 && (i == 0 || (i == 1 && o->liang_hundred)))
			spoken_put(s, "两");
		else if (!(digit == 1 && i == 2 && !said && first))
			spoken_put(s, names[digit]);
		spoken_put(s, places[i].name);
		said = true;
		zero = false;
	}
}

static void say_below_yi(struct spoken *s, unsigned n, bool first, const struct read_options *o)
{
	unsigned high = n / 10000, low = n % 10000;

	if (high == 2)
		spoken_put(s, "两万");
	else if (high) {
		say_section(s, high, first, o);
		spoken_put(s, "万");
	}
	if (high && low && low < 1000)
		spoken_put(s, "零");
	if (low)
		say_section(s, low, first && !high, o);
}

/* 亿 counts like 万 above it: 一万亿. */
static void say_whole(struct spoken *s, uint64_t n, const struct read_options *o)
{
	unsigned high = (unsigned)(n / 100000000), low = (unsigned)(n % 100000000);

	if (!n) {
		spoken_put(s, "零");
		return;
	}
	if (high == 2)
		spoken_put(s, "两亿");
	else if (high) {
		say_below_yi(s, high, true, o);
		spoken_put(s, "亿");
	}
	if (high && low && low < 10000000)
		spoken_put(s, "零");
	if (low)
		say_below_yi(s, low, !high, o);
}

/* Before a measure word a lone 2 is 两. */
static void say_counted(struct spoken *s, uint64_t n, const struct read_options *o)
{
	if (n == 2)
		spoken_put(s, "两");
	else
		say_whole(s, n, o);
}

static void say_number(struct spoken *s, const struct amount *a, const struct read_options *o)
{
	if (a->negative)
		spoken_put(s, "负");
	if (o->counted && !a->fraction[0])
		say_counted(s, a->whole, o);
	else
		say_whole(s, a->whole, o);
	if (a->fraction[0])
		spoken_put(s, "点");
	for (const char *d = a->fraction; *d; d++)
		spoken_put(s, names[*d - '0']);
}

static void say_money(struct spoken *s, const struct amount *a, const struct read_options *o)
{
	unsigned jiao = (unsigned)(a->fraction[0] - '0'), fen = (unsigned)(a->fraction[1] - '0');

	if (a->negative)
		spoken_put(s, "负");
	if (a->whole || (!jiao && !fen)) {
		say_counted(s, a->whole, o);
		spoken_put(s, "元");
	}
	if (jiao) {
		say_counted(s, jiao, o);
		spoken_put(s, "角");
	} else if (fen && a->whole) {
		spoken_put(s, "零");
	}
	if (fen) {
		say_counted(s, fen, o);
		spoken_put(s, "分");
	}
}

static void say_date(struct spoken *s, const struct moment *m)
{
	static const struct read_options none = { 0 };

	for (int place = 1000; place; place /= 10)
		spoken_put(s, names[m->year / place % 10]);
	spoken_put(s, "年");
	say_whole(s, (uint64_t)m->month, &none);
	spoken_put(s, "月");
	say_whole(s, (uint64_t)m->day, &none);
	spoken_put(s, "日");
}

static void say_two_places(struct spoken *s, int n, const char *unit)
{
	static const struct read_options none = { 0 };

	if (n && n < 10)
		spoken_put(s, "零");
	say_whole(s, (uint64_t)n, &none);
	spoken_put(s, unit);
}

static void say_time(struct spoken *s, const struct moment *m)
{
	static const struct {
		int until;
		const char *name;
	} parts[] = { { 6, "凌晨" }, { 12, "上午" }, { 13, "中午" }, { 18, "下午" },
		{ 24, "晚上" } };
	static const struct read_options none = { 0 };
	size_t part = 0;

	while (m->hour >= parts[part].until)
		part++;
	spoken_put(s, parts[part].name);
	say_counted(s, (uint64_t)(m->hour > 12 ? m->hour - 12 : m->hour), &none);
	spoken_put(s, "点");
	if (!m->minute && !m->second) {
		spoken_put(s, "整");
		return;
	}
	say_two_places(s, m->minute, "分");
	if (m->second)
		say_two_places(s, m->second, "秒");
}

static void say_duration(struct spoken *s, uint64_t seconds, const struct read_options *o)
{
	uint64_t days = seconds / 86400, hours = seconds / 3600 % 24, minutes = seconds / 60 % 60;

	if (days) {
		say_counted(s, days, o);
		spoken_put(s, "天");
	}
	if (hours) {
		say_counted(s, hours, o);
		spoken_put(s, "小时");
	}
	seconds %= 60;
	if (minutes) {
		say_counted(s, minutes, o);
		spoken_put(s, seconds ? "分" : "分钟");
	} else if (seconds && (days || hours)) {
		spoken_put(s, "零"); /* 一小时零五秒 */
	}
	if (seconds || (!days && !hours && !minutes)) {
		say_counted(s, seconds, o);
		spoken_put(s, "秒");
	}
}

static const char *symbol(char c)
{
	switch (c) {
	case '-':
		return "杠";
	case '.':
		return "点";
	case '/':
		return "斜杠";
	case '_':
		return "下划线";
	case '@':
		return "at";
	case '#':
		return "井号";
	case '*':
		return "星号";
	default:
		return NULL;
	}
}

#define READING_ZH(digit_names)                                                                    \
	{                                                                                          \
		.pause = "，", .digits = (digit_names), .digit_gap = "", .plus = "加",             \
		.number = say_number, .money = say_money, .date = say_date, .time = say_time,      \
		.duration = say_duration, .symbol = symbol                                         \
	}
const struct reading reading_zh = READING_ZH(dictated);
const struct reading reading_zh_plain = READING_ZH(names);
