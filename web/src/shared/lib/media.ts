// A media query as a ref.
import { onScopeDispose, readonly, ref } from 'vue'

export function useMedia(query: string) {
	const list = matchMedia(query)
	const matches = ref(list.matches)
	const update = () => (matches.value = list.matches)
	list.addEventListener('change', update)
	onScopeDispose(() => list.removeEventListener('change', update))
	return readonly(matches)
}
