import Diagnostics
import Glibc
import SourceText
import StandardLibrary
import Syntax

// Files: loading, importing, the library, running.

extension Machine {
  /// Compiles a parsed file or prompt entry into the main module (or another). Nothing changes when it fails.
  public func load(file: SourceFile, program: Program, isPrompt: Bool = false) throws(CompileFailure) -> Chunk {
    try compile(program, file: file, into: main)
  }

  func compile(_ program: Program, file: SourceFile, into module: Module) throws(CompileFailure) -> Chunk {
    let chunk = try Compiler(machine: self, module: module).compile(program, file: file)
    retain(chunk.prototype)
    return chunk
  }

  /// Runs a chunk: the value of its last expression, `none` without one. What was assigned before an error stays.
  public func run(_ chunk: Chunk) throws(Diagnostic) -> Value {
    let state = tensors.isTracing ? nil : randomState
    chunk.module.isLoading = true
    defer { chunk.module.isLoading = false }
    do throws(Diagnostic) {
      let value = try execute(chunk.prototype, isTopLevel: frame == frames)
      chunk.module.hasRun = true
      return value
    } catch {
      if let state, frame == frames { randomState = state }
      throw error
    }
  }

  /// Runs a `test` block.
  public func run(_ test: Chunk.Test) throws(Diagnostic) {
    _ = try call(.object(FunctionValue(prototype: test.prototype, captures: [])), [], at: Site(span: test.span))
  }

  private func execute(_ prototype: Prototype, isTopLevel: Bool) throws(Diagnostic) -> Value {
    guard hasNativeRoom() else { throw .recursionLimit(at: prototype.span, path: []) }
    nativeDepth += 1
    defer { nativeDepth -= 1 }
    let floor = frame
    let window = floor.pointee.base + floor.pointee.code.pointee.registerCount
    interrupt.isRaised = isTopLevel ? false : interrupt.isRaised
    let count = floor.pointee.count
    try push(prototype.code, window, from: frame)
    if isTopLevel {
      floor.pointee.count = count
      frame.pointee.count = count
      frame.pointee.isTopLevel = true
    }
    let own = frame
    try execute(until: floor)
    if isTopLevel { floor.pointee.count = own.pointee.count }
    let result = window.pointee
    window.clear()
    return result
  }

  // MARK: Imports

  /// The module of an imported file, compiled but not yet run. Paths start at the importing file.
  func module(importedFrom importer: Module, path: String, at span: Span) throws(CompileFailure) -> Module {
    let resolved = Self.resolve(path, from: importer.path)
    if let known = modules[resolved] {
      if known.chunk == nil { throw CompileFailure(diagnostics: [.importCircle(path, at: span)]) }
      return known
    }
    let text: String
    do throws(Diagnostic) { text = try HostFile.read(resolved, at: span) } catch {
      throw CompileFailure(diagnostics: [error])
    }
    let module = Module(path: resolved, isLibrary: false)
    modules[resolved] = module
    do throws(CompileFailure) {
      let file = sources.add(name: resolved, text: text)
      let parsed = Parser.parse(file)
      guard parsed.diagnostics.isEmpty else { throw CompileFailure(diagnostics: parsed.diagnostics) }
      module.chunk = try compile(parsed.program, file: file, into: module)
    } catch {
      modules[resolved] = nil
      throw error
    }
    return module
  }

  /// Runs an imported file the first time.
  func run(module: Module) throws(Diagnostic) {
    guard !module.hasRun, let chunk = module.chunk else { return }
    if module.isLoading { throw .importCircle(module.path, at: chunk.prototype.span) }
    _ = try run(chunk)
  }

  /// `path` as seen from the folder of the file `origin`.
  static func resolve(_ path: String, from origin: String) -> String {
    if path.hasPrefix("/") { return path }
    let folder = origin.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    var parts = folder.map(String.init)
    for part in path.split(separator: "/", omittingEmptySubsequences: false) {
      if part == "." || part.isEmpty { continue }
      if part == "..", let last = parts.last, last != "..", !last.isEmpty {
        parts.removeLast()
      } else {
        parts.append(String(part))
      }
    }
    return parts.joined(separator: "/")
  }

  // MARK: The library

  /// Names that the library's files define.
  var libraryNames: [String] { StandardLibrary.files.flatMap(\.names) }

  /// The file of the library that defines `name`.
  func libraryFile(of name: String) -> String? {
    libraryIndex[name].map { StandardLibrary.files[$0].name }
  }

