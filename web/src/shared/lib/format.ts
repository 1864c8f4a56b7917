// Times, durations and numbers as text. Pure: the locale and "now" are given.

export function pad(value: number) {
	return String(Math.floor(value)).padStart(2, '0')
}

/** 75 000 → "01:15", 3 700 000 → "1:01:40". Negative counts as zero. */
export function clock(milliseconds: number) {
	const s = Math.max(0, Math.floor(milliseconds / 1000))
	const h = Math.floor(s / 3600)
	return h ? `${h}:${pad((s % 3600) / 60)}:${pad(s % 60)}` : `${pad(s / 60)}:${pad(s % 60)}`
}

/** Whole seconds that are left, rounded up so that the last second is shown as 1. */
export function secondsLeft(until: number, now: number) {
	return Math.max(0, Math.ceil((until - now) / 1000))
}

export function dateTime(time: number, seconds = false) {
	const d = new Date(time)
	const date = `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}`
	return `${date} ${timeOfDay(time, seconds)}`
}

/** Without the year while it is the present one: "11-21 23:17:32". */
export function shortDateTime(time: number, now: number) {
	const text = dateTime(time, true)
	return new Date(time).getFullYear() === new Date(now).getFullYear() ? text.slice(5) : text.slice(0, 16)
}

export function timeOfDay(time: number, seconds = true) {
	const d = new Date(time)
	return `${pad(d.getHours())}:${pad(d.getMinutes())}${seconds ? `:${pad(d.getSeconds())}` : ''}`
}

/** "3 分钟前", "in 2 hours"; beyond a week the date. */
export function relative(time: number, now: number, locale: string) {
	const delta = (time - now) / 1000
	const size = Math.abs(delta)
	if (size > 7 * 86400) return dateTime(time).slice(0, 10)
	const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
	if (size < 45) return format.format(0, 'second')
	if (size < 45 * 60) return format.format(Math.round(delta / 60), 'minute')
	if (size < 22 * 3600) return format.format(Math.round(delta / 3600), 'hour')
	return format.format(Math.round(delta / 86400), 'day')
}

/** 13800138000 → 138****8000; short numbers stay. Numbers already masked stay as they are. */
export function maskNumber(number: string) {
	if (number.includes('*') || number.length < 7) return number
	return `${number.slice(0, 3)}${'*'.repeat(Math.max(0, number.length - 7))}${number.slice(-4)}`
}

/** Groups a Chinese mobile number for reading aloud: 138 0013 8000. Everything else is left alone. */
export function readableNumber(number: string) {
	return /^1\d{10}$/.test(number) ? `${number.slice(0, 3)} ${number.slice(3, 7)} ${number.slice(7)}` : number
}

export function percent(share: number | null | undefined) {
	return share === null || share === undefined ? '—' : `${Math.round(share * 100)}%`
}
