/* Tickets of the demonstration company: ten for each of its six departments, in every state. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "clock/clock.h"
#include "id.h"
#include "identity/identity.h"
#include "ticket/ticket_internal.h"

struct row {
	const char *type, *subject, *text;
};
enum { PER_DEPARTMENT = 11, HOUR_MS = 3600000 };

static const struct department {
	const char *code, *agent, *worker; /* accounts */
	struct row rows[PER_DEPARTMENT];
} departments[] = {
	{ "sales", "sales1", "manager",
		{ { "enquiry", "咨询ThinkPad笔记本电脑价格",
			  "客户想了解两款型号的现价、库存和保修年限，需回电报价。" },
			{ "enquiry", "采购二十台办公电脑的报价",
				"要求含安装、数据迁移，三天内给出书面报价。" },
			{ "query", "查询订单发货进度", "客户称上周下单，询问何时送达。" },
			{ "enquiry", "打印机耗材团购优惠",
				"每月约需硒鼓十五支，希望签年度协议价。" },
			{ "suggestion", "建议官网增加库存显示",
				"客户多次电话查询库存，希望网上能直接看到。" },
			{ "enquiry", "投影机租赁咨询", "会议用，租期三天，需现场安装。" },
			{ "query", "发票抬头需要更改", "已开发票抬头有误，要求重开。" },
			{ "enquiry", "显示器以旧换新活动说明", "询问旧显示器折价标准。" },
			{ "acceptance", "签收后配件缺少电源线",
				"开箱缺一根电源线，已核对装箱单。" },
			{ "enquiry", "服务器延保服务价格", "原保修下月到期，询问延保一年的费用。" },
			{ "query", "询问门店营业时间", "周末到店提货，确认营业时间。" } } },
	{ "computer", "computer1", "engineer1",
		{ { "repair", "电脑无法开机，风扇不转", "按电源键无任何反应，前一天雷雨后出现。" },
			{ "repair", "打印机卡纸，报错E3", "清理过一次仍报错，急用。" },
			{ "repair", "硬盘异响，文件打不开", "客户要求先备份数据再更换硬盘。" },
			{ "repair", "显示器花屏", "换线后仍花屏，怀疑屏幕损坏，需上门检测。" },
			{ "repair", "笔记本键盘进水", "已关机倒置，尽快取件。" },
			{ "repair", "扫描仪无法识别", "更换电脑后驱动无法安装。" },
			{ "repair", "机房服务器温度报警", "空调已检查正常，需检查服务器风扇。" },
			{ "repair", "电脑频繁蓝屏", "每天两三次，集中在打开财务软件时。" },
			{ "repair", "声卡没有声音", "重装系统后没有声音。" },
			{ "repair", "打印字迹变淡", "更换硒鼓后仍偏淡，需要清洁激光器。" },
			{ "complaint", "上门维修迟到两小时", "客户等候过久，要求说明原因。" } } },
	{ "telephone", "telephone1", "engineer2",
		{ { "repair", "总机分机无法互拨", "三楼分机全部不通，外线正常。" },
			{ "repair", "电话有杂音听不清", "下雨天更明显，怀疑线路受潮。" },
			{ "repair", "来电显示不出号码", "更换话机后依旧。" },
			{ "acceptance", "新增两部分机", "新办公室需要放线并设置呼叫转移。" },
			{ "repair", "传真机收不到传真", "自动接收关闭后无法打开。" },
			{ "repair", "无绳电话通话断续", "距离基站五米内仍断续。" },
			{ "query", "查询话机保修期", "购买一年半，询问是否仍在保修。" },
			{ "repair", "电话铃声不响", "有来电灯闪但不响铃。" },
			{ "acceptance", "话务台按键更换", "三个按键失灵，申请更换面板。" },
			{ "repair", "拨号后长时间无音", "拨外线需等待十几秒。" },
			{ "enquiry", "咨询集团电话升级", "现有十六门，计划扩到三十二门。" } } },
	{ "software", "software1", NULL,
		{ { "problem", "财务软件登录提示授权过期", "昨日还能使用，今天提示授权文件失效。" },
			{ "problem", "报表导出乱码", "导出Excel中文显示为乱码。" },
			{ "enquiry", "进销存软件如何做年结", "需要操作步骤，最好远程指导。" },
			{ "problem", "系统升级后速度变慢", "打开单据需十秒以上。" },
			{ "problem", "打印模板错位", "更换打印机后发票打印错位两毫米。" },
			{ "acceptance", "新增三个操作员权限", "仓库新人，需要出入库权限。" },
			{ "problem", "数据库备份失败", "提示磁盘空间不足。" },
			{ "suggestion", "希望增加批量修改价格", "一次改三百个商品的价格。" },
			{ "problem", "移动端收不到审批提醒", "手机已允许通知。" },
			{ "query", "查询软件版本更新内容", "是否支持新的税率。" },
			{ "problem", "客户端无法连接服务器", "只有一台电脑连不上，其余正常。" } } },
	{ "equipment", "equipment1", NULL,
		{ { "repair", "考勤机指纹识别失灵", "多名员工无法识别。" },
			{ "repair", "碎纸机卡死", "有焦味，已断电。" },
			{ "repair", "UPS报警无法充电", "电池使用四年，申请检测更换。" },
			{ "repair", "门禁读卡器不灵敏", "需要反复刷卡。" },
			{ "repair", "投影幕布无法收起", "遥控无反应，手动也卡住。" },
			{ "repair", "复印机复印件有黑线", "纵向一条黑线，清洁玻璃无效。" },
			{ "acceptance", "设备搬迁预约", "下周六搬家，十二台设备需要拆装运输。" },
			{ "repair", "监控硬盘录像机不录像", "指示灯正常但无录像文件。" },
			{ "enquiry", "咨询年度保养方案", "约四十台设备，要求每季度巡检。" },
			{ "repair", "点钞机误报假币", "新版钞票频繁报警。" },
			{ "repair", "会议音响啸叫", "两支话筒同时开启时啸叫。" } } },
	{ "complaint", "complaint1", "leader",
		{ { "complaint", "维修后故障再次出现",
			  "同一台电脑一周内第二次报修，要求免费处理。" },
			{ "complaint", "收费与报价不一致", "报价三百元，实收三百八十元。" },
			{ "complaint", "电话长时间无人接听", "排队超过十分钟。" },
			{ "complaint", "工程师服务态度问题", "客户要求更换工程师。" },
			{ "complaint", "配件更换未提前告知", "未经确认更换了内存条。" },
			{ "suggestion", "建议维修完成后短信通知", "希望不用打电话询问进度。" },
			{ "complaint", "发票迟迟未寄出", "已催两次。" },
			{ "complaint", "取件后三天没有消息", "要求今天给出明确答复。" },
			{ "complaint", "上门时间临时更改", "当天上午才通知改期。" },
			{ "suggestion", "感谢工程师加班修复服务器", "提出表扬。" },
			{ "complaint", "保修期内被要求付费", "提供了保修卡，要求退款。" } } },
};

