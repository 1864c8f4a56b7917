// What calls are read by.
import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, type InteractionDetail } from '@/api'

export function useInteraction(id: MaybeRefOrGetter<string | null | undefined>) {
	return useQuery({
		queryKey: computed(() => ['interactions', toValue(id)]),
		queryFn: () => api.get<InteractionDetail>(`/interactions/${toValue(id)}`),
		enabled: () => Boolean(toValue(id)),
	})
}
