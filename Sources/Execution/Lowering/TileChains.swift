import KernelTypes
import TensorTypes

/// A chain before its values have registers.
struct ChainDraft {
  var values: [Chain.Value] = []
  /// Elements of a row, where lists of rows are walked; otherwise 0.
  var rowLength = 0
  /// Values that come from outside, and those that are needed there, by virtual register. Of lists the first of three.
  var inputs: [(value: Int, source: TileAssembler.Register)] = []
  var results: [(value: Int, register: TileAssembler.Register, isStreamed: Bool)] = []

  /// `machine`: the register of each virtual one.
  func chain(_ machine: [UInt8]) -> Chain {
    var values = values
    for input in inputs {
      let register = machine[input.source]
      switch values[input.value] {
      case .tile: values[input.value] = .tile(register)
      case .truths: values[input.value] = .truths(register)
      case .uniform: values[input.value] = .uniform(register)
      case .listed:
        values[input.value] = .listed(
          rows: register, heads: machine[input.source + 1], entries: machine[input.source + 2])
      case .constant, .apply: continue
      }
    }
    return Chain(
      values: values,
      results: results.map {
        Chain.Result(value: $0.value, register: machine[$0.register], isStreamed: $0.isStreamed)
      },
      rowLength: rowLength)
  }
}

extension TileAssembler {
  /// The instructions in another order: loads first, then in turns what only the tile machine can do and, as machine
  /// code, all simple arithmetic that is possible by then. `limit`: the most operations of one chain. `walkingLists`: sums
  /// of listed rows are part of the chains that read them, if only such do.
  func chained(limit: Int, walkingLists: Bool = false) -> [Virtual] {
    let isSimple = code.map(Self.isSimple)
    var stages = [Int](repeating: 0, count: code.count)
    var users = [[Register]](repeating: [], count: code.count)
    for (index, instruction) in code.enumerated() {
      for source in instruction.sources {
        let isLater = isSimple[source] && !isSimple[index] && instruction.opcode != .store
        stages[index] = max(stages[index], stages[source] + (isLater ? 1 : 0))
        users[source].append(index)
      }
    }
    var result: [Virtual] = []
    var places = [Register](repeating: -1, count: code.count)
    func append(_ index: Register) {
      var instruction = code[index]
      instruction.sources = instruction.sources.map { places[$0] }
      places[index] = result.count
      result.append(instruction)
    }
    for index in code.indices {
      switch code[index].opcode {
      case .load:
        append(index)
        // Only machine code takes one number for a tile.
        if !users[index].allSatisfy({ isSimple[$0] }) { result[places[index]].isOfRows = false }
      case .sumRows where walkingLists && code[index].rowLength > 0 && users[index].allSatisfy({ isSimple[$0] }):
        let first = result.count
        for operand in [code[index].immediate, code[index].lists.0, code[index].lists.1] {
          result.append(Virtual(opcode: .address, type: .f32, immediate: operand, rowLength: code[index].rowLength))
        }
        places[index] = first
      case .sumRows, .sumTaken, .sumColumns: append(index)
      // Chains hold their numbers themselves.
      case .constant:
        if code[index].type != .f32 || users[index].contains(where: { !isSimple[$0] }) { append(index) }
      default: continue
      }
    }
    for stage in 0...(stages.max() ?? 0) {
      let members = code.indices.filter { stages[$0] == stage && !code[$0].sources.isEmpty }
      for index in members where !isSimple[index] && code[index].opcode != .store { append(index) }
      var simple = members.filter { isSimple[$0] }[...]
      while !simple.isEmpty {
        appendChain(Array(simple.prefix(limit)), users, &places, &result)
        simple = simple.dropFirst(limit)
      }
      for index in members where code[index].opcode == .store { append(index) }
    }
    return result
  }

  private func appendChain(
    _ operations: [Register], _ users: [[Register]], _ places: inout [Register], _ result: inout [Virtual]
  ) {
    var draft = ChainDraft()
    var local: [Register: Int] = [:]
    func value(_ source: Register) -> Int {
      if let known = local[source] { return known }
      let instruction = code[source]
      let index = draft.values.count
      local[source] = index
      if instruction.opcode == .constant, instruction.type == .f32 {
        draft.values.append(.constant(UInt32(truncatingIfNeeded: constants[Int(instruction.immediate)])))
        return index
      }
      draft.inputs.append((index, places[source]))
      if result[places[source]].opcode == .address {
        draft.values.append(.listed(rows: 0, heads: 0, entries: 0))
        draft.rowLength = instruction.rowLength
        return index
      }
      let isNumber = instruction.isUniform || result[places[source]].isOfRows
      draft.values.append(Self.givesTruths(instruction) ? .truths(0) : isNumber ? .uniform(0) : .tile(0))
      return index
    }
    for operation in operations {
      let sources = code[operation].sources.map { value($0) }
      local[operation] = draft.values.count
      draft.values.append(.apply(code[operation].opcode, sources))
    }
    let inputs = draft.inputs.flatMap { input in
      result[input.source].opcode == .address ? Array(input.source..<input.source + 3) : [input.source]
    }
    for start in stride(from: 0, to: inputs.count, by: 3) {
      result.append(Virtual(opcode: .codeReads, type: .f32, sources: Array(inputs[start...].prefix(3))))
    }
    let members = Set(operations)
    for operation in operations where !users[operation].allSatisfy(members.contains) {
      guard let index = local[operation] else { continue }
      places[operation] = result.count
      let isTruths = Self.givesTruths(code[operation])
      let others = users[operation].filter { !members.contains($0) }
      let isStreamed = !isTruths && others.count == 1 && code[others[0]].isStreamed
      draft.results.append((index, result.count, isStreamed))
      result.append(Virtual(opcode: .codeResult, type: isTruths ? .bool : .f32, isStreamed: isStreamed))
    }
    result.append(Virtual(opcode: .code, type: .f32, sources: inputs, chain: draft))
  }

  private static func isSimple(_ instruction: Virtual) -> Bool {
    guard instruction.type == .f32, Chain.contains(instruction.opcode) else { return false }
    return instruction.opcode != .convert || instruction.immediate == DType.bool.rawValue
  }

  private static func givesTruths(_ instruction: Virtual) -> Bool {
    instruction.type == .bool || Chain.givesTruths(instruction.opcode)
  }
}
