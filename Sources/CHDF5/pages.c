#include "pages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Index of the first page that is not before `number`.
static size_t place(const pages *pages, uint64_t number) {
  size_t low = 0, high = pages->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (pages->items[middle]->number < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

page *pages_find(const pages *pages, uint64_t number) {
  size_t i = place(pages, number);
  return i < pages->count && pages->items[i]->number == number ? pages->items[i] : NULL;
}

page *pages_hold(pages *pages, uint64_t number, int file) {
  size_t i = place(pages, number);
  if (i < pages->count && pages->items[i]->number == number) return pages->items[i];
  if (pages->count == pages->capacity) {
    size_t capacity = pages->capacity ? 2 * pages->capacity : 64;
    page **items = realloc(pages->items, capacity * sizeof *items);
    if (!items) return NULL;
    pages->items = items;
    pages->capacity = capacity;
  }
  page *new = malloc(sizeof *new);
  if (!new) return NULL;
  new->number = number;
  if ((errno = read_fully(file, new->before, page_length, number * page_length))) {
    free(new);
    return NULL;
  }
  memcpy(new->after, new->before, page_length);
  memmove(pages->items + i + 1, pages->items + i, (pages->count - i) * sizeof *pages->items);
  pages->items[i] = new;
  pages->count++;
  return new;
}

void pages_free(pages *pages) {
  for (size_t i = 0; i < pages->count; i++) free(pages->items[i]);
  free(pages->items);
}

int read_fully(int file, void *bytes, size_t length, uint64_t address) {
  for (size_t done = 0; done < length;) {
    ssize_t count = pread(file, (char *)bytes + done, length - done, (off_t)(address + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) {
      memset((char *)bytes + done, 0, length - done);
      break;
    }
    done += (size_t)count;
  }
  return 0;
}
