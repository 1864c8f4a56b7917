import { describe, expect, it } from 'vitest'
import { controls, dialable } from './model'

const all = () => true

describe('controls', () => {
	it('are all off without a call', () => {
		expect(Object.values(controls(null, all)).some(Boolean)).toBe(false)
	})
	it('offer no transfer without the right', () => {
		expect(controls({ state: 'talking' }, () => false).transfer).toBe(false)
		expect(controls({ state: 'held' }, all).transfer).toBe(true)
	})
	it('can always end what goes on, also a lost leg', () => {
		expect(controls({ state: 'lost' }, all).hangup).toBe(true)
		expect(controls({ state: 'ringing' }, all).hangup).toBe(true)
	})
	it('send no keys while the customer hears music', () => {
		expect(controls({ state: 'held' }, all).keypad).toBe(false)
	})
})

describe('dialable', () => {
	it('takes numbers as people write them', () => {
		expect(dialable('138 0013-8000')).toBe('13800138000')
		expect(dialable('（021）6400.1234')).toBe('02164001234')
		expect(dialable('+86 138')).toBe('+86138')
	})
	it('refuses words and single digits', () => {
		expect(dialable('张三')).toBeNull()
		expect(dialable('1')).toBeNull()
		expect(dialable('')).toBeNull()
	})
})
