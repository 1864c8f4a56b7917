export default {
	queue: '队列', queues: '队列', agents: '坐席', agent: '坐席', calls: '进行中的通话', caller: '客户', state: '状态', since: '时长', set: '操作', setState: '改变状态', waiting: '等待', longest: '最长等待', ready: '空闲', talking: '通话', present: '在岗', offered: '今日进入', offeredShort: '进入', answered: '已接', abandoned: '放弃', short: '短弃', flowout: '溢出', level: '服务水平', callsToday: '今日', closed: '下班',
	noQueues: '您的范围内还没有队列。', noAgents: '没有坐席在岗。', noCalls: '现在没有通话。', alarm: { good: '正常', warn: '留意', bad: '过长', none: '无等待' },
	callState: { ivr: '语音菜单', queued: '排队', waiting: '排队', ringing: '振铃', offered: '振铃', talking: '通话', held: '保持', lost: '语音中断', voicemail: '留言', wrap_up: '整理' },
}
