// Who is signed in, what they may do, their preferences (kept on the server), and what happens when the session ends.
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api, AppError, onSessionEnded, setCsrf, setServerTime, type Session } from '@/api'

export type Theme = 'light' | 'dark' | 'system'

export const useSession = defineStore('session', () => {
	const session = ref<Session | null>(null)
	/** True while the sign-in dialog stands over a page whose session has ended. */
	const ended = ref(false)
	let waiting: ((signedIn: boolean) => void)[] = []
	let timer = 0
	let pending: Record<string, unknown> = {}

	const user = computed(() => session.value?.user ?? null)
	const granted = computed(() => new Map(user.value?.permissions.map((grant) => [grant.name, grant.range]) ?? []))
	const can = (permission: string) => granted.value.has(permission)
	/** Takes calls: the right alone does not make an agent. */
	const works = computed(() => can('agent.work') && Boolean(user.value?.is_agent))

	function take(next: Session) {
		session.value = next
		localStorage.setItem('hotline.signedIn', '1')
		setCsrf(next.csrf)
		setServerTime(next.server_time)
		onSessionEnded(() => {
			ended.value = true
			return new Promise((resolve) => waiting.push(resolve))
		})
	}

	async function restore() {
		try {
			take(await api.get<Session>('/session'))
		} catch (error) {
			if (!(error instanceof AppError) || error.status !== 401) throw error
			localStorage.removeItem('hotline.signedIn')
		}
	}

	async function signIn(account: string, password: string) {
		const before = user.value?.id
		take(await api.post<Session>('/session', { account, password }))
		if (ended.value && before && before !== user.value?.id) return location.reload()
		ended.value = false
		waiting.forEach((resolve) => resolve(true))
		waiting = []
	}

	/** Gives up the page whose session ended. */
	function leave() {
		waiting.forEach((resolve) => resolve(false))
		waiting = []
		onSessionEnded(null)
		session.value = null
		localStorage.removeItem('hotline.signedIn')
		ended.value = false
		setCsrf('')
	}

	async function signOut() {
		await flush()
		onSessionEnded(null)
		await api.remove('/session').catch(() => undefined)
		leave()
	}

	async function update(change: { language?: string; theme?: Theme }) {
		if (!user.value) return
		Object.assign(user.value, change)
		await api.patch('/me', change).catch(() => undefined)
	}

	function preference<T>(name: string, fallback: T): T {
		return (user.value?.preferences?.[name] as T | undefined) ?? fallback
	}

	/** Kept on the server, so they follow the user; changes in quick succession travel together. */
	function setPreference(name: string, value: unknown) {
		if (!user.value) return
		user.value.preferences = { ...user.value.preferences, [name]: value }
		pending[name] = value
		clearTimeout(timer)
		timer = window.setTimeout(flush, 1500)
	}

	async function flush() {
		clearTimeout(timer)
		if (!user.value || !Object.keys(pending).length) return
		pending = {}
		await api.patch('/me', { preferences: user.value.preferences }).catch(() => undefined)
	}

	return { session, user, ended, can, works, restore, signIn, signOut, leave, update, preference, setPreference }
})
