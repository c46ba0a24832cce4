/* FOR_PROCESSORS("arch=…", …) before a function makes GCC compile it for each of these processors
 * and for any other, and picks one where it runs. No sum is reordered and nothing contracted, so
 * that all of them give the same bits.
 */
#include <stdint.h> /* tells whether this is glibc, whose loader picks */

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_PROCESSORS(...) __attribute__((flatten, target_clones(__VA_ARGS__, "default")))
#else
#define FOR_PROCESSORS(...)
#endif
