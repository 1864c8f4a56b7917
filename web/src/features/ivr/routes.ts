import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
	{ path: 'ivr', component: () => import('./pages/FlowListPage.vue'), meta: { permission: 'ivr.read', title: 'app.place.ivr' } },
	{ path: 'ivr/:id', component: () => import('./pages/FlowPage.vue'), meta: { permission: 'ivr.read', title: 'app.place.ivr', work: true } },
	{ path: 'entry-numbers', component: () => import('./pages/EntryNumbersPage.vue'), meta: { permission: 'ivr.read', title: 'app.place.numbers' } },
]
