#include "mote_h5_crash.h"

#include "mote_h5_library.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE};
enum { count = sizeof signals / sizeof signals[0] };

static struct sigaction former[count];
static int exit_status;
static char message[1200] = "error: HDF5 crashed\n";

// Only calls that are allowed in a signal handler.
static void crashed(int number, siginfo_t *info, void *context) {
  (void)info, (void)context;
  if (mote_h5_is_inside()) {
    ssize_t written = write(STDERR_FILENO, message, strlen(message));
    _exit(written < 0 ? 1 : exit_status);
  }
  // Back to what was there before, which meets the same fault again when this returns.
  for (int i = 0; i < count; i++) {
    if (signals[i] == number) sigaction(number, &former[i], NULL);
  }
  if (number == SIGABRT) raise(number);
}

void mote_h5_guard(int status) {
  exit_status = status;
  // A stack of its own, as the fault may be that the other is full.
  static char space[1 << 16];
  stack_t stack = {.ss_sp = space, .ss_size = sizeof space};
  sigaltstack(&stack, NULL);
  struct sigaction action = {.sa_sigaction = crashed, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < count; i++) sigaction(signals[i], &action, &former[i]);
}

void mote_h5_opening(const char *path) {
  snprintf(message, sizeof message, "error: %.1000s is damaged: HDF5 crashed while it read the file\n", path);
}
