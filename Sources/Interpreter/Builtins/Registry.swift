import Diagnostics

/// All builtins by name. Built once, when the first machine is made.
final class BuiltinTable: @unchecked Sendable {
  static let shared = BuiltinTable()

  let builtins: [Builtin]
  /// Beside the builtins, so that a call need not count a reference to one.
  let quick: [QuickBuiltin]
  private let indices: [String: Int]
  private let constants: [String: Value]
  private let values: [Value]
  private let signatures: [CallSignature]

  /// The topics; each is a list in a file of its own.
  private static var topics: [[Builtin]] {
    [
      OutputBuiltins.all, TextBuiltins.all, ListBuiltins.all, FunctionalBuiltins.all, DictBuiltins.all,
      RecordBuiltins.all, KindBuiltins.all, SystemBuiltins.all,
      TensorMath.builtins, TensorReductions.builtins, TensorShapes.builtins, TensorImages.builtins,
      TensorMaking.builtins, SeedBuiltins.all,
      TensorTransforms.builtins, TreeBuiltins.builtins, ModelBuiltins.builtins, ModelFileBuiltins.builtins,
      PreparationBuiltins.builtins, TrainingBuiltins.builtins,
      DatasetReadingBuiltins.all, ImageFileBuiltins.all, DatasetStepBuiltins.all, TextStepBuiltins.all,
      VocabularyBuiltins.all, StreamBuiltins.all, DatasetTableBuiltins.all, DatasetSamplingBuiltins.all,
      DatasetBatchBuiltins.all, DatasetGeneratorBuiltins.all,
    ]
  }

  private init() {
    builtins = Self.topics.flatMap { $0 }
    var indices: [String: Int] = [:]
    indices.reserveCapacity(builtins.count)
    for (index, builtin) in builtins.enumerated() where builtin.kinds.isEmpty || indices[builtin.name] == nil {
      indices[builtin.name] = index
    }
    for builtin in builtins where !builtin.kinds.isEmpty {
      guard let index = indices[builtin.name] else { continue }
      for kind in builtin.kinds { builtins[index].others[kind] = builtin }
    }
    quick = builtins.map(\.quick)
    self.indices = indices
    constants = ["pi": .float(.pi), "infinity": .float(.infinity), "nan": .float(.nan)]
    values = builtins.map { .object(BuiltinValue($0)) }
    signatures = builtins.map(CallSignature.init)
  }

  func index(_ name: String) -> Int? { indices[name] }
  func constant(_ name: String) -> Value? { constants[name] }
  func builtin(_ name: String) -> Builtin? { indices[name].map { builtins[$0] } }
  func value(_ index: Int) -> Value { values[index] }
  /// The ways to call it: more than one when it depends on the first argument.
  func signatures(_ index: Int) -> [CallSignature] {
    [signatures[index]] + builtins[index].others.values.map(CallSignature.init)
  }

  /// The builtin of this name that is for `first`.
  func chosen(_ builtin: Builtin, for first: Value?) -> Builtin {
    guard !builtin.others.isEmpty, case .object(let object)? = first else { return builtin }
    return builtin.others[object.kind] ?? builtin
  }
  var names: [String] { Array(indices.keys) + Array(constants.keys) }
}
