export default {
	name: 'Hotline', skip: '跳到内容', search: '搜索', searchHint: '姓名、电话、工单号、页面', searchNone: '没有找到', places: '页面', admin: '管理', help: '快捷键', home: '回首页', language: '界面语言', otherLanguage: 'EN', switchLanguage: 'English', lightTheme: '浅色界面', darkTheme: '深色界面', userMenu: '{name} 的菜单', extension: '分机 {n}', signOut: '退出登录', signOutInCall: '通话中不能退出登录，请先结束通话。',
	offline: '与服务器的连接中断', offlineText: '正在重新连接。输入的内容不会丢失，通话不受影响。', databaseDown: '数据库暂时不可用', databaseDownText: '通话照常进行，记录会在恢复后补写。',
	deniedTitle: '没有权限', deniedText: '这个页面需要您没有的权限，请向管理员申请。', missingTitle: '没有这个页面', missingText: '地址可能有误，或者页面已移走。',
	keys: { general: '通用', phone: '电话', places: '页面', list: '在列表中移动和打开', submit: '提交表单' },
	place: { desk: '坐席台', tickets: '工单', customers: '客户', calls: '通话', live: '现场', start: '开通向导', queues: '队列', ivr: '语音流程', prompts: '语音文件', numbers: '接入号码', trunks: '中继线路', calendars: '工作时间', users: '员工', departments: '部门', roles: '岗位与权限', dictionary: '数据字典', settings: '系统设置', audit: '操作记录' },
}
