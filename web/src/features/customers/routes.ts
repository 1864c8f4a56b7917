import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
	{ path: 'customers', component: () => import('./pages/CustomerListPage.vue'), meta: { permission: 'customer.read', title: 'app.place.customers' } },
	{ path: 'customers/:id', component: () => import('./pages/CustomerPage.vue'), meta: { permission: 'customer.read', title: 'app.place.customers', work: true } },
]
