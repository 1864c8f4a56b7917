import { describe, expect, it } from 'vitest'
import type { AgentState, LiveQueue } from '@/api'
import { levelAlarm, levelShare, sortAgents, totals, waitAlarm, waitNow } from './model'

describe('levelAlarm', () => {
	it('warns below 90 and alarms below 60 per cent', () => {
		expect(levelAlarm(0.9)).toBe('good')
		expect(levelAlarm(0.899)).toBe('warn')
		expect(levelAlarm(0.59)).toBe('bad')
		expect(levelAlarm(null)).toBe('none')
	})
})

describe('waitAlarm', () => {
	it('is quiet without callers', () => expect(waitAlarm({ waiting: 0, longest_wait_ms: 9e9, ready: 0 })).toBe('none'))
	it('warns at once when nobody is ready', () => {
		expect(waitAlarm({ waiting: 1, longest_wait_ms: 1000, ready: 0 })).toBe('warn')
		expect(waitAlarm({ waiting: 1, longest_wait_ms: 1000, ready: 2 })).toBe('good')
		expect(waitAlarm({ waiting: 1, longest_wait_ms: 130_000, ready: 2 })).toBe('bad')
	})
})

describe('levelShare', () => {
	it('is of the whole, and nothing while no call can be measured', () => {
		expect(levelShare(87.5)).toBe(0.875)
		expect(levelShare(-1)).toBeNull()
		expect(levelAlarm(levelShare(95))).toBe('good')
		expect(levelAlarm(levelShare(-1))).toBe('none')
	})
})

describe('waitNow', () => {
	it('goes on between events, and stops when the queue is empty', () => {
		expect(waitNow({ waiting: 1, longest_wait_ms: 5000 }, 100, 2100)).toBe(7000)
		expect(waitNow({ waiting: 0, longest_wait_ms: 5000 }, 100, 2100)).toBe(0)
	})
})

describe('sortAgents', () => {
	it('puts those on calls first, the longest in a state above', () => {
		const agent = (state: AgentState, since: number) => ({ state, since })
		const sorted = sortAgents([agent('rest', 1), agent('talking', 5), agent('talking', 2), agent('offered', 9)])
		expect(sorted.map((row) => `${row.state}${row.since}`)).toEqual(['offered9', 'talking2', 'talking5', 'rest1'])
	})
})

describe('totals', () => {
	it('adds queues and finds the longest wait', () => {
		const queue = (waiting: number, longest_wait_ms: number) => ({ waiting, longest_wait_ms, offered_today: 2, answered_today: 1, abandoned_today: 1 }) as LiveQueue
		expect(totals([queue(2, 5000), queue(0, 9000)])).toEqual({ waiting: 2, longest: 5000, offered: 4, answered: 2, abandoned: 2 })
		expect(totals([]).longest).toBe(0)
	})
})
