// What Swift's SIMD types have only as slow calls, as small inline functions: each becomes one or a few instructions at
// the level that its importing target is compiled for (-march). f32x16 imports as SIMD16<Float>, and so on.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define KERNEL_INLINE static inline __attribute__((always_inline))

typedef float f32x4 __attribute__((ext_vector_type(4)));
typedef float f32x8 __attribute__((ext_vector_type(8)));
typedef float f32x16 __attribute__((ext_vector_type(16)));
typedef double f64x2 __attribute__((ext_vector_type(2)));
typedef double f64x4 __attribute__((ext_vector_type(4)));
typedef double f64x8 __attribute__((ext_vector_type(8)));
typedef int32_t i32x16 __attribute__((ext_vector_type(16)));
typedef uint32_t u32x16 __attribute__((ext_vector_type(16)));
typedef int64_t i64x8 __attribute__((ext_vector_type(8)));
typedef uint64_t u64x8 __attribute__((ext_vector_type(8)));
typedef uint8_t u8x16 __attribute__((ext_vector_type(16)));
typedef uint8_t u8x8 __attribute__((ext_vector_type(8)));
typedef int8_t i8x16 __attribute__((ext_vector_type(16)));
typedef int8_t i8x8 __attribute__((ext_vector_type(8)));

// The instruction set that the importing target is compiled for.
#if defined(__AVX512F__)
enum { KERNEL_VECTOR_BYTES = 64 };
#elif defined(__AVX2__)
enum { KERNEL_VECTOR_BYTES = 32 };
#else
enum { KERNEL_VECTOR_BYTES = 16 };
#endif

// a * b + c: rounded once where the processor has the instruction. Without it multiply, then add: a call of libm's fma
// would be a hundred times slower.
#if defined(__FMA__) || defined(__aarch64__)
#define KERNEL_FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#else
#define KERNEL_FMA(a, b, c) ((a) * (b) + (c))
#endif

// An access of elements that need not be aligned to the vector's size.
#define KERNEL_ACCESS(V, E) \
  typedef V V##_unaligned __attribute__((aligned(1), may_alias)); \
  KERNEL_INLINE V V##_load(const E *_Nonnull p) { return *(const V##_unaligned *)p; } \
  KERNEL_INLINE void V##_store(E *_Nonnull p, V v) { *(V##_unaligned *)p = v; } \
  KERNEL_INLINE V V##_splat(E x) { return (V)x; }
KERNEL_ACCESS(f32x4, float)
KERNEL_ACCESS(f32x8, float)
KERNEL_ACCESS(f32x16, float)
KERNEL_ACCESS(f64x2, double)
KERNEL_ACCESS(f64x4, double)
KERNEL_ACCESS(f64x8, double)
KERNEL_ACCESS(u32x16, uint32_t)
KERNEL_ACCESS(u64x8, uint64_t)
KERNEL_ACCESS(u8x16, uint8_t)
KERNEL_ACCESS(u8x8, uint8_t)

#define KERNEL_FLOAT(V, B) \
  KERNEL_INLINE V V##_fma(V a, V b, V c) { return KERNEL_FMA(a, b, c); } \
  KERNEL_INLINE V V##_sqrt(V a) { return __builtin_elementwise_sqrt(a); } \
  KERNEL_INLINE V V##_floor(V a) { return __builtin_elementwise_floor(a); } \
  KERNEL_INLINE V V##_ceil(V a) { return __builtin_elementwise_ceil(a); } \
  KERNEL_INLINE V V##_trunc(V a) { return __builtin_elementwise_trunc(a); } \
  KERNEL_INLINE V V##_round(V a) { return __builtin_elementwise_roundeven(a); } \
  /* Swift's prefix minus is 0 - a, which loses the sign of a zero. */ \
  KERNEL_INLINE V V##_neg(V a) { return -a; } \
  KERNEL_INLINE V V##_abs(V a) { return __builtin_elementwise_abs(a); } \
  KERNEL_INLINE V V##_copysign(V a, V sign) { return __builtin_elementwise_copysign(a, sign); } \
  KERNEL_INLINE B V##_bits(V a) { return (B)a; } \
  KERNEL_INLINE V V##_from_bits(B a) { return (V)a; } \
  /* Masks are all ones or all zeros in each element. */ \
  KERNEL_INLINE B V##_eq(V a, V b) { return a == b; } \
  KERNEL_INLINE B V##_ne(V a, V b) { return a != b; } \
  KERNEL_INLINE B V##_lt(V a, V b) { return a < b; } \
  KERNEL_INLINE B V##_le(V a, V b) { return a <= b; } \
  KERNEL_INLINE B V##_gt(V a, V b) { return a > b; } \
  KERNEL_INLINE B V##_ge(V a, V b) { return a >= b; } \
  KERNEL_INLINE V V##_select(B mask, V a, V b) { return mask ? a : b; } \
  /* The larger or smaller; NaN when either is. */ \
  KERNEL_INLINE V V##_max(V a, V b) { V m = a > b ? a : b; return a != a ? a : m; } \
  KERNEL_INLINE V V##_min(V a, V b) { V m = a < b ? a : b; return a != a ? a : m; }
