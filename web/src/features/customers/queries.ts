// What customers are read by.
import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, type Contact, type Customer, type Page, type Ticket } from '@/api'

export function useCustomer(id: MaybeRefOrGetter<string | null | undefined>) {
	return useQuery({
		queryKey: computed(() => ['customers', toValue(id)]),
		queryFn: () => api.get<Customer>(`/customers/${toValue(id)}`),
		enabled: () => Boolean(toValue(id)),
	})
}

export function useContacts(id: MaybeRefOrGetter<string | null | undefined>) {
	return useQuery({
		queryKey: computed(() => ['contacts', toValue(id)]),
		queryFn: async () => (await api.get<Page<Contact>>(`/customers/${toValue(id)}/contacts`, { limit: 5 })).items,
		enabled: () => Boolean(toValue(id)),
	})
}

export function useOpenTickets(id: MaybeRefOrGetter<string | null | undefined>, allowed: MaybeRefOrGetter<boolean>) {
	return useQuery({
		queryKey: computed(() => ['tickets', 'list', 'open-of', toValue(id)]),
		queryFn: async () => (await api.get<Page<Ticket>>('/tickets', { customer_id: toValue(id), open: true, limit: 5 })).items,
		enabled: () => Boolean(toValue(id)) && toValue(allowed),
	})
}
