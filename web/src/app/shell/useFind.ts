// What the command bar finds: open work and places at once, customers, tickets and calls from the server.
import { Clock, Tickets, User } from '@element-plus/icons-vue'
import { useQuery } from '@tanstack/vue-query'
import { computed, ref, watch, type Component, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, type Customer, type Interaction, type Page, type Path, type Ticket } from '@/api'
import { useSession } from '@/features/auth'
import { useWork } from '@/features/work'
import { dateTime } from '@/shared/lib/format'
import { usePlaces } from './usePlaces'

export interface Hit {
	to: string
	title: string
	note: string
	icon: Component
}

export function useFind(text: Ref<string>, open: Ref<boolean>) {
	const { t } = useI18n()
	const session = useSession()
	const work = useWork()
	const { mine } = usePlaces()
	const term = ref('')
	let timer = 0
	watch(text, (value) => {
		clearTimeout(timer)
		timer = window.setTimeout(() => (term.value = value.trim()), 150)
	})

	const searching = computed(() => open.value && term.value.length >= 2)
	const find = <T>(key: string, path: Path<'get'>, permission: string, query: (term: string) => Record<string, string>) =>
		useQuery({
			queryKey: computed(() => ['find', key, term.value]),
			queryFn: ({ signal }) => api.get<Page<T>>(path, { ...query(term.value), limit: 6 }, signal),
			enabled: () => searching.value && session.can(permission),
			retry: false,
		})
	const customers = find<Customer>('customers', '/customers', 'customer.read', (q) => ({ q }))
	const tickets = find<Ticket>('tickets', '/tickets', 'ticket.read', (q) => ({ q }))
	const calls = find<Interaction>('calls', '/interactions', 'interaction.read', (number) => ({ number }))

	const matches = (title: string) => title.toLowerCase().includes(text.value.trim().toLowerCase())
	const groups = computed(() => {
		const digits = /^[\d\s+-]{3,}$/.test(term.value)
		const found: { title: string; hits: Hit[] }[] = [
			{ title: t('work.tabs'), hits: work.tabs.filter((tab) => matches(tab.title)).map((tab) => ({ to: tab.to, title: tab.title, note: t(`work.kinds.${tab.kind}`), icon: { call: Clock, ticket: Tickets, customer: User }[tab.kind] })) },
		]
		if (searching.value)
			found.push(
				{ title: t('app.place.customers'), hits: (customers.data.value?.items ?? []).map((row) => ({ to: `/customers/${row.id}`, title: row.name, note: row.organisation ?? row.phones[0]?.number ?? '', icon: User })) },
				{ title: t('app.place.tickets'), hits: (tickets.data.value?.items ?? []).map((row) => ({ to: `/tickets/${row.id}`, title: `${row.number} ${row.subject}`, note: row.customer_name ?? '', icon: Tickets })) },
				{ title: t('app.place.calls'), hits: digits ? (calls.data.value?.items ?? []).map((row) => ({ to: `/calls?call=${row.id}`, title: `${row.customer_name ?? row.number ?? ''}`, note: dateTime(row.started), icon: Clock })) : [] },
			)
		found.push({ title: t('app.places'), hits: mine.value.filter((place) => matches(t(`app.place.${place.name}`)) || matches(place.name)).map((place) => ({ to: place.to, title: t(`app.place.${place.name}`), note: '', icon: place.icon })) })
		return found.filter((group) => group.hits.length)
	})
	const busy = computed(() => searching.value && (customers.isFetching.value || tickets.isFetching.value))
	return { groups, busy }
}
