// Both languages. Chinese is in the shell, English is loaded when it is asked for; a switch needs no reload.
import zhElement from 'element-plus/es/locale/lang/zh-cn'
import { shallowRef } from 'vue'
import { createI18n } from 'vue-i18n'

export type Locale = 'zh-CN' | 'en'
type Messages = Record<string, Record<string, unknown>>

/** "../features/tickets/locales/zh-CN.ts" → its messages under "tickets"; app and shared likewise. */
export function byFolder(files: Record<string, unknown>): Messages {
	const messages: Messages = {}
	for (const [path, text] of Object.entries(files)) {
		const folder = path.split('/').at(-3)!
		messages[folder === '..' || folder === '.' ? 'app' : folder] = text as Record<string, unknown>
	}
	return messages
}

const zh = byFolder(
	import.meta.glob(['./locales/zh-CN.ts', '../shared/locales/zh-CN.ts', '../features/*/locales/zh-CN.ts', '!../features/guest/**'], {
		eager: true,
		import: 'default',
	}),
)

export const i18n = createI18n({
	legacy: false,
	locale: 'zh-CN',
	fallbackLocale: 'zh-CN',
	messages: { 'zh-CN': zh } as never,
	missingWarn: import.meta.env.DEV,
	fallbackWarn: false,
})

export const elementLocale = shallowRef(zhElement)

export function localeOf(language: string | null | undefined): Locale {
	return language?.toLowerCase().startsWith('en') ? 'en' : 'zh-CN'
}

export async function setLocale(locale: Locale) {
	if (locale === 'en') {
		const english = await import('./english')
		i18n.global.setLocaleMessage('en', english.messages as never)
		elementLocale.value = english.element
	} else elementLocale.value = zhElement
	;(i18n.global.locale as unknown as { value: Locale }).value = locale
	document.documentElement.lang = locale
	localStorage.setItem('hotline.locale', locale)
}

export function storedLocale(): Locale {
	return localeOf(localStorage.getItem('hotline.locale') ?? navigator.language)
}
