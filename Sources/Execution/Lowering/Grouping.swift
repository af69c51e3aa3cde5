import KernelTypes
import TensorGraph
import TensorTypes

/// Operations that become one step: an elementwise region, which may begin with the product that it works on, or a
/// single operation.
struct OperationGroup {
  /// In program order.
  var operations: [Int]
  var isRegion: Bool
}

enum Grouping {
  /// One group per operation.
  static func separate(_ analysis: GraphAnalysis) -> [OperationGroup] {
    analysis.kinds.enumerated().compactMap { index, kind in
      kind == .constant || kind == .view ? nil : OperationGroup(operations: [index], isRegion: kind == .elementwise)
    }
  }

  private struct Region {
    /// The sizes that are not 1.
    var domain: [Int]
    var operations: [Int] = []
    /// Values that the region has to load.
    var loads: Set<Int> = []
    var hasProduct = false
    /// Whether a problem names the place of an element.
    var isFallible = false
  }

  /// More than this many operations in one region gain nothing: the tiles' registers run out.
  private static let operationLimit = 96

  /// Elementwise operations joined with their consumers. The graph is walked from its end, and each operation goes to
  /// the latest place that all of its consumers allow: into the region of the first of them, or before it. Places are
  /// numbered from the end of the program, so the order of the places is a valid order of execution by construction.
  static func fused(_ graph: Graph, _ analysis: GraphAnalysis) -> [OperationGroup] {
    var groups: [OperationGroup] = []
    var regions: [Region?] = []
    var place = [Int](repeating: -1, count: graph.operations.count)
    var byDomain: [[Int]: [Int]] = [:]

    for index in stride(from: graph.operations.count - 1, through: 0, by: -1) {
      let kind = analysis.kinds[index]
      if kind == .constant || kind == .view { continue }
      let operation = graph.operations[index]
      let reduced = ShortRows.domain(operation, graph)
      let placed = ShortRows.placed(operation, graph)
      if kind != .elementwise, reduced == nil, placed == nil {
        if let region = consumer(of: operation, graph, analysis, regions, place) {
          place[index] = region
          groups[region].operations.append(index)
          regions[region]?.hasProduct = true
          continue
        }
        place[index] = groups.count
        groups.append(OperationGroup(operations: [index], isRegion: false))
        regions.append(nil)
        continue
      }
      let result = Int(operation.results[0].index)
      let domain = graph.types[result].shape.sizes.withoutOnes
      let loads = operation.operands.compactMap { operand -> Int? in
        let root = analysis.views[Int(operand.index)].root
        let producer = analysis.producers[root]
        return producer >= 0 && analysis.kinds[producer] == .constant ? nil : root
      }
      // Only memory of full size is worth reading together, unless everything is small.
      let isSmall = graph.types[result].shape.count < 1024
      let shared = isSmall ? loads : loads.filter { graph.types[$0].shape.sizes.withoutOnes == domain }
      let isFallible = graph.elementCanFail(operation)
      /// The region over `domain` that takes up the operation. `isOfRows`: the operation gives one number a row of it.
      func region(over domain: [Int], isOfRows: Bool) -> Int? {
        var earliest = 0
        for use in analysis.uses[result] {
          let user = place[use.operation]
          let joins = regions[user]?.domain == domain
            && (isOfRows || !use.isDirect ? isHeld(result, by: use.operation, domain, graph, analysis) : use.isDirect)
          earliest = max(earliest, joins ? user : user + 1)
        }
        return byDomain[domain]?.suffix(16).first { candidate in
          guard candidate >= earliest, let region = regions[candidate],
            region.operations.count < operationLimit, !(region.hasProduct && isFallible)
          else { return false }
          // Its consumer's region, any region of scalars, or one that reads the same memory anyway. What can fail stays
          // with its like: nothing is updated in place before it has run.
          let isNear = !isOfRows && (domain.isEmpty || shared.contains(where: region.loads.contains))
          guard region.loads.contains(result) || isNear && (region.isFallible || !isFallible) else { return false }
          var count = region.loads.count - (region.loads.contains(result) ? 1 : 0)
          for (number, load) in loads.enumerated()
          where !region.loads.contains(load) && !loads[..<number].contains(load) { count += 1 }
          return count + 4 <= TileMachine.operandLimit
        }
      }
      var chosen: Int?
      // Sums that their readers take, of columns or of listed rows, need a domain of the operation's own elements.
      let takesSums = loads.contains(where: analysis.isWithoutMemory.contains)
      let rows = reduced ?? (takesSums ? nil : ShortRows.domain(from: operation, graph, analysis))
      if let rows { chosen = region(over: rows, isOfRows: true) }
      if chosen == nil, reduced == nil { chosen = region(over: domain, isOfRows: false) }
      if let chosen {
        place[index] = chosen
        groups[chosen].operations.append(index)
        regions[chosen]?.operations.append(index)
        regions[chosen]?.loads.remove(result)
        regions[chosen]?.loads.formUnion(loads)
        if isFallible { regions[chosen]?.isFallible = true }
      } else if case .reduce = operation.primitive {
        place[index] = groups.count
        groups.append(OperationGroup(operations: [index], isRegion: false))
        regions.append(nil)
      } else {
        // What is computed of few rows waits for what the rows are computed of.
        var own = domain
        if let rows, reduced != nil || rows.reduce(1, &*) <= ShortRows.wideSize { own = rows }
        place[index] = groups.count
        groups.append(OperationGroup(operations: [index], isRegion: true))
        regions.append(Region(domain: own, operations: [index], loads: Set(loads), isFallible: isFallible))
        byDomain[own, default: []].append(groups.count - 1)
      }
    }
    return joined(
      groups.reversed().map { OperationGroup(operations: $0.operations.reversed(), isRegion: $0.isRegion) }, graph,
      analysis)
  }

