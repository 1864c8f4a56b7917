/* One run of espeak-ng: the text goes in through a socket, so neither a shell nor the process list sees it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "espeak.h"

#define WAV_HEADER 44

const char *espeak_voice(const char *language)
{
	/* Voice cmn of Debian 12 reads pinyin as English letters. */
	if (!strncmp(language, "zh", 2))
		return "cmn-latn-pinyin";
	return strncmp(language, "en", 2) ? NULL : "en";
}

/* A clean child: our signals, files and environment are none of its business. */
static int start(pid_t *pid, const char *voice, const char *path, int input)
{
	char *const argv[] = { "espeak-ng", "-b", "1", "-s", "160", "-v", (char *)voice, "-w",
		(char *)path, "--stdin", NULL };
	char *const environment[] = { "LC_ALL=C.UTF-8", NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int err;

	err = posix_spawn_file_actions_init(&files);
	if (err)
		return err;
	err = posix_spawnattr_init(&attributes);
	if (err) {
		posix_spawn_file_actions_destroy(&files);
		return err;
	}
	sigemptyset(&none);
	sigfillset(&all);
	err = posix_spawn_file_actions_adddup2(&files, input, 0);
	if (!err)
		err = posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_addclosefrom_np(&files, 3);
	if (!err)
		err = posix_spawnattr_setsigmask(&attributes, &none);
	if (!err)
		err = posix_spawnattr_setsigdefault(&attributes, &all);
	if (!err)
		err = posix_spawnattr_setflags(
			&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (!err)
		err = posix_spawnp(pid, argv[0], &files, &attributes, argv, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return err;
}

static int send_all(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t n = send(fd, text, left, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return EIO;
		text += n;
		left -= (size_t)n;
	}
	return 0;
}

static int wait_for(pid_t pid, int stop_fd)
{
	struct pollfd fds[] = { { .fd = pidfd_open(pid, 0), .events = POLLIN },
		{ .fd = stop_fd, .events = POLLIN } };
	int status = 0, err = 0, n;

	do
		n = poll(fds, 2, ESPEAK_LIMIT_MS);
	while (n < 0 && errno == EINTR);
	if (n <= 0 || fds[0].fd < 0)
		err = n ? EIO : ETIMEDOUT;
	else if (!(fds[0].revents & POLLIN))
		err = ECANCELED;
	if (err)
		kill(pid, SIGKILL);
	if (fds[0].fd >= 0)
		close(fds[0].fd);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!err && WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return ENOENT;
	return err || (WIFEXITED(status) && !WEXITSTATUS(status)) ? err : EIO;
}

int espeak_run(const char *text, const char *voice, const char *path, int stop_fd)
{
	int pair[2], err, sent;
	struct stat st;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return errno;
	err = start(&pid, voice, path, pair[1]);
	close(pair[1]);
	if (err) {
		close(pair[0]);
		return err;
	}
	sent = send_all(pair[0], text);
	close(pair[0]);
	err = wait_for(pid, stop_fd);
	if (!err && (sent || stat(path, &st) || st.st_size <= WAV_HEADER))
		err = EIO;
	return err;
}
