// One WebSocket carries all server events of a tab. It connects again by itself; everything on screen is then fetched anew.
import { readonly, ref } from 'vue'
import { setServerTime } from './clock'
import type { ServerEvents } from './types'

type Name = keyof ServerEvents
type Handler<N extends Name> = (data: ServerEvents[N]) => void
export interface ServerEvent {
	type: Name
	id: string
	time: number
	data: ServerEvents[Name]
}

const handlers = new Map<Name, Set<Handler<Name>>>()
const anyHandlers = new Set<(event: ServerEvent) => void>()
const reconnected = new Set<() => void>()
const state = ref<'off' | 'connecting' | 'open' | 'lost'>('off')
const backoff = [500, 1000, 2000, 5000, 10000]
let socket: WebSocket | null = null
let attempts = 0
let timer = 0
let opened = false

export const eventsState = readonly(state)

export function onEvent<N extends Name>(name: N, handler: Handler<N>) {
	if (!handlers.has(name)) handlers.set(name, new Set())
	const set = handlers.get(name)!
	set.add(handler as Handler<Name>)
	return () => void set.delete(handler as Handler<Name>)
}

export function onAnyEvent(handler: (event: ServerEvent) => void) {
	anyHandlers.add(handler)
	return () => void anyHandlers.delete(handler)
}

/** Runs after the line was lost and came back. */
export function onReconnect(handler: () => void) {
	reconnected.add(handler)
	return () => void reconnected.delete(handler)
}

function receive(text: string) {
	let event: ServerEvent
	try {
		event = JSON.parse(text) as ServerEvent
	} catch {
		return
	}
	if (event.type === 'hello') setServerTime((event.data as ServerEvents['hello']).server_time)
	handlers.get(event.type)?.forEach((handler) => handler(event.data))
	anyHandlers.forEach((handler) => handler(event))
}

export function connectEvents() {
	clearTimeout(timer)
	if (socket) return
	state.value = opened ? 'lost' : 'connecting'
	const own = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/v1/events`)
	socket = own
	own.onopen = () => {
		state.value = 'open'
		attempts = 0
		if (opened) reconnected.forEach((handler) => handler())
		opened = true
	}
	own.onmessage = (message) => receive(String(message.data))
	own.onclose = () => {
		if (socket !== own) return
		socket = null
		state.value = 'lost'
		timer = window.setTimeout(connectEvents, backoff[Math.min(attempts++, backoff.length - 1)])
	}
}

export function disconnectEvents() {
	clearTimeout(timer)
	const old = socket
	socket = null
	opened = false
	state.value = 'off'
	old?.close()
}

/** Tries at once instead of waiting: the network is back or the user asked. */
export function retryEvents() {
	if (state.value === 'lost') {
		attempts = 0
		connectEvents()
	}
}

if (typeof window !== 'undefined') window.addEventListener('online', retryEvents)
