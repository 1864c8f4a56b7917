import type zh from './zh-CN'

const en: typeof zh = {
	title: 'Call', searchNumber: 'Number or last digits', number: 'Number', customer: 'Customer', direction: 'Direction', directions: { in: 'In', out: 'Out', internal: 'Internal' }, queue: 'Queue', agent: 'Agent', outcomeLabel: 'Outcome', called: 'Called number', started: 'Started', waited: 'Waited', talked: 'Talked', held: 'Held', wrapup: 'Wrap-up', times: 'Times', hangupBy: 'Ended by', disposition: 'Disposition', note: 'Note', language: 'Language',
	recording: 'Recording', hasRecording: 'Yes', steps: 'What happened', facts: 'Call facts', ivrPath: 'Way through the menu', noIvr: 'Did not pass the menu', values: 'Typed by the customer', legs: 'Line details', pressed: 'pressed {keys}', openPop: 'Open the pop', ticket: 'Linked ticket', showSteps: 'Show steps', hideSteps: 'Hide steps', empty: 'Every call is listed here, answered or not.',
	by: { caller: 'customer', agent: 'agent', system: 'system' }, view: { mine: 'Mine', lost: 'Left the queue' },
	outcome: { answered: 'Answered', ivr_only: 'Menu only', abandoned_ivr: 'Left in menu', abandoned_queue: 'Left in queue', abandoned_ringing: 'Left while ringing', short_abandon: 'Short abandon', flowout: 'Flowed out', voicemail: 'Voicemail', rejected: 'Rejected', failed: 'Failed', in_progress: 'In progress' },
	step: { arrived: 'Arrived', ivr: 'Voice menu', queued: 'Queued', offered: 'Rang', missed: 'Not answered', refused: 'Rejected', answered: 'Answered', held: 'On hold', resumed: 'Resumed', muted: 'Muted', unmuted: 'Unmuted', transferred: 'Transferred', keypad: 'Keys sent', lost: 'Audio lost', reattached: 'Brought back', hangup: 'Hung up', voicemail: 'Voicemail', wrapup_started: 'Wrap-up began', wrapup_done: 'Wrap-up done', ended: 'Ended' },
}
export default en
