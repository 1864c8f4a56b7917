import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
	{ path: 'tickets', component: () => import('./pages/TicketListPage.vue'), meta: { permission: 'ticket.read', title: 'app.place.tickets' } },
	{ path: 'tickets/new', component: () => import('./pages/NewTicketPage.vue'), meta: { permission: 'ticket.create', title: 'tickets.new' } },
	{ path: 'tickets/:id', component: () => import('./pages/TicketPage.vue'), meta: { permission: 'ticket.read', title: 'app.place.tickets', work: true } },
]