KERNEL_FLOAT(f32x16, i32x16)
KERNEL_FLOAT(f64x8, i64x8)

#define KERNEL_SMALL_FMA(V) \
  KERNEL_INLINE V V##_fma(V a, V b, V c) { return KERNEL_FMA(a, b, c); }
KERNEL_SMALL_FMA(f32x4)
KERNEL_SMALL_FMA(f32x8)
KERNEL_SMALL_FMA(f64x2)
KERNEL_SMALL_FMA(f64x4)

#if defined(__AVX512F__)
// a * 2^n for whole n, past the largest and the smallest exponent infinity and zero.
KERNEL_INLINE f32x16 f32x16_scale(f32x16 a, f32x16 n) {
  return __builtin_ia32_scalefps512_mask(a, n, a, (uint16_t)-1, 4 /* the rounding in force */);
}
#endif

// a * b - p for p = a * b rounded: exact. Dekker's splitting where there is no FMA.
KERNEL_INLINE f64x8 f64x8_product_error(f64x8 a, f64x8 b, f64x8 p) {
#if defined(__FMA__) || defined(__aarch64__)
  return __builtin_elementwise_fma(a, b, -p);
#else
  f64x8 sa = a * 134217729.0, sb = b * 134217729.0;
  f64x8 ah = sa - (sa - a), bh = sb - (sb - b);
  f64x8 al = a - ah, bl = b - bh;
  return ((ah * bh - p) + ah * bl + al * bh) + al * bl;
#endif
}

// The first `count` elements only.
#define KERNEL_STORE_FIRST(V, E, N) \
  KERNEL_INLINE void V##_store_first(E *_Nonnull p, V v, int count) { \
    for (int i = 0; i < N; i++) if (i < count) p[i] = v[i]; \
  }
#if defined(__AVX512F__)
KERNEL_INLINE void f32x16_store_first(float *_Nonnull p, f32x16 v, int count) {
  __builtin_ia32_storeups512_mask((void *)p, v, (uint16_t)((1u << count) - 1));
}
KERNEL_INLINE void f64x8_store_first(double *_Nonnull p, f64x8 v, int count) {
  __builtin_ia32_storeupd512_mask((void *)p, v, (uint8_t)((1u << count) - 1));
}
#else
KERNEL_STORE_FIRST(f32x16, float, 16)
KERNEL_STORE_FIRST(f64x8, double, 8)
#endif
#if defined(__AVX2__)
KERNEL_INLINE void f32x8_store_first(float *_Nonnull p, f32x8 v, int count) {
  typedef int32_t i32x8 __attribute__((ext_vector_type(8)));
  typedef float plain __attribute__((vector_size(32)));
  typedef int32_t plainmask __attribute__((vector_size(32)));
  i32x8 lane = {0, 1, 2, 3, 4, 5, 6, 7};
  __builtin_ia32_maskstoreps256((void *)p, (plainmask)(lane < count), (plain)v);
}
KERNEL_INLINE void f64x4_store_first(double *_Nonnull p, f64x4 v, int count) {
  typedef long long plainmask __attribute__((vector_size(32)));
  typedef double plain __attribute__((vector_size(32)));
  typedef long long i64x4 __attribute__((ext_vector_type(4)));
  i64x4 lane = {0, 1, 2, 3};
  __builtin_ia32_maskstorepd256((void *)p, (plainmask)(lane < (long long)count), (plain)v);
}
#else
KERNEL_STORE_FIRST(f32x8, float, 8)
KERNEL_STORE_FIRST(f64x4, double, 4)
#endif
KERNEL_STORE_FIRST(f32x4, float, 4)
KERNEL_STORE_FIRST(f64x2, double, 2)

