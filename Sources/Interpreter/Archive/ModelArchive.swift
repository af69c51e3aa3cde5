import Diagnostics
import Files
import ModelFiles
import SourceText
import TensorRuntime

/// A model as one safetensors file: the tensors under their paths, and in the metadata what is needed to use it again.
enum ModelArchive {
  static let key = "mdl.model"

  /// `inBytes`: one byte for each weight, see `EightBit`; the steps are beside it as `NAME.step`.
  static func write(
    _ model: Value, attachment: Attachment?, inBytes: Bool, to path: String, _ machine: Machine, at site: Site
  ) throws(Diagnostic) {
    var encoder = ValueEncoder(machine: machine, site: site)
    var document = try encoder.document(of: model).members ?? []
    if let output = attachment?.output { document.append(.init("output", .text(output))) }
    if let preparation = attachment?.preparation { document.append(.init("preparation", preparation)) }
    document.append(.init("seed", .text("\(machine.random.seed)")))
    var tensors = encoder.tensors
    var bytes: Set<String> = []
    if inBytes {
      tensors = []
      for (name, tensor) in encoder.tensors {
        let isLearned = encoder.learned.contains(name)
        if isLearned, let small = try located(site, { () throws(MemoryProblem) in try EightBit.rounded(tensor) }) {
          tensors += [(name, small.multiples), ("\(name).step", small.steps)]
          bytes.insert(name)
        } else {
          tensors.append((name, tensor))
        }
      }
      document.append(.init("bytes", .list(bytes.sorted().map(JSON.text))))
    }
    try machine.located(site) { () throws(Diagnostic) in
      try SafeTensors.write(
        path, tensors: tensors, metadata: [(key, JSON.object(document).encoded())], bytes: bytes)
    }
  }

  static func read(_ path: String, _ machine: Machine, at site: Site) throws(Diagnostic) -> Value {
    var (document, tensors) = try contents(of: path, key: key, at: site)
    for name in document["bytes"]?.list?.compactMap(\.text) ?? [] {
      guard let multiples = tensors[name], let steps = tensors["\(name).step"],
        let weight = try located(site, { () throws(MemoryProblem) in try EightBit.restored(multiples, steps: steps) })
      else { throw .damagedModel(path, found: "no steps for the bytes of `\(name)`", at: site.span) }
      tensors[name] = weight
    }
    var decoder = try ValueDecoder(machine: machine, path: path, document: document, tensors: tensors, site: site)
    let model = try decoder.decode(document["value"] ?? .null)
    guard model.holdsModel else { throw .damagedModel(path, found: "no model", at: site.span) }
    let attachment = Attachment(output: document["output"]?.text, preparation: document["preparation"])
    machine.attach(attachment, to: model)
    return model
  }

  private static func located<T>(_ site: Site, _ body: () throws(MemoryProblem) -> T) throws(Diagnostic) -> T {
    do { return try body() } catch {
      throw .outOfMemory(requested: error.requested, available: error.available, at: site.span)
    }
  }

  /// The JSON document under a metadata key, and the tensors by name.
  static func contents(of path: String, key: String, at site: Site) throws(Diagnostic) -> (JSON, [String: Tensor]) {
    let file: (tensors: [(name: String, tensor: Tensor)], metadata: [(name: String, text: String)])
    do throws(Diagnostic) { file = try SafeTensors.read(path) } catch { throw error.located(at: site.span) }
    guard let text = file.metadata.first(where: { $0.0 == key })?.1 else { throw .notAModelFile(path, at: site.span) }
    let document: JSON
    do throws(JSONProblem) { document = try JSON.parse(text) } catch {
      throw .damagedModel(path, found: "metadata that is no JSON: \(error.message)", at: site.span)
    }
    return (document, Dictionary(file.tensors.map { ($0.0, $0.1) }, uniquingKeysWith: { first, _ in first }))
  }
}

/// What `train` hands to a model: how raw rows are prepared, and what turns its result into predictions.
final class Attachment {
  let output: String?
  /// The preparation of the training data, as it stands in model files.
  let preparation: JSON?

  init(output: String?, preparation: JSON?) {
    self.output = output
    self.preparation = preparation
  }
}

extension Machine {
  func attach(_ attachment: Attachment, to model: Value) {
    switch model {
    case .object(let model as ModelValue): model.attachment = attachment
    case .object(let chain as CompositionValue): (chain.original ?? chain).attachment = attachment
    default: break
    }
  }

  func attachment(of model: Value) -> Attachment? {
    switch model {
    case .object(let model as ModelValue): model.attachment
    case .object(let chain as CompositionValue): (chain.original ?? chain).attachment
    default: nil
    }
  }
}
