import TensorGraph

/// Which values a gradient concerns: those that depend on a wanted input and lead to a wanted output, along a path of
/// floating values.
extension Graph {
  /// For each value, whether it changes smoothly with one of the inputs marked in `inputs`.
  func dependents(onInputs marks: [Bool]) -> [Bool] {
    var depends = [Bool](repeating: false, count: types.count)
    for (input, mark) in zip(inputs, marks) where mark && type(of: input).dtype.isFloating {
      depends[Int(input.index)] = true
    }
    for operation in operations {
      let operands = operation.operands.map { depends[Int($0.index)] }
      guard operands.contains(true) else { continue }
      for (result, mark) in zip(
        operation.results, operation.primitive.dependentResults(operands, operation.results.count))
      where mark && type(of: result).dtype.isFloating {
        depends[Int(result.index)] = true
      }
    }
    return depends
  }

  /// For each value, whether one of the outputs marked in `outputs` changes smoothly with it.
  func influences(onOutputs marks: [Bool]) -> [Bool] {
    var influences = [Bool](repeating: false, count: types.count)
    for (output, mark) in zip(outputs, marks) where mark && type(of: output).dtype.isFloating {
      influences[Int(output.index)] = true
    }
    for operation in operations.reversed() {
      let results = operation.results.map { influences[Int($0.index)] }
      guard results.contains(true) else { continue }
      for (operand, mark) in zip(
        operation.operands, operation.primitive.influencingOperands(results, operation.operands.count))
      where mark && type(of: operand).dtype.isFloating {
        influences[Int(operand.index)] = true
      }
    }
    return influences
  }
}

extension Primitive {
  fileprivate func dependentResults(_ operands: [Bool], _ resultCount: Int) -> [Bool] {
    if case .scan(let scan) = self {
      let inputs = scan.dependentInputs(operands)
      let values = scan.body.dependents(onInputs: inputs)
      let carry = inputs.dropFirst(scan.constantCount).prefix(scan.carryCount)
      return carry + scan.body.outputs.dropFirst(scan.carryCount).map { values[Int($0.index)] }
    }
    return [Bool](repeating: isSmooth, count: resultCount)
  }

  fileprivate func influencingOperands(_ results: [Bool], _ operandCount: Int) -> [Bool] {
    if case .scan(let scan) = self {
      let values = scan.body.influences(onOutputs: scan.influencingOutputs(results))
      return scan.body.inputs.map { values[Int($0.index)] }
    }
    return [Bool](repeating: isSmooth, count: operandCount)
  }

  /// Whether its floating results change smoothly with its floating operands. Steps such as `floor` do not: their
  /// derivative is zero wherever there is one.
  var isSmooth: Bool {
    switch self {
    case .constant, .iota, .compare, .stopGradient, .argReduce, .random, .foldKey, .check: false
    case .unary(let operation):
      switch operation {
      case .sign, .floor, .ceil, .round, .truncate, .not, .isNaN, .isFinite: false
      default: true
      }
    case .binary(let operation):
      switch operation {
      case .floorDivide, .and, .or, .xor: false
      default: true
      }
    default: true
    }
  }
}

extension Scan {
  /// The body's inputs that depend on the marked operands: a carry does when its new value in some round does.
  func dependentInputs(_ operands: [Bool]) -> [Bool] {
    var inputs = operands
    while true {
      let values = body.dependents(onInputs: inputs)
      var isStable = true
      for (carry, output) in body.outputs.prefix(carryCount).enumerated()
      where values[Int(output.index)] && !inputs[constantCount + carry] {
        inputs[constantCount + carry] = true
        isStable = false
      }
      if isStable { return inputs }
    }
  }

  /// The body's outputs that influence the marked results: a carry does when it influences one of a later round.
  func influencingOutputs(_ results: [Bool]) -> [Bool] {
    var outputs = results
    while true {
      let values = body.influences(onOutputs: outputs)
      var isStable = true
      for (carry, input) in body.inputs.dropFirst(constantCount).prefix(carryCount).enumerated()
      where values[Int(input.index)] && !outputs[carry] {
        outputs[carry] = true
        isStable = false
      }
      if isStable { return outputs }
    }
  }
}
