/* Queues of the demonstration company: one per department (A9, A10), and the front desk. */
#include <errno.h>
#include "clock/clock.h"
#include "id.h"
#include "queue/queue_internal.h"

/* The department's code is the queue's key. */
static const struct {
	const char *key, *department, *name, *name_en;
	const char *agents[4];
} queues[] = {
	{ "sales", "sales", "销售咨询", "Sales enquiry", { "sales1" } },
	{ "computer", "computer", "计算机及外设维修", "Computer and peripheral repair",
		{ "computer1", "computer2" } },
	{ "telephone", "telephone", "电话维修", "Telephone repair", { "telephone1" } },
	{ "software", "software", "软件服务", "Software service", { "software1" } },
	{ "equipment", "equipment", "其他设备维修", "Other equipment repair", { "equipment1" } },
	{ "complaint", "complaint", "服务投诉", "Service complaints", { "complaint1" } },
	{ "front", "hq", "总台", "Front desk", { "leader" } },
};

static const char all_day[] = "[{\"day\":1,\"from\":\"00:00\",\"to\":\"24:00\"},{\"day\":2,"
			      "\"from\":\"00:00\",\"to\":\"24:00\"},"
			      "{\"day\":3,\"from\":\"00:00\",\"to\":\"24:00\"},{\"day\":4,\"from\":"
			      "\"00:00\",\"to\":\"24:00\"},"
			      "{\"day\":5,\"from\":\"00:00\",\"to\":\"24:00\"},{\"day\":6,\"from\":"
			      "\"00:00\",\"to\":\"24:00\"},"
			      "{\"day\":7,\"from\":\"00:00\",\"to\":\"24:00\"}]";

static int add_members(struct db *db, int64_t queue_id, const char *const *agents)
{
	int err = 0;

	for (int64_t i = 0; i < 4 && agents[i] && !err; i++)
		err = db_exec(db, ST(MEMBER_ADD), NULL, queue_id,
			identity_user_by_account(db, agents[i]), (int64_t)1, i + 1);
	/* The team leader helps out when nobody of the department has answered for a while. */
	if (!err && agents[0][0] != 'l')
		err = db_exec(db, ST(MEMBER_ADD), NULL, queue_id,
			identity_user_by_account(db, "leader"), (int64_t)3, (int64_t)9);
	return err;
}

int queue_demo(struct db *db)
{
	int64_t calendar = id_make(clock_now());
	int err = db_exec(
		db, ST(CALENDAR_ADD), NULL, calendar, "default", "Asia/Shanghai", all_day, "[]");

	for (size_t i = 0; i < sizeof(queues) / sizeof(queues[0]) && !err; i++) {
		int64_t id = id_make(clock_now());

		err = db_exec(db, ST(QUEUE_ADD), NULL, id, queues[i].key, queues[i].name,
			queues[i].name_en, identity_department_by_code(db, queues[i].department),
			"longest_idle", (int64_t)0, (int64_t)20, "optional", (int64_t)30,
			(int64_t)30, (int64_t)20, (int64_t)0, (int64_t)10, (int64_t)600, (int64_t)0,
			(int64_t)20, (int64_t)5, "", (int64_t)15, (int64_t)45, (int64_t)1,
			(int64_t)1, "voicemail", "", calendar, "always", "both", (int64_t)1);
		if (!err)
			err = add_members(db, id, queues[i].agents);
	}
	return err;
}
