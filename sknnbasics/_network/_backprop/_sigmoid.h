/* The sigmoid without a branch or a call, so that compilers make vectors of it.
 *
 * With −z = k ln 2 + r and |r| ≤ ln 2 / 2, exp(−z) = 2ᵏ exp(r), of which exp(r) is a
 * rational function (double) or a polynomial (float) of Cephes' exp. Beside 1, σ(z) is
 * within 3 units in the last place of the true value. It is never 0, and NaN stays NaN.
 */
#include <stdint.h>
#include <string.h>

#include "../../_target_clones.h"

#define FOR_EACH_VECTOR_WIDTH FOR_PROCESSORS("avx512f", "avx2")

static inline double sigmoid_of_double(double z)
{
    /* Beyond, σ is 1 or next to nothing; 2ᵏ stays a normal number. */
    const double x = z > 40 ? -40 : z < -40 ? 40 : -z;
    const double shift = 0x1.8p52; /* adding it rounds to a whole number, in the lowest bits */
    const double shifted = x * 1.4426950408889634 + shift;
    const double k = shifted - shift;
    const double r = (x - k * 6.93145751953125E-1) - k * 1.42860682030941723212E-6;
    const double rr = r * r;
    const double odd = r * ((1.26177193074810590878E-4 * rr + 3.02994407707441961300E-2) * rr
                            + 9.99999999999999999910E-1);
    const double even = ((3.00198505138664455042E-6 * rr + 2.52448340349684104192E-3) * rr
                         + 2.27265548208155028766E-1) * rr + 2.0;
    uint64_t bits;
    double power;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52;
    memcpy(&power, &bits, sizeof power);
    return (even - odd) / ((even - odd) + power * (even + odd));
}

static inline float sigmoid_of_float(float z)
{
    /* A smaller σ would make products that are denormal, which processors take long for. */
    const float x = z > 18 ? -18 : z < -18 ? 18 : -z;
    const float shift = 0x1.8p23f;
    const float shifted = x * 1.44269504f + shift;
    const float k = shifted - shift;
    const float r = (x - k * 0.693359375f) + k * 2.12194440e-4f;
    const float tail = ((((1.9875691500E-4f * r + 1.3981999507E-3f) * r + 8.3334519073E-3f) * r
                         + 4.1665795894E-2f) * r + 1.6666665459E-1f) * r + 5.0000001201E-1f;
    uint32_t bits;
    float power;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 127) << 23;
    memcpy(&power, &bits, sizeof power);
    return 1 / (1 + power * (tail * r * r + r + 1));
}
