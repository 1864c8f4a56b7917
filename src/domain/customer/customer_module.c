/* The customer module as a row. */
#include "customer/customer_internal.h"

static const struct platform *platform_of_run;

const struct platform *customer_platform(void)
{
	return platform_of_run;
}

static int start(const struct platform *platform)
{
	platform_of_run = platform;
	return 0;
}

static const struct permission permissions[] = { { "customer.read", true, "查看客户",
							 "See customers" },
	{ "customer.create", false, "新建客户", "Add customers" },
	{ "customer.write", true, "修改客户", "Change customers" }, { 0 } };

const struct module customer_module = {
	.name = "customer",
	.needs = (const char *const[]){ "audit", "dictionary", "identity", NULL },
	.permissions = permissions,
	.statements = customer_statements,
	.routes = customer_routes,
	.start = start,
	.demo = customer_demo,
};
