// Opening hours as the calendar form edits them, and the check list of the first run.
import type { Calendar } from '@/api'

export type CalendarDraft = Pick<Calendar, 'name' | 'zone' | 'weekly' | 'exceptions'>

export const emptyCalendar = (): CalendarDraft => ({
	name: '', zone: 'Asia/Shanghai', weekly: [1, 2, 3, 4, 5].map((day) => ({ day, from: '09:00', to: '18:00' })), exceptions: [],
})

/** A day ends at 24:00, which a time field cannot show: there it stands as 00:00. */
export const shownEnd = (to: string) => (to === '24:00' ? '00:00' : to)
export const storedEnd = (to: string) => (to === '00:00' ? '24:00' : to)

/** Intervals must end after they begin, and those of one day must not overlap. */
export function hoursProblem(weekly: Calendar['weekly']): { day: number; kind: 'order' | 'overlap' } | null {
	for (const row of weekly) if (!row.from || !row.to || row.from >= row.to) return { day: row.day, kind: 'order' }
	const sorted = [...weekly].sort((a, b) => a.day - b.day || a.from.localeCompare(b.from))
	for (let i = 1; i < sorted.length; i++)
		if (sorted[i].day === sorted[i - 1].day && sorted[i].from < sorted[i - 1].to) return { day: sorted[i].day, kind: 'overlap' }
	return null
}

export interface StartFacts {
	numbers: number
	greetings: number
	publishedFlows: number
	agents: number
	calendars: number
	calls: number
}

export interface StartStep {
	name: 'number' | 'greeting' | 'flow' | 'agents' | 'hours' | 'test'
	done: boolean
	to: string
}

/** Ticks itself from what is there. */
export function startSteps(facts: StartFacts): StartStep[] {
	return [
		{ name: 'greeting', done: facts.greetings > 0, to: '/prompts' },
		{ name: 'flow', done: facts.publishedFlows > 0, to: '/ivr' },
		{ name: 'number', done: facts.numbers > 0, to: '/entry-numbers' },
		{ name: 'agents', done: facts.agents > 0, to: '/admin/users' },
		{ name: 'hours', done: facts.calendars > 0, to: '/calendars' },
		{ name: 'test', done: facts.calls > 0, to: '/call' },
	]
}
