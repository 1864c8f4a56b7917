import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
	{ path: 'live', component: () => import('./pages/LivePage.vue'), meta: { permission: 'queue.live', title: 'app.place.live' } },
]
