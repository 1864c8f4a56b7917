export default {
	new: '新建流程', empty: '语音流程决定客户听到什么、按键去哪里。', name: '名称', key: '标识', keyHint: '字母、数字和下划线', activeVersion: '生效版本', version: '版本 {n}', neverPublished: '尚未发布', draft: '草稿', unsaved: '有未保存的修改', badLine: '第 {line} 行附近格式有误', check: '检查', saveDraft: '保存草稿', note: '发布说明', publish: '发布', published: '已发布，新来电立即使用', publishHint: '发布后新来电使用新版本，正在进行的通话继续使用原来的版本。', findings: '检查结果', noFindings: '没有发现问题', error: '错误', warning: '提醒',
	versions: '版本', noVersions: '还没有发布过。', state: { active: '生效', finalizing: '收尾中', inactive: '停用' }, calls: '{n} 通进行中', toDraft: '放入草稿', rollBack: '回退', rollBackTo: '回退到版本 {n}', rollBackText: '新来电将使用这个版本，正在进行的通话不受影响。', rolledBack: '已回退到版本 {n}', switches: '开关', until: '至 {time}',
	number: '接入号码', flow: '语音流程', remark: '备注', newNumber: '新建接入号码', noNumbers: '还没有接入号码：客户拨打的号码在这里对应到语音流程。',
	finding: { target_missing: '目标不存在', unreachable: '走不到这个节点', no_exit: '有出口没有去处', prompt_missing: '语音不存在', no_english: '没有英文语音', loop: '可能无限循环', unknown_type: '未知的节点类型', field_required: '缺少必填项' },
}
