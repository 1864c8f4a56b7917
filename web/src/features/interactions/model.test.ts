import { describe, expect, it } from 'vitest'
import { detailText, outcomeLook, outcomes, talkTime } from './model'

describe('outcomeLook', () => {
	it('marks every lost caller red and every outcome somehow', () => {
		expect(outcomeLook('abandoned_queue').colour).toBe('red')
		expect(outcomeLook('abandoned_ringing').colour).toBe('red')
		for (const outcome of outcomes) expect(outcomeLook(outcome).shape).toBeTruthy()
	})
})

describe('talkTime', () => {
	it('runs while the call goes on and is the stored figure afterwards', () => {
		expect(talkTime({ talk_ms: null, answered: 1000, ended: null }, 4000)).toBe(3000)
		expect(talkTime({ talk_ms: 0, answered: 1000, ended: null }, 4000)).toBe(3000)
		expect(talkTime({ talk_ms: 2500, answered: 1000, ended: 4000 }, 9000)).toBe(2500)
		expect(talkTime({ talk_ms: null, answered: null, ended: 4000 }, 9000)).toBe(0)
	})
})

describe('detailText', () => {
	it('reads words and objects', () => {
		expect(detailText('3')).toBe('3')
		expect(detailText({ target: '8002', kind: 'agent', note: null })).toBe('target: 8002, kind: agent')
		expect(detailText(null)).toBe('')
	})
})
