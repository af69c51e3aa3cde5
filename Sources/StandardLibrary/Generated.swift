// Written by .ci/embed-stdlib from stdlib/. Do not edit.
extension StandardLibrary {
  /// Every file of stdlib/, ordered by name.
  public static let files: [File] = [
  ]
}
