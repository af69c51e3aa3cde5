import TensorGraph

/// The passes in their order. Each is a function from graph to graph.
enum Passes {
  static func run(_ graph: Graph, _ options: CompileOptions) -> Graph {
    var graph = SharedArithmetic.run(graph)
    guard options.optimize else { return graph }
    graph = DeadCode.run(graph)
    graph = ConstantFolding.run(graph)
    graph = Simplification.run(graph)
    graph = ImageOrder.run(graph)
    graph = graph.orderingSteps()
    // A loop of training steps or batches takes its data batch by batch.
    graph = graph.hoistingSliceWork(lookups: false, keepingLast: options.hasLoop)
    graph = StepProducts.run(graph)
    graph = LoopInvariants.run(graph)
    graph = LoopTransposes.run(graph)
    graph = TurnedProducts.run(graph)
    graph = CommonSubexpressions.run(graph)
    graph = Recomputation.run(graph)
    graph = BatchParts.run(graph, options)
    graph = DeadCode.run(graph)
    return FallibleFirst.run(graph)
  }
}
