/* Memory that is needed soon. A processor foresees the next line of the cache, but not the next row
 * of a shuffled order.
 */
#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
/* Into the second cache: lines on their way into the first are few, and the row that is worked on
 * needs them. */
#define PREFETCH(address) __builtin_prefetch(address, 0, 2)
#else
#define PREFETCH(address) ((void) (address))
#endif

/* What is fetched ahead must not push out what is needed first. */
#define MAX_BYTES_AHEAD 8192

static inline void fetch_ahead(const void *first, int64_t n_bytes)
{
    const char *bytes = first;
    const int64_t size = n_bytes < MAX_BYTES_AHEAD ? n_bytes : MAX_BYTES_AHEAD;
    for (int64_t offset = 0; offset < size; offset += 64)
        PREFETCH(bytes + offset);
    PREFETCH(bytes + size - 1); /* what is not aligned ends in one more line */
}
