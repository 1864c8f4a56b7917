// A queue as its form edits it.
import type { Queue } from '@/api'

export type QueueDraft = Omit<Queue, 'id' | 'version'>

export const emptyQueue = (): QueueDraft => ({
	key: '', name: '', name_en: null, department_id: null, strategy: 'longest_idle', weight: 0, ring_s: 15, wrapup_mode: 'mandatory_limit', wrapup_s: 60, miss_pause_s: 30, tier_wait_s: 20, skill_relax_s: 0, last_agent_s: 20, max_wait_s: 300, max_length: 50, service_level_s: 20, short_abandon_s: 5,
	music: null, announce_first_s: 10, announce_every_s: 30, announce_position: true, announce_wait: true, overflow_kind: 'voicemail', overflow_target: null, calendar_id: null, recording: 'always', pop: 'ring', active: true,
})

export const strategies = ['longest_idle', 'round_robin', 'fewest_calls', 'least_talk', 'ring_all', 'sequential', 'random']
export const wrapupModes = ['none', 'optional', 'mandatory', 'mandatory_limit']
export const overflowKinds = ['none', 'queue', 'voicemail', 'ivr']

export interface MemberRow {
	user_id: string
	name: string
	tier: number
}

/** Order in the list is the order of the queue. */
export function memberBody(rows: MemberRow[]) {
	return { items: rows.map((row, index) => ({ user_id: row.user_id, tier: row.tier, position: index + 1 })) }
}
