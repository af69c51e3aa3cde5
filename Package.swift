// swift-tools-version: 6.1
import PackageDescription

// Arrows point down only: a target may depend on targets of lower layers, never on its own or a higher one.
// Tests/SystemTests/LayeringTests.swift reads this table and fails on an arrow that points up.
//
// layer 8  mdl
// layer 7  REPL
// layer 6  Session  Terminal
// layer 5  Interpreter
// layer 4  Execution
// layer 3  Transforms  Datasets  ModelFiles
// layer 2  TensorGraph  Syntax  Files
// layer 1  Diagnostics  TensorRuntime
// layer 0  SourceText  TensorTypes  KernelTypes  Kernels…  CKernelSupport  CImageCodecs  CLibEdit  CZlib  StandardLibrary

/// One target per instruction set over the same sources (symbolic links to Sources/KernelsV2).
func kernels(_ name: String, march: String) -> Target {
  .target(
    name: name, dependencies: ["KernelTypes", "CKernelSupport"],
    swiftSettings: [.define(name), .unsafeFlags(["-Ounchecked", "-Xcc", "-march=\(march)"])])
}

#if arch(arm64)
  let kernelTargets = [kernels("KernelsArm64", march: "armv8-a")]
#else
  let kernelTargets = [
    kernels("KernelsV2", march: "x86-64-v2"),
    kernels("KernelsV3", march: "x86-64-v3"),
    kernels("KernelsV4", march: "x86-64-v4"),
  ]
#endif
let kernelNames = kernelTargets.map { Target.Dependency(stringLiteral: $0.name) }

let package = Package(
  name: "mdl",
  products: [.executable(name: "mdl", targets: ["mdl"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: kernelTargets + [
    .target(name: "SourceText"),
    .target(name: "TensorTypes"),
    .target(name: "KernelTypes"),
    .target(name: "CKernelSupport"),
    .target(name: "StandardLibrary"),
    .systemLibrary(name: "CLibEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    // Debian's libpng-dev and libjpeg62-turbo-dev.
    .target(name: "CImageCodecs", linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg")]),

    .target(name: "Diagnostics", dependencies: ["SourceText"]),
    .target(name: "TensorRuntime", dependencies: ["TensorTypes", "KernelTypes", "CKernelSupport"] + kernelNames),

    .target(name: "TensorGraph", dependencies: ["TensorTypes", "SourceText"]),
    .target(name: "Syntax", dependencies: ["SourceText", "Diagnostics"]),
    .target(name: "Files", dependencies: ["TensorRuntime", "Diagnostics", "CZlib", "CImageCodecs"]),

    .target(name: "Transforms", dependencies: ["TensorGraph", "TensorTypes", "SourceText"]),
    .target(name: "Datasets", dependencies: ["Files", "TensorRuntime", "TensorTypes", "SourceText", "Diagnostics"]),
    .target(name: "ModelFiles", dependencies: ["Files", "TensorRuntime", "TensorTypes", "Diagnostics"]),

    .target(
      name: "Execution", dependencies: ["TensorGraph", "TensorRuntime", "TensorTypes", "KernelTypes", "SourceText"]),

    .target(
      name: "Interpreter",
      dependencies: [
        "Syntax", "Diagnostics", "SourceText", "StandardLibrary", "TensorTypes", "TensorRuntime", "TensorGraph",
        "KernelTypes", "Transforms", "Execution", "Datasets", "ModelFiles", "Files",
      ],
      // Functions begin with a cache line: where the machine's dispatch crosses one, scalar code takes up to 40 percent
      // longer, and that must not depend on what stands before it.
      swiftSettings: [.unsafeFlags(["-Xllvm", "-align-all-functions=6"])]),

    .target(
      name: "Session", dependencies: ["Interpreter", "Syntax", "Diagnostics", "SourceText", "Files"]),
    .target(name: "Terminal", dependencies: ["Diagnostics", "SourceText"]),

    .target(name: "REPL", dependencies: ["Session", "Terminal", "Diagnostics", "CLibEdit"]),

    .executableTarget(
      name: "mdl",
      dependencies: [
        "REPL", "Session", "Terminal", "Diagnostics",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      linkerSettings: [
        // The release binary carries the Swift runtime, so it starts in milliseconds on a bare system.
        .unsafeFlags(
          ["-static-stdlib", "-l_FoundationCShims", "-l_FoundationCollections", "-lswiftSynchronization"],
          .when(platforms: [.linux], configuration: .release))
      ]),

    // Not part of any product: what several test targets share.
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .target(name: "AllocationCount", path: "Tests/AllocationCount"),
    .testTarget(name: "FrontEndTests", dependencies: ["SourceText", "Diagnostics", "Syntax", "TestSupport"]),
    .testTarget(
      name: "TensorTests",
      dependencies: [
        "TensorTypes", "TensorRuntime", "TensorGraph", "Transforms", "Execution", "SourceText", "KernelTypes",
      ]),
    .testTarget(
      name: "DataTests",
      dependencies: ["TensorTypes", "TensorRuntime", "Datasets", "ModelFiles", "Files", "Diagnostics", "SourceText"]),
    .testTarget(
      name: "SystemTests",
      dependencies: [
        "Session", "Interpreter", "Terminal", "StandardLibrary", "SourceText", "Diagnostics", "TestSupport",
        "AllocationCount",
      ]),
  ],
  swiftLanguageModes: [.v6]
)
