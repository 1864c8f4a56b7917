export default {
	title: '登录', subtitle: '客户服务热线', account: '账号', password: '密码', signIn: '登录', both: '请填写账号和密码。',
	endedTitle: '登录已过期', endedText: '请重新登录。页面上的内容都还在，登录后继续。', leave: '退出此页面', callUs: '客户网页呼叫', demo: '演示数据：账号和密码在启动时打印，也写在数据目录的 demo-accounts.json 中。',
	changePassword: '修改密码', oldPassword: '当前密码', newPassword: '新密码', again: '再输一次新密码', different: '两次输入不一致。', passwordChanged: '密码已修改',
}
