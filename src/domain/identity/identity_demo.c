/* The demonstration company of reference system A: departments (A9), groups, every role of A67, staff. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "clock/clock.h"
#include "identity/identity_internal.h"
#include "identity/user.h"

enum { FIRST_DEPARTMENT = 101, FIRST_GROUP = 201, FIRST_ROLE = 301, FIRST_PERSON = 401 };

static const struct {
	const char *code, *name, *name_en;
} departments[] = {
	{ "hq", "总公司", "Head office" },
	{ "sales", "销售咨询", "Sales enquiry" },
	{ "computer", "计算机及外设维修", "Computer and peripheral repair" },
	{ "telephone", "电话维修", "Telephone repair" },
	{ "software", "软件服务", "Software service" },
	{ "equipment", "其他设备维修", "Other equipment repair" },
	{ "complaint", "服务投诉", "Service complaints" },
};
enum { DEPARTMENTS = sizeof(departments) / sizeof(*departments) };

static const struct {
	const char *name, *name_en;
} groups[] = {
	{ "系统管理组", "Administration" },
	{ "客服中心组", "Call centre" },
	{ "维修服务组", "Repair service" },
	{ "经营管理组", "Management" },
	{ "语音维护组", "Voice maintenance" },
};
enum { GROUPS = sizeof(groups) / sizeof(*groups) };

/* rights: names with their range behind a colon; "*": everything. */
static const struct {
	const char *key;
	int group;
	const char *name, *name_en, *rights;
} roles[] = {
	{ "administrator", 0, "系统管理员", "Administrator", "*" },
	{ "agent", 1, "话务员", "Agent",
		"agent.work call.dial call.transfer customer.read:department customer.create "
		"customer.write:department"
		" ticket.read:department ticket.create ticket.write:department interaction.read:own"
		" interaction.write:own recording.listen:own queue.live:department "
		"user.read:department" },
	{ "leader", 1, "座席组长", "Team leader",
		"agent.work call.dial call.transfer agent.supervise:tree queue.live:tree "
		"customer.read:tree"
		" customer.create customer.write:tree ticket.read:tree ticket.create "
		"ticket.write:tree"
		" ticket.assign:tree interaction.read:tree interaction.write:tree "
		"recording.listen:tree"
		" user.read:tree prompt.read" },
	{ "dispatcher", 2, "调度员", "Dispatcher",
		"call.dial call.transfer customer.read:department customer.create "
		"customer.write:department"
		" ticket.read:department ticket.create ticket.write:department "
		"ticket.assign:department"
		" interaction.read:department user.read:department" },
	{ "engineer", 2, "维修人员", "Service engineer",
		"ticket.read:own ticket.write:own customer.read:department" },
	{ "manager", 3, "部门经理", "Department manager",
		"agent.work call.dial call.transfer agent.supervise:department "
		"queue.live:department "
		"queue.manage:department"
		" customer.read:department customer.create customer.write:department "
		"ticket.read:department"
		" ticket.create ticket.write:department ticket.assign:department "
		"interaction.read:department interaction.write:department"
		" recording.listen:department user.read:department user.manage:department "
		"token.manage prompt.read" },
	{ "warehouse", 3, "仓库人员", "Warehouse",
		"ticket.read:own ticket.write:own customer.read:all" },
	{ "superior", 3, "上级领导", "Superior",
		"customer.read:all ticket.read:all interaction.read:all recording.listen:all "
		"queue.live:all"
		" user.read:all audit.read prompt.read ivr.read" },
	{ "ivr_maintainer", 4, "IVR维护人员", "IVR maintainer",
		"prompt.read prompt.manage ivr.read ivr.edit ivr.publish calendar.manage" },
};
enum { ROLES = sizeof(roles) / sizeof(*roles) };

