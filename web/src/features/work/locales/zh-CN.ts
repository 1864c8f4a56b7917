export default { tabs: '打开的工作', new: '新来电', close: '关闭“{title}”', kinds: { call: '通话', ticket: '工单', customer: '客户' } }
