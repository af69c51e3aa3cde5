import SourceText
import TensorTypes

extension Graph: CustomStringConvertible {
  /// The graph as text, one operation a line, which `GraphReader.parse` reads back exactly.
  ///
  ///     graph(%0: f32[32, 64], %1: f32[64, 10]) {
  ///       %2: f32[32, 10] = matmul %0 %1
  ///       return %2
  ///     }
  public var description: String { text() }

  /// The graph as text. `comment` gives the source text of an operation, shown in a column of its own.
  public func text(comment: ((Span) -> String?)? = nil) -> String {
    var lines: [GraphLine] = []
    appendLines(name: "graph", indentation: 0, to: &lines)
    guard let comment else { return lines.map(\.text).joined(separator: "\n") }

    // A few very long lines (an operation with many operands) do not push the column off the screen.
    let column = lines.map(\.text.count).filter { $0 <= 72 }.max() ?? 0
    return lines.map { line in
      guard let span = line.span, !span.isNone, let remark = comment(span) else { return line.text }
      let oneLine = remark.split(whereSeparator: \.isNewline).joined(separator: " ")
      return line.text + String(repeating: " ", count: max(column - line.text.count, 0)) + "  # " + oneLine
    }.joined(separator: "\n")
  }

  fileprivate func appendLines(name: String, indentation: Int, to lines: inout [GraphLine]) {
    let margin = String(repeating: " ", count: indentation)
    let parameters = inputs.map { "\($0): \(type(of: $0))" }.joined(separator: ", ")
    lines.append(GraphLine(text: "\(margin)\(name)(\(parameters)) {"))
    for operation in operations {
      let results = operation.results.map { "\($0): \(type(of: $0))" }.joined(separator: ", ")
      let attributes = operation.primitive.attributeText(resultTypes: operation.results.map(type(of:)))
      let words = [operation.primitive.name] + operation.operands.map(\.description) + attributes
      let left = results.isEmpty ? "" : results + " = "
      lines.append(GraphLine(text: margin + "  " + left + words.joined(separator: " "), span: operation.origin.span))
      switch operation.primitive {
      case .scan(let scan): scan.body.appendLines(name: "body", indentation: indentation + 4, to: &lines)
      case .whileLoop(let loop):
        loop.condition.appendLines(name: "condition", indentation: indentation + 4, to: &lines)
        loop.body.appendLines(name: "body", indentation: indentation + 4, to: &lines)
      default: break
      }
    }
    lines.append(GraphLine(text: margin + "  " + (["return"] + outputs.map(\.description)).joined(separator: " ")))
    lines.append(GraphLine(text: margin + "}"))
  }
}

private struct GraphLine {
  var text: String
  var span: Span?
}

extension ValueID: CustomStringConvertible {
  public var description: String { "%\(index)" }
}

extension Primitive {
  /// The word that names the primitive in graph text.
  public var name: String {
    switch self {
    case .constant: "constant"
    case .iota: "iota"
    case .unary(let operation): operation.rawValue
    case .binary(let operation): operation.rawValue
    case .compare(let comparison): comparison.rawValue
    case .select: "select"
    case .convert: "convert"
    case .stopGradient: "stopGradient"
    case .reshape: "reshape"
    case .transpose: "transpose"
    case .broadcast: "broadcast"
    case .slice: "slice"
    case .pad: "pad"
    case .concatenate: "concatenate"
    case .reverse: "reverse"
    case .updateSlice: "updateSlice"
    case .reduce: "reduce"
    case .argReduce: "argReduce"
    case .cumulate: "cumulate"
    case .matmul: "matmul"
    case .qr: "qr"
    case .triangularSolve: "triangularSolve"
    case .convolve: "convolve"
    case .convolveInput: "convolveInput"
    case .convolveWeight: "convolveWeight"
    case .windowTake: "windowTake"
    case .windowAdd: "windowAdd"
    case .take: "take"
    case .scatterAdd: "scatterAdd"
    case .takeAlong: "takeAlong"
    case .scatterAddAlong: "scatterAddAlong"
    case .sort: "sort"
    case .random: "random"
    case .foldKey: "foldKey"
    case .scan: "scan"
    case .whileLoop: "whileLoop"
    case .check: "check"
    }
  }

