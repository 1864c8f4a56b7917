export default {
	bar: '通话条', mute: '静音', unmute: '取消静音', hold: '保持', unhold: '取回', keypad: '按键', dial: '拨号', transfer: '转接', hangup: '挂断', takeOver: '接管到此页', number: '号码', keysSent: '已发送的按键', call: '呼叫',
	anonymous: '未显示号码', queue: '队列', waited: '已等待', level: '级别', ivrKeys: '按键', left: '还剩 {n} 秒', pickUp: '请在话机上接听。', answer: '接听', reject: '拒接',
	offered: '来电：{who}', missed: '有一个来电未应答，已转给其他人。', cancelled: '客户已挂断。', reattach: '立即接回',
	transferTo: '转接到', transferSearch: '查找队列、同事、分机或输入号码', transferNumber: '转接到号码 {number}', queues: '队列', agents: '同事', ivr: '转回自助语音', waiting: '{n} 人等待',
	callStates: { ringing: '振铃', talking: '通话中', held: '保持中', lost: '语音中断', ended: '已结束' },
	line: { ready: '电话就绪', connecting: '电话连接中', failed: '电话未注册', elsewhere: '电话在另一个页面', noMic: '麦克风不可用', deskPhone: '使用话机' },
	problem: {
		lost: '语音中断，正在接回。客户听到等待音，通话没有断。', noAudio: '没有语音到达：客户可能听不到您。请检查网络和耳机。',
		mic: { denied: '浏览器没有使用麦克风的权限。请在地址栏左侧允许麦克风，然后重试。', missing: '没有找到麦克风，请插上耳机后重试。', busy: '麦克风被其他程序占用，请关闭后重试。', insecure: '此页面不是安全连接（HTTPS），浏览器不提供麦克风。请联系管理员。', failed: '麦克风无法打开，请检查耳机后重试。' },
	},
}
