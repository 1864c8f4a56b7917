// What the desk shows for a call.
import type { Customer, Pop } from '@/api'

export type PopView = 'known' | 'several' | 'unknown' | 'anonymous'

/** A customer chosen or saved during the call wins over what the number says. */
export function popView(pop: Pick<Pop, 'match' | 'customers'> | null | undefined, chosen: Customer | null): PopView {
	if (chosen) return 'known'
	if (!pop) return 'unknown'
	if (pop.match === 'known' && !pop.customers.length) return 'unknown'
	return pop.match
}

/** First thing to work on: unknown callers are written down first, known ones have a request. */
export function firstSection(view: PopView): 'customer' | 'ticket' {
	return view === 'unknown' ? 'customer' : 'ticket'
}

/** Recently used codes first, without repeating them below. */
export function recentFirst<T extends { value: string }>(options: T[], recent: string[]): T[] {
	const first = recent.map((code) => options.find((option) => option.value === code)).filter((option): option is T => Boolean(option))
	return [...first, ...options.filter((option) => !first.includes(option))]
}
