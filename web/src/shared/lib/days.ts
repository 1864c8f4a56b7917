// Days of the user's zone as milliseconds.

export function dayStart(text: string) {
	const [year, month, day] = text.split('-').map(Number)
	return new Date(year, month - 1, day).getTime()
}

/** Last millisecond of the day, also on days of 23 or 25 hours. */
export function dayEnd(text: string) {
	const [year, month, day] = text.split('-').map(Number)
	return new Date(year, month - 1, day + 1).getTime() - 1
}

/** The day that a filter value lies in, as an input of type date wants it. */
export function dayText(value: string | undefined) {
	if (!value || !Number.isFinite(Number(value))) return ''
	const d = new Date(Number(value))
	return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`
}
