// Changed pages of a file that are held in memory until they may be written.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { page_length = 4096 };

typedef struct page {
  uint64_t number;
  uint8_t before[page_length];
  uint8_t after[page_length];
} page;

/// Pages by ascending number.
typedef struct pages {
  page **items;
  size_t count, capacity;
} pages;

/// The page if it is held, else NULL.
page *pages_find(const pages *pages, uint64_t number);

/// The page, read from `file` when it is first asked for; NULL on failure with errno set.
page *pages_hold(pages *pages, uint64_t number, int file);

void pages_free(pages *pages);

/// Reads all of it, zeros past the end of the file: 0, else errno.
int read_fully(int file, void *bytes, size_t length, uint64_t address);
