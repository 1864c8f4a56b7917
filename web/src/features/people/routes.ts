import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
	{ path: 'admin/users', component: () => import('./pages/UserListPage.vue'), meta: { permission: 'user.read', title: 'app.place.users' } },
	{ path: 'admin/departments', component: () => import('./pages/DepartmentsPage.vue'), meta: { permission: 'department.manage', title: 'app.place.departments' } },
	{ path: 'admin/roles', component: () => import('./pages/RolesPage.vue'), meta: { permission: 'role.manage', title: 'app.place.roles' } },
]
