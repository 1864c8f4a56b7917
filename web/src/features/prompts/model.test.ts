import { describe, expect, it } from 'vitest'
import { latest, maxUpload, uploadProblem } from './model'

describe('latest', () => {
	it('is the newest version of the language', () => {
		const row = (id: string, version: number, language: string) => ({ id, version, language, milliseconds: 1, created: 0, source: 'clip' as const })
		const prompt = { versions: [row('a', 1, 'zh-CN'), row('b', 2, 'zh-CN'), row('c', 3, 'en')] }
		expect(latest(prompt, 'zh')?.id).toBe('b')
		expect(latest(prompt, 'en')?.id).toBe('c')
		expect(latest({ versions: [] }, 'zh')).toBeUndefined()
	})
})

describe('uploadProblem', () => {
	it('tells the limit before anything is sent', () => {
		expect(uploadProblem({ size: maxUpload + 1, type: 'audio/wav', name: 'a.wav' })).toBe('size')
		expect(uploadProblem({ size: 10, type: '', name: 'a.FLAC' })).toBeNull()
		expect(uploadProblem({ size: 10, type: 'application/pdf', name: 'a.pdf' })).toBe('kind')
	})
})
