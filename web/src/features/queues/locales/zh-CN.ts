export default {
	new: '新建队列', empty: '队列把来电分给坐席。先建一个队列，再把坐席加进来。', unsaved: '有未保存的修改', keyHint: '语音流程用它来指定队列，建立后不能改', always: '全天开放', members: '成员', tier: '层级', addMember: '添加坐席', noMembers: '还没有成员，来电会一直等待。', tierHint: '第 1 层先振铃；等待超过“换层等待”后加入下一层。', saveMembers: '保存成员', up: '上移 {name}', down: '下移 {name}', removeMember: '移除 {name}',
	group: { basic: '基本', route: '分配', wait: '等待与溢出', after: '通话与整理' },
	field: { key: '标识', name: '名称', name_en: '英文名称', department_id: '部门', strategy: '分配方式', weight: '权重', ring_s: '振铃时长', wrapup_mode: '话后整理', wrapup_s: '整理时长', miss_pause_s: '未接后暂停', tier_wait_s: '换层等待', skill_relax_s: '技能放宽等待', last_agent_s: '上次坐席优先', max_wait_s: '最长等待', max_length: '最多等待人数', service_level_s: '服务水平时限', short_abandon_s: '短时放弃界限', music: '等待音乐', announce_first_s: '首次播报', announce_every_s: '播报间隔', announce_position: '播报排队位置', announce_wait: '播报预计等待', overflow_kind: '溢出到', overflow_target: '溢出目标', calendar_id: '工作时间', recording: '录音', pop: '弹屏时机', active: '启用' },
	strategy: { longest_idle: '空闲最久', round_robin: '轮流', fewest_calls: '接听最少', least_talk: '通话时间最短', ring_all: '全体振铃', sequential: '固定顺序', random: '随机' },
	wrapup: { none: '不需要', optional: '可选', mandatory: '必须完成', mandatory_limit: '必须，限时' }, overflow: { none: '继续等待', queue: '另一个队列', voicemail: '留言', ivr: '语音流程' }, pops: { ring: '振铃时', answer: '接听时', both: '振铃和接听时' }, record: { always: '全部录音', never: '不录音' },
}
