/* Customers of the demonstration company. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "clock/clock.h"
#include "customer/customer_internal.h"
#include "id.h"
#include "identity/identity.h"

/* type, level: codes of the dictionary; number: mobile, fixed: fixed phone 1. */
static const struct {
	const char *name, *organisation, *type, *level, *mobile, *fixed, *address;
} rows[] = {
	{ "王秀英", "上海申江机电有限公司", "contract", "gold", "13801780001", "021-62340101",
		"普陀区中山北路1715号3楼" },
	{ "李强", NULL, "private", "normal", "13901620002", NULL, "徐汇区漕溪北路88弄12号501室" },
	{ "张敏", "华东纺织设计院", "contract", "silver", "13611890003", "021-54320202",
		"长宁区延安西路1558号" },
	{ "刘洋", NULL, "private", "normal", "13761450004", "021-58760303", "浦东新区张杨路655号" },
	{ "陈静", "静安区第三小学", "other", "normal", "13817230005", "021-62580404",
		"静安区北京西路1068号" },
	{ "杨勇", "上海永达物流有限公司", "contract", "vip", "13501990006", "021-59160505",
		"嘉定区曹安公路4588号" },
	{ "赵丽华", NULL, "private", "silver", "13774360007", NULL, "虹口区四平路421弄8号302室" },
	{ "黄建国", "建国五金商行", "other", "normal", "13918270008", "021-65430606",
		"杨浦区控江路1500号" },
	{ "周婷", "浦东民生会计师事务所", "contract", "gold", "13564810009", "021-68540707",
		"浦东新区民生路1199弄1号" },
	{ "吴晓明", NULL, "private", "normal", "15821340010", NULL, "闵行区莘庄镇莘松路380弄" },
	{ "徐文静", "文静花店", "other", "normal", "13651720011", "021-64380808",
		"徐汇区天钥桥路218号" },
	{ "孙志刚", "上海刚强印刷厂", "contract", "silver", "13701950012", "021-56780909",
		"宝山区共和新路3550号" },
	{ "马晓东", NULL, "private", "normal", "18621560013", NULL, "松江区人民北路2088弄21号" },
	{ "朱玉兰", "玉兰社区卫生服务中心", "contract", "gold", "13816440014", "021-64891010",
		"闵行区虹梅路1905号" },
	{ "胡海涛", "海涛网络科技有限公司", "contract", "normal", "13482570015", "021-61231111",
		"杨浦区国定路323号" },
	{ "郭建平", NULL, "private", "normal", "13585730016", "021-63281212",
		"黄浦区复兴中路523弄7号" },
	{ "林美玲", "闽东茶叶上海经营部", "other", "silver", "13916820017", "021-56321313",
		"闸北区大统路938弄5号" },
	{ "何伟", NULL, "private", "normal", "15000910018", NULL, "浦东新区川沙路5558弄33号" },
	{ "高翔", "高翔建筑设计事务所", "contract", "vip", "13801820019", "021-62471414",
		"静安区南京西路1468号1806室" },
	{ "罗建华", "华东师大附属幼儿园", "other", "normal", "13671930020", "021-62231515",
		"普陀区金沙江路1006号" },
	{ "郑红梅", NULL, "private", "normal", "13764050021", NULL, "奉贤区南桥镇解放中路220弄" },
	{ "梁志远", "上海远洋报关有限公司", "contract", "gold", "13901860022", "021-65351616",
		"虹口区东大名路908号" },
	{ "谢芳", NULL, "private", "normal", "18017270023", "021-57831717",
		"松江区新松江路1277弄6号" },
	{ "宋立军", "立军汽车修理厂", "contract", "normal", "13601980024", "021-59781818",
		"青浦区外青松公路5399号" },
	{ "唐国强", NULL, "private", "silver", "13524190025", NULL, "徐汇区龙华西路21弄58号" },
	{ "许佳", "佳佳文具批发部", "other", "normal", "13621800026", "021-63501919",
		"黄浦区福佑路225号" },
	{ "韩雪", NULL, "private", "normal", "13795410027", NULL, "浦东新区金桥路939弄12号" },
	{ "冯德全", "上海德全食品有限公司", "contract", "gold", "13501730028", "021-66582020",
		"宝山区江杨南路1588号" },
	{ "邓小军", NULL, "private", "normal", "15921030029", NULL, "嘉定区城中路138弄2号" },
	{ "曹慧", "慧眼广告制作室", "other", "normal", "13585840030", "021-55892121",
		"杨浦区邯郸路173号" },
	{ "彭飞", "上海飞鹏货运代理", "contract", "silver", "13818950031", "021-58302222",
		"浦东新区杨高北路2005号" },
	{ "曾庆红", NULL, "private", "normal", "13764260032", "021-54712323", "闵行区东川路800弄" },
	{ "萧然", "然后书店", "other", "normal", "13916070033", NULL, "长宁区愚园路1088弄45号" },
	{ "田野", NULL, "private", "normal", "18516380034", NULL, "金山区石化卫零路485号" },
	{ "董国华", "国华机床附件厂", "contract", "gold", "13701590035", "021-57422424",
		"奉贤区环城东路889号" },
	{ "袁丽娟", "丽娟服装设计工作室", "other", "silver", "13641700036", "021-62112525",
		"静安区常德路800号" },
	{ "潘伟民", NULL, "private", "normal", "13801210037", "021-56613636",
		"宝山区牡丹江路1508弄" },
	{ "于海洋", "上海海洋水产批发市场", "contract", "vip", "13761920038", "021-65492626",
		"杨浦区军工路2390号" },
	{ "蔡明", NULL, "private", "normal", "15800530039", NULL, "徐汇区宜山路425号" },
	{ "余小红", "小红钢琴教室", "other", "normal", "13671240040", "021-64832727",
		"徐汇区康健路128弄9号" },
	{ "叶建新", "建新玻璃制品有限公司", "contract", "normal", "13901950041", "021-59532828",
		"嘉定区浏翔公路918号" },
	{ "程亮", NULL, "private", "normal", "18721560042", NULL, "浦东新区成山路600弄" },
	{ "苏敏", "苏敏口腔门诊部", "contract", "gold", "13817670043", "021-68412929",
		"浦东新区东方路1988号" },
	{ "魏强", NULL, "private", "normal", "13524780044", NULL, "虹口区曲阳路851弄" },
	{ "吕梅", "上海梅园大酒店", "contract", "vip", "13501190045", "021-63903030",
		"黄浦区西藏中路525号" },
	{ "Peter Miller", "Miller Trading (Shanghai)", "other", "silver", "13916000046",
		"021-62793131", "Jing'an, 1376 West Nanjing Road, Suite 610" },
};
enum { ROWS = sizeof(rows) / sizeof(*rows), DEPARTMENTS = 6, DAY_MS = 86400000 };

