/* Prompts, the greeting flow of requirement A27 and the main number of the demonstration company. */
#include <sodium.h>
#include <string.h>
#include "clock/clock.h"
#include "flow/flow_internal.h"
#include "id.h"

static const struct {
	const char *name, *zh, *en;
} prompts[] = {
	{ "welcome", "您好，这里是上海众达客服中心。",
		"Hello, this is the Zhongda service centre in Shanghai." },
	{ "menu",
		"销售咨询请按1，电话维修请按2，计算机及外设维修请按3，软件维护请按4，其他设备维修请"
		"按5，服务投诉请按9，英语服务请按8，人工服务请按0，重听请按星号键。",
		"For sales press 1, telephone repair 2, computers and peripherals 3, software 4, "
		"other equipment 5, complaints 9. For the operator press 0; "
		"to hear this again press star." },
	{ "no_input", "没有收到您的按键。", "We did not hear a key." },
	{ "invalid", "您的按键有误。", "That key is not in the menu." },
	{ "queue_wait", "正在为您转接，请稍候。", "We are connecting you, please hold." },
	{ "closed", "现在是非工作时间。", "We are closed at the moment." },
	{ "voicemail", "座席暂时无法接听，请在提示音后留言，按井号键结束。",
		"Nobody can take your call now. Please leave a message after the tone and press "
		"hash." },
	{ "sorry", "非常抱歉，系统出现故障，请稍后再拨。",
		"We are sorry, something went wrong. Please call again later." },
	{ "goodbye", "感谢您的来电，再见。", "Thank you for calling. Goodbye." },
};

extern const char flow_demo_main[]; /* demo_main.json, embedded */

static int add_flow(struct db *db, int64_t flow_id)
{
	unsigned char hash[32];
	char hex[65];
	int err;

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)flow_demo_main,
		strlen(flow_demo_main), NULL, 0);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	err = db_exec(db, ST(FLOW_ADD), NULL, flow_id, "main", "总机导航", flow_demo_main,
		clock_now(), (int64_t)0);
	if (!err)
		err = db_exec(db, ST(VERSION_ADD), NULL, flow_id, (int64_t)1, flow_demo_main, hex,
			(int64_t)0, "A27", clock_now());
	return err ? err : db_exec(db, ST(FLOW_ACTIVATE), NULL, flow_id, (int64_t)1);
}

int flow_demo(struct db *db)
{
	int64_t flow_id = id_make(clock_now());
	int err = 0;

	for (size_t i = 0; i < sizeof(prompts) / sizeof(prompts[0]) && !err; i++)
		err = db_exec(db, ST(PROMPT_ADD), NULL, id_make(clock_now()), prompts[i].name,
			prompts[i].zh, prompts[i].en);
	if (!err)
		err = add_flow(db, flow_id);
	return err ? err
		   : db_exec(db, ST(ENTRY_ADD), NULL, id_make(clock_now()), "4001", flow_id,
			     "总机 / main number");
}
