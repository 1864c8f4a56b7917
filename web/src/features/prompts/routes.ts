import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
	{ path: 'prompts', component: () => import('./pages/PromptListPage.vue'), meta: { permission: 'prompt.read', title: 'app.place.prompts' } },
]
