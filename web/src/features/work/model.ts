// Tabs of open work as plain lists.
export type TabKind = 'call' | 'ticket' | 'customer'
export interface Tab {
	key: string
	kind: TabKind
	id: string
	title: string
	to: string
	blink: boolean
	/** New for each opening, so a tab opened again starts fresh. */
	generation: number
}

const paths: Record<TabKind, string> = { call: '/desk/call/', ticket: '/tickets/', customer: '/customers/' }
const most = 30

export const tabPath = (kind: TabKind, id: string) => paths[kind] + id

/** Opens or renames a tab; over the limit the oldest that does not blink goes. */
export function addTab(tabs: Tab[], tab: Omit<Tab, 'key' | 'to'>): Tab[] {
	const key = `${tab.kind}:${tab.id}`
	const old = tabs.find((row) => row.key === key)
	if (old)
		return tabs.map((row) => (row === old ? { ...row, title: tab.title || row.title, blink: row.blink || tab.blink } : row))
	const next = [...tabs, { ...tab, key, to: tabPath(tab.kind, tab.id) }]
	if (next.length <= most) return next
	const victim = next.find((row) => !row.blink)
	return next.filter((row) => row !== victim)
}

export function closeTab(tabs: Tab[], key: string): { tabs: Tab[]; next: Tab | null } {
	const index = tabs.findIndex((tab) => tab.key === key)
	const rest = tabs.filter((tab) => tab.key !== key)
	return { tabs: rest, next: rest[index] ?? rest[index - 1] ?? null }
}
