// Customer rows as the form edits them.
import type { Address, Customer, Phone } from '@/api'

export interface CustomerDraft {
	name: string
	organisation: string | null
	type: string | null
	level: string | null
	department_id: string | null
	email: string | null
	remark: string | null
	tags: string[]
	phones: Phone[]
	addresses: Address[]
	blocked: boolean
}

export function emptyCustomer(number?: string | null): CustomerDraft {
	return {
		name: '', organisation: null, type: null, level: null, department_id: null, email: null, remark: null, tags: [], blocked: false,
		phones: [{ kind: phoneKind(number ?? ''), number: number ?? '', note: null }],
		addresses: [],
	}
}

/** Kind of a number as the dictionary of A43 has it: mobile by its shape, else the fixed line. */
export function phoneKind(number: string) {
	return /^(\+?86)?0?1[3-9]\d{9}$/.test(number.replace(/[\s-]/g, '')) ? 'mobile' : 'fixed1'
}

/** What is sent: without empty rows, and without the normalised numbers, which are the server's. */
export function customerBody<T extends Partial<CustomerDraft>>(draft: T): T {
	const body = { ...draft }
	if (body.phones)
		body.phones = body.phones.filter((row) => row.number.trim()).map(({ kind, number, note }) => ({ kind, number: number.trim(), note }))
	if (body.addresses) body.addresses = body.addresses.filter((row) => row.text.trim()).map(({ kind, text, contact }) => ({ kind, text: text.trim(), contact }))
	return body
}

export function addressesText(customer: Pick<Customer, 'addresses'>) {
	return customer.addresses.map((row) => row.text).filter(Boolean)
}
