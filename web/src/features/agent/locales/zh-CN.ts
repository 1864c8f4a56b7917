export default {
	state: '坐席状态', signOut: '签出', afterwards: '通话结束后',
	states: { signed_out: '签出', ready: '空闲', offered: '来电', talking: '通话', wrap_up: '整理', busy: '示忙', rest: '休息', no_answer: '未应答' },
}
