// A page of work registers its tab and keeps the title fresh.
import { watchEffect } from 'vue'
import type { TabKind } from './model'
import { useWork } from './store'

export function useTab(kind: TabKind, id: () => string, title: () => string | undefined) {
	const work = useWork()
	let last = ''
	watchEffect(() => {
		const text = title()
		if (!text || text === last) return
		last = text
		work.open(kind, id(), text)
	})
}
