// Tabs of open work: calls, tickets, customers. They survive sign-out (preferences) and keep what was typed in them.
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { useSession } from '@/features/auth'
import { addTab, closeTab, type Tab, type TabKind } from './model'

export const useWork = defineStore('work', () => {
	const session = useSession()
	const tabs = ref<Tab[]>([])
	let generation = 0

	function restore() {
		tabs.value = session.preference<Tab[]>('tabs', []).filter((tab) => tab.key && tab.to).map((tab) => ({ ...tab, blink: false, generation: ++generation }))
	}

	function open(kind: TabKind, id: string, title: string, blink = false) {
		tabs.value = addTab(tabs.value, { kind, id, title, blink, generation: ++generation })
	}

	/** The tab to show next when the closed one was on screen. */
	function close(key: string) {
		const { tabs: rest, next } = closeTab(tabs.value, key)
		tabs.value = rest
		return next
	}

	function seen(path: string) {
		const tab = tabs.value.find((row) => row.to === path)
		if (tab?.blink) tab.blink = false
	}

	const generationOf = (path: string) => tabs.value.find((tab) => tab.to === path)?.generation ?? 0

	watch(
		() => JSON.stringify(tabs.value.map(({ key, kind, id, title, to }) => ({ key, kind, id, title, to }))),
		(text, before) => {
			if (before && session.user) session.setPreference('tabs', JSON.parse(text))
		},
	)
	return { tabs, restore, open, close, seen, generationOf }
})
