import KernelTypes
import TensorRuntime
import TensorTypes

/// What a step reads and writes: the memory plan's and the donation rule's source.
struct StepUse {
  var reads: [Int]
  var writes: [Int]
  /// Outputs that may take the place of an input that is not read afterwards.
  var inPlace: [(output: Int, input: Int)] = []
  /// Whether the step can end the program with a problem.
  var isFallible = false
  /// After a problem its carries are what the last finished iteration made, so they may be overwritten all the same.
  var isLoop = false
}

/// Takes steps in the order in which they run, and gives buffers.
protocol StepSink {
  var memory: PlainMemory { get }
  /// Memory that only the steps that are emitted next need.
  mutating func temporary(byteCount: Int) -> Int
  mutating func emit(_ step: Step, _ use: StepUse)
  /// Where the operand's elements stand in row-major order; copied there first if they do not.
  mutating func dense(_ operand: LoweredOperand) -> Reference
}

extension StepSink {
  mutating func emit(_ step: Step, reads: [Reference], writes: [Reference], isFallible: Bool = false) {
    emit(
      step,
      StepUse(reads: reads.map { Int($0.buffer) }, writes: writes.map { Int($0.buffer) }, isFallible: isFallible))
  }

  func window(_ sizes: [Int], _ strides: [Int]) -> StridedWindow {
    StridedWindow(sizes: UnsafeBufferPointer(memory.copy(sizes)), strides: UnsafeBufferPointer(memory.copy(strides)))
  }

  /// `dense` without a memory of earlier copies.
  mutating func denseCopy(_ operand: LoweredOperand) -> Reference {
    let size = operand.dtype.size
    if operand.view.isDense { return Reference(operand.view.root, offset: operand.view.offset * size) }
    let copy = Reference(temporary(byteCount: operand.view.count * size))
    self.copy(operand.view, elementSize: size, to: copy)
    return copy
  }

  /// A dense copy of a view (whose root is a buffer) at `output`.
  mutating func copy(_ view: StridedView, elementSize: Int, to output: Reference) {
    guard view.count > 0 else { return }
    let input = Reference(view.root, offset: view.offset * elementSize)
    if view.isDense {
      emit(
        .copy(input: input, output: output, byteCount: view.count * elementSize),
        StepUse(
          reads: [view.root], writes: [Int(output.buffer)],
          inPlace: view.offset == 0 && output.offset == 0 ? [(Int(output.buffer), view.root)] : []))
    } else {
      emit(
        .copyStrided(elementSize: elementSize, input: input, output: output, window(view.sizes, view.strides)),
        reads: [input], writes: [output])
    }
  }
}

/// An operand of an operation that is being lowered: a view whose root is a buffer.
struct LoweredOperand {
  var view: StridedView
  var dtype: DType
  /// Outside of it, its matrices are zero.
  var band = Band.full
}
