// Functions, grants and people as their forms edit them.
import type { Grant, Permission, User } from '@/api'

export type UserDraft = Pick<User, 'account' | 'name' | 'department_id' | 'role_ids' | 'extension' | 'phone' | 'email' | 'language' | 'active' | 'is_agent' | 'masks_numbers'> & { password: string }

export const emptyUser = (): UserDraft => ({
	account: '', name: '', department_id: null, role_ids: [], extension: null, phone: null, email: null, language: 'zh-CN', active: true, is_agent: false, masks_numbers: false, password: '',
})

export const ranges = ['own', 'department', 'tree', 'all'] as const

/** "ticket.read" belongs to "ticket": rights are shown by subject. */
export function bySubject(permissions: Permission[]): { subject: string; rows: Permission[] }[] {
	const groups = new Map<string, Permission[]>()
	for (const row of permissions) {
		const subject = row.name.split('.')[0]
		groups.set(subject, [...(groups.get(subject) ?? []), row])
	}
	return [...groups].map(([subject, rows]) => ({ subject, rows }))
}

/** Sets, changes or takes away one right of a role. */
export function withGrant(grants: Grant[], permission: Permission, range: string): Grant[] {
	const rest = grants.filter((grant) => grant.name !== permission.name)
	if (!range) return rest
	return [...rest, { name: permission.name, range: (permission.ranged ? range : 'all') as Grant['range'] }]
}
