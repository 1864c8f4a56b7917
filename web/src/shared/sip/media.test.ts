import { describe, expect, it } from 'vitest'
import { FlowWatch, meterSteps, micProblem } from './media'

const named = (name: string) => Object.assign(new Error(), { name })

describe('micProblem', () => {
	it('tells refusal, absence, use by others and an insecure page apart', () => {
		expect(micProblem(named('NotAllowedError'))).toBe('denied')
		expect(micProblem(named('NotFoundError'))).toBe('missing')
		expect(micProblem(named('NotReadableError'))).toBe('busy')
		expect(micProblem(named('InsecureError'))).toBe('insecure')
		expect(micProblem('odd')).toBe('failed')
	})
})

describe('FlowWatch', () => {
	it('is patient at the start and while packets come', () => {
		const watch = new FlowWatch(3000, 0)
		expect(watch.see(0, 1000)).toBe(true)
		expect(watch.see(50, 2000)).toBe(true)
		expect(watch.see(100, 4500)).toBe(true)
	})
	it('tells after three seconds of silence on the wire, and recovers', () => {
		const watch = new FlowWatch(3000, 0)
		watch.see(50, 1000)
		expect(watch.see(50, 3900)).toBe(true)
		expect(watch.see(50, 4000)).toBe(false)
		expect(watch.see(51, 5000)).toBe(true)
	})
})

describe('meterSteps', () => {
	it('shows nothing for silence and all for full scale', () => {
		expect(meterSteps(0)).toBe(0)
		expect(meterSteps(1)).toBe(10)
		expect(meterSteps(0.01)).toBeGreaterThan(0)
		expect(meterSteps(0.01)).toBeLessThan(meterSteps(0.1))
	})
})
