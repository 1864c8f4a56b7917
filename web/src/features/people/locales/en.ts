import type zh from './zh-CN'

const en: typeof zh = {
	search: 'Name, account, extension', newUser: 'New person', noUsers: 'Staff in your range is listed here.', active: 'Active', inactive: 'Inactive', chinese: 'Chinese', english: 'English', passwordNew: 'For the first sign-in', passwordHint: 'Leave empty to keep it', rights: 'Effective rights', right: 'Right', range: 'Data range', from: 'From role', noRights: 'No rights yet: give a role first.',
	field: { account: 'Account', name: 'Name', department_id: 'Department', role_ids: 'Roles', extension: 'Extension', phone: 'Mobile', email: 'E-mail', language: 'Language', active: 'Active', is_agent: 'Agent (takes calls)', masks_numbers: 'Hide customer numbers', password: 'Password' },
	department: 'Department', newDepartment: 'New department', noDepartments: 'No departments yet.', nameEn: 'English name', code: 'Code', parent: 'Above it', position: 'Order',
	roles: 'Roles', role: 'Role', newRole: 'New role', noRoles: 'No roles yet.', groups: 'Groups', group: 'Group', newGroup: 'New group', noGroups: 'No groups yet.', functions: 'Functions', rolesNote: 'A group says which functions can be given, a role gives each its data range, a person may hold several roles.', notGiven: 'No', given: 'Yes', noFunctions: 'This group has no functions yet.',
	ranges: { own: 'Own', department: 'Own department', tree: 'Department and below', all: 'All' },
	subject: { user: 'Staff', role: 'Roles', department: 'Departments', token: 'API tokens', audit: 'Audit', setting: 'Settings', dictionary: 'Dictionary', customer: 'Customers', ticket: 'Tickets', interaction: 'Calls', recording: 'Recordings', agent: 'Agents', call: 'Calling', queue: 'Queues', prompt: 'Prompts', ivr: 'Voice flows', trunk: 'Trunks', calendar: 'Hours' },
}
export default en
