// Editing one row of a short table in a drawer: new, change, refusals, stale save.
import { useQueryClient } from '@tanstack/vue-query'
import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { newKey, request, type Path } from '@/api'
import { useForm } from './form'
import { useNotify } from './notify'

interface Options<D extends object> {
	/** Of the list; a row is at path/id. */
	path: Path<'post'>
	empty: () => D
	/** Caches that the change makes stale. */
	stale: unknown[][]
	required?: (keyof D & string)[]
	/** What is sent, when it is not the values as they are. */
	body?: (values: Partial<D>, isNew: boolean) => unknown
}

export function useEditor<D extends object, R extends { id: string; version: number }>(options: Options<D>) {
	const { t } = useI18n()
	const client = useQueryClient()
	const notify = useNotify()
	const form = useForm(options.empty)
	const row = ref<R | null>(null)
	const shown = ref(false)
	let key = newKey()

	function open(next: R | null, preset: Partial<D> = {}) {
		row.value = next as typeof row.value
		form.load(next ? (next as unknown as Partial<D>) : { ...options.empty(), ...preset }, next?.version)
		shown.value = true
	}

	async function save(): Promise<R | undefined> {
		if (options.required && !form.require(...options.required)) return undefined
		const send = (values: Partial<D>, isNew: boolean) => options.body?.(values, isNew) ?? values
		const saved = await form.submit((changes, version) =>
			row.value
				? request<R>('PATCH', `${options.path}/${row.value.id}`, { body: send(changes, false), version })
				: request<R>('POST', options.path, { body: withoutNulls(send({ ...form.values }, true)), key }),
		)
		if (!saved) return undefined
		key = newKey()
		shown.value = false
		options.stale.forEach((queryKey) => void client.invalidateQueries({ queryKey }))
		notify.done(t('shared.saved'))
		return saved
	}

	async function remove() {
		if (!row.value) return
		const { id, version } = row.value
		const removed = await form.submit(async () => {
			await request('DELETE', `${options.path}/${id}`, { version })
			return true
		})
		if (!removed) return
		shown.value = false
		options.stale.forEach((queryKey) => void client.invalidateQueries({ queryKey }))
		notify.done(t('shared.removed'))
	}

	return { form, values: form.values, errors: form.errors, row, shown, open, save, remove, isNew: computed(() => !row.value) }
}

/** A creation names only what is given: absent and empty are the server's defaults. */
export function withoutNulls(body: unknown): unknown {
	if (!body || typeof body !== 'object') return body
	return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== undefined && value !== ''))
}