#define HQ            "hq", "总公司", "Head office"
#define SALES         "sales", "销售咨询", "Sales enquiry"
#define COMPUTER      "computer", "计算机及外设维修", "Computer and peripheral repair"
#define TELEPHONE     "telephone", "电话维修", "Telephone repair"
#define SOFTWARE      "software", "软件服务", "Software service"
#define EQUIPMENT     "equipment", "其他设备维修", "Other equipment repair"
#define COMPLAINT     "complaint", "服务投诉", "Service complaints"
#define ADMINISTRATOR "administrator", "系统管理员", "Administrator"
#define AGENT         "agent", "话务员", "Agent"
#define LEADER        "leader", "座席组长", "Team leader"
#define DISPATCHER    "dispatcher", "调度员", "Dispatcher"
#define ENGINEER      "engineer", "维修人员", "Service engineer"
#define MANAGER       "manager", "部门经理", "Department manager"
#define WAREHOUSE     "warehouse", "仓库人员", "Warehouse"
#define SUPERIOR      "superior", "上级领导", "Superior"
#define IVR           "ivr_maintainer", "IVR维护人员", "IVR maintainer"

const struct identity_demo_account identity_demo_accounts[] = {
	{ "admin", "demo-admin", "郑安国", "Zheng Anguo", ADMINISTRATOR, HQ, "8000", "sip-8000" },
	{ "superior", "demo-superior", "沈望舒", "Shen Wangshu", SUPERIOR, HQ, "8001", "sip-8001" },
	{ "leader", "demo-leader", "罗静怡", "Luo Jingyi", LEADER, HQ, "8002", "sip-8002" },
	{ "ivr", "demo-ivr", "方启明", "Fang Qiming", IVR, HQ, "8003", "sip-8003" },
	{ "warehouse", "demo-warehouse", "石广平", "Shi Guangping", WAREHOUSE, HQ, "8004",
		"sip-8004" },
	{ "sales1", "demo-sales1", "林晓燕", "Lin Xiaoyan", AGENT, SALES, "8101", "sip-8101" },
	{ "computer1", "demo-computer1", "陈思远", "Chen Siyuan", AGENT, COMPUTER, "8201",
		"sip-8201" },
	{ "computer2", "demo-computer2", "何佳慧", "He Jiahui", AGENT, COMPUTER, "8202",
		"sip-8202" },
	{ "telephone1", "demo-telephone1", "孙立新", "Sun Lixin", AGENT, TELEPHONE, "8301",
		"sip-8301" },
	{ "software1", "demo-software1", "许文博", "Xu Wenbo", AGENT, SOFTWARE, "8401",
		"sip-8401" },
	{ "equipment1", "demo-equipment1", "高志强", "Gao Zhiqiang", AGENT, EQUIPMENT, "8501",
		"sip-8501" },
	{ "complaint1", "demo-complaint1", "唐雅琴", "Tang Yaqin", AGENT, COMPLAINT, "8601",
		"sip-8601" },
	{ "dispatcher", "demo-dispatcher", "顾海峰", "Gu Haifeng", DISPATCHER, COMPUTER, "8211",
		"sip-8211" },
	{ "engineer1", "demo-engineer1", "马建军", "Ma Jianjun", ENGINEER, COMPUTER, "8221",
		"sip-8221" },
	{ "engineer2", "demo-engineer2", "丁一鸣", "Ding Yiming", ENGINEER, TELEPHONE, "8321",
		"sip-8321" },
	{ "manager", "demo-manager", "蒋国栋", "Jiang Guodong", MANAGER, SALES, "8109",
		"sip-8109" },
	{ "manager2", "demo-manager2", "夏丽萍", "Xia Liping", MANAGER, COMPUTER, "8209",
		"sip-8209" },
	{ 0 }
};
enum { ACCOUNTS = sizeof(identity_demo_accounts) / sizeof(*identity_demo_accounts) - 1 };

static int add_departments(struct db *db)
{
	int err = 0;

	for (int i = 0; i < DEPARTMENTS && !err; i++)
		err = db_exec(db, ST(DEPARTMENT_ADD), NULL, (int64_t)FIRST_DEPARTMENT + i,
			i ? (int64_t)FIRST_DEPARTMENT : INT64_C(0), departments[i].name,
			departments[i].name_en, departments[i].code, (int64_t)i, INT64_C(1));
	return err;
}

