import { expect, it } from 'vitest'
import { troubleOf } from './call'

it('says plainly why no call came about', () => {
	expect(troubleOf(403)).toBe('off')
	expect(troubleOf(429)).toBe('many')
	expect(troubleOf(503)).toBe('full')
	expect(troubleOf(486)).toBe('full')
	expect(troubleOf(0)).toBe('network')
	expect(troubleOf(488)).toBe('failed')
})