static const char *const departments[DEPARTMENTS] = { "computer", "sales", "telephone", "software",
	"equipment", "complaint" };

/* Known to more than one department, each with its own record (A12): a caller with several matches. */
static const int shared[] = { 0, 5, 18 };

static int add(struct db *db, struct arena *arena, int i, int64_t department_id, int64_t created)
{
	struct customer_phone phones[2] = {
		{ .kind = "mobile", .number = rows[i].mobile, .normalized = rows[i].mobile }
	};
	struct customer_address address = {
		.kind = "contact", .text = rows[i].address, .contact = rows[i].name
	};
	char fixed[32];
	struct customer c = { .id = id_first_at(created) + 1,
		.name = rows[i].name,
		.organisation = rows[i].organisation,
		.type = rows[i].type,
		.level = rows[i].level,
		.department_id = department_id,
		.version = 1,
		.created = created,
		.updated = created,
		.phones = { phones, 1 },
		.addresses = { &address, 1 } };

	if (rows[i].fixed) {
		snprintf(fixed, sizeof(fixed), "%.3s%s", rows[i].fixed, rows[i].fixed + 4);
		phones[1] = (struct customer_phone){
			.kind = "fixed1", .number = rows[i].fixed, .normalized = fixed
		};
		c.phones.count = 2;
	}
	return customer_add(db, arena, &c);
}

int customer_demo(struct db *db)
{
	struct arena *arena = arena_create(0);
	int64_t first = clock_now() - INT64_C(60) * DAY_MS;
	int err = 0;

	if (!arena)
		return ENOMEM;
	for (int i = 0; i < ROWS && !err; i++)
		err = add(db, arena, i,
			identity_department_by_code(db, departments[i % DEPARTMENTS]),
			first + (int64_t)i * DAY_MS);
	for (size_t n = 0; n < sizeof(shared) / sizeof(*shared) && !err; n++)
		err = add(db, arena, shared[n],
			identity_department_by_code(db, n % 2 ? "telephone" : "sales"),
			first + (int64_t)(ROWS + n) * DAY_MS);
	arena_free(arena);
	return err;
}
