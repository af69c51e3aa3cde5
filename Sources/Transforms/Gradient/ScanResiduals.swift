import TensorGraph

/// What the way back through a scan reads of the way forward, each value in its cheapest form.
struct ScanResiduals {
  /// The gradient of constant `input` is the sum over all rounds of transpose(a) @ b.
  struct Product {
    var input: Int
    var a: ValueID
    var b: ValueID
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
  /// Values of each round that the forward scan must stack for the reverse body or for `products`.
  private(set) var stacked: [ValueID] = []
  private(set) var sources: [ValueID: Source] = [:]
  /// The operations of the reverse body: those of the derivative, and cheap ones of the way forward that are repeated.
  private(set) var operations: [Int] = []
  private(set) var products: [Product] = []
  /// Values of the reverse body that `products` need stacked.
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
      if index >= body.forwardCount || graph.operations[index].primitive.isCheapToRepeat { return .reverse(index) }
      let output = body.outputs.dropFirst(scan.carryCount).firstIndex { $0.id == value }
      return .eachRound(output.map { .result($0) })
    }
    func noteSource(_ value: ValueID, _ source: Source?) {
      if let source { sources[value] = source } else if !stacked.contains(value) { stacked.append(value) }
    }

    var open: [ValueID] = []
    for (input, gradient) in zip(inputs, body.gradients) {
      guard let gradient else { continue }
      guard input < scan.constantCount, let index = definition[gradient.id], index >= body.forwardCount,
        graph.operations[index].primitive == .matmul(transposeA: true, transposeB: false), gradient.rank == 2
      else {
        open.append(gradient.id)
        continue
      }
      let (a, b) = (graph.operations[index].operands[0], graph.operations[index].operands[1])
      let factorKinds = [(a, kind(of: a)), (b, kind(of: b))]
      let isSameEachRound = factorKinds.contains { if case .constant = $0.1 { true } else { false } }
      if isSameEachRound {
        open.append(gradient.id)
        continue
      }
      products.append(Product(input: input, a: a, b: b))
      for (value, kind) in factorKinds {
        if case .eachRound(let source) = kind {
          noteSource(value, source)
        } else {
          open.append(value)
          if !factors.contains(value) { factors.append(value) }
        }
      }
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
