// The phone of this browser, one per page, living in the shell. Which library speaks SIP is hidden in phone.ts.
import { reactive, readonly, watch } from 'vue'
import { useAgent } from '@/features/agent'
import { FlowWatch, micProblem, openMicrophone, sampleAudio, type MicProblem } from '@/shared/sip/media'
import { Phone } from './phone'
import { Seat } from './seat'

interface Shared {
	line: 'off' | 'connecting' | 'ready' | 'failed'
	ringing: { callId: string | null; from: string } | null
	talking: boolean
}
type Message = { type: 'state'; state: Shared } | { type: 'ask' } | { type: 'answer' }

const state = reactive({
	/** Of the tab that owns the phone, whichever it is. */
	line: 'off' as Shared['line'],
	ringing: null as Shared['ringing'],
	talking: false,
	own: true,
	mic: null as MicProblem | null,
	level: 0,
	micLevel: 0,
	flowing: true,
})
let phone: Phone | null = null
let seat: Seat | null = null
let channel: BroadcastChannel | null = null
let meter = 0
let user = ''
let dialledUntil = 0
let audio: HTMLAudioElement | null = null

function tell() {
	if (!state.own) return
	channel?.postMessage({ type: 'state', state: { line: state.line, ringing: state.ringing && { ...state.ringing }, talking: state.talking } } satisfies Message)
}

function watchAudio(peer: RTCPeerConnection | null) {
	clearInterval(meter)
	state.talking = Boolean(peer)
	state.flowing = true
	state.level = state.micLevel = 0
	if (!peer) return
	const flow = new FlowWatch(3000, Date.now())
	meter = window.setInterval(async () => {
		if (peer.connectionState === 'closed') return
		const sample = await sampleAudio(peer)
		state.level = sample.level
		state.micLevel = sample.micLevel
		state.flowing = flow.see(sample.packets, Date.now())
	}, 500)
}

/** After a reload the server holds the leg: ask for it as soon as the phone can be called. */
async function reattach() {
	const agent = useAgent()
	await agent.refresh().catch(() => undefined)
	const waiting = agent.calls.some((call) => ['lost', 'talking', 'held'].includes(call.state))
	if (waiting && !phone?.hasSession && agent.me?.phone !== 'phone') await agent.reattach().catch(() => undefined)
}

function startPhone() {
	state.own = true
	state.line = 'connecting'
	audio ??= new Audio()
	audio.autoplay = true
	const own = new Phone(audio, {
		line: (line) => {
			if (phone !== own) return
			const fresh = line === 'ready' && state.line !== 'ready'
			state.line = line
			if (fresh) void reattach()
		},
		ringing: (ring) => {
			if (phone === own) state.ringing = ring
		},
		talking: (peer) => {
			if (phone === own) watchAudio(peer)
		},
		micFailed: (error) => (state.mic = micProblem(error)),
		answersItself: (_callId, again) => again || Date.now() < dialledUntil,
	})
	phone = own
	own.register(user).catch(() => (state.line = 'failed'))
}

function stopPhone(polite: boolean) {
	const old = phone
	phone = null
	old?.stop(polite)
	watchAudio(null)
	state.ringing = null
	state.line = 'off'
}

function receive(message: Message) {
	if (message.type === 'ask') tell()
	else if (message.type === 'answer') void phone?.answer()
	else if (!state.own) Object.assign(state, message.state)
}

function beforeUnload(event: BeforeUnloadEvent) {
	if (phone?.hasSession) event.preventDefault()
}

function start(sipUser: string) {
	user = sipUser
	channel = new BroadcastChannel('hotline-phone')
	channel.onmessage = (event) => receive(event.data as Message)
	seat = new Seat({
		gained: startPhone,
		lost: () => {
			stopPhone(false)
			state.own = false
		},
		elsewhere: () => {
			state.own = false
			channel?.postMessage({ type: 'ask' } satisfies Message)
		},
	})
	void seat.open()
	window.addEventListener('beforeunload', beforeUnload)
}

/** Signed out: the phone is unregistered and the seat is free. */
function stop() {
	window.removeEventListener('beforeunload', beforeUnload)
	stopPhone(true)
	seat?.close()
	channel?.close()
	seat = channel = null
}

watch(() => [state.line, state.ringing, state.talking, state.own], tell)

export function useSoftphone() {
	return {
		state: readonly(state),
		start,
		stop,
		takeOver: () => seat?.takeOver(),
		answer: () => (state.own ? void phone?.answer() : channel?.postMessage({ type: 'answer' } satisfies Message)),
		setMuted: (muted: boolean) => phone?.setMuted(muted),
		hangup: () => phone?.hangup(),
		/** The next INVITE is the agent's own leg of a call he dials: it is answered by itself. */
		expectOwnCall: () => (dialledUntil = Date.now() + 15_000),
		/** Asks for the microphone before the first customer waits for it. */
		async checkMicrophone() {
			try {
				;(await openMicrophone()).getTracks().forEach((track) => track.stop())
				state.mic = null
			} catch (error) {
				state.mic = micProblem(error)
			}
		},
	}
}