  /// What is written after the operands. Shapes and dtypes that the result's type already shows are left out.
  fileprivate func attributeText(resultTypes: [TensorType]) -> [String] {
    switch self {
    case .unary, .binary, .compare, .select, .convert, .stopGradient, .reshape, .qr, .foldKey: []
    case .constant(let literal): [literal.text]
    case .iota(_, let axis), .concatenate(let axis), .take(let axis), .takeAlong(let axis): ["axis", "\(axis)"]
    case .transpose(let permutation): ["permutation", "\(permutation)"]
    case .broadcast(_, let axes), .reverse(let axes): ["axes", "\(axes)"]
    case .slice(let starts, let limits, let strides):
      ["starts", "\(starts)", "limits", "\(limits)", "strides", "\(strides)"]
    case .pad(let low, let high, let interior): ["low", "\(low)", "high", "\(high)", "interior", "\(interior)"]
    case .updateSlice(let starts, let strides): ["starts", "\(starts)", "strides", "\(strides)"]
    case .reduce(let reduction, let axes): [reduction.rawValue, "axes", "\(axes)"]
    case .argReduce(let reduction, let axis): [reduction.rawValue, "axis", "\(axis)"]
    case .cumulate(let cumulation, let axis): [cumulation.rawValue, "axis", "\(axis)"]
    case .matmul(let transposeA, let transposeB):
      (transposeA ? ["transposeA"] : []) + (transposeB ? ["transposeB"] : [])
    case .triangularSolve(let lower, let transpose): [lower ? "lower" : "upper"] + (transpose ? ["transpose"] : [])
    case .convolve(let convolution): convolution.attributeText
    case .convolveInput(let convolution, let sizes), .convolveWeight(let convolution, let sizes):
      ["sizes", "\(sizes)"] + convolution.attributeText
    case .windowTake(let window), .windowAdd(let window):
      ["sizes", "\(window.sizes)", "strides", "\(window.strides)", "low", "\(window.low)", "high", "\(window.high)"]
    case .scatterAdd(let axis, let size), .scatterAddAlong(let axis, let size):
      ["axis", "\(axis)", "size", "\(size)"]
    case .sort(let axis, let descending): ["axis", "\(axis)"] + (descending ? ["descending"] : [])
    case .random(let distribution, _):
      switch distribution {
      case .uniform: ["uniform"]
      case .normal: ["normal"]
      case .integers(let bound): ["integers", "bound", "\(bound)"]
      }
    case .scan(let scan):
      ["constants", "\(scan.constantCount)", "carry", "\(scan.carryCount)", "length", "\(scan.length)"]
        + (scan.isReversed ? ["reversed"] : []) + (scan.recomputes ? ["recomputed"] : [])
    case .whileLoop(let loop): ["constants", "\(loop.constantCount)"]
    case .check(let message): [quoted(message)]
    }
  }
}

extension Convolution {
  fileprivate var attributeText: [String] {
    ["strides", "\(strides)", "low", "\(low)", "high", "\(high)", "dilations", "\(dilations)", "groups", "\(groups)"]
  }
}

extension Literal {
  /// As graph text shows it; a NaN that is not the usual one shows its bits: `nan:7fc00001`.
  var text: String {
    switch self {
    case .f32(let bits):
      let value = Float(bitPattern: bits)
      if !value.isNaN { return value.description }
      return bits == Float.nan.bitPattern ? "nan" : "nan:" + String(bits, radix: 16)
    case .f64(let bits):
      let value = Double(bitPattern: bits)
      if !value.isNaN { return value.description }
      return bits == Double.nan.bitPattern ? "nan" : "nan:" + String(bits, radix: 16)
    case .i64(let value): return value.description
    case .bool(let value): return value.description
    }
  }
}

private func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
