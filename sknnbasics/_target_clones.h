/* FOR_PROCESSORS("avx2", …) before a function makes GCC compile it for processors that have each of
 * these features, and for any other, with all that it calls, and picks one where it runs. No sum is
 * reordered and nothing contracted, so that all of them give the same bits. Levels of x86-64 would
 * say more than a feature does, but GCC 11 and earlier have no dispatcher for them.
 */
#include <stdint.h> /* tells whether this is glibc, whose loader picks */

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
/* Cython repeats the type of a function, attributes and all, at variables. */
#pragma GCC diagnostic ignored "-Wattributes"
#define FOR_PROCESSORS(...) __attribute__((flatten, target_clones(__VA_ARGS__, "default")))
#else
#define FOR_PROCESSORS(...)
#endif
