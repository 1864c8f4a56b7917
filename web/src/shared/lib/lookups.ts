// Short tables every screen reads: dictionary, departments, queues, colleagues. Cached; events refresh them.
import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import type { AgentCard, Department, DictionaryRow, Named, User } from '@/api'
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

type Can = (permission: string) => boolean

/** Queues as far as the caller may know them: those he manages, can transfer to, or watches. */
export function useQueues(can: Can) {
	const { name } = useNames()
	const path = can('queue.manage') ? '/queues' : can('agent.work') ? '/transfer-queues' : can('queue.live') ? '/live/queues' : null
	const { data } = useQuery({
		queryKey: ['queues', 'names', path],
		queryFn: () => allRows<Named & { id: string; key: string }>(path!),
		enabled: Boolean(path),
		...lasting,
	})
	const rows = computed(() => data.value ?? [])
	return { rows, options: computed<Option[]>(() => rows.value.map((row) => ({ value: row.id, label: name(row) }))) }
}

/** People a ticket can be given to: all in the caller's range, or the agents' directory without that right. */
export function usePeople(can: Can) {
	const source = can('user.read') ? 'users' : can('agent.work') ? 'agents' : null
	const { data } = useQuery({
		queryKey: ['people', source],
		queryFn: async () =>
			source === 'users'
				? (await allRows<User>('/users', { active: true })).map(({ id, name, department_id }) => ({ id, name, department_id }))
				: (await allRows<AgentCard>('/agents')).map(({ user_id, name, department_id }) => ({ id: user_id, name, department_id })),
		enabled: Boolean(source),
		...lasting,
	})
	const rows = computed(() => data.value ?? [])
	return { rows, options: computed<Option[]>(() => rows.value.map((row) => ({ value: row.id, label: row.name }))) }
}
