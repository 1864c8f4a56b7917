// Saved views: a name and the filters it sets.

export interface View {
	name: string
	filters: Record<string, string>
}

export function viewMatches(view: View, values: Record<string, string>) {
	const names = Object.keys(view.filters)
	return names.length === Object.keys(values).length && names.every((name) => view.filters[name] === values[name])
}
