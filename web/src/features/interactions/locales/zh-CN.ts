export default {
	title: '通话详情', searchNumber: '号码或末几位', number: '号码', customer: '客户', direction: '方向', directions: { in: '呼入', out: '呼出', internal: '内部' }, queue: '队列', agent: '坐席', outcomeLabel: '结果', called: '拨打的号码', started: '开始', waited: '等待', talked: '通话', held: '保持', wrapup: '整理', times: '时长', hangupBy: '挂断方', disposition: '处理结果', note: '备注', language: '语言',
	recording: '录音', hasRecording: '有', steps: '通话经过', facts: '来电信息', ivrPath: '语音菜单路径', noIvr: '没有经过语音菜单', values: '客户输入', legs: '线路详情', pressed: '按 {keys}', openPop: '打开弹屏', ticket: '关联工单', showSteps: '查看经过', hideSteps: '收起经过', empty: '这里列出每一通电话，包括没有接通的。',
	by: { caller: '客户', agent: '坐席', system: '系统' }, view: { mine: '我的', lost: '排队放弃' },
	outcome: { answered: '已接听', ivr_only: '仅自助', abandoned_ivr: '菜单中放弃', abandoned_queue: '排队中放弃', abandoned_ringing: '振铃中放弃', short_abandon: '短时放弃', flowout: '溢出', voicemail: '留言', rejected: '拒绝', failed: '失败', in_progress: '进行中' },
	step: { arrived: '来电', ivr: '语音菜单', queued: '进入队列', offered: '振铃', missed: '未应答', refused: '拒接', answered: '接听', held: '保持', resumed: '取回', muted: '静音', unmuted: '取消静音', transferred: '转接', keypad: '按键', lost: '语音中断', reattached: '接回', hangup: '挂断', voicemail: '留言', wrapup_started: '开始整理', wrapup_done: '整理完成', ended: '结束' },
}