  /// A name of the library: its file is parsed, compiled and run when first needed.
  func libraryGlobal(_ name: String) -> Global? {
    guard let index = libraryIndex[name] else { return nil }
    let file = StandardLibrary.files[index]
    if let module = libraryModules[file.name] { return module.globals[name] ?? module.declared[name] }
    let module = Module(path: file.name, isLibrary: true)
    libraryModules[file.name] = module
    let source = sources.add(name: file.name, text: file.source)
    libraryFiles.insert(source.id)
    let parsed = Parser.parse(source)
    do throws(CompileFailure) {
      guard parsed.diagnostics.isEmpty else { throw CompileFailure(diagnostics: parsed.diagnostics) }
      let chunk = try compile(parsed.program, file: source, into: module)
      module.chunk = chunk
      // The library's files only define things, so when they run makes no difference to anybody's draws.
      let count = frame.pointee.count
      defer { frame.pointee.count = count }
      do throws(Diagnostic) { _ = try execute(chunk.prototype, isTopLevel: false) } catch {
        throw CompileFailure(diagnostics: [error])
      }
      module.hasRun = true
    } catch {
      // Not kept half made: the next use reads the file again.
      libraryModules[file.name] = nil
      libraryProblems.append(contentsOf: error.diagnostics)
    }
    return module.globals[name]
  }

  /// Makes the code of the library's function that was just called.
  @inline(never)
  func completeFunction() throws(Diagnostic) {
    let prototype = prototype
    if let deferred = prototype.deferred {
      let made: FunctionBuilder
      // Files of the library that are read on the way are no part of what is being traced.
      let trace = tensors.current
      tensors.current = nil
      defer { tensors.current = trace }
      do throws(CompileFailure) {
        made = try Compiler(machine: self, module: deferred.module).complete(deferred, span: prototype.span)
      } catch {
        libraryProblems.append(contentsOf: error.diagnostics)
        throw error.diagnostics.first ?? .recursionLimit(at: prototype.span, path: [])
      }
      if prototype.deferred != nil { prototype.complete(as: made) }
    }
    guard frame.pointee.base + prototype.code.pointee.registerCount < stackEnd else {
      throw .recursionLimit(at: prototype.span, path: callPath(above: frames))
    }
    frame.pointee.next = prototype.code.pointee.instructions
  }

  /// Makes the code of every function of the library, which otherwise waits until it is called; gives the mistakes.
  public func completeLibrary() -> [Diagnostic] {
    for file in StandardLibrary.files { if let name = file.names.first { _ = libraryGlobal(name) } }
    for global in libraryModules.values.flatMap({ $0.globals.values }) {
      guard let prototype = globalValue(global.slot).function?.prototype, let deferred = prototype.deferred else {
        continue
      }
      do throws(CompileFailure) {
        prototype.complete(
          as: try Compiler(machine: self, module: deferred.module).complete(deferred, span: prototype.span))
      } catch {
        libraryProblems.append(contentsOf: error.diagnostics)
      }
    }
    return libraryProblems
  }
}

/// Whole files as text.
enum HostFile {
  static let maximumBytes = 1 << 30

  static func read(_ path: String, at span: Span) throws(Diagnostic) -> String {
    let bytes = try readBytes(path, at: span)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .fileFailed(path, writing: false, reason: "it is not UTF-8", at: span) }
    return text
  }

  private static func readBytes(_ path: String, at span: Span) throws(Diagnostic) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0, errno == ENOENT { throw .fileMissing(path, similar: nil, at: span) }
    guard descriptor >= 0 else { throw .fileFailed(path, writing: false, reason: String(cString: strerror(errno)), at: span) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .fileFailed(path, writing: false, reason: String(cString: strerror(errno)), at: span)
    }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw .fileIsFolder(path, at: span) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(max(0, Int(status.st_size)), maximumBytes))
    let chunk = 1 << 16
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, chunk)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw .fileFailed(path, writing: false, reason: String(cString: strerror(errno)), at: span)
      }
      bytes.append(contentsOf: buffer[..<count])
      guard bytes.count <= maximumBytes else { throw .fileFailed(path, writing: false, reason: "it is larger than 1 GiB", at: span) }
    }
  }

  static func write(_ text: String, to path: String, at span: Span) throws(Diagnostic) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .fileFailed(path, writing: true, reason: String(cString: strerror(errno)), at: span) }
    defer { close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw .fileFailed(path, writing: true, reason: String(cString: strerror(errno)), at: span)
      }
      rest = rest.dropFirst(count)
    }
  }
}
