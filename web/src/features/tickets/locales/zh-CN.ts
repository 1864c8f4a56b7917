export default {
	new: '新建工单', create: '提交工单', created: '工单 {number} 已建立', saved: '工单已保存', number: '工单号', customer: '客户', search: '主题、工单号、客户', empty: '这里列出工单：咨询、报修、投诉等每一件客户的事。', mine: '我的', open: '未结', created_: '建立时间', nobody: '未分配', updated: '更新', closed: '关闭', createdBy: '建立', system: '系统', timeline: '处理过程',
	noCustomer: '没有关联客户', noCustomerYet: '尚未选择客户', unsaved: '有未保存的修改', reset: '还原', entryKind: '记录类型',
	view: { mineOpen: '我的未结', open: '全部未结', unassigned: '新工单' },
	field: { subject: '主题', text: '内容', type: '类型', priority: '优先级', state: '状态', department_id: '部门', assignee_id: '处理人', due: '时限' },
	kind: { internal: '内部备注', public: '对客户的答复', state: '状态变更', change: '修改', call: '通话', recording: '录音', opened: '建立了工单', assign: '分配', system: '系统' },
	kindNote: { internal: '只有同事能看到', public: '客户会看到' },
	placeholder: { internal: '写给同事的备注', public: '写给客户的答复' },
	send: { internal: '添加备注', public: '发布答复' },
}
