import type zh from './zh-CN'

const en: typeof zh = {
	bar: 'Call bar', mute: 'Mute', unmute: 'Unmute', hold: 'Hold', unhold: 'Resume', keypad: 'Keypad', dial: 'Dial', transfer: 'Transfer', hangup: 'Hang up', takeOver: 'Take over here', number: 'Number', keysSent: 'Keys sent', call: 'Call',
	anonymous: 'Number withheld', queue: 'Queue', waited: 'Waited', level: 'Level', ivrKeys: 'Keys', left: '{n} seconds left', pickUp: 'Answer on your desk phone.', answer: 'Answer', reject: 'Reject',
	offered: 'Call from {who}', missed: 'You did not answer a call; it went to somebody else.', cancelled: 'The caller hung up.', reattach: 'Bring it back now',
	transferTo: 'Transfer to', transferSearch: 'Find a queue, colleague or extension, or type a number', transferNumber: 'Transfer to number {number}', queues: 'Queues', agents: 'Colleagues', ivr: 'Back to the voice menu', waiting: '{n} waiting',
	callStates: { ringing: 'Ringing', talking: 'Talking', held: 'On hold', lost: 'Audio lost', ended: 'Ended' },
	line: { ready: 'Phone ready', connecting: 'Phone connecting', failed: 'Phone not registered', elsewhere: 'Phone is in another tab', noMic: 'No microphone', deskPhone: 'Desk phone in use' },
	problem: {
		lost: 'The audio was interrupted and is being brought back. The customer hears a waiting tone; the call goes on.', noAudio: 'No audio arrives: the customer may not hear you. Check network and headset.',
		mic: { denied: 'The browser may not use the microphone. Allow it at the left of the address bar, then try again.', missing: 'No microphone found. Plug in your headset and try again.', busy: 'Another program holds the microphone. Close it and try again.', insecure: 'This page has no secure connection (HTTPS), so the browser gives no microphone. Ask your administrator.', failed: 'The microphone cannot be opened. Check your headset and try again.' },
	},
}
export default en
