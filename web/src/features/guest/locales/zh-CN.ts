export default {
	title: '网页呼叫', lead: '点击按钮，通过网页与我们通话，不需要电话和账号。', call: '呼叫', hangup: '挂断', mute: '静音', unmute: '取消静音', keypad: '拨号键盘', again: '再次呼叫', language: 'English', note: '通话可能会被录音，用于改进服务。', name: '客服热线',
	state: { idle: '', microphone: '请允许使用麦克风', connecting: '正在连接', ringing: '正在呼叫', talking: '通话中', ended: '通话已结束' },
	problem: { denied: '没有麦克风权限：请在浏览器中允许使用麦克风，然后再试。', missing: '没有找到麦克风。', busy: '麦克风被其他程序占用。', insecure: '此页面不是安全连接，浏览器不提供麦克风。', failed: '没能接通，请稍后再试。', off: '网页呼叫目前没有开放。', many: '呼叫太频繁，请稍后再试。', network: '网络连接中断，请检查网络。', full: '线路忙，请稍后再试。' },
}
