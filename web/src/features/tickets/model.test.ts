import { describe, expect, it } from 'vitest'
import { changesOf, dueLook, entryLook, reachable } from './model'

describe('entryLook', () => {
	it('never shows an internal note like a public answer', () => {
		expect(entryLook('internal')).toBe('internal')
		expect(entryLook('public')).toBe('public')
	})
	it('shows calls with their recording, the rest as small lines', () => {
		expect(entryLook('recording')).toBe('call')
		expect(entryLook('state')).toBe('event')
	})
})

describe('changesOf', () => {
	it('reads lists and single changes', () => {
		expect(changesOf({ changes: [{ field: 'subject', old: 'a', new: 'b' }] })).toEqual([{ field: 'subject', old: 'a', new: 'b' }])
		expect(changesOf({ from: 'new', to: 'open' })).toEqual([{ field: 'state', old: 'new', new: 'open' }])
		expect(changesOf({ field: 'assignee_id', old: null, new: '7' })).toEqual([{ field: 'assignee_id', old: null, new: '7' }])
	})
	it('is not upset by anything else', () => {
		expect(changesOf(null)).toEqual([])
		expect(changesOf({ note: 1 })).toEqual([])
		expect(changesOf({ changes: ['x', null] })).toEqual([])
	})
})

describe('reachable', () => {
	it('offers the present state and those the table leads to for this type', () => {
		const row = (type: string, from: string, to: string) => ({ id: '1', type, from, event: 'x', to })
		const table = [row('', 'new', 'open'), row('complaint', 'new', 'waiting'), row('', 'open', 'solved')]
		expect([...reachable(table, 'repair', 'new')]).toEqual(['new', 'open'])
		expect([...reachable(table, 'complaint', 'new')]).toEqual(['new', 'open', 'waiting'])
	})
})

describe('dueLook', () => {
	it('warns before and after the deadline, but not when closed', () => {
		expect(dueLook(1000, false, 2000)).toBe('late')
		expect(dueLook(3000, false, 2000)).toBe('soon')
		expect(dueLook(2000 + 5 * 3600_000, false, 2000)).toBe('ok')
		expect(dueLook(1000, true, 2000)).toBe('none')
	})
})
