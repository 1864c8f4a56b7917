// Saved views of a list, kept in the user's preferences.
import { computed } from 'vue'
import type { View } from '@/shared/lib/views'
import { useSession } from './session'

export function useViews(list: string) {
	const session = useSession()
	const key = `views.${list}`
	const views = computed(() => session.preference<View[]>(key, []))
	return {
		views,
		save: (view: View) => session.setPreference(key, [...views.value.filter((old) => old.name !== view.name), view]),
		remove: (view: View) => session.setPreference(key, views.value.filter((old) => old.name !== view.name)),
	}
}
