// A draft on the server: saved at every pause in typing, follows the user to every screen.
import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { api, AppError, type Draft } from '@/api'

export type DraftState = 'none' | 'waiting' | 'saved' | 'failed'

export function useDraft<T extends object>(key: Ref<string | null>, values: T, apply: (content: Partial<T>) => void) {
	const state = ref<DraftState>('none')
	const savedAt = ref(0)
	let timer = 0
	let loadedKey: string | null = null
	let written = ''

	const path = (draftKey: string) => `/drafts/${encodeURIComponent(draftKey)}` as const

	async function save() {
		clearTimeout(timer)
		const draftKey = loadedKey
		const text = JSON.stringify(values)
		if (!draftKey || text === written) return
		try {
			await api.put(path(draftKey), { content: JSON.parse(text) })
			if (draftKey !== loadedKey) return
			written = text
			savedAt.value = Date.now()
			state.value = 'saved'
		} catch (error) {
			if (draftKey !== loadedKey) return
			state.value = 'failed'
			if (error instanceof AppError && error.status < 500 && error.status > 0) return
			timer = window.setTimeout(save, 5000)
		}
	}

	/** Drops the draft: its content has become a row. */
	async function clear() {
		clearTimeout(timer)
		const draftKey = loadedKey
		written = JSON.stringify(values)
		state.value = 'none'
		if (draftKey) await api.remove(path(draftKey)).catch(() => undefined)
	}

	watch(
		key,
		async (next) => {
			if (loadedKey) void save()
			loadedKey = null
			state.value = 'none'
			if (!next) return
			const before = JSON.stringify(values)
			try {
				const draft = await api.get<Draft>(path(next))
				if (key.value !== next) return
				if (JSON.stringify(values) === before) apply(draft.content as Partial<T>)
				state.value = 'saved'
				savedAt.value = draft.updated
			} catch {
				/* no draft yet */
			}
			written = JSON.stringify(values)
			loadedKey = next
		},
		{ immediate: true },
	)

	watch(values, () => {
		if (!loadedKey || JSON.stringify(values) === written) return
		state.value = 'waiting'
		clearTimeout(timer)
		timer = window.setTimeout(save, 800)
	})

	onScopeDispose(() => void save())
	return { state, savedAt, save, clear }
}