/* State by place: about half of them still open. */
static const char *const states[PER_DEPARTMENT] = { "new", "open", "closed", "waiting", "closed",
	"solved", "open", "closed", "new", "void", "open" };
static const char *const priorities[] = { "normal", "normal", "high", "normal", "low", "urgent" };

struct demo {
	struct db *db;
	struct arena *arena;
	int64_t now;
};

static int add_entry(struct demo *d, const struct ticket *t, int64_t time, int64_t user_id,
	const struct ticket_entry *e)
{
	return db_exec(d->db, TST(TICKET_ENTRY_ADD), NULL, id_first_at(time) + 3, t->id, e->kind,
		time, user_id, INT64_C(0), e->text, e->data, INT64_C(0), INT64_C(0));
}

static const char *move(struct demo *d, const char *from, const char *to)
{
	return arena_printf(d->arena, "{\"from\":\"%s\",\"to\":\"%s\"}", from, to);
}

static int add_history(struct demo *d, const struct ticket *t, int64_t agent, int64_t worker)
{
	int64_t time = t->created;
	int err = add_entry(d, t, time, agent, &(struct ticket_entry){ .kind = "opened" });

	if (err || !strcmp(t->state, "new"))
		return err;
	time += HOUR_MS / 2;
	err = add_entry(d, t, time, worker ? worker : agent,
		&(struct ticket_entry){ .kind = "state",
			.data = move(d, "new", strcmp(t->state, "void") ? "open" : "void"),
			.text = strcmp(t->state, "void") ? NULL : "重复登记，作废" });
	if (!err)
		err = add_entry(d, t, time + HOUR_MS / 4, agent,
			&(struct ticket_entry){
				.kind = "internal", .text = "已与客户电话确认情况，资料齐全。" });
	if (err || !strcmp(t->state, "open") || !strcmp(t->state, "void"))
		return err;
	if (!strcmp(t->state, "waiting"))
		return add_entry(d, t, time + HOUR_MS / 2, agent,
			&(struct ticket_entry){ .kind = "state",
				.data = move(d, "open", "waiting"),
				.text = "等待客户提供设备序列号" });
	err = add_entry(d, t, time + 2 * HOUR_MS, worker ? worker : agent,
		&(struct ticket_entry){ .kind = "public", .text = "已处理完毕，请客户确认。" });
	if (!err)
		err = add_entry(d, t, time + 2 * HOUR_MS + 60000, worker ? worker : agent,
			&(struct ticket_entry){
				.kind = "state", .data = move(d, "open", "solved") });
	if (!err && !strcmp(t->state, "closed"))
		err = add_entry(d, t, time + 3 * HOUR_MS, agent,
			&(struct ticket_entry){ .kind = "state",
				.data = move(d, "solved", "closed"),
				.text = "客户回访满意" });
	return err;
}