// Conversions. To an integer: toward zero, for values that fit.
KERNEL_INLINE i32x16 f32x16_to_i32(f32x16 a) { return __builtin_convertvector(a, i32x16); }
KERNEL_INLINE f32x16 i32x16_to_f32(i32x16 a) { return __builtin_convertvector(a, f32x16); }
KERNEL_INLINE f64x8 i64x8_to_f64(i64x8 a) { return __builtin_convertvector(a, f64x8); }
KERNEL_INLINE f32x16 u32x16_to_f32(u32x16 a) { return __builtin_convertvector((i32x16)a, f32x16); }
KERNEL_INLINE f64x8 f64x8_from_f32(f32x8 a) { return __builtin_convertvector(a, f64x8); }
KERNEL_INLINE f32x8 f64x8_to_f32(f64x8 a) { return __builtin_convertvector(a, f32x8); }
// A mask as bytes 0 or 1, and back.
KERNEL_INLINE u8x16 i32x16_truth(i32x16 m) { return (u8x16)(__builtin_convertvector(m, i8x16) & (int8_t)1); }
KERNEL_INLINE u8x8 i64x8_truth(i64x8 m) { return (u8x8)(__builtin_convertvector(m, i8x8) & (int8_t)1); }
KERNEL_INLINE i32x16 u8x16_mask32(u8x16 b) { return __builtin_convertvector(b, i32x16) != 0; }
KERNEL_INLINE i64x8 u8x8_mask64(u8x8 b) { return __builtin_convertvector(b, i64x8) != 0; }

// Is any element's sign bit set?
KERNEL_INLINE bool i64x8_any(i64x8 m) { return __builtin_reduce_or(m) < 0; }
KERNEL_INLINE bool i32x16_any(i32x16 m) { return __builtin_reduce_or(m) < 0; }

// The larger of each two; the largest of all.
KERNEL_INLINE i32x16 i32x16_max(i32x16 a, i32x16 b) { return __builtin_elementwise_max(a, b); }
KERNEL_INLINE int32_t i32x16_largest(i32x16 a) { return __builtin_reduce_max(a); }

