// SIP over one WebSocket for JsSIP: text frames, and a silence switch, so that a page can let go of its leg without a BYE.
import type { Socket } from 'jssip/lib/Socket'

export function sipSocket(path: string): Socket & { silence(): void } {
	const url = `${location.origin.replace(/^http/, 'ws')}${path}`
	let ws: WebSocket | null = null
	let silent = false

	const socket = {
		via_transport: url.startsWith('wss') ? 'WSS' : 'WS',
		url,
		sip_uri: `sip:${location.host};transport=ws`,
		onconnect: () => undefined as void,
		ondisconnect: (_error: boolean, _code?: number, _reason?: string) => undefined as void,
		ondata: (_data: unknown) => undefined as void,
		isConnected: () => ws?.readyState === WebSocket.OPEN,
		isConnecting: () => ws?.readyState === WebSocket.CONNECTING,
		connect() {
			if (silent || ws) return
			const own = new WebSocket(url, 'sip')
			ws = own
			own.onopen = () => ws === own && socket.onconnect()
			own.onclose = (event) => {
				if (ws !== own) return
				ws = null
				socket.ondisconnect(!event.wasClean, event.code, event.reason)
			}
			own.onmessage = (event) => ws === own && socket.ondata(event.data)
		},
		disconnect() {
			const old = ws
			ws = null
			old?.close()
		},
		send(message: string) {
			if (silent || ws?.readyState !== WebSocket.OPEN) return false
			ws.send(message)
			return true
		},
		/** From now on nothing is sent and nothing connected. */
		silence() {
			silent = true
			socket.disconnect()
		},
	}
	return socket as unknown as Socket & { silence(): void }
}
