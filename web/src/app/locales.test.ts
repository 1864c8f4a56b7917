import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

type Messages = { [key: string]: string | Messages }
const files = (name: string) => ({
	...(name === 'zh-CN'
		? import.meta.glob(['./locales/zh-CN.ts', '../shared/locales/zh-CN.ts', '../features/*/locales/zh-CN.ts'], { eager: true, import: 'default' })
		: import.meta.glob(['./locales/en.ts', '../shared/locales/en.ts', '../features/*/locales/en.ts'], { eager: true, import: 'default' })),
})

function flatten(messages: Messages, prefix: string, into: Map<string, string>) {
	for (const [key, value] of Object.entries(messages))
		if (typeof value === 'string') into.set(`${prefix}.${key}`, value)
		else flatten(value, `${prefix}.${key}`, into)
}

function load(name: string) {
	const found = new Map<string, string>()
	for (const [path, messages] of Object.entries(files(name))) {
		const folder = path.split('/').at(-3)!
		flatten(messages as Messages, folder === '.' || folder === '..' ? 'app' : folder, found)
	}
	return found
}

const zh = load('zh-CN')
const en = load('en')
const parameters = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort().join()

describe('both languages', () => {
	it('have the same keys with the same parameters', () => {
		expect([...en.keys()].sort()).toEqual([...zh.keys()].sort())
		const different = [...zh].filter(([key, text]) => parameters(text) !== parameters(en.get(key) ?? '')).map(([key]) => key)
		expect(different).toEqual([])
	})
	it('leave no Chinese in the English text, but for the name of the language itself', () => {
		const mixed = [...en].filter(([key, text]) => /[\u4e00-\u9fff]/.test(text) && !/anguage$/.test(key)).map(([key]) => key)
		expect(mixed).toEqual([])
	})
	it('know every key that a screen asks for', () => {
		const root = new URL('..', import.meta.url).pathname
		const unknown: string[] = []
		for (const entry of readdirSync(root, { recursive: true }) as string[]) {
			if (!/\.(vue|ts)$/.test(entry) || /\.test\.ts$|locales/.test(entry)) continue
			const source = readFileSync(root + entry, 'utf8')
			for (const match of source.matchAll(/\bt\(\s*'([\w.]+)'/g)) if (!zh.has(match[1])) unknown.push(`${entry}: ${match[1]}`)
			for (const match of source.matchAll(/\bt\([^()'`]*\? '([\w.]+)' : '([\w.]+)'/g))
				for (const key of [match[1], match[2]]) if (!zh.has(key)) unknown.push(`${entry}: ${key}`)
			for (const match of source.matchAll(/\bt\(`([\w.]+)\.\$\{/g))
				if (![...zh.keys()].some((key) => key.startsWith(`${match[1]}.`))) unknown.push(`${entry}: ${match[1]}.*`)
		}
		expect(unknown).toEqual([])
	})
})
