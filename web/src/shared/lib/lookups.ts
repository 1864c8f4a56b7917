// Short tables every screen reads: dictionary, departments, queues, colleagues. Cached; events refresh them.
import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import type { AgentCard, Department, DictionaryRow, Queue, User } from '@/api'
import { allRows } from './list'
import { useNames } from './text'

export interface Option {
	value: string
	label: string
	disabled?: boolean
	depth?: number
}

const lasting = { staleTime: 5 * 60_000 }

export function useDictionary(kind: MaybeRefOrGetter<string>) {
	const { name } = useNames()
	const { data } = useQuery({
		queryKey: computed(() => ['dictionary', toValue(kind)]),
		queryFn: () => allRows<DictionaryRow>('/dictionary', { kind: toValue(kind) }),
		...lasting,
	})
	const rows = computed(() => [...(data.value ?? [])].sort((a, b) => a.position - b.position))
	const byCode = computed(() => new Map(rows.value.map((row) => [row.code, row])))
	return {
		rows,
		row: (code: string | null | undefined) => byCode.value.get(code ?? ''),
		text: (code: string | null | undefined) => name(byCode.value.get(code ?? '')) || code || '',
		options: computed<Option[]>(() => options(rows.value, name)),
	}
}

/** Children follow their parent, one step further in. */
export function options(rows: DictionaryRow[], name: (row: DictionaryRow) => string, parent: string | null = null, depth = 0): Option[] {
	const ids = new Set(rows.map((row) => row.id))
	return rows
		.filter((row) => row.active && (row.parent_id && ids.has(row.parent_id) ? row.parent_id : null) === parent)
		.flatMap((row) => {
			const children = options(rows, name, row.id, depth + 1)
			return [{ value: row.code, label: name(row), depth, disabled: children.length > 0 }, ...children]
		})
}

export function useDepartments() {
	const { name } = useNames()
	const { data } = useQuery({ queryKey: ['departments'], queryFn: () => allRows<Department>('/departments'), ...lasting })
	const rows = computed(() => data.value ?? [])
	const byId = computed(() => new Map(rows.value.map((row) => [row.id, row])))
	return {
		rows,
		text: (id: string | null | undefined) => name(byId.value.get(id ?? '')),
		options: computed<Option[]>(() => departmentOptions(rows.value, name)),
	}
}

export function departmentOptions(rows: Department[], name: (row: Department) => string, parent: string | null = null, depth = 0): Option[] {
	const ids = new Set(rows.map((row) => row.id))
	return rows
		.filter((row) => (row.parent_id && ids.has(row.parent_id) ? row.parent_id : null) === parent)
		.sort((a, b) => a.position - b.position)
		.flatMap((row) => [
			{ value: row.id, label: name(row), depth, disabled: !row.active },
			...departmentOptions(rows, name, row.id, depth + 1),
		])
}

export function useQueues() {
	const { name } = useNames()
	const { data } = useQuery({ queryKey: ['queues', 'all'], queryFn: () => allRows<Queue>('/queues'), retry: false, ...lasting })
	const rows = computed(() => data.value ?? [])
	return { rows, options: computed<Option[]>(() => rows.value.map((row) => ({ value: row.id, label: name(row) }))) }
}

/** People a ticket can be given to: all in the caller's range, or the agents' directory without that right. */
export function usePeople(readsUsers: MaybeRefOrGetter<boolean>) {
	const { data } = useQuery({
		queryKey: computed(() => ['people', toValue(readsUsers)]),
		queryFn: async () =>
			toValue(readsUsers)
				? (await allRows<User>('/users', { active: true })).map((user) => ({ id: user.id, name: user.name, department_id: user.department_id }))
				: (await allRows<AgentCard>('/agents')).map((agent) => ({
						id: agent.user_id,
						name: agent.name,
						department_id: agent.department_id,
					})),
		...lasting,
	})
	const rows = computed(() => data.value ?? [])
	return { rows, options: computed<Option[]>(() => rows.value.map((row) => ({ value: row.id, label: row.name }))) }
}
