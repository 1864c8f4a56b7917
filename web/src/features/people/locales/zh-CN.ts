export default {
	search: '姓名、账号、分机', newUser: '新建员工', noUsers: '这里列出您管理范围内的员工。', active: '在用', inactive: '停用', chinese: '中文', english: '英文', passwordNew: '首次登录使用', passwordHint: '留空则不修改', rights: '有效权限', right: '权限', range: '数据范围', from: '来自岗位', noRights: '没有任何权限，请先分配岗位。',
	field: { account: '账号', name: '姓名', department_id: '部门', role_ids: '岗位', extension: '分机', phone: '手机', email: '电子邮箱', language: '界面语言', active: '在用', is_agent: '坐席（接听电话）', masks_numbers: '隐藏客户号码', password: '密码' },
	department: '部门', newDepartment: '新建部门', noDepartments: '还没有部门。', nameEn: '英文名称', code: '代码', parent: '上级部门', position: '顺序',
	roles: '岗位', role: '岗位', newRole: '新建岗位', noRoles: '还没有岗位。', groups: '组', group: '组', newGroup: '新建组', noGroups: '还没有组。', functions: '功能', rolesNote: '组决定有哪些功能可以分配，岗位决定每项功能的数据范围，员工可以有多个岗位。', notGiven: '无', given: '有', noFunctions: '这个组还没有功能。',
	ranges: { own: '本人', department: '本部门', tree: '本部门及下级', all: '全部' },
	subject: { user: '员工', role: '岗位', department: '部门', token: '接口令牌', audit: '操作记录', setting: '设置', dictionary: '字典', customer: '客户', ticket: '工单', interaction: '通话记录', recording: '录音', agent: '坐席', call: '通话', queue: '队列', prompt: '语音文件', ivr: '语音流程', trunk: '中继线路', calendar: '工作时间' },
}
