/* Comparisons of variables. */
#include <stdlib.h>
#include <string.h>
#include "compare.h"

enum op { EQ, NE, LT, LE, GT, GE, CONTAINS, STARTS, ENDS, EMPTY, NOT_EMPTY, IN };
static const char *const names[] = { "eq", "ne", "lt", "le", "gt", "ge", "contains", "starts",
	"ends", "empty", "not_empty", "in", NULL };

static int find(const char *op)
{
	for (int i = 0; names[i]; i++)
		if (!strcmp(names[i], op))
			return i;
	return -1;
}

bool ivr_compare_known(const char *op)
{
	return find(op) >= 0;
}

/* Decimal only: a card number 1e5 or 0x10 is no number. */
static bool number(const char *text, double *out)
{
	const char *p = text + (*text == '-');
	size_t whole = strspn(p, "0123456789"), fraction;

	if (!whole || whole > 15) /* longer ones would lose digits: compared as text */
		return false;
	p += whole;
	if (*p == '.') {
		fraction = strspn(p + 1, "0123456789");
		if (!fraction)
			return false;
		p += 1 + fraction;
	}
	*out = strtod(text, NULL);
	return !*p;
}

static int order(const char *left, const char *right)
{
	double a, b;

	if (number(left, &a) && number(right, &b))
		return a < b ? -1 : a > b;
	return strcmp(left, right);
}

bool ivr_compare(const char *left, const char *op, const char *right)
{
	size_t l = strlen(left), r = strlen(right);

	switch (find(op)) {
	case EQ:
		return order(left, right) == 0;
	case NE:
		return order(left, right) != 0;
	case LT:
		return order(left, right) < 0;
	case LE:
		return order(left, right) <= 0;
	case GT:
		return order(left, right) > 0;
	case GE:
		return order(left, right) >= 0;
	case CONTAINS:
		return strstr(left, right) != NULL;
	case STARTS:
		return l >= r && !memcmp(left, right, r);
	case ENDS:
		return l >= r && !memcmp(left + l - r, right, r);
	case EMPTY:
		return !*left;
	case NOT_EMPTY:
		return *left != '\0';
	default:
		return false;
	}
}
