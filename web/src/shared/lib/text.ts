// Text of things that come from the server: bilingual names, refusals.
import { useI18n } from 'vue-i18n'
import { AppError, type Named } from '@/api'

export function useNames() {
	const { locale } = useI18n()
	/** The name in the language of the screen; the Chinese one where no English is given. */
	function name(row: Named | null | undefined) {
		if (!row) return ''
		return (locale.value === 'en' && row.name_en) || row.name
	}
	const pick = (zh: string | null | undefined, en: string | null | undefined) =>
		(locale.value === 'en' && en) || zh || ''
	return { name, pick }
}

export function useErrorText() {
	const { t, te } = useI18n()
	/** What happened, in words of the screen; unknown codes keep the server's sentence. */
	return function errorText(error: unknown): string {
		if (!(error instanceof AppError)) return t('shared.error.unexpected')
		const key = `shared.error.${error.code}`
		if (te(key) || te(key, 'zh-CN')) return t(key)
		const byStatus = `shared.error.http_${error.status}`
		if (te(byStatus, 'zh-CN')) return t(byStatus)
		return error.problem.detail || t('shared.error.unexpected')
	}
}
