// Microphone, loudspeaker and what flows between, for the agent's phone and the page "call us".

export type MicProblem = 'denied' | 'missing' | 'busy' | 'insecure' | 'failed'

export function micProblem(error: unknown): MicProblem {
	const name = error instanceof Error || error instanceof DOMException ? error.name : ''
	if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
	if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing'
	if (name === 'NotReadableError' || name === 'AbortError') return 'busy'
	if (name === 'InsecureError') return 'insecure'
	return 'failed'
}

export async function openMicrophone(): Promise<MediaStream> {
	if (!navigator.mediaDevices?.getUserMedia) throw Object.assign(new Error('no secure page'), { name: 'InsecureError' })
	return navigator.mediaDevices.getUserMedia({
		audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
	})
}

export const peerConfig: RTCConfiguration = { iceServers: [] }

export interface AudioSample {
	packets: number
	level: number
	micLevel: number
}

export async function sampleAudio(peer: RTCPeerConnection): Promise<AudioSample> {
	const sample = { packets: 0, level: 0, micLevel: 0 }
	const report = await peer.getStats()
	report.forEach((row: { type: string; kind?: string; packetsReceived?: number; audioLevel?: number }) => {
		if (row.kind !== 'audio') return
		if (row.type === 'inbound-rtp') {
			sample.packets += row.packetsReceived ?? 0
			sample.level = Math.max(sample.level, row.audioLevel ?? 0)
		} else if (row.type === 'media-source') sample.micLevel = Math.max(sample.micLevel, row.audioLevel ?? 0)
	})
	return sample
}

/** Tells when no packet has come for a while. */
export class FlowWatch {
	private packets = -1
	private since: number
	constructor(
		private readonly patience: number,
		now: number,
	) {
		this.since = now
	}
	/** True while audio flows. */
	see(packets: number, now: number) {
		if (packets !== this.packets) {
			this.packets = packets
			this.since = now
		}
		return now - this.since < this.patience
	}
}

/** Loudness on a scale of 0 to 10; quiet speech is already visible. */
export function meterSteps(level: number) {
	if (level <= 0.001) return 0
	return Math.max(1, Math.min(10, Math.round(10 + (20 * Math.log10(level)) / 5)))
}
