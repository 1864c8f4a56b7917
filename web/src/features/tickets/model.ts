// Ticket rows as the screens edit and tell them.
import type { Entry, Ticket, Transition } from '@/api'

export interface TicketDraft {
	type: string
	subject: string
	text: string
	priority: string
	department_id: string | null
	assignee_id: string | null
}

export const emptyTicket = (departmentId: string | null = null): TicketDraft => ({
	type: '', subject: '', text: '', priority: 'normal', department_id: departmentId, assignee_id: null,
})

export type EditFields = Pick<Ticket, 'subject' | 'type' | 'priority' | 'state' | 'department_id' | 'assignee_id' | 'due'>

/** How an entry stands in the timeline: said by people, a call, or a small line of what changed. */
export function entryLook(kind: Entry['kind']): 'internal' | 'public' | 'call' | 'event' {
	if (kind === 'internal' || kind === 'public') return kind
	return kind === 'call' || kind === 'recording' ? 'call' : 'event'
}

export interface Change {
	field: string
	old: unknown
	new: unknown
}

/** Changes named in the data of an entry, in whichever of the known shapes they come. */
export function changesOf(data: Record<string, unknown> | null | undefined): Change[] {
	if (!data) return []
	const list = Array.isArray(data) ? data : Array.isArray(data.changes) ? data.changes : null
	if (list) return list.filter((row): row is Change => Boolean(row && typeof row === 'object' && 'field' in row))
	if ('from' in data || 'to' in data) return [{ field: String(data.field ?? 'state'), old: data.from, new: data.to }]
	if ('old' in data || 'new' in data) return [{ field: String(data.field ?? 'state'), old: data.old, new: data.new }]
	return []
}

/** States a ticket may go to from where it is; an empty type stands for all. */
export function reachable(transitions: Transition[], type: string, state: string): Set<string> {
	const targets = transitions.filter((row) => row.from === state && (!row.type || row.type === type)).map((row) => row.to)
	return new Set([state, ...targets])
}

/** Deadline as what is left of it. */
export function dueLook(due: number | null, closed: boolean, now: number): 'none' | 'late' | 'soon' | 'ok' {
	if (!due || closed) return 'none'
	if (due < now) return 'late'
	return due - now < 4 * 3600_000 ? 'soon' : 'ok'
}
