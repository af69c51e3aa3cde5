import Diagnostics
import Execution
import SourceText
import TensorGraph
import TensorRuntime
import TensorTypes

/// Where a number that is not finite comes from. The graph of the failed step runs once more, primitive by primitive,
/// and gives the least and the largest number of each of its values; from the failed check the search goes back to the
/// operation that made the first such number of finite ones.
struct NonFiniteSearch {
  /// The least and the largest number of a value. Both are NaN where one of its numbers is.
  struct Extent {
    let least: Double
    let most: Double
    var isFinite: Bool { least.isFinite && most.isFinite }
    var hasNaN: Bool { least.isNaN || most.isNaN }
    var magnitude: Double { max(abs(least), abs(most)) }
  }

  enum Source {
    /// An operation, the extents of its floating operands, and what it gave.
    case operation(Operation, operands: [Extent], result: Extent)
    /// An input that was not finite to begin with.
    case input(Int)
  }

  /// A graph with the extents of its values as further outputs.
  private struct Measured {
    var graph = Graph()
    var original: Graph
    /// By value of the original: where its two extents stand among `extents`.
    var places: [ValueID: Int] = [:]
    var extents: [ValueID] = []
    var makers: [ValueID: Int] = [:]
    /// By operation: the body of a scan, and where the extents of its values begin.
    var bodies: [Int: (body: [Measured], first: Int)] = [:]
  }

  /// One iteration of the scans around.
  private struct Place {
    var first = 0
    var index = 0
  }

  private let measured: Measured
  private let numbers: [Tensor]

  /// Nil when the graph cannot run again, for want of memory or because something else in it fails.
  init?(_ graph: Graph, inputs: [Tensor]) {
    guard var measured = Self.measure(graph) else { return nil }
    measured.graph.outputs = measured.extents
    guard
      let program = try? Program.compile(measured.graph, options: CompileOptions(optimize: false)),
      let numbers = try? program.run(inputs)
    else { return nil }
    self.measured = measured
    self.numbers = numbers
  }

  /// The extent of an input; nil for one that holds no floating-point numbers.
  func extent(ofInput index: Int) -> Extent? { extent(measured.original.inputs[index], measured, Place()) }

  /// The path of the layer that uses an input first.
  func layer(ofInput index: Int) -> String {
    let input = measured.original.inputs[index]
    return measured.original.operations.first { $0.operands.contains(input) }?.origin.layerPath ?? ""
  }

  /// What made the first number that is not finite, seen from a failed check of `isFinite`.
  func source(ofCheck text: String) -> Source? {
    let graph = measured.original
    for operation in graph.operations {
      guard case .check(text) = operation.primitive, let flag = operation.operands.first,
        let maker = measured.makers[flag], case .unary(.isFinite) = graph.operations[maker].primitive,
        let value = graph.operations[maker].operands.first, extent(value, measured, Place())?.isFinite == false
      else { continue }
      switch walk(from: value, measured, Place()) {
      case .made(let source): return source
      case .input(let index): return .input(index)
      }
    }
    return nil
  }

  // MARK: Going back

  private enum End {
    case made(Source)
    case input(Int)
  }