  /// Neighbouring small regions over the same domain as one: starting a step costs more there than what it does.
  private static func joined(
    _ groups: [OperationGroup], _ graph: Graph, _ analysis: GraphAnalysis
  ) -> [OperationGroup] {
    var result: [OperationGroup] = []
    for group in groups {
      if let last = result.last, last.isRegion, group.isRegion, isSmall(last, graph), isSmall(group, graph),
        canBeOne((last.operations + group.operations).sorted(), graph, analysis)
      {
        result[result.count - 1].operations = (last.operations + group.operations).sorted()
      } else {
        result.append(group)
      }
    }
    return result
  }

  private static func canBeOne(_ operations: [Int], _ graph: Graph, _ analysis: GraphAnalysis) -> Bool {
    func domain(_ index: Int) -> [Int] { graph.type(of: graph.operations[index].results[0]).shape.sizes.withoutOnes }
    guard operations.count <= operationLimit, let sizes = operations.first.map(domain) else { return false }
    let members = Set(operations)
    var loads: Set<Int> = []
    for index in operations {
      let operation = graph.operations[index]
      guard analysis.kinds[index] == .elementwise, domain(index) == sizes, !graph.elementCanFail(operation) else {
        return false
      }
      for operand in operation.operands {
        let root = analysis.views[Int(operand.index)].root
        if members.contains(analysis.producers[root]) {
          // What one region makes the other must be able to take from a register.
          guard analysis.uses[root].allSatisfy({ $0.operation != index || $0.isDirect }) else { return false }
        } else {
          loads.insert(root)
        }
      }
    }
    return loads.count + 8 <= TileMachine.operandLimit
  }

  private static let joinedSize = 4096

  private static func isSmall(_ group: OperationGroup, _ graph: Graph) -> Bool {
    graph.type(of: graph.operations[group.operations[0]].results[0]).shape.count <= joinedSize
  }

  /// Whether an operation of a region over `domain` takes the value from a register.
  private static func isHeld(
    _ value: Int, by operation: Int, _ domain: [Int], _ graph: Graph, _ analysis: GraphAnalysis
  ) -> Bool {
    let user = graph.operations[operation]
    // A product reads memory, also where its region works on what it gives.
    guard
      analysis.kinds[operation] == .elementwise || ShortRows.domain(user, graph) != nil
        || ShortRows.placed(user, graph) != nil,
      !ShortRows.readsPlaces(user, value, analysis)
    else { return false }
    return user.operands.allSatisfy { operand in
      let view = analysis.views[Int(operand.index)]
      return view.root != value || ShortRows.isHeld(view, of: graph.types[value].shape, domain)
    }
  }

  /// The region that can take up a product: the first to use it, reading it row after row as it is made.
  private static func consumer(
    of operation: Operation, _ graph: Graph, _ analysis: GraphAnalysis, _ regions: [Region?], _ place: [Int]
  ) -> Int? {
    guard case .matmul(let transposeA, _) = operation.primitive else { return nil }
    let result = Int(operation.results[0].index)
    let shape = graph.types[result].shape
    let aSizes = graph.type(of: operation.operands[0]).shape.sizes
    // A single row or column is summed in another way.
    guard let columns = shape.sizes.last, columns > 1, shape[shape.rank - 2] > 1,
      aSizes[aSizes.count - (transposeA ? 2 : 1)] > 0
    else { return nil }
    guard let first = analysis.uses[result].map({ place[$0.operation] }).max(), let region = regions[first],
      !region.hasProduct, !region.isFallible, region.domain.last == columns
    else { return nil }
    for use in analysis.uses[result] where place[use.operation] == first {
      for operand in graph.operations[use.operation].operands {
        let view = analysis.views[Int(operand.index)]
        guard view.root == result else { continue }
        // All of the product: its first rows are dense, too.
        guard view.isDense, view.offset == 0, view.count == shape.count, view.sizes.withoutOnes == region.domain else {
          return nil
        }
      }
    }
    return first
  }
}
