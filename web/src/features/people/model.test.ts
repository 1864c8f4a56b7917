import { describe, expect, it } from 'vitest'
import { bySubject, withGrant } from './model'

const permission = (name: string, ranged = true) => ({ name, ranged, text_zh: '', text_en: '' })

describe('bySubject', () => {
	it('gathers rights under what they are about, in the given order', () => {
		const groups = bySubject([permission('ticket.read'), permission('user.read'), permission('ticket.write')])
		expect(groups.map((group) => [group.subject, group.rows.length])).toEqual([['ticket', 2], ['user', 1]])
	})
})

describe('withGrant', () => {
	it('adds, changes and takes away', () => {
		const one = withGrant([], permission('ticket.read'), 'own')
		expect(one).toEqual([{ name: 'ticket.read', range: 'own' }])
		expect(withGrant(one, permission('ticket.read'), 'all')).toEqual([{ name: 'ticket.read', range: 'all' }])
		expect(withGrant(one, permission('ticket.read'), '')).toEqual([])
	})
	it('gives rights without a range for all', () => {
		expect(withGrant([], permission('role.manage', false), 'own')).toEqual([{ name: 'role.manage', range: 'all' }])
	})
})
