import type zh from './zh-CN'

const en: typeof zh = {
	title: 'Call us', lead: 'Press the button to talk to us through this page. You need no phone and no account.', call: 'Call', hangup: 'Hang up', mute: 'Mute', unmute: 'Unmute', keypad: 'Keypad', again: 'Call again', language: '中文', note: 'Calls may be recorded to improve our service.', name: 'Customer hotline',
	state: { idle: '', microphone: 'Please allow the microphone', connecting: 'Connecting', ringing: 'Calling', talking: 'Connected', ended: 'The call has ended' },
	problem: { denied: 'No microphone: allow it in your browser and try again.', missing: 'No microphone was found.', busy: 'Another program holds the microphone.', insecure: 'This page has no secure connection, so the browser gives no microphone.', failed: 'The call could not be connected. Try again in a moment.', off: 'Calls from the web are closed at present.', many: 'Too many calls. Try again in a moment.', network: 'The connection was interrupted. Check your network.', full: 'All lines are busy. Try again in a moment.' },
}
export default en
