// Thresholds and totals of the live view.
import type { Agent, LiveQueue } from '@/api'

export type Alarm = 'good' | 'warn' | 'bad' | 'none'

/** The server counts in per cent; -1: no call yet that could be measured. */
export function levelShare(percent: number | null) {
	return percent === null || percent < 0 ? null : percent / 100
}

/** Service level: from 90 % good, from 60 % a warning, below it bad. */
export function levelAlarm(share: number | null | undefined): Alarm {
	if (share === null || share === undefined) return 'none'
	return share >= 0.9 ? 'good' : share >= 0.6 ? 'warn' : 'bad'
}

/** Waiting callers: nobody ready for them is worse than a short wait. */
export function waitAlarm(queue: Pick<LiveQueue, 'waiting' | 'longest_wait_ms' | 'ready'>): Alarm {
	if (!queue.waiting) return 'none'
	if (queue.longest_wait_ms > 120_000) return 'bad'
	return queue.longest_wait_ms > 30_000 || !queue.ready ? 'warn' : 'good'
}

export const alarmLook: Record<Alarm, { colour: string; shape: string }> = {
	good: { colour: 'green', shape: 'diamond' },
	warn: { colour: 'yellow', shape: 'triangle' },
	bad: { colour: 'red', shape: 'circle' },
	none: { colour: 'grey', shape: 'ring' },
}

/** The longest wait goes on between two events of the queue. */
export function waitNow(queue: Pick<LiveQueue, 'waiting' | 'longest_wait_ms'>, seenAt: number, now: number) {
	return queue.waiting ? queue.longest_wait_ms + Math.max(0, now - seenAt) : 0
}

const order = ['offered', 'talking', 'wrap_up', 'ready', 'no_answer', 'busy', 'rest', 'signed_out']
export function sortAgents<T extends Pick<Agent, 'state' | 'since'>>(agents: T[]): T[] {
	return [...agents].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.since - b.since)
}

export function totals(queues: LiveQueue[]) {
	return {
		waiting: queues.reduce((sum, row) => sum + row.waiting, 0),
		longest: Math.max(0, ...queues.map((row) => (row.waiting ? row.longest_wait_ms : 0))),
		offered: queues.reduce((sum, row) => sum + row.offered_today, 0),
		answered: queues.reduce((sum, row) => sum + row.answered_today, 0),
		abandoned: queues.reduce((sum, row) => sum + row.abandoned_today, 0),
	}
}
