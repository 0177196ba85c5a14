#include "CPicture.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

// A file without a name: a child that complains a lot can never block on it, as it could on a pipe that nobody reads.
static int anonymous_file(void) {
  FILE *file = tmpfile();
  if (!file) return -1;
  int copy = fcntl(fileno(file), F_DUPFD_CLOEXEC, 3);
  fclose(file);
  return copy;
}

int cpicture_child_start(char *const argv[], cpicture_child *child) {
  // A socket instead of a pipe: writing to a child that died is then an error of this call (MSG_NOSIGNAL), not a SIGPIPE.
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return errno;
  int errors = anonymous_file(), failed = errors < 0 ? errno : 0;
  if (!failed) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    failed = posix_spawnp(&child->pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
  }
  close(ends[1]);
  child->input = ends[0];
  child->errors = errors;
  if (failed) {
    close(ends[0]);
    if (errors >= 0) close(errors);
  }
  return failed;
}

int cpicture_child_feed(const cpicture_child *child, const void *bytes, size_t count) {
  for (const char *at = bytes; count > 0;) {
    ssize_t sent = send(child->input, at, count, MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR) return errno;
    if (sent > 0) at += sent, count -= (size_t)sent;
  }
  return 0;
}

int cpicture_child_finish(cpicture_child *child, char message[CPICTURE_MESSAGE]) {
  close(child->input);
  int status = 0;
  while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {}
  ssize_t count = pread(child->errors, message, CPICTURE_MESSAGE - 1, 0);
  message[count > 0 ? count : 0] = 0;
  close(child->errors);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
