// Filters of a list live in the address, so that a view can be sent, reloaded and saved.
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'

export function useFilters(names: readonly string[]) {
	const route = useRoute()
	const router = useRouter()
	const home = route.path
	let last: Record<string, string> = {}

	/** Kept while another page is shown, because lists stay alive behind it. */
	const values = computed<Record<string, string>>(() => {
		if (route.path !== home) return last
		const found: Record<string, string> = {}
		for (const name of names) {
			const value = route.query[name]
			if (typeof value === 'string' && value) found[name] = value
		}
		return JSON.stringify(found) === JSON.stringify(last) ? last : (last = found)
	})

	function replace(next: Record<string, string>) {
		const rest = Object.fromEntries(Object.entries(route.query).filter(([name]) => !names.includes(name)))
		void router.replace({ path: home, query: { ...rest, ...next } })
	}
	function set(name: string, value: string | null | undefined) {
		const next = { ...values.value }
		if (value) next[name] = value
		else delete next[name]
		replace(next)
	}
	return { values, set, replace }
}
