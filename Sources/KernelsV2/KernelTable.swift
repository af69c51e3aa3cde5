import KernelTypes

/// The kernels of this instruction set.
public func kernelTable() -> KernelTable {
  KernelTable(
    tiles: { runTiles($0, $1, $2, $3) },
    gemmF32: { gemmF32($0, $1, $2, $3) },
    gemmF64: { gemmF64($0, $1, $2, $3) },
    dotRowsF32: { dotRowsF32($0, $1, $2, $3) },
    dotRowsF64: { dotRowsF64($0, $1, $2, $3) },
    packF32: { packF32($0, $1, $2, $3) },
    packF64: { packF64($0, $1, $2, $3) },
    panelF32: GemmF32.vectors * GemmF32.lanes,
    panelF64: GemmF64.vectors * GemmF64.lanes,
    reduceF32: { reduceF32($0, $1, $2, $3) },
    reduceF64: { reduceF64($0, $1, $2, $3) },
    random: { randomGroups($0, $1, $2, $3) },
    transpose32: { transpose32($0, $1, $2, $3) })
}
