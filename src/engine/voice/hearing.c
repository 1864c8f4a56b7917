/* What a leg hears: other legs, prompts, nothing. */
#include "voice/voice_private.h"

void voice_leg_hear(struct voice_leg *leg, struct voice_leg *const *others, size_t count)
{
	if (count > LEG_HEARS_MAX)
		count = LEG_HEARS_MAX;
	for (size_t i = 0; i < count; i++)
		leg->hears[i] = others[i];
	leg->hear_count = count;
	voice_leg_apply_hearing(leg);
}

void voice_bridge(struct voice_leg *a, struct voice_leg *b)
{
	voice_leg_stop(a);
	voice_leg_stop(b);
	voice_leg_hear(a, &b, 1);
	voice_leg_hear(b, &a, 1);
}

void voice_unbridge(struct voice_leg *leg)
{
	leg->hear_count = 0;
	voice_leg_apply_hearing(leg);
}

void voice_leg_mute(struct voice_leg *leg, bool muted)
{
	leg->muted = muted;
	if (leg->media)
		media_leg_mute(leg->v->media, leg->media, muted);
}

void voice_leg_play(struct voice_leg *leg, uint64_t tag, const struct media_part *parts,
	size_t count, bool loop)
{
	if (!leg->media)
		return;
	leg->play = ++leg->v->next_play;
	leg->play_tag = tag;
	media_leg_play(leg->v->media, leg->media, leg->play, parts, count, loop, false);
}

void voice_leg_stop(struct voice_leg *leg)
{
	if (!leg->media || !leg->play)
		return;
	leg->play = 0; /* a stopped play is not reported */
	media_leg_stop(leg->v->media, leg->media);
}

void voice_leg_send_digits(struct voice_leg *leg, const char *digits)
{
	if (leg->media)
		media_leg_send_digits(leg->v->media, leg->media, digits);
}
