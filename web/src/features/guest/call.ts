// One call of a visitor: microphone, token, SIP over WebSocket, keys, end. Tells its state; draws nothing.
import type { RTCSession } from 'jssip/lib/RTCSession'
import type { UA } from 'jssip/lib/UA'
import { micProblem, openMicrophone, peerConfig, type MicProblem } from '@/shared/sip/media'
import { sipSocket } from '@/shared/sip/socket'

export type State = 'idle' | 'microphone' | 'connecting' | 'ringing' | 'talking' | 'ended'
export type Trouble = MicProblem | 'off' | 'many' | 'network' | 'full'

/** Why no call came about, from the answer to POST /guest-call or the SIP refusal. */
export function troubleOf(status: number): Trouble {
	if (status === 403 || status === 404) return 'off'
	if (status === 429) return 'many'
	if (status === 486 || status === 503 || status === 600) return 'full'
	return status === 0 ? 'network' : 'failed'
}

export class GuestCall {
	state: State = 'idle'
	muted = false
	since = 0
	private ua: UA | null = null
	private session: RTCSession | null = null
	private microphone: MediaStream | null = null

	constructor(
		private readonly audio: HTMLAudioElement,
		private readonly changed: (state: State, trouble: Trouble | null) => void,
	) {}

	private go(state: State, trouble: Trouble | null = null) {
		this.state = state
		if (state === 'talking') this.since = Date.now()
		this.changed(state, trouble)
	}

	async start() {
		if (this.state !== 'idle' && this.state !== 'ended') return
		this.muted = false
		this.go('microphone')
		try {
			this.microphone = await openMicrophone()
		} catch (error) {
			return this.over(micProblem(error))
		}
		this.go('connecting')
		try {
			const [{ default: JsSIP }, ticket] = await Promise.all([import('jssip'), this.ticket()])
			if (typeof ticket === 'number') return this.over(troubleOf(ticket))
			this.dial(JsSIP, ticket)
		} catch {
			this.over('network')
		}
	}

	private async ticket(): Promise<{ token: string; number: string } | number> {
		const response = await fetch('/api/v1/guest-call', { method: 'POST', credentials: 'omit' })
		return response.ok ? ((await response.json()) as { token: string; number: string }) : response.status
	}

	private dial(JsSIP: typeof import('jssip'), { token, number }: { token: string; number: string }) {
		const ua = new JsSIP.UA({ sockets: sipSocket(`/sip?guest=${encodeURIComponent(token)}`), uri: 'sip:guest@hotline', register: false, user_agent: 'Hotline web caller' })
		this.ua = ua
		ua.on('disconnected', () => {
			if (this.ua === ua && !this.session?.isEstablished()) this.over('network')
		})
		ua.on('connected', () => {
			if (this.ua !== ua || this.session) return
			const session = ua.call(`sip:${number}@hotline`, {
				mediaStream: this.microphone!,
				pcConfig: peerConfig,
				eventHandlers: {
					progress: () => this.go('ringing'),
					confirmed: () => this.go('talking'),
					ended: () => this.over(),
					failed: (event) => this.over(event.originator === 'remote' && event.message ? troubleOf((event.message as { status_code?: number }).status_code ?? 500) : event.cause === 'Canceled' ? null : 'failed'),
					icecandidate: (event) => event.ready(),
				},
			})
			this.session = session
			session.connection?.addEventListener('track', (event) => {
				this.audio.srcObject = event.streams[0] ?? new MediaStream([event.track])
				void this.audio.play().catch(() => undefined)
			})
		})
		ua.start()
	}

	toggleMute() {
		this.muted = !this.muted
		this.microphone?.getAudioTracks().forEach((track) => (track.enabled = !this.muted))
	}

	/** RFC 4733 keys, so the voice menu hears them whatever the codec. */
	key(digit: string) {
		const sender = this.session?.connection?.getSenders().find((row) => row.dtmf)?.dtmf
		if (sender) sender.insertDTMF(sender.toneBuffer + digit, 120, 70)
	}

	hangup() {
		if (this.session && !this.session.isEnded()) this.session.terminate()
		else this.over()
	}

	private over(trouble: Trouble | null = null) {
		const ua = this.ua
		this.ua = null
		this.session = null
		this.microphone?.getTracks().forEach((track) => track.stop())
		this.microphone = null
		this.audio.srcObject = null
		// After the BYE or its answer has left.
		if (ua) setTimeout(() => ua.stop(), 1000)
		this.go('ended', trouble)
	}
}
