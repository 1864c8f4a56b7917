export default {
	card: '客户卡片', edit: '修改客户资料', new: '新建客户', create: '保存客户', saved: '客户资料已保存', search: '姓名、单位、电话、拼音首字母', updated: '更新', empty: '这里列出您可以查看的客户。', readOnly: '您可以查看，但不能修改这位客户。',
	openTickets: '未结工单', noOpenTickets: '没有未结工单', lastContacts: '最近联系', noContacts: '还没有联系记录', contacts: '联系记录', blockedNote: '此客户已列入黑名单',
	phoneKind: '号码类型', phoneNumber: '电话号码', phoneNote: '备注', addPhone: '添加号码', removePhone: '移除号码', addressKind: '地址类型', address: '地址', contact: '联系人', addAddress: '添加地址', removeAddress: '移除地址',
	duplicates: '可能已有这位客户', useThis: '就用这位', reason: { phone: '号码相同', name_organisation: '姓名和单位相同', name: '姓名相同' }, time: '时间', kind: '类型', title: '内容',
	field: { name: '客户姓名', organisation: '客户单位', type: '客户类型', level: '级别', department_id: '所属部门', email: '电子邮箱', remark: '备注', tags: '标签', phones: '电话', addresses: '地址', blocked: '列入黑名单' },
}
