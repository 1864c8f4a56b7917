// The English pack: one chunk, loaded on the first switch.
import en from 'element-plus/es/locale/lang/en'
import { byFolder } from './i18n'

export const element = en
export const messages = byFolder(
	import.meta.glob(['./locales/en.ts', '../shared/locales/en.ts', '../features/*/locales/en.ts', '!../features/guest/**'], {
		eager: true,
		import: 'default',
	}),
)
