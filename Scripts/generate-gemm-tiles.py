#!/usr/bin/env python3
"""Writes Sources/KernelsV2/Gemm*.generated.swift: the inner tiles of matrix products and the transposition of blocks.

Accumulators must be named locals to stay in registers, and the best tile differs from level to level, so the text is
made here. Run from the package's root after a change; the result is committed.
"""

LEVELS = {
    # name: (compiled when, bytes of a vector, rows, vectors a row, vectors of a single row)
    "V2": ("KernelsV2", 16, 6, 2, 8),
    "V3": ("KernelsV3", 32, 6, 2, 8),
    "V4": ("KernelsV4", 64, 12, 2, 16),
    "Arm64": ("KernelsArm64", 16, 6, 4, 16),
}


# Terms that a tile of many rows fetches ahead: operands often come from beyond the second cache, and loads leave room.
AHEAD = 12


def tile(element, vector, lanes, rows, vectors, vector_bytes):
    """One tile: c[rows, vectors * lanes] from a column of a and a row of b at each step."""
    fetches = rows >= 4
    out = [
        "  @inline(never)",
        f"  static func tile{rows}x{vectors}(_ s: GemmStep<{element}>) {{",
        "    let step = s.aStep, bStep = s.bStep",
    ]
    if rows > 1:
        out.append("    let row = s.aRow")
    if rows > 3:
        out.append("    let row3 = 3 * row")
    if fetches:
        out.append(f"    let stepAhead = {AHEAD} * step, bAhead = {AHEAD} * bStep")
    groups = (rows + 3) // 4
    for g in range(groups):
        out.append(f"    var a{g} = s.a" + (f" + {4 * g} * row" if g else ""))
    out.append("    var b = s.b")
    for r in range(rows):
        for v in range(vectors):
            out.append(f"    var c{r}x{v} = {vector}_splat(0)")
    out.append("    var left = s.k")
    out.append("    while left > 0 {")
    if fetches:
        for v in range(0, vectors, max(1, 64 // vector_bytes)):
            out.append("      kernel_prefetch(b + bAhead" + (f" + {v * lanes}" if v else "") + ")")
        out.append("      kernel_prefetch(a0 + stepAhead)")
    for v in range(vectors):
        out.append(f"      let b{v} = {vector}_load(b" + (f" + {v * lanes}" if v else "") + ")")
    for r in range(rows):
        index = ["0", "row", "2 * row", "row3"][r % 4]
        out.append(f"      let x{r} = {vector}_splat(a{r // 4}[{index}])")
        for v in range(vectors):
            out.append(f"      c{r}x{v} = {vector}_fma(x{r}, b{v}, c{r}x{v})")
    for g in range(groups):
        out.append(f"      a{g} += step")
    out += ["      b += bStep", "      left -= 1", "    }", f"    {'var' if rows > 1 else 'let'} c = s.c"]
    out.append("    if s.accumulates {")
    for r in range(rows):
        row = f" + {r} * s.cRow" if r else ""
        for v in range(vectors):
            column = f" + {v * lanes}" if v else ""
            out.append(f"      c{r}x{v} = {vector}_load(c{row}{column}) + c{r}x{v}")
    out.append("    }")
    out.append(f"    if s.lastColumns == {lanes} {{")
    for r in range(rows):
        for v in range(vectors):
            column = f" + {v * lanes}" if v else ""
            out.append(f"      {vector}_store(c{column}, c{r}x{v})")
        if r + 1 < rows:
            out.append("      c += s.cRow")
    out.append("    } else {")
    for r in range(rows):
        for v in range(vectors):
            column = f" + {v * lanes}" if v else ""
            if v + 1 < vectors:
                out.append(f"      {vector}_store(c{column}, c{r}x{v})")
            else:
                out.append(f"      {vector}_store_first(c{column}, c{r}x{v}, s.lastColumns)")
        if r + 1 < rows:
            out.append("      c += s.cRow")
    out += ["    }", "  }", ""]
    return out


def family(name, element, prefix, size, vector_bytes, rows, vectors, wide):
    lanes = vector_bytes // size
    vector = f"{prefix}x{lanes}"
    out = [
        f"enum {name}: GemmTiles {{",
        f"  typealias Element = {element}",
        f"  static var lanes: Int {{ {lanes} }}",
        f"  static var vectors: Int {{ {vectors} }}",
        f"  static var rows: Int {{ {rows} }}",
        f"  static var wideVectors: Int {{ {wide} }}",
        "",
        f"  @inline(__always)",
        f"  static func run(rows: Int, vectors: Int, _ s: GemmStep<{element}>) {{",
        f"    switch rows &* {vectors} &+ vectors {{",
    ]
    for r in range(1, rows + 1):
        for v in range(1, vectors + 1):
            out.append(f"    case {r * vectors + v}: tile{r}x{v}(s)")
    out += ["    default: break", "    }", "  }", ""]
    for r in range(1, rows + 1):
        for v in range(1, vectors + 1):
            out += tile(element, vector, lanes, r, v, vector_bytes)
    out += ["  @inline(__always)", f"  static func runWide(_ s: GemmStep<{element}>) {{ tile1x{wide}(s) }}", ""]
    out += tile(element, vector, lanes, 1, wide, vector_bytes)
    out[-1] = "}"
    return out


def write(path, lines):
    with open(path, "w") as file:
        file.write("// Written by Scripts/generate-gemm-tiles.py.\n" + "\n".join(lines) + "\n")


def transposition(name, element, vector, lanes):
    """Blocks of lanes x lanes by repeated perfect shuffles."""
    out = [
        f"/// target[j * targetRow + i] = source[i * sourceRow + j] for a block of {lanes} by {lanes}.",
        "@inline(__always)",
        f"func {name}(",
        f"  _ source: UnsafePointer<{element}>, _ sourceRow: Int, _ target: UnsafeMutablePointer<{element}>, _ targetRow: Int",
        ") {",
    ]
    names = [f"r0x{i}" for i in range(lanes)]
    for i in range(lanes):
        out.append(f"  let {names[i]} = {vector}_load(source" + (f" + {i} * sourceRow" if i else "") + ")")
    stage = 0
    width = 1
    while width < lanes:
        stage += 1
        new = []
        for i in range(lanes // 2):
            for half in ("low", "high"):
                variable = f"r{stage}x{len(new)}"
                out.append(f"  let {variable} = {vector}_zip_{half}({names[i]}, {names[i + lanes // 2]})")
                new.append(variable)
        names = new
        width *= 2
    for i in range(lanes):
        out.append(f"  {vector}_store(target" + (f" + {i} * targetRow" if i else "") + f", {names[i]})")
    out += ["}", ""]
    return out


folder = "Sources/KernelsV2/"
for level, (condition, vector_bytes, rows, vectors, wide) in LEVELS.items():
    lines = [f"#if {condition}", "import CKernelSupport", ""]
    lines += family("GemmF32", "Float", "f32", 4, vector_bytes, rows, vectors, wide) + [""]
    lines += family("GemmF64", "Double", "f64", 8, vector_bytes, rows, vectors, wide) + ["#endif"]
    write(f"{folder}GemmTiles{level}.generated.swift", lines)
lines = ["import CKernelSupport", ""]
lines += transposition("transposeBlock", "Float", "f32x16", 16)
lines += transposition("transposeBlock", "Double", "f64x8", 8)
write(f"{folder}GemmTranspose.generated.swift", lines[:-1])
