import TensorGraph

/// What the way back through a scan reads of the way forward, each value in its cheapest form.
struct ScanResiduals {
  /// The gradient of constant `input` is the sum over all rounds of transpose(a) @ b.
  struct Product {
    var input: Int
    var a: ValueID
    var b: ValueID
  }
  /// The gradient of constant `input` is the sum over all rounds of `value` summed along `axes`.
  struct Sum {
    var input: Int
    var value: ValueID
    var axes: [Int]
  }
  /// Where a value of each round is stacked anyway.
  enum Source {
    case operand(Int)
    case result(Int)
  }

  /// Numbers of constants.
  private(set) var constants: [Int] = []
  /// Values of each round that the reverse body reads.
  private(set) var sliced: [ValueID] = []
  /// Values of each round that the forward scan must stack for the reverse body, `products` or `sums`.
  private(set) var stacked: [ValueID] = []
  private(set) var sources: [ValueID: Source] = [:]
  /// The operations of the reverse body: those of the derivative, and cheap ones of the way forward that are repeated
  /// (all of them where the scan says so).
  private(set) var operations: [Int] = []
  private(set) var products: [Product] = []
  private(set) var sums: [Sum] = []
  /// Values of the reverse body that `products` and `sums` need stacked.
  private(set) var factors: [ValueID] = []

  /// `inputs` numbers the body's inputs to which `body.gradients` belong.
  init(of body: Derivative, withRespectTo inputs: [Int], _ scan: Scan) {
    let graph = body.builder.graph
    var definition: [ValueID: Int] = [:]
    for (index, operation) in graph.operations.enumerated() {
      for result in operation.results { definition[result] = index }
    }
    let inputNumber = Dictionary(uniqueKeysWithValues: graph.inputs.enumerated().map { ($1, $0) })

    enum Kind { case constant(Int), eachRound(Source?), reverse(Int), seed }
    func kind(of value: ValueID) -> Kind {
      guard let index = definition[value] else {
        guard let number = inputNumber[value], number < scan.body.inputs.count else { return .seed }
        if number < scan.constantCount { return .constant(number) }
        return .eachRound(number < scan.constantCount + scan.carryCount ? nil : .operand(number))
      }
      let isRepeated = scan.recomputes || graph.operations[index].primitive.isCheapToRepeat
      if index >= body.forwardCount || isRepeated { return .reverse(index) }
      let output = body.outputs.dropFirst(scan.carryCount).firstIndex { $0.id == value }
      return .eachRound(output.map { .result($0) })
    }
    func noteSource(_ value: ValueID, _ source: Source?) {
      if let source { sources[value] = source } else if !stacked.contains(value) { stacked.append(value) }
    }

    var open: [ValueID] = []
    func stack(_ value: ValueID) {
      if case .eachRound(let source) = kind(of: value) {
        noteSource(value, source)
      } else {
        open.append(value)
        if !factors.contains(value) { factors.append(value) }
      }
    }
    for (input, gradient) in zip(inputs, body.gradients) {
      guard let gradient else { continue }
      if scan.recomputes {
        open.append(gradient.id)
        continue
      }
      if input < scan.constantCount, let index = definition[gradient.id], index >= body.forwardCount,
        case .reduce(.sum, let axes) = graph.operations[index].primitive
      {
        let value = graph.operations[index].operands[0]
        if case .constant = kind(of: value) {
          open.append(gradient.id)
        } else {
          sums.append(Sum(input: input, value: value, axes: axes))
          stack(value)
        }
        continue
      }
      guard input < scan.constantCount, let index = definition[gradient.id], index >= body.forwardCount,
        graph.operations[index].primitive == .matmul(transposeA: true, transposeB: false), gradient.rank == 2
      else {
        open.append(gradient.id)
        continue
      }
      let (a, b) = (graph.operations[index].operands[0], graph.operations[index].operands[1])
      let isSameEachRound = [a, b].contains { if case .constant = kind(of: $0) { true } else { false } }
      if isSameEachRound {
        open.append(gradient.id)
        continue
      }
      products.append(Product(input: input, a: a, b: b))
      stack(a)
      stack(b)
    }

    var isSeen = Set<ValueID>()
    while let value = open.popLast() {
      guard isSeen.insert(value).inserted else { continue }
      switch kind(of: value) {
      case .seed: break
      case .constant(let number): constants.append(number)
      case .eachRound(let source):
        noteSource(value, source)
        sliced.append(value)
      case .reverse(let index):
        operations.append(index)
        open += graph.operations[index].operands
      }
    }
    constants.sort()
    sliced.sort { $0.index < $1.index }
    stacked.sort { $0.index < $1.index }
    operations = Set(operations).sorted()
  }
}
