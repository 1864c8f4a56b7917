// HTTP client: session cookie, CSRF header, problem+json as AppError, and one retry after the user signed in again.
import type { Path } from './types'

export interface Problem {
	status: number
	code: string
	field?: string | null
	detail?: string
	request_id?: string
	current?: unknown
	version?: number
	findings?: unknown
}

/** A refusal or a failure. `code` is the key of its translated text; "network" when no answer came. */
export class AppError extends Error {
	constructor(readonly problem: Problem) {
		super(problem.detail || problem.code)
	}
	get status() {
		return this.problem.status
	}
	get code() {
		return this.problem.code
	}
	get field() {
		return this.problem.field ?? undefined
	}
	get requestId() {
		return this.problem.request_id
	}
}

export type Query = Record<string, string | number | boolean | null | undefined>

export interface RequestOptions {
	query?: Query
	body?: unknown
	/** Version of the row the caller has seen: sent as If-Match. */
	version?: number
	/** Makes a repeated creation harmless. */
	key?: string
	/** Sent as it is instead of JSON. */
	raw?: Blob
	signal?: AbortSignal
}

export interface Page<T> {
	items: T[]
	next: string | null
}

const base = '/api/v1'
let csrf = ''
let signInAgain: (() => Promise<boolean>) | null = null

export function setCsrf(token: string) {
	csrf = token
}

/** Called on 401 of a signed-in page; resolves true when the request may be sent again. */
export function onSessionEnded(handler: (() => Promise<boolean>) | null) {
	signInAgain = handler
}

export function queryString(query: Query = {}) {
	const search = new URLSearchParams()
	for (const [name, value] of Object.entries(query))
		if (value !== undefined && value !== null && value !== '') search.set(name, String(value))
	const text = search.toString()
	return text ? `?${text}` : ''
}

async function send(method: string, path: string, options: RequestOptions) {
	const headers: Record<string, string> = { Accept: 'application/json' }
	let body: BodyInit | undefined
	if (options.raw) {
		body = options.raw
		headers['Content-Type'] = options.raw.type || 'application/octet-stream'
	} else if (options.body !== undefined) {
		body = JSON.stringify(options.body)
		headers['Content-Type'] = 'application/json'
	}
	if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf
	if (options.version !== undefined) headers['If-Match'] = `"${options.version}"`
	if (options.key) headers['Idempotency-Key'] = options.key
	try {
		return await fetch(base + path + queryString(options.query), {
			method,
			headers,
			body,
			signal: options.signal,
			credentials: 'same-origin',
		})
	} catch (error) {
		if (options.signal?.aborted) throw error
		throw new AppError({ status: 0, code: 'network' })
	}
}

async function problemOf(response: Response): Promise<Problem> {
	try {
		const problem = (await response.json()) as Partial<Problem>
		return { ...problem, status: response.status, code: problem.code || `http_${response.status}` }
	} catch {
		return { status: response.status, code: `http_${response.status}` }
	}
}

export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
	let response = await send(method, path, options)
	if (response.status === 401 && path !== '/session' && signInAgain && (await signInAgain()))
		response = await send(method, path, options)
	if (!response.ok) throw new AppError(await problemOf(response))
	if (response.status === 204 || response.headers.get('Content-Length') === '0') return undefined as T
	return (await response.json()) as T
}

/** Paths are checked against the schema; what comes back is named by the caller. */
export const api = {
	get: <T>(path: Path<'get'>, query?: Query, signal?: AbortSignal) => request<T>('GET', path, { query, signal }),
	post: <T = void>(path: Path<'post'>, body?: unknown, options: RequestOptions = {}) =>
		request<T>('POST', path, { body, ...options }),
	put: <T = void>(path: Path<'put'>, body?: unknown, options: RequestOptions = {}) =>
		request<T>('PUT', path, { body, ...options }),
	patch: <T = void>(path: Path<'patch'>, body?: unknown, options: RequestOptions = {}) =>
		request<T>('PATCH', path, { body, ...options }),
	remove: <T = void>(path: Path<'delete'>, options: RequestOptions = {}) => request<T>('DELETE', path, options),
}

/** A key for Idempotency-Key. */
export function newKey() {
	return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`
}
