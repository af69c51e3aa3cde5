import KernelTypes

/// The kernels of this instruction set.
public func kernelTable() -> KernelTable {
  KernelTable(tiles: { runTiles($0, $1, $2, $3) })
}
