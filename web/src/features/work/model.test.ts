import { describe, expect, it } from 'vitest'
import { addTab, closeTab, type Tab } from './model'

const tab = (id: string, title = id, blink = false) => ({ kind: 'ticket' as const, id, title, blink, generation: 1 })
const open = (...ids: string[]) => ids.reduce<Tab[]>((tabs, id) => addTab(tabs, tab(id)), [])

describe('addTab', () => {
	it('opens a record once and takes its newer title', () => {
		const tabs = addTab(open('1', '2'), tab('1', 'renamed'))
		expect(tabs.map((row) => row.title)).toEqual(['renamed', '2'])
		expect(tabs[0].to).toBe('/tickets/1')
	})
	it('keeps blinking until it was seen', () => {
		expect(addTab(addTab([], tab('1', 'a', true)), tab('1', 'b'))[0].blink).toBe(true)
	})
	it('lets the oldest go beyond thirty, but never one that blinks', () => {
		let tabs = addTab([], tab('call', 'call', true))
		for (let i = 0; i < 30; i++) tabs = addTab(tabs, tab(String(i)))
		expect(tabs).toHaveLength(30)
		expect(tabs.map((row) => row.id).slice(0, 2)).toEqual(['call', '1'])
	})
})

describe('closeTab', () => {
	it('shows the right neighbour, else the left one', () => {
		expect(closeTab(open('1', '2', '3'), 'ticket:2').next?.id).toBe('3')
		expect(closeTab(open('1', '2'), 'ticket:2').next?.id).toBe('1')
		expect(closeTab(open('1'), 'ticket:1').next).toBeNull()
	})
})
