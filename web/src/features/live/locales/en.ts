import type zh from './zh-CN'

const en: typeof zh = {
	queue: 'Queue', queues: 'Queues', agents: 'Agents', agent: 'Agent', calls: 'Calls now', caller: 'Caller', state: 'State', since: 'For', set: 'Action', setState: 'Set state', waiting: 'Waiting', longest: 'Longest wait', ready: 'Ready', talking: 'Talking', present: 'Present', offered: 'Offered today', offeredShort: 'Offered', answered: 'Answered', abandoned: 'Abandoned', short: 'Short', flowout: 'Flowed out', level: 'Service level', callsToday: 'Today', closed: 'closed',
	noQueues: 'No queues in your range yet.', noAgents: 'No agents are present.', noCalls: 'No calls right now.', alarm: { good: 'Fine', warn: 'Watch', bad: 'Too long', none: 'Nobody' },
	callState: { ivr: 'Menu', queued: 'Queued', waiting: 'Queued', ringing: 'Ringing', offered: 'Ringing', talking: 'Talking', held: 'On hold', lost: 'Audio lost', voicemail: 'Voicemail', wrap_up: 'Wrap-up' },
}
export default en
