// What Swift's SIMD types have only as slow calls, as one-line inline functions: each becomes one instruction at the
// level its importing target is compiled for.
#pragma once
typedef float f32x16 __attribute__((ext_vector_type(16)));
