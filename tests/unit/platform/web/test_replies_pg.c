/* The answers of test_replies.c on PostgreSQL, where writes run on the workers. */
#define PLACE_POSTGRES
#include "test_replies.c"
