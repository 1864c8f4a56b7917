import { describe, expect, it } from 'vitest'
import { lineOf, parseFlow, positionOfNode } from './model'

describe('parseFlow', () => {
	it('takes an object', () => expect(parseFlow('{"start":"a"}')).toEqual({ flow: { start: 'a' }, problem: null }))
	it('refuses lists and words', () => {
		expect(parseFlow('[]').problem?.message).toBe('object')
		expect(parseFlow('null').flow).toBeNull()
	})
	it('names the line of a mistake', () => expect(parseFlow('{\n"a": 1,\n}').problem?.line).toBeGreaterThan(1))
})

describe('lineOf', () => {
	it('understands line and position', () => {
		expect(lineOf('a\nb\nc', new Error('bad at line 2 column 1'))).toBe(2)
		expect(lineOf('a\nb\nc', new Error('bad at position 4'))).toBe(3)
	})
})

describe('positionOfNode', () => {
	it('finds nodes by id and by key', () => {
		expect(positionOfNode('{"nodes":[{"id":"main"}]}', 'main')).toBe(11)
		expect(positionOfNode('{"nodes":{"main":{}}}', 'main')).toBe(10)
		expect(positionOfNode('{}', 'main')).toBe(0)
		expect(positionOfNode('{"a.b":1}', 'a.b')).toBe(1)
	})
})
