export default {
	queues: '我的队列', noQueues: '您还不在任何队列中，请联系组长。', callsToday: '今日 {n} 通', goReady: '开始接听', notAgent: '您的账号不接听电话。工单和通话记录在左侧。',
	myTickets: '我的未结工单', noTickets: '分配给您的未结工单会列在这里。', myCalls: '我的通话', noCalls: '您接听的电话会列在这里。',
	sections: '工作内容', section: { ticket: '新工单', customer: '客户资料', newCustomer: '新建客户', steps: '通话经过' }, linked: '本次通话的工单',
	match: { known: '客户', several: '请选择客户', unknown: '新号码', anonymous: '未显示号码' },
	matchText: { known: '', several: '', unknown: '客户资料中没有这个号码。号码已填入“新建客户”。', anonymous: '来电没有显示号码，请询问客户姓名。' },
	findCustomer: '查找客户：姓名、单位、电话', otherCustomer: '不是这位客户',
	wrapup: '话后整理', extend: '+30 秒', wrapupDone: '完成整理', dispositionMissing: '请先选择处理结果。',
}