// Element by element: a0 b0 a1 b1 ... of the lower or the upper halves.
KERNEL_INLINE f32x16 f32x16_zip_low(f32x16 a, f32x16 b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
KERNEL_INLINE f32x16 f32x16_zip_high(f32x16 a, f32x16 b) {
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
KERNEL_INLINE f64x8 f64x8_zip_low(f64x8 a, f64x8 b) {
  return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
KERNEL_INLINE f64x8 f64x8_zip_high(f64x8 a, f64x8 b) {
  return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

// The lanes folded in halves: 16 to 8 to 4 to 2 to 1, always in this order.
typedef float f32x2 __attribute__((ext_vector_type(2)));
#define KERNEL_ADD(a, b) ((a) + (b))
#define KERNEL_MULTIPLY(a, b) ((a) * (b))
#define KERNEL_LARGER(a, b) ((((a) > (b)) | ((a) != (a))) ? (a) : (b))
#define KERNEL_SMALLER(a, b) ((((a) < (b)) | ((a) != (a))) ? (a) : (b))
#define KERNEL_FOLD(name, OP) \
  KERNEL_INLINE float f32x16_##name(f32x16 v) { \
    f32x8 a = OP(v.lo, v.hi); \
    f32x4 b = OP(a.lo, a.hi); \
    f32x2 c = OP(b.lo, b.hi); \
    return OP(c.x, c.y); \
  } \
  KERNEL_INLINE double f64x8_##name(f64x8 v) { \
    f64x4 a = OP(v.lo, v.hi); \
    f64x2 b = OP(a.lo, a.hi); \
    return OP(b.x, b.y); \
  }
KERNEL_FOLD(sum, KERNEL_ADD)
KERNEL_FOLD(product, KERNEL_MULTIPLY)
KERNEL_FOLD(largest, KERNEL_LARGER)
KERNEL_FOLD(smallest, KERNEL_SMALLER)

// The first `count` lanes of v, `other` in the rest.
KERNEL_INLINE f32x16 f32x16_first(f32x16 v, int count, float other) {
  i32x16 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return lane < count ? v : (f32x16)other;
}
KERNEL_INLINE f64x8 f64x8_first(f64x8 v, int count, double other) {
  i64x8 lane = {0, 1, 2, 3, 4, 5, 6, 7};
  return lane < (int64_t)count ? v : (f64x8)other;
}

// The upper and lower halves of 32 by 32 bit products.
typedef uint64_t u64x16 __attribute__((ext_vector_type(16)));
KERNEL_INLINE u32x16 u32x16_multiply_high(u32x16 a, uint32_t b) {
  return __builtin_convertvector((__builtin_convertvector(a, u64x16) * (uint64_t)b) >> 32, u32x16);
}
KERNEL_INLINE u32x16 u32x16_multiply_low(u32x16 a, uint32_t b) { return a * b; }
KERNEL_INLINE u32x16 u32x16_count_from(uint32_t first) {
  u32x16 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return lane + first;
}

KERNEL_INLINE void kernel_prefetch(const void *_Nonnull p) { __builtin_prefetch(p, 0, 3); }
// Into the second cache.
KERNEL_INLINE void kernel_prefetch_far(const void *_Nonnull p) { __builtin_prefetch(p, 0, 2); }
// 64 bytes past the caches; `to` is aligned. A fence goes before other threads read them.
KERNEL_INLINE void kernel_stream_line(void *_Nonnull to, const void *_Nonnull from) {
  f32x16 line;
  __builtin_memcpy(&line, from, 64);
  __builtin_nontemporal_store(line, (f32x16 *)to);
}
KERNEL_INLINE void kernel_stream_fence(void) {
#if defined(__x86_64__)
  __builtin_ia32_sfence();
#else
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}
KERNEL_INLINE double kernel_fmod(double a, double b) { return __builtin_fmod(a, b); }
KERNEL_INLINE double kernel_fma(double a, double b, double c) { return __builtin_fma(a, b, c); }

KERNEL_INLINE void kernel_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

// Denormal numbers count as zero, read and written, until the state is restored.
KERNEL_INLINE uint64_t kernel_flush_denormals(void) {
#if defined(__x86_64__)
  uint32_t old = __builtin_ia32_stmxcsr();
  // Flush to zero, denormals are zero; the rest stays as the host has it.
  if ((old & 0x8040) != 0x8040) __builtin_ia32_ldmxcsr(old | 0x8040);
  return old;
#elif defined(__aarch64__)
  uint64_t old;
  __asm__ volatile("mrs %0, fpcr" : "=r"(old));
  __asm__ volatile("msr fpcr, %0" : : "r"(old | (1ull << 24)));
  return old;
#endif
}
KERNEL_INLINE void kernel_restore_denormals(uint64_t old) {
#if defined(__x86_64__)
  if ((old & 0x8040) != 0x8040) __builtin_ia32_ldmxcsr((uint32_t)old);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(old));
#endif
}

// Words that threads share.
KERNEL_INLINE uint32_t kernel_load32(const uint32_t *_Nonnull p) { return __atomic_load_n(p, __ATOMIC_SEQ_CST); }
KERNEL_INLINE uint64_t kernel_load64(const uint64_t *_Nonnull p) { return __atomic_load_n(p, __ATOMIC_SEQ_CST); }
KERNEL_INLINE void kernel_store32(uint32_t *_Nonnull p, uint32_t x) { __atomic_store_n(p, x, __ATOMIC_SEQ_CST); }
KERNEL_INLINE void kernel_store64(uint64_t *_Nonnull p, uint64_t x) { __atomic_store_n(p, x, __ATOMIC_SEQ_CST); }
// Gives the value before the addition.
KERNEL_INLINE uint32_t kernel_add32(uint32_t *_Nonnull p, uint32_t x) {
  return __atomic_fetch_add(p, x, __ATOMIC_SEQ_CST);
}
KERNEL_INLINE uint64_t kernel_add64(uint64_t *_Nonnull p, uint64_t x) {
  return __atomic_fetch_add(p, x, __ATOMIC_SEQ_CST);
}
KERNEL_INLINE uint64_t kernel_clear_bits64(uint64_t *_Nonnull p, uint64_t x) {
  return __atomic_fetch_and(p, ~x, __ATOMIC_SEQ_CST);
}
KERNEL_INLINE bool kernel_exchange_if32(uint32_t *_Nonnull p, uint32_t expected, uint32_t x) {
  return __atomic_compare_exchange_n(p, &expected, x, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}
KERNEL_INLINE bool kernel_exchange_if64(uint64_t *_Nonnull p, uint64_t expected, uint64_t x) {
  return __atomic_compare_exchange_n(p, &expected, x, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

// The best of the kernel modules for this processor: 2, 3 or 4 on x86-64, 0 elsewhere.
int kernel_processor_level(void);

// The processors that this process may run on; at least 1.
int kernel_processor_count(void);

// Sleep while *word is `expected`; wake all who sleep on it (Linux futex).
void kernel_futex_wait(uint32_t *_Nonnull word, uint32_t expected);
void kernel_futex_wake_all(uint32_t *_Nonnull word);

// The binary digits of 2 / pi, 64 to a word, from the first after the point. For the reduction of huge angles.
KERNEL_INLINE uint64_t kernel_two_over_pi(int word) {
  static const uint64_t digits[20] = {
    0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561,
    0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484,
    0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b, 0x1ff897ffde05980f,
    0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d, 0x7527bac7ebe5f17b,
    0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab, 0xf0cfbc209af4361d,
  };
  return digits[word];
}
