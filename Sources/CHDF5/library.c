#include "mote_h5_library.h"

#include <hdf5.h>
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t mutex;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void prepare(void) {
  pthread_mutexattr_t recursive;
  pthread_mutexattr_init(&recursive);
  pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&mutex, &recursive);
  pthread_mutexattr_destroy(&recursive);
  // Errors are told by the caller, in the words of the user's file; HDF5 would print its own stack besides.
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

static _Thread_local int depth;

void mote_h5_lock(void) {
  pthread_once(&once, prepare);
  pthread_mutex_lock(&mutex);
  depth++;
}

void mote_h5_unlock(void) {
  depth--;
  pthread_mutex_unlock(&mutex);
}

int mote_h5_is_inside(void) { return depth > 0; }

struct message {
  char *text;
  size_t capacity;
};

static herr_t innermost(unsigned depth, const H5E_error2_t *error, void *context) {
  struct message *message = context;
  if (depth == 0) snprintf(message->text, message->capacity, "%s", error->desc ? error->desc : "");
  return 0;
}

void mote_h5_last_error(char *text, size_t capacity) {
  struct message message = {text, capacity};
  text[0] = 0;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, innermost, &message);
  H5Eclear2(H5E_DEFAULT);
}
