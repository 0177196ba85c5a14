#include "commit.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

uint64_t committed_length(int descriptor, uint64_t size) {
  // HDF5 File Format Specification 3.0, II.A: the end-of-file address in superblocks 0, 1 and 2 or 3.
  static const char signature[8] = "\x89HDF\r\n\x1a\n";
  static const uint8_t place[] = {40, 44, 28, 28};
  uint8_t block[56] = {0};
  uint64_t length;
  if (size < sizeof block || read_fully(descriptor, block, sizeof block, 0) || memcmp(block, signature, 8)) return size;
  if (block[8] >= sizeof place) return size;
  memcpy(&length, block + place[block[8]], sizeof length);
  return length < size ? length : size;
}

/// Stretches of bytes in a page that differ, in units of this: a few more bytes written, many fewer writes.
enum { grain = 128 };

static size_t changes_of(const page *page, change *changes) {
  size_t count = 0;
  for (size_t at = 0; at < page_length; at += grain) {
    if (!memcmp(page->before + at, page->after + at, grain)) continue;
    uint64_t address = page->number * page_length + at;
    const change *last = count ? &changes[count - 1] : NULL;
    // What touches the change before becomes one with it, but the superblock stays a change of its own.
    if (last && address > grain && last->address + last->length == address) changes[count - 1].length += grain;
    else changes[count++] = (change){address, grain, page->before + at, page->after + at};
  }
  return count;
}

static change *all_changes(const pages *pages, size_t *count) {
  change *changes = malloc((pages->count * (page_length / grain) + 1) * sizeof *changes);
  *count = 0;
  for (size_t i = 0; changes && i < pages->count; i++) *count += changes_of(pages->items[i], changes + *count);
  return changes;
}

/// Whether the injected fault has come: it stands for a process that is gone, and what that left, the next one finds.
static int is_stopped(const target *t) { return t->append->writes == t->append->stops_before; }

/// One write of the commit; as a kill would, the injected fault leaves it and all later ones undone.
static int step(target *t, int file, const void *bytes, size_t length, uint64_t address) {
  if (is_stopped(t)) return ECANCELED;
  t->append->writes++;
  return write_fully(file, bytes, length, address);
}

static int write_journal(target *t, int journal, const change *changes, size_t count) {
  size_t length;
  uint8_t *bytes = journal_encode(t->committed, changes, count, &length);
  if (!bytes) return ENOMEM;
  size_t half = length / 2;
  int error = step(t, journal, bytes, half, 0);
  if (!error) error = step(t, journal, bytes + half, length - half, half);
  free(bytes);
  if (!error && t->append->durable && fdatasync(journal)) error = errno;
  return error;
}

/// The names in a folder are data of the folder, and must reach the disk too.
static int sync_folder(const char *path) {
  char *copy = strdup(path);
  int folder = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  int error = folder < 0 || fsync(folder) ? errno : 0;
  if (folder >= 0) close(folder);
  free(copy);
  return error;
}

static int apply_one(target *t, const change *change) {
  return step(t, t->descriptor, change->after, change->length, change->address);
}

/// The superblock comes first, as all else may lie past the end of file that it held; then from the end to the beginning,
/// where the root group says how many frames there are. So a reader that meets a burst half way sees, but for rare splits of
/// an index, the frames before it.
static int apply(target *t, const change *changes, size_t count) {
  size_t first = changes[0].address == 0;
  int error = first ? apply_one(t, &changes[0]) : 0;
  for (size_t i = count; !error && i > first; i--) error = apply_one(t, &changes[i - 1]);
  if (!error && t->append->durable && fdatasync(t->descriptor)) error = errno;
  return error;
}

static int replace(target *t, const change *changes, size_t count) {
  char *name = journal_name(t->path);
  int journal = name ? open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0666) : -1;
  int error = journal < 0 ? errno : 0;
  if (!error) {
    // The lock tells a reader that comes by now from one that finds the journal of a process that died.
    flock(journal, LOCK_EX);
    if (ftruncate(journal, 0)) error = errno;
    if (!error) error = write_journal(t, journal, changes, count);
    if (!error && t->append->durable) error = sync_folder(t->path);
    if (!error) error = apply(t, changes, count);
    if (!error && unlink(name)) error = errno;
    close(journal);
  }
  if (error && !is_stopped(t)) mote_h5_recover(t->path);
  free(name);
  return error;
}

/// Readers refuse a file that is shorter than its superblock says, so it must be long enough before that is written.
static int extend(int descriptor, uint64_t length) {
  struct stat status;
  if (fstat(descriptor, &status)) return errno;
  return (uint64_t)status.st_size < length && ftruncate(descriptor, (off_t)length) ? errno : 0;
}

void commit(target *t, uint64_t allocated) {
  int error = extend(t->descriptor, allocated);
  size_t count = 0;
  change *changes = error ? NULL : all_changes(&t->pages, &count);
  if (!error && !changes) error = ENOMEM;
  if (!error && count) error = replace(t, changes, count);
  else if (!error && t->append->durable && fdatasync(t->descriptor)) error = errno;
  free(changes);
  t->append->error = error;
  if (error && !is_stopped(t)) forget(t);
}

void forget(target *t) {
  // A failure leaves a file that is too long, which every reader takes, and the next append writes over.
  if (ftruncate(t->descriptor, (off_t)t->committed)) return;
}