  private func walk(from start: ValueID, _ part: Measured, _ place: Place) -> End {
    var value = start
    // Where NaN was made of infinities that may be meant, as those of a mask.
    var madeOfInfinities: Source?
    while true {
      guard let maker = part.makers[value], let result = extent(value, part, place) else {
        let index = part.original.inputs.firstIndex(of: value) ?? 0
        return .input(index)
      }
      let operation = part.original.operations[maker]
      if case .constant = operation.primitive {
        return .made(madeOfInfinities ?? .operation(operation, operands: [], result: result))
      }
      if let (bodies, first) = part.bodies[maker], let body = bodies.first, case .scan(let scan) = operation.primitive {
        guard let (iteration, output) = firstFailure(scan, body, place, first) else {
          return .made(.operation(operation, operands: [], result: result))
        }
        let inner = Place(first: place.first + first, index: place.index * scan.length + iteration)
        switch walk(from: output, body, inner) {
        case .made(let source): return .made(source)
        case .input(let index): value = operation.operands[index]
        }
        continue
      }
      let operands = operation.operands.compactMap { id in extent(id, part, place).map { (id: id, extent: $0) } }
      let bad = operands.filter { !$0.extent.isFinite }
      let source = Source.operation(operation, operands: operands.map(\.extent), result: result)
      let next = bad.first { $0.extent.hasNaN == result.hasNaN } ?? bad.first
      guard let next else { return .made(source) }
      if result.hasNaN, !next.extent.hasNaN { madeOfInfinities = source }
      value = next.id
    }
  }

  /// The first iteration of a scan in which a value that it gives is not finite.
  private func firstFailure(_ scan: Scan, _ body: Measured, _ place: Place, _ first: Int) -> (Int, ValueID)? {
    for step in 0..<scan.length {
      let iteration = scan.isReversed ? scan.length - 1 - step : step
      let inner = Place(first: place.first + first, index: place.index * scan.length + iteration)
      let bad = body.original.outputs.filter { extent($0, body, inner)?.isFinite == false }
      if let output = bad.first(where: { extent($0, body, inner)?.hasNaN == true }) ?? bad.first {
        return (iteration, output)
      }
    }
    return nil
  }

  private func extent(_ value: ValueID, _ part: Measured, _ place: Place) -> Extent? {
    guard let position = part.places[value] else { return nil }
    return Extent(
      least: number(place.first + position, place.index), most: number(place.first + position + 1, place.index))
  }

  private func number(_ output: Int, _ index: Int) -> Double {
    let tensor = numbers[output]
    guard index < tensor.count else { return 0 }
    return switch tensor.dtype {
    case .f32: Double(tensor.address.load(fromByteOffset: 4 * index, as: Float.self))
    default: tensor.address.load(fromByteOffset: 8 * index, as: Double.self)
    }
  }

  // MARK: Measuring

  private static func measure(_ graph: Graph) -> Measured? {
    var result = Measured(original: graph)
    var copies: [ValueID: ValueID] = [:]
    do throws(ShapeProblem) {
      for input in graph.inputs {
        copies[input] = result.graph.addInput(graph.type(of: input))
        try add(input, of: graph, copies[input], &result)
      }
      for (index, operation) in graph.operations.enumerated() {
        if case .check = operation.primitive { continue }
        var primitive = operation.primitive
        if case .scan(var scan) = primitive, var body = measure(scan.body) {
          body.graph.outputs += body.extents
          scan.body = body.graph
          primitive = .scan(scan)
          result.bodies[index] = ([body], result.extents.count)
        }
        let operands = operation.operands.compactMap { copies[$0] }
        let made = try result.graph.apply(primitive, operands, origin: operation.origin)
        for (old, new) in zip(operation.results, made) {
          copies[old] = new
          result.makers[old] = index
        }
        result.extents += made.dropFirst(operation.results.count)
        for value in operation.results { try add(value, of: graph, copies[value], &result) }
      }
    } catch { return nil }
    result.graph.outputs = graph.outputs.compactMap { copies[$0] }
    return result
  }

  private static func add(_ value: ValueID, of graph: Graph, _ copy: ValueID?, _ result: inout Measured)
    throws(ShapeProblem)
  {
    let type = graph.type(of: value)
    guard type.dtype == .f32 || type.dtype == .f64, type.shape.count > 0, let copy else { return }
    result.places[value] = result.extents.count
    let axes = Array(0..<type.shape.rank)
    for reduction in [Reduction.minimum, .maximum] {
      let number = axes.isEmpty ? [copy] : try result.graph.apply(.reduce(reduction, axes: axes), [copy], origin: .none)
      result.extents += number
    }
  }
}