static int range_of(const char *text)
{
	for (int i = 0; range_names[i]; i++)
		if (!strcmp(range_names[i], text))
			return i;
	return RANGE_ALL;
}

typedef int(right_h)(struct db *db, int64_t owner, const char *permission, int64_t range);

static int each_right(struct db *db, int64_t owner, const char *rights, right_h *fn)
{
	char list[1024], *save = NULL;
	int err = 0;

	if (!strcmp(rights, "*")) {
		for (size_t i = 0; i < permission_count() && !err; i++)
			err = fn(db, owner, permission_at(i)->name, RANGE_ALL);
		return err;
	}
	snprintf(list, sizeof(list), "%s", rights);
	for (char *word = strtok_r(list, " ", &save); word && !err;
		word = strtok_r(NULL, " ", &save)) {
		char *range = strchr(word, ':');

		if (range)
			*range++ = '\0';
		err = fn(db, owner, word, range ? range_of(range) : RANGE_ALL);
	}
	return err;
}

static int add_role_right(struct db *db, int64_t owner, const char *permission, int64_t range)
{
	return db_exec(db, ST(ROLE_PERMISSION_ADD), NULL, owner, permission, range);
}

/* A group has what its roles hold. */
static int add_group_right(struct db *db, int64_t owner, const char *permission, int64_t range)
{
	(void)range;
	return db_exec(db, ST(GROUP_FUNCTION_OFFER), NULL, owner, permission);
}

static int add_roles(struct db *db)
{
	int err = 0;

	for (int i = 0; i < GROUPS && !err; i++)
		err = db_exec(db, ST(GROUP_ADD), NULL, (int64_t)FIRST_GROUP + i,
			(int64_t)FIRST_DEPARTMENT, groups[i].name, groups[i].name_en);
	for (int i = 0; i < ROLES && !err; i++) {
		int64_t id = FIRST_ROLE + i, group_id = FIRST_GROUP + roles[i].group;

		err = db_exec(
			db, ST(ROLE_ADD), NULL, id, group_id, roles[i].name, roles[i].name_en);
		if (!err)
			err = each_right(db, id, roles[i].rights, add_role_right);
		if (!err)
			err = each_right(db, group_id, roles[i].rights, add_group_right);
	}
	return err;
}

static int64_t role_id(const char *key)
{
	for (int i = 0; i < ROLES; i++)
		if (!strcmp(roles[i].key, key))
			return FIRST_ROLE + i;
	return 0;
}

static int64_t department_id(const char *code)
{
	for (int i = 0; i < DEPARTMENTS; i++)
		if (!strcmp(departments[i].code, code))
			return FIRST_DEPARTMENT + i;
	return 0;
}

static int add_person(
	struct db *db, int64_t id, const struct identity_demo_account *account, const char *hash)
{
	int64_t role = role_id(account->role);
	struct user user = {
		.id = id,
		.account = account->account,
		.name = account->name,
		.department_id = department_id(account->department),
		.extension = account->extension,
		.language = "zh-CN",
		.active = true,
		.is_agent = !strcmp(account->role, "agent") || !strcmp(account->role, "leader"),
		.masks_numbers = !strcmp(account->role, "warehouse"),
		.role_ids = { &role, 1 },
	};
	int err = user_add(db, &user, hash);

	return err ? err : user_set_sip_password(db, id, account->extension, account->sip_password);
}

int identity_demo(struct db *db)
{
	/* the transaction may be run again; the hashes are dear */
	static char hashes[ACCOUNTS][PASSWORD_HASH_SIZE];
	int err = add_departments(db);

	if (!err)
		err = add_roles(db);
	for (int i = 0; i < ACCOUNTS && !err; i++) {
		if (!hashes[i][0])
			err = password_hash(hashes[i], identity_demo_accounts[i].password);
		if (!err)
			err = add_person(
				db, FIRST_PERSON + i, &identity_demo_accounts[i], hashes[i]);
	}
	return err ? err : identity_changed(db, 0);
}
