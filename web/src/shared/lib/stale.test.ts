import { describe, expect, it } from 'vitest'
import { changedFields, compareStale } from './stale'

const base = { subject: 'a', priority: 'normal', tags: ['x'] as string[], due: null as number | null }

describe('compareStale', () => {
	it('takes over what only the others changed', () => {
		const { conflicts, merged } = compareStale(base, { ...base, subject: 'mine' }, { ...base, priority: 'high' })
		expect(conflicts).toEqual([])
		expect(merged).toEqual({ ...base, subject: 'mine', priority: 'high' })
	})
	it('shows both values where both changed', () => {
		const { conflicts, merged } = compareStale(base, { ...base, subject: 'mine' }, { ...base, subject: 'theirs' })
		expect(conflicts).toEqual([{ field: 'subject', mine: 'mine', theirs: 'theirs' }])
		expect(merged.subject).toBe('mine')
	})
	it('is quiet when both typed the same', () => {
		expect(compareStale(base, { ...base, subject: 's' }, { ...base, subject: 's' }).conflicts).toEqual([])
	})
	it('counts null and empty text as the same', () => {
		expect(compareStale(base, { ...base }, { due: undefined }).conflicts).toEqual([])
	})
})

describe('changedFields', () => {
	it('holds only the differences', () => {
		expect(changedFields(base, { ...base, tags: ['x', 'y'] })).toEqual({ tags: ['x', 'y'] })
		expect(changedFields(base, { ...base, tags: ['x'] })).toEqual({})
	})
})
