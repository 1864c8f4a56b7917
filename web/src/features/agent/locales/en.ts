import type zh from './zh-CN'

const en: typeof zh = {
	state: 'Agent state', signOut: 'Sign out of calls', afterwards: 'After this call',
	states: { signed_out: 'Signed out', ready: 'Ready', offered: 'Ringing', talking: 'Talking', wrap_up: 'Wrap-up', busy: 'Busy', rest: 'Rest', no_answer: 'No answer' },
}
export default en
