import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
	{ path: 'admin/start', component: () => import('./pages/StartPage.vue'), meta: { permission: 'setting.manage', title: 'app.place.start' } },
	{ path: 'admin/settings', component: () => import('./pages/SettingsPage.vue'), meta: { permission: 'setting.manage', title: 'app.place.settings' } },
	{ path: 'admin/dictionary', component: () => import('./pages/DictionaryPage.vue'), meta: { permission: 'dictionary.manage', title: 'app.place.dictionary' } },
	{ path: 'admin/audit', component: () => import('./pages/AuditPage.vue'), meta: { permission: 'audit.read', title: 'app.place.audit' } },
	{ path: 'calendars', component: () => import('./pages/CalendarsPage.vue'), meta: { permission: 'calendar.manage', title: 'app.place.calendars' } },
	{ path: 'trunks', component: () => import('./pages/TrunksPage.vue'), meta: { permission: 'trunk.manage', title: 'app.place.trunks' } },
]
