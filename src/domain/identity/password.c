/* Passwords: Argon2id on a thread of its own. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include "identity/identity_internal.h"
#include "loop/loop.h"

enum { PASSWORD_WAITING_MAX = 64 };

static struct loop *loop;
static atomic_uint waiting;
static char nobody_hash
	[PASSWORD_HASH_SIZE]; /* verified against when the account is unknown; made at first use */

static unsigned long long passes(void)
{
	return (unsigned long long)config_int(identity_platform()->config, "password_passes");
}

static size_t memory(void)
{
	return (size_t)config_int(identity_platform()->config, "password_memory_kib") * 1024;
}

int password_start(void)
{
	int err = loop_create(&loop, "password");

	nobody_hash[0] = '\0';
	return err ? err : loop_start(loop);
}

void password_stop(void)
{
	if (!loop)
		return;
	loop_stop(loop);
	loop_free(loop);
	loop = NULL;
}

struct task {
	void (*fn)(void *arg);
	void *arg;
};

static void run(void *arg)
{
	struct task task = *(struct task *)arg;

	free(arg);
	task.fn(task.arg);
	atomic_fetch_sub(&waiting, 1);
}

int password_post(void (*fn)(void *arg), void *arg)
{
	struct task *task;
	int err;

	if (atomic_fetch_add(&waiting, 1) >= PASSWORD_WAITING_MAX) {
		atomic_fetch_sub(&waiting, 1);
		return EAGAIN;
	}
	task = malloc(sizeof(*task));
	if (!task) {
		atomic_fetch_sub(&waiting, 1);
		return ENOMEM;
	}
	*task = (struct task){ fn, arg };
	err = loop_post(loop, run, task);
	if (err) {
		free(task);
		atomic_fetch_sub(&waiting, 1);
	}
	return err;
}

int password_hash(char hash[PASSWORD_HASH_SIZE], const char *password)
{
	return crypto_pwhash_str(hash, password, strlen(password), passes(), memory()) ? ENOMEM : 0;
}

int password_verify(const char *hash, const char *password)
{
	if (hash)
		return crypto_pwhash_str_verify(hash, password, strlen(password)) ? EACCES : 0;
	if (!nobody_hash[0] && password_hash(nobody_hash, "nobody"))
		return EACCES;
	(void)!crypto_pwhash_str_verify(nobody_hash, password, strlen(password));
	return EACCES;
}

bool password_is_outdated(const char *hash)
{
	return crypto_pwhash_str_needs_rehash(hash, passes(), memory()) != 0;
}

const char *password_problem(const char *account, const char *password)
{
	size_t least = (size_t)config_int(identity_platform()->config, "password_min_length"),
	       count = 0;

	for (const char *c = password; *c; c++)
		count += ((unsigned char)*c & 0xC0) != 0x80;
	if (count < least)
		return "password_too_short";
	if (account && *account && strcasestr(password, account))
		return "password_holds_account";
	return NULL;
}
