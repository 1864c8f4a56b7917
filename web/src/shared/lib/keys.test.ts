import { describe, expect, it } from 'vitest'
import { chord } from './keys'

const event = (change: Partial<KeyboardEvent>) => ({ key: '', code: '', ctrlKey: false, metaKey: false, altKey: false, ...change })

describe('chord', () => {
	it('names plain keys by what they type', () => expect(chord(event({ key: '?', code: 'Slash' }))).toBe('?'))
	it('names modified letters by their place, whatever Alt types', () => {
		expect(chord(event({ key: 'å', code: 'KeyA', altKey: true }))).toBe('alt+a')
		expect(chord(event({ key: 'K', code: 'KeyK', ctrlKey: true }))).toBe('ctrl+k')
	})
	it('counts the Mac command key as ctrl', () => expect(chord(event({ key: 'k', code: 'KeyK', metaKey: true }))).toBe('ctrl+k'))
})
