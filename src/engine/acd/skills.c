/* Skill sets: what an agent has, what a call needs. */
#include <errno.h>
#include <string.h>
#include "acd_state.h"

int skills_set(struct skills *out, const struct acd_skill *list, size_t count)
{
	struct skills s = { 0 };

	if (count > ACD_MAX_SKILLS)
		return EINVAL;
	for (size_t i = 0; i < count; i++) {
		size_t at = s.count;

		if (list[i].level < 0 || list[i].level > 10)
			return EINVAL;
		while (at && s.list[at - 1].id > list[i].id)
			at--;
		if (at && s.list[at - 1].id == list[i].id)
			return EINVAL;
		memmove(&s.list[at + 1], &s.list[at], (s.count - at) * sizeof(s.list[0]));
		s.list[at] = list[i];
		s.count++;
	}
	*out = s;
	return 0;
}

bool skills_equal(const struct skills *a, const struct skills *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->list[i].id != b->list[i].id || a->list[i].level != b->list[i].level)
			return false;
	return true;
}

int skills_gap(const struct skills *has, const struct skills *needs)
{
	size_t h = 0;
	int worst = 0;

	for (size_t n = 0; n < needs->count; n++) {
		int level = 0;

		while (h < has->count && has->list[h].id < needs->list[n].id)
			h++;
		if (h < has->count && has->list[h].id == needs->list[n].id)
			level = has->list[h].level;
		if (needs->list[n].level - level > worst)
			worst = needs->list[n].level - level;
	}
	return worst;
}
