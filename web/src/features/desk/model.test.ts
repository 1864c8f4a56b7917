import { describe, expect, it } from 'vitest'
import type { Customer } from '@/api'
import { firstSection, popView, recentFirst } from './model'

const customer = { id: '1', name: '王' } as Customer

describe('popView', () => {
	it('follows the match of the number', () => {
		expect(popView({ match: 'several', customers: [customer, customer] }, null)).toBe('several')
		expect(popView({ match: 'unknown', customers: [] }, null)).toBe('unknown')
		expect(popView({ match: 'anonymous', customers: [] }, null)).toBe('anonymous')
	})
	it('shows the customer as soon as one is chosen', () => {
		expect(popView({ match: 'several', customers: [] }, customer)).toBe('known')
	})
	it('does not believe a match without a customer (outside the data range)', () => {
		expect(popView({ match: 'known', customers: [] }, null)).toBe('unknown')
	})
})

describe('firstSection', () => {
	it('opens the new-customer form for unknown numbers only', () => {
		expect(firstSection('unknown')).toBe('customer')
		expect(firstSection('known')).toBe('ticket')
		expect(firstSection('anonymous')).toBe('ticket')
	})
})

describe('recentFirst', () => {
	it('puts recent codes on top and drops those that are gone', () => {
		const options = ['a', 'b', 'c'].map((value) => ({ value }))
		expect(recentFirst(options, ['c', 'x']).map((option) => option.value)).toEqual(['c', 'a', 'b'])
	})
})
