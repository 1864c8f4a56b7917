// Which call controls may be used when.
import type { Call } from '@/api'

export function controls(call: Pick<Call, 'state'> | null, can: (permission: string) => boolean) {
	const live = call?.state === 'talking' || call?.state === 'held'
	return {
		mute: call?.state === 'talking',
		hold: live,
		keypad: call?.state === 'talking',
		transfer: live && can('call.transfer'),
		hangup: Boolean(call && call.state !== 'ended'),
	}
}

/** What a person types or pastes as a number: separators go; null when it is no number. */
export function dialable(text: string) {
	const number = text.replace(/[\s()（）.\-–]/g, '')
	return /^\+?[\d*#]{2,32}$/.test(number) ? number : null
}
