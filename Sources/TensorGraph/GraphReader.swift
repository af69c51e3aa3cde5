import TensorTypes

/// Why a text is no graph, and on which line (from 1).
public struct GraphReadProblem: Error, Hashable, Sendable {
  public var line: Int
  public var message: String
}

/// Reads what `Graph.description` writes. Line breaks mean nothing; `#` begins a comment.
public struct GraphReader {
  private var tokens: [GraphToken]
  private var position = 0

  /// The graph of a text, verified. Operations have no origin.
  public static func parse(_ text: String) throws(GraphReadProblem) -> Graph {
    var reader = GraphReader(tokens: try GraphToken.split(text))
    let graph = try reader.graph(named: "graph", depth: 0)
    if let rest = reader.tokens.dropLast().dropFirst(reader.position).first {
      throw GraphReadProblem(line: rest.line, message: "unexpected \(rest.kind) after the graph")
    }
    do { try graph.verify() } catch {
      throw GraphReadProblem(line: 1, message: "not a well-formed graph: \(error.kind) at operation \(error.path)")
    }
    return graph
  }

  private init(tokens: [GraphToken]) { self.tokens = tokens }

  // MARK: Graphs and operations

  /// The values of one graph while it is read: their types, by index, once defined.
  private struct Scope {
    var graph = Graph()
    var types: [Int: TensorType] = [:]
  }

  private mutating func graph(named name: String, depth: Int) throws(GraphReadProblem) -> Graph {
    if depth > 64 { throw problem("graphs are nested too deeply") }
    try expect(.word(name))
    try expect(.symbol("("))
    var scope = Scope()
    while !takes(.symbol(")")) {
      if !scope.graph.inputs.isEmpty { try expect(.symbol(",")) }
      scope.graph.inputs.append(try definition(&scope))
    }
    try expect(.symbol("{"))
    while !takes(.word("return")) { try operation(&scope, depth: depth) }
    while case .value(let index) = current.kind {
      scope.graph.outputs.append(try use(index, scope))
      position += 1
    }
    try expect(.symbol("}"))
    for index in 0..<scope.types.count {
      guard let type = scope.types[index] else { throw problem("%\(index) is never defined") }
      scope.graph.types.append(type)
    }
    return scope.graph
  }

  private mutating func operation(_ scope: inout Scope, depth: Int) throws(GraphReadProblem) {
    var results: [ValueID] = []
    var resultTypes: [TensorType] = []
    if case .value = current.kind {
      repeat {
        let result = try definition(&scope)
        results.append(result)
        if let type = scope.types[Int(result.index)] { resultTypes.append(type) }
      } while takes(.symbol(","))
      try expect(.symbol("="))
    }
    let name = try word()
    var operands: [ValueID] = []
    // `%4:` begins the next operation.
    while case .value(let index) = current.kind, !next(is: .symbol(":")) {
      operands.append(try use(index, scope))
      position += 1
    }
    let primitive = try self.primitive(name, resultTypes.first, depth: depth)
    scope.graph.operations.append(Operation(primitive, operands, results, origin: .none))
  }

  /// `%3: f32[2, 2]`
  private mutating func definition(_ scope: inout Scope) throws(GraphReadProblem) -> ValueID {
    guard case .value(let index) = current.kind else { throw problem("expected a value, found \(current.kind)") }
    if scope.types[index] != nil { throw problem("%\(index) is defined twice") }
    position += 1
    try expect(.symbol(":"))
    let name = try word()
    guard let dtype = DType.allCases.first(where: { $0.name == name }) else {
      throw wordProblem("no element type `\(name)`")
    }
    scope.types[index] = TensorType(dtype, Shape(try integers()))
    return ValueID(index)
  }

  private func use(_ index: Int, _ scope: Scope) throws(GraphReadProblem) -> ValueID {
    if scope.types[index] == nil { throw problem("%\(index) is used before it is defined") }
    return ValueID(index)
  }

