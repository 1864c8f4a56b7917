import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
	{ path: 'queues', component: () => import('./pages/QueueListPage.vue'), meta: { permission: 'queue.manage', title: 'app.place.queues' } },
	{ path: 'queues/:id', component: () => import('./pages/QueuePage.vue'), meta: { permission: 'queue.manage', title: 'app.place.queues', work: true } },
]
