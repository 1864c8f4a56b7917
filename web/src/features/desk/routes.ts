import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
	{ path: 'desk', component: () => import('./pages/DeskPage.vue'), meta: { title: 'app.place.desk' } },
	{ path: 'desk/call/:id', component: () => import('./pages/CallPage.vue'), meta: { title: 'app.place.desk', work: true } },
]
