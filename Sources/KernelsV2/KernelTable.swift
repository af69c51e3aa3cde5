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
    transpose32: { transpose32($0, $1, $2, $3) },
    convolution: ConvolutionKernels(
      convolveF32: { convolveF32($0, $1, $2, $3) },
      convolveF64: { convolveF64($0, $1, $2, $3) },
      packF32: { packConvolutionF32($0, $1, $2, $3) },
      packF64: { packConvolutionF64($0, $1, $2, $3) },
      winogradF32: { winogradF32($0, $1, $2, $3) },
      packWinogradF32: { packWinogradF32($0, $1, $2, $3) },
      winogradWeightF32: { winogradWeightF32($0, $1, $2, $3) },
      weightF32: { convolveWeightF32($0, $1, $2, $3) },
      weightF64: { convolveWeightF64($0, $1, $2, $3) },
      depthwiseF32: { depthwiseF32($0, $1, $2, $3) },
      depthwiseF64: { depthwiseF64($0, $1, $2, $3) },
      depthwiseWeightF32: { depthwiseWeightF32($0, $1, $2, $3) },
      depthwiseWeightF64: { depthwiseWeightF64($0, $1, $2, $3) },
      windowTakeF32: { windowTakeF32($0, $1, $2, $3) },
      windowTakeF64: { windowTakeF64($0, $1, $2, $3) },
      windowAddF32: { windowAddF32($0, $1, $2, $3) },
      windowAddF64: { windowAddF64($0, $1, $2, $3) }))
}
