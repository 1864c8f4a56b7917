// The SIP side of the browser phone: registers, rings, answers, lets go. Knows nothing of screens.
import type { RTCSession } from 'jssip/lib/RTCSession'
import type { IncomingRTCSessionEvent, RTCSessionEvent, UA } from 'jssip/lib/UA'
import { openMicrophone, peerConfig } from '@/shared/sip/media'
import { sipSocket } from '@/shared/sip/socket'

export interface PhoneHandlers {
	line: (line: 'connecting' | 'ready' | 'failed') => void
	ringing: (ring: { callId: string | null; from: string } | null) => void
	talking: (peer: RTCPeerConnection | null) => void
	micFailed: (error: unknown) => void
	/** Whether an INVITE is answered without asking: a re-attached leg, or a call this agent dialled. */
	answersItself: (callId: string | null, reattach: boolean) => boolean
}

export class Phone {
	private ua: UA | null = null
	private socket: ReturnType<typeof sipSocket> | null = null
	private session: RTCSession | null = null
	private microphone: MediaStream | null = null
	private stopped = false

	constructor(
		private readonly audio: HTMLAudioElement,
		private readonly on: PhoneHandlers,
	) {}

	async register(user: string) {
		const { default: JsSIP } = await import('jssip')
		if (this.stopped) return
		this.on.line('connecting')
		this.socket = sipSocket('/sip')
		this.ua = new JsSIP.UA({
			sockets: this.socket,
			uri: `sip:${user}@hotline`,
			register: true,
			register_expires: 120,
			user_agent: 'Hotline desk',
			connection_recovery_min_interval: 1,
			connection_recovery_max_interval: 10,
		})
		this.ua.on('registered', () => this.on.line('ready'))
		this.ua.on('unregistered', () => this.on.line('connecting'))
		this.ua.on('registrationFailed', () => this.on.line('failed'))
		this.ua.on('disconnected', () => this.on.line('connecting'))
		this.ua.on('newRTCSession', (event: RTCSessionEvent) => {
			if (event.originator === 'remote') this.invited(event as IncomingRTCSessionEvent)
		})
		this.ua.start()
	}

	get established() {
		return Boolean(this.session?.isEstablished())
	}

	get hasSession() {
		return Boolean(this.session && !this.session.isEnded())
	}

	private invited({ session, request }: IncomingRTCSessionEvent) {
		const callId = request.getHeader('X-Hotline-Call') ?? null
		const reattach = request.getHeader('X-Hotline-Reattach') === '1'
		if (this.hasSession && !reattach) return session.terminate({ status_code: 486 })
		if (this.hasSession) this.drop()
		this.session = session
		const over = () => {
			if (this.session !== session) return
			this.session = null
			this.closeMicrophone()
			this.audio.srcObject = null
			this.on.ringing(null)
			this.on.talking(null)
		}
		session.on('ended', over)
		session.on('failed', over)
		session.on('icecandidate', (event) => event.ready())
		session.on('peerconnection', ({ peerconnection }) => {
			peerconnection.addEventListener('track', (event) => {
				this.audio.srcObject = event.streams[0] ?? new MediaStream([event.track])
				void this.audio.play().catch(() => undefined)
			})
		})
		session.on('confirmed', () => {
			this.on.ringing(null)
			this.on.talking(session.connection)
		})
		if (this.on.answersItself(callId, reattach)) void this.answer()
		else this.on.ringing({ callId, from: request.from.display_name || request.from.uri.user })
	}

	/** The microphone is opened first: when that fails the call goes on ringing and is not lost. */
	async answer() {
		const session = this.session
		if (!session || !session.isInProgress() || this.microphone) return
		try {
			this.microphone = await openMicrophone()
		} catch (error) {
			this.on.micFailed(error)
			return
		}
		if (session.isEnded() || this.session !== session) return this.closeMicrophone()
		session.answer({ mediaStream: this.microphone, pcConfig: peerConfig })
	}

	setMuted(muted: boolean) {
		this.microphone?.getAudioTracks().forEach((track) => (track.enabled = !muted))
	}

	/** Ends the leg when the API could not. */
	hangup() {
		if (this.hasSession) this.session!.terminate()
	}

	private closeMicrophone() {
		this.microphone?.getTracks().forEach((track) => track.stop())
		this.microphone = null
	}

	/** Forgets the present leg without a word on the wire. */
	private drop() {
		const old = this.session
		this.session = null
		old?.connection?.close()
		this.closeMicrophone()
	}

	/** Stops without BYE: the server holds the leg for whoever re-attaches. `polite` also unregisters. */
	stop(polite: boolean) {
		this.stopped = true
		if (!polite) this.socket?.silence()
		this.drop()
		this.ua?.removeAllListeners()
		this.ua?.stop()
		this.ua = null
		this.audio.srcObject = null
		this.on.ringing(null)
		this.on.talking(null)
	}
}
