// What a refused stale save has to show: the fields that both sides changed, and those only the others changed.

export interface Conflict<T> {
	field: keyof T & string
	mine: unknown
	theirs: unknown
}

const same = (a: unknown, b: unknown) => (a ?? '') === (b ?? '') || JSON.stringify(a) === JSON.stringify(b)

/** base: as loaded; mine: as typed; theirs: as stored now. */
export function compareStale<T extends object>(base: T, mine: T, theirs: Partial<T>) {
	const conflicts: Conflict<T>[] = []
	const merged = { ...mine }
	for (const field of Object.keys(mine) as (keyof T & string)[]) {
		if (!(field in theirs)) continue
		const iChanged = !same(base[field], mine[field])
		const theyChanged = !same(base[field], theirs[field])
		if (iChanged && theyChanged && !same(mine[field], theirs[field]))
			conflicts.push({ field, mine: mine[field], theirs: theirs[field] })
		else if (theyChanged && !iChanged) merged[field] = theirs[field] as T[typeof field]
	}
	return { conflicts, merged }
}

/** Only the fields that differ: the body of a PATCH. */
export function changedFields<T extends object>(base: T, mine: T): Partial<T> {
	const changes: Partial<T> = {}
	for (const field of Object.keys(mine) as (keyof T & string)[])
		if (!same(base[field], mine[field])) changes[field] = mine[field]
	return changes
}
