// How outcomes and steps of a call look.
import type { Interaction, IvrStep } from '@/api'

export const outcomes = ['answered', 'ivr_only', 'abandoned_ivr', 'abandoned_queue', 'abandoned_ringing', 'short_abandon', 'flowout', 'voicemail', 'rejected', 'failed', 'in_progress'] as const

/** Colour and shape stand beside the word, never instead of it. */
export function outcomeLook(outcome: string): { colour: string; shape: string } {
	if (outcome === 'answered') return { colour: 'green', shape: 'diamond' }
	if (outcome === 'in_progress') return { colour: 'yellow', shape: 'triangle' }
	if (outcome.startsWith('abandoned') || outcome === 'failed' || outcome === 'rejected') return { colour: 'red', shape: 'circle' }
	if (outcome === 'voicemail' || outcome === 'flowout') return { colour: 'blue', shape: 'square' }
	return { colour: 'grey', shape: 'ring' }
}

/** Talking time from answer to end (or now), as shown while the call goes on. */
export function talkTime(row: Pick<Interaction, 'talk_ms' | 'answered' | 'ended'>, now: number) {
	if (row.ended || row.talk_ms > 0) return row.talk_ms
	return row.answered ? now - row.answered : 0
}

/** What the caller heard and pressed: the way through the menu without the flow's inner nodes. */
const inner = ['start', 'caller', 'set', 'condition', 'goto', 'loop']
export function heardSteps(steps: IvrStep[]) {
	return steps.filter((step) => step.keys || !inner.includes(step.type))
}
