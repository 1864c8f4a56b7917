// The agent's own state and calls, kept by events and refetched after the line was lost. All orders go through the API, so any tab can give them.
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api, onEvent, onReconnect, type Agent, type Body, type Call, type Page, type Pop } from '@/api'
import { newer, type Wanted } from './model'

export interface Offer {
	offer_id: string
	deadline: number
	call: Call
	pop: Pop | null
}

export const useAgent = defineStore('agent', () => {
	const me = ref<Agent | null>(null)
	const calls = ref<Call[]>([])
	const offer = ref<Offer | null>(null)
	/** What became of the last offer, to be told once. */
	const lastOffer = ref<{ reason: string; at: number } | null>(null)
	const audioFlowing = ref(true)
	const call = computed(() => calls.value.find((row) => row.state !== 'ended' && row.state !== 'ringing') ?? calls.value[0] ?? null)
	const popHandlers = new Set<(pop: Pop, offer: Offer | null) => void>()
	const callHandlers = new Set<(call: Call) => void>()
	let unsubscribe: (() => void)[] = []

	function takeAgent(next: Agent) {
		if (newer(me.value, next)) me.value = next
	}

	function takeCall(next: Call) {
		const rest = calls.value.filter((row) => row.id !== next.id)
		calls.value = next.state === 'ended' ? rest : [...rest, next]
		if (next.state === 'ended') audioFlowing.value = true
		callHandlers.forEach((handler) => handler(next))
	}

	async function refresh() {
		const [agent, mine] = await Promise.all([api.get<Agent>('/agent/me'), api.get<Page<Call>>('/calls/mine')])
		me.value = agent
		calls.value = mine.items.filter((row) => row.state !== 'ended')
		if (offer.value && !calls.value.some((row) => row.id === offer.value?.call.id)) offer.value = null
	}

	function start() {
		stop()
		unsubscribe = [
			onEvent('agent.state', (agent) => {
				if (agent.user_id === me.value?.user_id) takeAgent(agent)
			}),
			onEvent('offer.made', (made) => {
				offer.value = made
				if (made.pop) popHandlers.forEach((handler) => handler(made.pop!, made))
			}),
			onEvent('offer.ended', (ended) => {
				if (offer.value?.offer_id !== ended.offer_id) return
				offer.value = null
				lastOffer.value = { reason: ended.reason, at: Date.now() }
			}),
			onEvent('call.changed', takeCall),
			onEvent('pop.show', (pop) => {
				if (offer.value?.call.interaction_id === pop.interaction_id) offer.value = { ...offer.value, pop }
				popHandlers.forEach((handler) => handler(pop, null))
			}),
			onEvent('call.lost', ({ interaction_id }) => {
				const lost = calls.value.find((row) => row.interaction_id === interaction_id)
				if (lost) takeCall({ ...lost, state: 'lost' })
			}),
			onEvent('call.audio', ({ flowing }) => (audioFlowing.value = flowing)),
			onReconnect(() => void refresh().catch(() => undefined)),
		]
		return refresh()
	}

	function stop() {
		unsubscribe.forEach((off) => off())
		unsubscribe = []
		me.value = null
		calls.value = []
		offer.value = null
	}

	const setState = async (state: Wanted, reason?: string) =>
		takeAgent(await api.post<Agent>('/agent/me/state', { state, reason } satisfies Body<'/agent/me/state'>))
	const order = (id: string, what: 'hold' | 'unhold' | 'mute' | 'unmute' | 'hangup' | 'reject') => api.post<Call>(`/calls/${id}/${what}`)

	return {
		me, calls, call, offer, lastOffer, audioFlowing, start, stop, refresh, setState,
		toggleHold: (row: Call) => order(row.id, row.state === 'held' ? 'unhold' : 'hold'),
		toggleMute: (row: Call) => order(row.id, row.muted ? 'unmute' : 'mute'),
		hangup: (row: Call) => order(row.id, 'hangup'),
		keypad: (row: Call, digits: string) => api.post(`/calls/${row.id}/keypad`, { digits } satisfies Body<'/calls/{id}/keypad'>),
		transfer: (row: Call, kind: Body<'/calls/{id}/transfer'>['kind'], target: string) =>
			api.post(`/calls/${row.id}/transfer`, { kind, target } satisfies Body<'/calls/{id}/transfer'>),
		reject: (row: Call) => order(row.id, 'reject'),
		dial: async (number: string, customerId?: string | null) => {
			const body: Body<'/calls'> = customerId ? { number, customer_id: customerId } : { number }
			const made = await api.post<Call>('/calls', body)
			takeCall(made)
			return made
		},
		reattach: () => api.post('/agent/me/reattach'),
		wrapup: async (body: Body<'/agent/me/wrapup'>) => takeAgent(await api.post<Agent>('/agent/me/wrapup', body)),
		onPop: (handler: (pop: Pop, offer: Offer | null) => void) => {
			popHandlers.add(handler)
			return () => void popHandlers.delete(handler)
		},
		onCall: (handler: (call: Call) => void) => {
			callHandlers.add(handler)
			return () => void callHandlers.delete(handler)
		},
	}
})
