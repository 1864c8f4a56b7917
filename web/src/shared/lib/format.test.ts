import { describe, expect, it } from 'vitest'
import { clock, maskNumber, percent, readableNumber, relative, secondsLeft, shortDateTime } from './format'

describe('clock', () => {
	it('shows minutes and seconds, and hours only when there are some', () => {
		expect(clock(0)).toBe('00:00')
		expect(clock(75_400)).toBe('01:15')
		expect(clock(3_700_000)).toBe('1:01:40')
	})
	it('never shows a negative time', () => expect(clock(-5000)).toBe('00:00'))
})

describe('secondsLeft', () => {
	it('rounds up, so a deadline shows 1 until it is over', () => {
		expect(secondsLeft(10_001, 10_000)).toBe(1)
		expect(secondsLeft(10_000, 10_000)).toBe(0)
		expect(secondsLeft(9_000, 10_000)).toBe(0)
	})
})

describe('relative', () => {
	const now = Date.UTC(2026, 10, 21, 12)
	it('speaks the language of the screen', () => {
		expect(relative(now - 3 * 60_000, now, 'zh-CN')).toBe('3分钟前')
		expect(relative(now + 2 * 3600_000, now, 'en')).toBe('in 2 hr.')
	})
	it('turns into a date after a week', () => {
		expect(relative(now - 30 * 86400_000, now, 'en')).toMatch(/^2026-10-2\d$/)
	})
})

describe('shortDateTime', () => {
	it('leaves out the year while it is obvious', () => {
		const time = new Date(2026, 10, 21, 23, 17, 32).getTime()
		expect(shortDateTime(time, time)).toBe('11-21 23:17:32')
		expect(shortDateTime(time, new Date(2027, 0, 1).getTime())).toBe('2026-11-21 23:17')
	})
})

describe('maskNumber', () => {
	it('keeps the first three and last four digits', () => expect(maskNumber('13800138000')).toBe('138****8000'))
	it('leaves extensions and masked numbers alone', () => {
		expect(maskNumber('8001')).toBe('8001')
		expect(maskNumber('138****8000')).toBe('138****8000')
	})
})

describe('readableNumber', () => {
	it('groups mobile numbers only', () => {
		expect(readableNumber('13800138000')).toBe('138 0013 8000')
		expect(readableNumber('02164001234')).toBe('02164001234')
	})
})

describe('percent', () => {
	it('rounds, and shows a dash for nothing', () => {
		expect(percent(0.876)).toBe('88%')
		expect(percent(null)).toBe('—')
	})
})
