// Routes of all features behind sign-in and rights.
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { useSession } from '@/features/auth'
import { places } from './places'
import Shell from './shell/Shell.vue'

const features = import.meta.glob<RouteRecordRaw[]>('../features/*/routes.ts', { eager: true, import: 'routes' })

declare module 'vue-router' {
	interface RouteMeta {
		/** The right that opens the page; none: everybody who is signed in. */
		permission?: string
		public?: boolean
		/** Key of the title among the places or a full message key. */
		title?: string
		/** One kept instance per address: work with typed text in it. */
		work?: boolean
	}
}

export const router = createRouter({
	history: createWebHistory(),
	routes: [
		{ path: '/signin', name: 'signin', component: () => import('./SignIn.vue'), meta: { public: true, title: 'auth.title' } },
		{
			path: '/',
			component: Shell,
			children: [
				{ path: '', name: 'home', component: () => import('./Denied.vue') },
				...Object.values(features).flat(),
				{ path: 'denied', name: 'denied', component: () => import('./Denied.vue'), meta: { title: 'app.deniedTitle' } },
				{ path: ':rest(.*)*', name: 'missing', component: () => import('./Denied.vue'), meta: { title: 'app.missingTitle' } },
			],
		},
	],
})

/** Each role lands on its first useful page. */
export function homeOf() {
	const session = useSession()
	if (session.works) return '/desk'
	if (session.can('setting.manage')) return '/admin/start'
	return places.find((place) => place.permission && session.can(place.permission))?.to ?? '/desk'
}

router.beforeEach((to) => {
	const session = useSession()
	if (to.name === 'home' && session.user) return homeOf()
	if (to.meta.public) return session.user && to.name === 'signin' ? '/' : true
	if (!session.user) return { name: 'signin', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
	if (to.meta.permission && !session.can(to.meta.permission)) return { name: 'denied' }
	return true
})

// An old tab after an upgrade asks for a chunk that is gone: load anew, unless a call would suffer.
window.addEventListener('vite:preloadError', (event) => {
	const key = 'hotline.reloaded'
	const last = Number(sessionStorage.getItem(key) ?? 0)
	if (document.documentElement.dataset.call || Date.now() - last < 60_000) return
	event.preventDefault()
	sessionStorage.setItem(key, String(Date.now()))
	location.reload()
})
