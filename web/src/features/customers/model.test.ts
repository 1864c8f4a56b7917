import { describe, expect, it } from 'vitest'
import { customerBody, emptyCustomer, phoneKind } from './model'

describe('phoneKind', () => {
	it('knows mobile numbers with and without prefix', () => {
		expect(phoneKind('13800138000')).toBe('mobile')
		expect(phoneKind('+86 138 0013 8000')).toBe('mobile')
		expect(phoneKind('013800138000')).toBe('mobile')
	})
	it('takes the rest as fixed lines', () => {
		expect(phoneKind('02164001234')).toBe('fixed1')
		expect(phoneKind('')).toBe('fixed1')
	})
})

describe('emptyCustomer', () => {
	it('has the number of the caller filled in', () => {
		expect(emptyCustomer('13800138000').phones).toEqual([{ kind: 'mobile', number: '13800138000', note: null }])
	})
})

describe('customerBody', () => {
	it('drops empty rows and what the server computes', () => {
		const body = customerBody({
			phones: [{ kind: 'mobile', number: ' 138 ', normalized: '138', note: null }, { kind: 'fixed1', number: ' ', note: null }],
			addresses: [{ kind: 'home', text: '', contact: null }],
		})
		expect(body).toEqual({ phones: [{ kind: 'mobile', number: '138', note: null }], addresses: [] })
	})
	it('leaves out what was not changed', () => expect(customerBody({ name: '王' })).toEqual({ name: '王' }))
})
