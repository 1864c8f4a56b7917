import { describe, expect, it } from 'vitest'
import { heardSteps, outcomeLook, outcomes, talkTime } from './model'

describe('outcomeLook', () => {
	it('marks every lost caller red and every outcome somehow', () => {
		expect(outcomeLook('abandoned_queue').colour).toBe('red')
		expect(outcomeLook('abandoned_ringing').colour).toBe('red')
		for (const outcome of outcomes) expect(outcomeLook(outcome).shape).toBeTruthy()
	})
})

describe('talkTime', () => {
	it('runs while the call goes on and is the stored figure afterwards', () => {
		expect(talkTime({ talk_ms: 0, answered: 1000, ended: null }, 4000)).toBe(3000)
		expect(talkTime({ talk_ms: 2500, answered: 1000, ended: 4000 }, 9000)).toBe(2500)
		expect(talkTime({ talk_ms: 0, answered: null, ended: 4000 }, 9000)).toBe(0)
	})
})

describe('heardSteps', () => {
	it('leaves out the inner nodes of a flow, but never a key that was pressed', () => {
		const step = (type: string, keys: string) => ({ time: 0, node: type, type, name: null, port: null, keys })
		const steps = [step('start', ''), step('caller', ''), step('play', ''), step('menu', '3'), step('set', '1')]
		expect(heardSteps(steps).map((row) => row.type)).toEqual(['play', 'menu', 'set'])
	})
})
