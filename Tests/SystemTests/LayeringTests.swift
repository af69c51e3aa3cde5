import Foundation
import Testing

/// Package.swift says which target stands on which layer and what it depends on: arrows point down only.
struct LayeringTests {
  let manifest: String

  init() throws {
    manifest = try String(contentsOf: BuiltProgram.package.appendingPathComponent("Package.swift"), encoding: .utf8)
  }

  /// From the comment at the top: `// layer 3  Transforms  Datasets`.
  var layers: [String: Int] {
    var result: [String: Int] = [:]
    for line in manifest.split(separator: "\n") where line.hasPrefix("// layer ") {
      let words = line.split(separator: " ").dropFirst(2)
      guard let number = words.first.flatMap({ Int($0) }) else { continue }
      for name in words.dropFirst() { result[String(name)] = number }
    }
    return result
  }

  /// What each target with a folder in Sources depends on, of the targets of this package.
  var dependencies: [String: [String]] {
    var result: [String: [String]] = [:]
    let target = /\.(?:target|executableTarget)\(\s*name: "(\w+)"(?:,\s*dependencies: \[([^\]]*)\])?/
    for match in manifest.matches(of: target) {
      let folder = BuiltProgram.package.appendingPathComponent("Sources/\(match.1)")
      guard FileManager.default.fileExists(atPath: folder.path) else { continue }
      let names = (match.2 ?? "").matches(of: /(?:^|[\s,])"(\w+)"/).map { String($0.1) }
      result[String(match.1)] = names
    }
    return result
  }

  @Test func everyTargetHasALayer() {
    let layers = layers
    let dependencies = dependencies
    #expect(dependencies.count > 15)
    for name in dependencies.keys { #expect(layer(of: name, layers) != nil, "\(name) is missing in the list of layers") }
  }

  @Test func arrowsPointDown() {
    let layers = layers
    var arrows = 0
    for (name, targets) in dependencies {
      for target in targets {
        guard let from = layer(of: name, layers), let to = layer(of: target, layers) else { continue }
        arrows += 1
        #expect(to < from, "\(name) (layer \(from)) depends on \(target) (layer \(to))")
      }
    }
    #expect(arrows > 40)
  }

  /// Modules that nobody declared as a dependency are not imported either.
  @Test func importsAreDeclared() throws {
    let layers = layers
    for (name, targets) in dependencies {
      let folder = BuiltProgram.package.appendingPathComponent("Sources/\(name)")
      guard let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else { continue }
      for case let file as URL in files where file.pathExtension == "swift" {
        let text = try String(contentsOf: file, encoding: .utf8)
        for match in text.matches(of: /(?m)^(?:public |@preconcurrency )?import (\w+)$/) {
          let module = String(match.1)
          guard layer(of: module, layers) != nil, !module.hasPrefix("Kernels") else { continue }
          #expect(targets.contains(module), "\(name) imports \(module) in \(file.lastPathComponent)")
        }
      }
    }
  }

  private func layer(of name: String, _ layers: [String: Int]) -> Int? {
    layers[name] ?? (name.hasPrefix("Kernels") ? layers["Kernels…"] : nil)
  }
}
