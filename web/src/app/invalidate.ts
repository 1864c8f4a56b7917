// Server events → stale caches. Bursts are gathered, so a busy minute costs one refetch per list, not one per event.
import type { QueryClient } from '@tanstack/vue-query'
import { onAnyEvent, onEvent, onReconnect, type Agent, type LiveQueue, type Page } from '@/api'

const keysOf: Partial<Record<string, (data: { id?: string; interaction_id?: string }) => readonly unknown[][]>> = {
	'ticket.opened': () => [['tickets', 'list'], ['contacts']],
	'ticket.changed': (data) => [['tickets', 'list'], ['tickets', data.id]],
	'ticket.entry': (data) => [['tickets', data.id]],
	'customer.changed': (data) => [['customers', 'list'], ['customers', data.id], ['pop']],
	'interaction.changed': (data) => [['interactions', 'list'], ['interactions', data.id], ['live', 'calls']],
	'recording.ready': (data) => [['interactions', data.interaction_id], ['tickets']],
	'call.changed': (data) => [['interactions', data.interaction_id]],
}

/** Replaces the row with this id in a cached page. */
export function replaceRow<T>(page: Page<T> | undefined, row: T, same: (a: T, b: T) => boolean): Page<T> | undefined {
	if (!page) return page
	const known = page.items.some((item) => same(item, row))
	return { ...page, items: known ? page.items.map((item) => (same(item, row) ? row : item)) : [...page.items, row] }
}

export function invalidateByEvents(client: QueryClient) {
	const waiting = new Map<string, readonly unknown[]>()
	let timer = 0

	function flush() {
		timer = 0
		for (const queryKey of waiting.values()) void client.invalidateQueries({ queryKey })
		waiting.clear()
	}

	onAnyEvent((event) => {
		const keys = keysOf[event.type]?.(event.data as { id?: string; interaction_id?: string }) ?? []
		for (const key of keys) waiting.set(JSON.stringify(key), key)
		if (keys.length && !timer) timer = window.setTimeout(flush, 250)
	})
	onEvent('queue.live', (row) => {
		client.setQueryData<Page<LiveQueue>>(['live', 'queues'], (page) => replaceRow(page, row, (a, b) => a.id === b.id))
	})
	onEvent('agent.state', (row) => {
		client.setQueryData<Page<Agent>>(['live', 'agents'], (page) => replaceRow(page, row, (a, b) => a.user_id === b.user_id))
	})
	onReconnect(() => void client.invalidateQueries())
}
