import TensorGraph

/// The passes in their order. Each is a function from graph to graph.
enum Passes {
  static func run(_ graph: Graph, _ options: CompileOptions) -> Graph {
    let graph = DivisionByScalar.run(graph)
    guard options.optimize else { return graph }
    return graph
  }
}
