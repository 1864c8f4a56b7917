// A list paged by key: pages are added at the end, old rows stay until new ones are there.
import { keepPreviousData, useInfiniteQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, type Page, type Path, type Query } from '@/api'

export function useList<T>(
	key: MaybeRefOrGetter<readonly unknown[]>,
	path: MaybeRefOrGetter<Path<'get'>>,
	query: MaybeRefOrGetter<Query> = {},
	options: { enabled?: MaybeRefOrGetter<boolean>; limit?: number; refetchInterval?: number } = {},
) {
	const result = useInfiniteQuery({
		queryKey: computed(() => [...toValue(key), toValue(path), toValue(query)]),
		queryFn: ({ pageParam, signal }) =>
			api.get<Page<T>>(toValue(path), { limit: options.limit ?? 50, ...toValue(query), cursor: pageParam }, signal),
		initialPageParam: undefined as string | undefined,
		getNextPageParam: (last) => last.next ?? undefined,
		placeholderData: keepPreviousData,
		enabled: () => toValue(options.enabled ?? true),
		refetchInterval: options.refetchInterval,
	})
	return {
		rows: computed(() => result.data.value?.pages.flatMap((page) => page.items) ?? []),
		loading: result.isPending,
		fetching: result.isFetching,
		error: result.error,
		more: computed(() => Boolean(result.hasNextPage.value)),
		loadMore: () => {
			if (result.hasNextPage.value && !result.isFetchingNextPage.value) void result.fetchNextPage()
		},
		refresh: () => void result.refetch(),
	}
}
export type List<T> = ReturnType<typeof useList<T>>

/** All rows of a short list (dictionary, departments): one request, cached. */
export async function allRows<T>(path: Path<'get'>, query: Query = {}): Promise<T[]> {
	const rows: T[] = []
	let cursor: string | null = null
	do {
		const page: Page<T> = await api.get<Page<T>>(path, { limit: 200, ...query, cursor })
		rows.push(...page.items)
		cursor = page.next
	} while (cursor && rows.length < 5000)
	return rows
}
