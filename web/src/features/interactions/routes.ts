import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
	{ path: 'calls', component: () => import('./pages/CallLogPage.vue'), meta: { permission: 'interaction.read', title: 'app.place.calls' } },
]