static int add_ticket(struct demo *d, const struct department *department, int index, int place,
	const struct record_ids *customers)
{
	const struct row *row = &department->rows[place];
	int serial = place * (int)(sizeof(departments) / sizeof(*departments)) + index;
	int64_t agent = identity_user_by_account(d->db, department->agent);
	int64_t worker =
		department->worker ? identity_user_by_account(d->db, department->worker) : agent;
	int64_t created = d->now - (int64_t)(PER_DEPARTMENT * 6 - serial) * 9 * HOUR_MS;
	bool is_new = !strcmp(states[place], "new"),
	     open = is_new || !strcmp(states[place], "open") || !strcmp(states[place], "waiting");
	struct ticket t = { .id = id_first_at(created) + 2,
		.type = row->type,
		.subject = row->subject,
		.text = row->text,
		.priority = priorities[serial % 6],
		.state = states[place],
		.channel = serial % 5 ? "call" : "web",
		.department_id = identity_department_by_code(d->db, department->code),
		.created = created,
		.created_by = agent,
		.assignee_id = is_new       ? 0
			       : serial % 2 ? worker
					    : agent,
		.updated = created,
		.customer_id =
			customers->count ? customers->items[(size_t)serial % customers->count] : 0,
		.due = open ? created + 72 * HOUR_MS : 0,
		.closed = open ? 0 : created + 4 * HOUR_MS,
		.version = 1 };
	int err = ticket_number_next(d->db, d->arena, "ticket", created, &t.number);

	if (!err)
		err = db_exec(d->db, TST(TICKET_ADD), NULL, t.id, t.number, t.type, t.subject,
			t.text, t.priority, t.department_id, t.assignee_id, t.customer_id,
			INT64_C(0), t.state, (int64_t)open, t.due, t.channel, t.created,
			t.created_by);
	if (!err && !open)
		err = db_exec(d->db, TST(TICKET_DEMO_CLOSE), NULL, t.id, t.closed);
	return err ? err : add_history(d, &t, agent, worker);
}

int ticket_demo(struct db *db)
{
	struct demo d = { db, arena_create(0), clock_now() };
	int err = d.arena ? 0 : ENOMEM;

	for (int i = 0; i < (int)(sizeof(departments) / sizeof(*departments)) && !err; i++) {
		struct record_ids customers = { .arena = d.arena };

		err = db_each(db, TST(TICKET_DEMO_CUSTOMERS), record_add_id, &customers,
			identity_department_by_code(db, departments[i].code));
		for (int n = 0; n < PER_DEPARTMENT && !err; n++)
			err = add_ticket(&d, &departments[i], i, n, &customers);
	}
	arena_free(d.arena);
	return err;
}
