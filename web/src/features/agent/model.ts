// Agent states: how they look, and what may be chosen from where.
import type { Agent, AgentState } from '@/api'

export const marks: Record<AgentState, { colour: string; shape: string }> = {
	signed_out: { colour: 'grey', shape: 'ring' },
	ready: { colour: 'green', shape: 'circle' },
	offered: { colour: 'red', shape: 'triangle' },
	talking: { colour: 'blue', shape: 'square' },
	wrap_up: { colour: 'yellow', shape: 'diamond' },
	busy: { colour: 'red', shape: 'square' },
	rest: { colour: 'grey', shape: 'diamond' },
	no_answer: { colour: 'yellow', shape: 'triangle' },
}

export type Wanted = 'ready' | 'busy' | 'rest' | 'signed_out'

/** In these states a choice becomes the next state instead of the present one. */
export function choosesNext(state: AgentState) {
	return state === 'talking' || state === 'offered' || state === 'wrap_up'
}

/** The one thing an agent does first in each state; null when nothing is asked of him. */
export function firstAction(agent: Pick<Agent, 'state'> | null): Wanted | null {
	if (!agent) return null
	return ['signed_out', 'no_answer', 'busy', 'rest'].includes(agent.state) ? 'ready' : null
}

/** Newest first: an event that overtook a reply must not be undone by it. */
export function newer(current: Agent | null, next: Agent) {
	return !current || current.user_id !== next.user_id || next.since >= current.since
}
