// Language and theme switch at once, without a reload; remembered for the user and for the sign-in page.
import { useI18n } from 'vue-i18n'
import { useSession } from '@/features/auth'
import { setLocale, type Locale } from '../i18n'
import { dark, setTheme } from '../theme'

export function useLook() {
	const session = useSession()
	const { locale } = useI18n()
	return {
		locale,
		dark,
		async switchLanguage() {
			const next: Locale = locale.value === 'en' ? 'zh-CN' : 'en'
			await setLocale(next)
			await session.update({ language: next })
		},
		async switchTheme() {
			const next = dark.value ? 'light' : 'dark'
			setTheme(next)
			await session.update({ theme: next })
		},
	}
}