  private mutating func primitive(_ name: String, _ type: TensorType?, depth: Int) throws(GraphReadProblem)
    -> Primitive
  {
    if let operation = UnaryPrimitive(rawValue: name) { return .unary(operation) }
    if let operation = BinaryPrimitive(rawValue: name) { return .binary(operation) }
    if let comparison = Comparison(rawValue: name) { return .compare(comparison) }
    switch name {
    case "select": return .select
    case "stopGradient": return .stopGradient
    case "transpose": return .transpose(permutation: try integers("permutation"))
    case "slice":
      return .slice(
        starts: try integers("starts"), limits: try integers("limits"), strides: try integers("strides"))
    case "pad":
      return .pad(low: try integers("low"), high: try integers("high"), interior: try integers("interior"))
    case "concatenate": return .concatenate(axis: try integer("axis"))
    case "reverse": return .reverse(axes: try integers("axes"))
    case "updateSlice": return .updateSlice(starts: try integers("starts"), strides: try integers("strides"))
    case "reduce": return .reduce(try choice(Reduction.self), axes: try integers("axes"))
    case "argReduce": return .argReduce(try choice(ArgReduction.self), axis: try integer("axis"))
    case "cumulate": return .cumulate(try choice(Cumulation.self), axis: try integer("axis"))
    case "matmul":
      return .matmul(transposeA: takes(.word("transposeA")), transposeB: takes(.word("transposeB")))
    case "qr": return .qr
    case "triangularSolve":
      let lower = takes(.word("lower"))
      if !lower { try expect(.word("upper")) }
      return .triangularSolve(lower: lower, transpose: takes(.word("transpose")))
    case "convolve": return .convolve(try convolution())
    case "convolveInput":
      let sizes = try integers("sizes")
      return .convolveInput(try convolution(), sizes: sizes)
    case "convolveWeight":
      let sizes = try integers("sizes")
      return .convolveWeight(try convolution(), sizes: sizes)
    case "windowTake": return .windowTake(try window())
    case "windowAdd": return .windowAdd(try window())
    case "take": return .take(axis: try integer("axis"))
    case "scatterAdd": return .scatterAdd(axis: try integer("axis"), size: try integer("size"))
    case "takeAlong": return .takeAlong(axis: try integer("axis"))
    case "scatterAddAlong": return .scatterAddAlong(axis: try integer("axis"), size: try integer("size"))
    case "sort": return .sort(axis: try integer("axis"), descending: takes(.word("descending")))
    case "foldKey": return .foldKey
    case "scan":
      let (constants, carry, length) = (try integer("constants"), try integer("carry"), try integer("length"))
      let isReversed = takes(.word("reversed"))
      let recomputes = takes(.word("recomputed"))
      let body = try graph(named: "body", depth: depth + 1)
      var scan = Scan(body: body, constantCount: constants, carryCount: carry, length: length, isReversed: isReversed)
      scan.recomputes = recomputes
      return .scan(scan)
    case "whileLoop":
      let constants = try integer("constants")
      let condition = try graph(named: "condition", depth: depth + 1)
      return .whileLoop(
        WhileLoop(
          condition: condition, body: try graph(named: "body", depth: depth + 1), constantCount: constants))
    case "check":
      guard case .text(let message) = current.kind else { throw problem("expected a text, found \(current.kind)") }
      position += 1
      return .check(message)
    default: break
    }

    // The rest take their type from the result.
    guard let type else { throw wordProblem("no primitive `\(name)` without a result") }
    switch name {
    case "constant": return .constant(try literal(type.dtype))
    case "iota": return .iota(type, axis: try integer("axis"))
    case "convert": return .convert(type.dtype)
    case "reshape": return .reshape(type.shape)
    case "broadcast": return .broadcast(type.shape, axes: try integers("axes"))
    case "random":
      if takes(.word("uniform")) { return .random(.uniform, type) }
      if takes(.word("normal")) { return .random(.normal, type) }
      try expect(.word("integers"))
      return .random(.integers(bound: try integer("bound")), type)
    default: throw wordProblem("no primitive `\(name)`")
    }
  }

  // MARK: Attributes

  private mutating func literal(_ dtype: DType) throws(GraphReadProblem) -> Literal {
    let text = try word()
    let literal: Literal?
    switch dtype {
    case .f32:
      literal =
        text.hasPrefix("nan:")
        ? UInt32(text.dropFirst(4), radix: 16).map { .f32(bits: $0) } : Float(text).map { .f32(bits: $0.bitPattern) }
    case .f64:
      literal =
        text.hasPrefix("nan:")
        ? UInt64(text.dropFirst(4), radix: 16).map { .f64(bits: $0) } : Double(text).map { .f64(bits: $0.bitPattern) }
    case .i64: literal = Int(text).map { .i64($0) }
    case .bool: literal = Bool(text).map { .bool($0) }
    }
    guard let literal else { throw wordProblem("`\(text)` is not \(dtype.name)") }
    return literal
  }

  private mutating func convolution() throws(GraphReadProblem) -> Convolution {
    Convolution(
      strides: try integers("strides"), low: try integers("low"), high: try integers("high"),
      dilations: try integers("dilations"), groups: try integer("groups"))
  }

  private mutating func window() throws(GraphReadProblem) -> PoolWindow {
    PoolWindow(
      sizes: try integers("sizes"), strides: try integers("strides"), low: try integers("low"),
      high: try integers("high"))
  }

  private mutating func choice<Choice: RawRepresentable<String>>(_: Choice.Type) throws(GraphReadProblem) -> Choice {
    let name = try word()
    guard let choice = Choice(rawValue: name) else { throw wordProblem("unknown `\(name)`") }
    return choice
  }

  /// `axis 1`
  private mutating func integer(_ name: String) throws(GraphReadProblem) -> Int {
    try expect(.word(name))
    return try integer()
  }

  private mutating func integer() throws(GraphReadProblem) -> Int {
    let text = try word()
    guard let value = Int(text) else { throw wordProblem("`\(text)` is not an integer") }
    return value
  }

  /// `axes [0, 1]`
  private mutating func integers(_ name: String) throws(GraphReadProblem) -> [Int] {
    try expect(.word(name))
    return try integers()
  }

  private mutating func integers() throws(GraphReadProblem) -> [Int] {
    try expect(.symbol("["))
    var result: [Int] = []
    while !takes(.symbol("]")) {
      if !result.isEmpty { try expect(.symbol(",")) }
      result.append(try integer())
    }
    return result
  }

  // MARK: Tokens

  /// The last token marks the end and is never passed.
  private var current: GraphToken { tokens[min(position, tokens.count - 1)] }

  private func next(is kind: GraphToken.Kind) -> Bool {
    position + 1 < tokens.count && tokens[position + 1].kind == kind
  }

  private func problem(_ message: String) -> GraphReadProblem {
    GraphReadProblem(line: current.line, message: message)
  }

  /// A problem with the word just read.
  private func wordProblem(_ message: String) -> GraphReadProblem {
    GraphReadProblem(line: tokens[max(position - 1, 0)].line, message: message)
  }

  private mutating func takes(_ kind: GraphToken.Kind) -> Bool {
    if current.kind != kind { return false }
    position += 1
    return true
  }

  private mutating func expect(_ kind: GraphToken.Kind) throws(GraphReadProblem) {
    if !takes(kind) { throw problem("expected \(kind), found \(current.kind)") }
  }

  private mutating func word() throws(GraphReadProblem) -> String {
    guard case .word(let text) = current.kind else { throw problem("expected a word, found \(current.kind)") }
    position += 1
    return text
  }
}
