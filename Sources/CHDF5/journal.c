#include "journal.h"

#include "mote_h5_append.h"
#include "mote_sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

// magic, committed length, number of changes; then for each its address, length and bytes; then the SHA-256 of all that.
// Numbers are as this machine has them: a journal is read on the machine that wrote it, or thrown away as torn.
static const char magic[8] = "MOTEJRN1";
enum { header_length = 24, entry_length = 16, digest_length = 32 };

static uint8_t *put(uint8_t *at, const void *bytes, size_t count) {
  memcpy(at, bytes, count);
  return at + count;
}

uint8_t *journal_encode(uint64_t committed_length, const change *changes, size_t count, size_t *length) {
  size_t total = header_length + digest_length;
  for (size_t i = 0; i < count; i++) total += entry_length + changes[i].length;
  uint8_t *journal = malloc(total);
  if (!journal) return NULL;
  uint64_t entries = count;
  uint8_t *at = put(put(put(journal, magic, 8), &committed_length, 8), &entries, 8);
  for (size_t i = 0; i < count; i++) {
    at = put(put(at, &changes[i].address, 8), &changes[i].length, 8);
    at = put(at, changes[i].before, changes[i].length);
  }
  mote_sha256 hash;
  mote_sha256_start(&hash);
  mote_sha256_add(&hash, journal, total - digest_length);
  mote_sha256_finish(&hash, at);
  *length = total;
  return journal;
}

static int is_whole(const uint8_t *journal, size_t length) {
  if (length < header_length + digest_length || memcmp(journal, magic, 8)) return 0;
  uint8_t digest[digest_length];
  mote_sha256 hash;
  mote_sha256_start(&hash);
  mote_sha256_add(&hash, journal, length - digest_length);
  mote_sha256_finish(&hash, digest);
  return !memcmp(digest, journal + length - digest_length, digest_length);
}

int journal_roll_back(int file, const uint8_t *journal, size_t length) {
  if (!is_whole(journal, length)) return 0;
  uint64_t committed_length, entries;
  memcpy(&committed_length, journal + 8, 8);
  memcpy(&entries, journal + 16, 8);
  const uint8_t *at = journal + header_length;
  for (uint64_t i = 0; i < entries; i++) {
    uint64_t address, count;
    memcpy(&address, at, 8);
    memcpy(&count, at + 8, 8);
    int error = write_fully(file, at + entry_length, count, address);
    if (error) return -error;
    at += entry_length + count;
  }
  // The journal goes once the old bytes are safe: it is the only copy of them.
  return ftruncate(file, (off_t)committed_length) || fdatasync(file) ? -errno : 1;
}

int write_fully(int file, const void *bytes, size_t length, uint64_t address) {
  for (size_t done = 0; done < length;) {
    ssize_t count = pwrite(file, (const char *)bytes + done, length - done, (off_t)(address + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count ? errno : EIO;
    done += (size_t)count;
  }
  return 0;
}

char *journal_name(const char *path) {
  static const char suffix[] = ".journal";
  char *name = malloc(strlen(path) + sizeof suffix);
  if (name) strcat(strcpy(name, path), suffix);
  return name;
}

static uint8_t *contents(int file, size_t *length) {
  struct stat status;
  if (fstat(file, &status)) return NULL;
  uint8_t *bytes = malloc((size_t)status.st_size + 1);
  *length = 0;
  while (bytes && *length < (size_t)status.st_size) {
    ssize_t count = pread(file, bytes + *length, (size_t)status.st_size - *length, (off_t)*length);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    *length += (size_t)count;
  }
  return bytes;
}

static int recover_with(int journal, const char *path) {
  size_t length;
  uint8_t *bytes = contents(journal, &length);
  if (!bytes) return -ENOMEM;
  int result = 0;
  if (is_whole(bytes, length)) {
    int file = open(path, O_RDWR | O_CLOEXEC);
    result = file < 0 ? -errno : journal_roll_back(file, bytes, length);
    if (file >= 0) close(file);
  }
  free(bytes);
  return result;
}

int mote_h5_recover(const char *path) {
  char *name = journal_name(path);
  if (!name) return -ENOMEM;
  int result = 0, journal = open(name, O_RDWR | O_CLOEXEC);
  if (journal < 0) {
    result = errno == ENOENT ? 0 : -errno;
  } else {
    // A writer in the middle of its burst holds the lock: wait, and look whether its journal is still the one in the folder.
    flock(journal, LOCK_EX);
    struct stat held, named;
    if (!fstat(journal, &held) && !stat(name, &named) && held.st_ino == named.st_ino && held.st_dev == named.st_dev) {
      result = recover_with(journal, path);
      if (result >= 0 && unlink(name)) result = -errno;
    }
    close(journal);
  }
  free(name);
  return result;
}
