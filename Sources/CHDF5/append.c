// The virtual file driver behind mote_h5_append.h (HDF5 1.10, "HDF5 Virtual File Layer").
#include "mote_h5_append.h"

#include "commit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct file {
  H5FD_t base;  // first, as HDF5 casts
  target target;
  haddr_t allocated, end;
  ino_t inode;
  dev_t device;
} file;

typedef struct settings {
  mote_h5_append *append;
} settings;

/// What is below this address is held back; a whole number of pages, so that no page is half held.
static haddr_t held_below(const file *f) {
  if (f->target.append->error) return HADDR_MAX;
  return (f->target.committed + page_length - 1) / page_length * page_length;
}

// HDF5 leaks and complains when a driver fails while a file is being closed. So no write ever fails for HDF5: after the first
// failure all further ones stay in memory, where closing forgets them, and `error` tells the caller.
static void fail(file *f, int error) {
  if (!f->target.append->error) f->target.append->error = error ? error : EIO;
}

static H5FD_t *append_open(const char *name, unsigned flags, hid_t access_list, haddr_t maximum) {
  const settings *settings = H5Pget_driver_info(access_list);
  if (!settings || maximum == 0) return NULL;
  settings->append->error = 0;  // to create a file HDF5 first tries whether it can be opened
  int mode = flags & H5F_ACC_RDWR ? O_RDWR : O_RDONLY;
  if (flags & H5F_ACC_CREAT) mode |= O_CREAT;
  if (flags & H5F_ACC_EXCL) mode |= O_EXCL;
  if (flags & H5F_ACC_TRUNC) mode |= O_TRUNC;
  int descriptor = open(name, mode | O_CLOEXEC, 0666);
  struct stat status;
  file *f = descriptor < 0 || fstat(descriptor, &status) ? NULL : calloc(1, sizeof *f);
  char *copy = f ? strdup(name) : NULL;
  if (!copy) {
    settings->append->error = errno;
    if (descriptor >= 0) close(descriptor);
    free(f);
    return NULL;
  }
  f->target = (target){.descriptor = descriptor, .path = copy, .append = settings->append};
  f->target.committed = committed_length(descriptor, (uint64_t)status.st_size);
  f->end = (haddr_t)status.st_size;
  f->inode = status.st_ino;
  f->device = status.st_dev;
  return &f->base;
}

static herr_t append_close(H5FD_t *base) {
  file *f = (file *)base;
  if (!f->target.append->error) commit(&f->target, f->allocated);
  else forget(&f->target);
  pages_free(&f->target.pages);
  if (close(f->target.descriptor)) fail(f, errno);
  free(f->target.path);
  free(f);
  return 0;
}

static herr_t append_write(H5FD_t *base, H5FD_mem_t kind, hid_t list, haddr_t address, size_t size, const void *bytes) {
  (void)kind, (void)list;
  file *f = (file *)base;
  const uint8_t *from = bytes;
  while (size) {
    haddr_t limit = held_below(f);
    size_t count = size;
    if (address >= limit) {
      int error = write_fully(f->target.descriptor, from, count, address);
      if (error) {
        fail(f, error);
        continue;
      }
    } else {
      size_t offset = address % page_length;
      if (count > page_length - offset) count = page_length - offset;
      page *page = pages_hold(&f->target.pages, address / page_length, f->target.descriptor);
      if (!page) return -1;
      memcpy(page->after + offset, from, count);
    }
    address += count, from += count, size -= count;
    if (address > f->end) f->end = address;
  }
  return 0;
}

static herr_t append_read(H5FD_t *base, H5FD_mem_t kind, hid_t list, haddr_t address, size_t size, void *bytes) {
  (void)kind, (void)list;
  file *f = (file *)base;
  if (read_fully(f->target.descriptor, bytes, size, address)) return -1;
  uint8_t *to = bytes;
  while (size && address < held_below(f)) {
    size_t offset = address % page_length, count = size < page_length - offset ? size : page_length - offset;
    const page *page = pages_find(&f->target.pages, address / page_length);
    if (page) memcpy(to, page->after + offset, count);
    address += count, to += count, size -= count;
  }
  return 0;
}

static void *append_settings(H5FD_t *base) {
  settings *copy = malloc(sizeof *copy);
  if (copy) copy->append = ((file *)base)->target.append;
  return copy;
}

static int append_compare(const H5FD_t *first, const H5FD_t *second) {
  const file *a = (const file *)first, *b = (const file *)second;
  if (a->device != b->device) return a->device < b->device ? -1 : 1;
  return a->inode == b->inode ? 0 : a->inode < b->inode ? -1 : 1;
}

static herr_t append_features(const H5FD_t *base, unsigned long *flags) {
  (void)base;
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE | H5FD_FEAT_AGGREGATE_SMALLDATA |
           H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  return 0;
}

static haddr_t append_allocated(const H5FD_t *base, H5FD_mem_t kind) {
  (void)kind;
  return ((const file *)base)->allocated;
}

static herr_t append_allocate(H5FD_t *base, H5FD_mem_t kind, haddr_t address) {
  (void)kind;
  ((file *)base)->allocated = address;
  return 0;
}

static haddr_t append_end(const H5FD_t *base, H5FD_mem_t kind) {
  (void)kind;
  return ((const file *)base)->end;
}

static const H5FD_class_t driver = {
    .name = "mote_append",
    .maxaddr = (haddr_t)INT64_MAX,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(settings),
    .fapl_get = append_settings,
    .open = append_open,
    .close = append_close,
    .cmp = append_compare,
    .query = append_features,
    .get_eoa = append_allocated,
    .set_eoa = append_allocate,
    .get_eof = append_end,
    .read = append_read,
    .write = append_write,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

herr_t mote_h5_use_append(hid_t access_list, mote_h5_append *append) {
  static hid_t registered = H5I_INVALID_HID;  // every caller holds the lock around HDF5
  if (registered < 0) registered = H5FDregister(&driver);
  settings settings = {append};
  return registered < 0 ? -1 : H5Pset_driver(access_list, registered, &settings);
}
