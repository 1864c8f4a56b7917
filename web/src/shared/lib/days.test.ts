import { expect, it } from 'vitest'
import { dayEnd, dayStart, dayText } from './days'

it('takes both days of a range whole', () => {
	expect(dayEnd('2026-11-21') - dayStart('2026-11-21')).toBe(86_400_000 - 1)
	expect(dayEnd('2026-12-31') + 1).toBe(dayStart('2027-01-01'))
})

it('shows the day a value lies in', () => {
	expect(dayText(String(dayEnd('2026-11-21')))).toBe('2026-11-21')
	expect(dayText(undefined)).toBe('')
	expect(dayText('x')).toBe('')
})
