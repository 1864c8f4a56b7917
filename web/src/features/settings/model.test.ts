import { describe, expect, it } from 'vitest'
import { hoursProblem, shownEnd, startSteps, storedEnd } from './model'

describe('hoursProblem', () => {
	it('accepts a break at noon', () => {
		expect(hoursProblem([{ day: 1, from: '09:00', to: '12:00' }, { day: 1, from: '12:00', to: '18:00' }])).toBeNull()
	})
	it('lets a day end at midnight', () => {
		expect(hoursProblem([{ day: 1, from: '00:00', to: '24:00' }])).toBeNull()
		expect(storedEnd(shownEnd('24:00'))).toBe('24:00')
		expect(storedEnd('18:00')).toBe('18:00')
	})
	it('names the day that ends before it begins', () => {
		expect(hoursProblem([{ day: 3, from: '18:00', to: '09:00' }])).toEqual({ day: 3, kind: 'order' })
		expect(hoursProblem([{ day: 2, from: '', to: '09:00' }])).toEqual({ day: 2, kind: 'order' })
	})
	it('finds overlaps whatever the order of the rows', () => {
		expect(hoursProblem([{ day: 1, from: '11:00', to: '18:00' }, { day: 1, from: '09:00', to: '12:00' }])).toEqual({ day: 1, kind: 'overlap' })
	})
})

describe('startSteps', () => {
	it('ticks what is there', () => {
		const steps = startSteps({ numbers: 1, greetings: 0, publishedFlows: 2, agents: 3, calendars: 0, calls: 0 })
		expect(Object.fromEntries(steps.map((step) => [step.name, step.done]))).toEqual({ greeting: false, flow: true, number: true, agents: true, hours: false, test: false })
	})
})
