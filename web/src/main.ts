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

// The frame is fetched while the session is asked for, not after it.
void import('./app/shell/Shell.vue')

async function start() {
	const app = createApp(App).use(createPinia()).use(i18n).use(VueQueryPlugin, { queryClient })
	const session = useSession()
	await session.restore().catch(() => undefined)
	const language = session.user?.language
	if (session.user?.theme) setTheme(session.user.theme)
	await setLocale(language ? localeOf(language) : storedLocale())
	invalidateByEvents(queryClient)
	app.use(router).mount('#app')
}
void start()
