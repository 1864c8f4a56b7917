// A form: values, what was loaded, refusals at their fields, and the stale save that loses nothing.
import { computed, reactive, ref, shallowRef } from 'vue'
import { AppError } from '@/api'
import { changedFields, compareStale, type Conflict } from './stale'
import { useErrorText } from './text'

export function useForm<T extends object>(initial: () => T) {
	const errorText = useErrorText()
	const values = reactive(initial()) as T
	const base = shallowRef(initial())
	const version = ref<number>()
	const errors = reactive<Record<string, string>>({})
	const problem = ref<AppError | null>(null)
	const conflicts = shallowRef<Conflict<T>[]>([])
	const busy = ref(false)
	const dirty = computed(() => Object.keys(changedFields(base.value, values)).length > 0)

	function clearErrors() {
		for (const field of Object.keys(errors)) delete errors[field]
		problem.value = null
		conflicts.value = []
	}

	/** Takes a row as the new starting point; what is not a field of the form is left out. */
	function load(row: Partial<T>, rowVersion?: number) {
		const next = initial()
		for (const field of Object.keys(next) as (keyof T)[])
			if (row[field] !== undefined && (row[field] !== null || next[field] === null))
				next[field] = structuredClone(toPlain(row[field])) as T[typeof field]
		base.value = structuredClone(toPlain(next))
		Object.assign(values, next)
		version.value = rowVersion
		clearErrors()
	}

	function refuse(error: unknown) {
		if (!(error instanceof AppError)) throw error
		problem.value = error
		if (error.code === 'stale' && error.problem.current) {
			const theirs = error.problem.current as Partial<T>
			const result = compareStale(base.value, { ...values }, theirs)
			Object.assign(values, result.merged)
			base.value = { ...base.value, ...pick(theirs, base.value) }
			version.value = error.problem.version
			conflicts.value = result.conflicts
		} else if (error.field) errors[error.field] = errorText(error)
	}

	/** Runs the save once; double clicks are swallowed. Returns undefined when it was refused. */
	async function submit<R>(save: (changes: Partial<T>, version?: number) => Promise<R>): Promise<R | undefined> {
		if (busy.value) return undefined
		busy.value = true
		clearErrors()
		try {
			return await save(changedFields(base.value, values), version.value)
		} catch (error) {
			refuse(error)
			return undefined
		} finally {
			busy.value = false
		}
	}

	function require(...fields: (keyof T & string)[]) {
		clearErrors()
		for (const field of fields) {
			const value = values[field] as unknown
			if (value === '' || value === null || value === undefined)
				errors[field] = errorText(new AppError({ status: 422, code: 'field_required' }))
		}
		return Object.keys(errors).length === 0
	}

	return { values, base, version, errors, problem, conflicts, busy, dirty, load, submit, require, clearErrors }
}

function pick<T extends object>(from: Partial<T>, like: T): Partial<T> {
	const result: Partial<T> = {}
	for (const field of Object.keys(like) as (keyof T)[]) if (field in from) result[field] = from[field]
	return result
}

function toPlain<V>(value: V): V {
	return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as V)
}
