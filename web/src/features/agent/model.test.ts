import { describe, expect, it } from 'vitest'
import type { Agent } from '@/api'
import { choosesNext, firstAction, marks, newer } from './model'

describe('marks', () => {
	it('gives no two states the same colour and shape', () => {
		const looks = Object.values(marks).map((mark) => `${mark.colour} ${mark.shape}`)
		expect(new Set(looks).size).toBe(looks.length)
	})
})

describe('choosesNext', () => {
	it('while a call is handled the choice waits', () => {
		expect(choosesNext('talking')).toBe(true)
		expect(choosesNext('wrap_up')).toBe(true)
		expect(choosesNext('ready')).toBe(false)
	})
})

describe('firstAction', () => {
	it('asks the missed agent back with one click', () => expect(firstAction({ state: 'no_answer' })).toBe('ready'))
	it('asks nothing of somebody who talks', () => expect(firstAction({ state: 'talking' })).toBeNull())
})

describe('newer', () => {
	const agent = (since: number) => ({ user_id: '1', since }) as Agent
	it('drops a reply that an event has overtaken', () => {
		expect(newer(agent(20), agent(10))).toBe(false)
		expect(newer(agent(20), agent(20))).toBe(true)
		expect(newer(null, agent(1))).toBe(true)
	})
})
