// Start of the desk: language and session first, then the frame.
import '@/shared/styles/components'
import '@/shared/styles/tokens.css'
import '@/shared/styles/element.css'
import '@/shared/styles/base.css'
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { AppError } from '@/api'
import { useSession } from '@/features/auth'
import App from './app/App.vue'
import { i18n, localeOf, setLocale, storedLocale } from './app/i18n'
import { invalidateByEvents } from './app/invalidate'
import { router } from './app/router'
import { setTheme } from './app/theme'

const queryClient = new QueryClient({
	defaultOptions: {
		queries: {
			staleTime: 5_000,
			refetchOnWindowFocus: false,
			retry: (count, error) => count < 2 && error instanceof AppError && (error.status === 0 || error.status >= 500),
		},
	},
})

/** The page asked for is fetched while the session is, not after it. */
function landing() {
	const page = router.resolve(location.pathname === '/' ? '/desk' : location.pathname).matched.at(-1)?.components?.default
	return typeof page === 'function' && !('setup' in page) ? (page as () => Promise<unknown>)() : undefined
}

async function start() {
	const app = createApp(App).use(createPinia()).use(i18n).use(VueQueryPlugin, { queryClient })
	const session = useSession()
	const restored = session.restore().catch(() => undefined)
	void landing()
	await restored
	const language = session.user?.language
	if (session.user?.theme) setTheme(session.user.theme)
	await setLocale(language ? localeOf(language) : storedLocale())
	invalidateByEvents(queryClient)
	app.use(router)
	// Until the first page is there the outline of the frame stands.
	await router.isReady()
	app.mount('#app')
	delete document.documentElement.dataset.boot
}
void start()
