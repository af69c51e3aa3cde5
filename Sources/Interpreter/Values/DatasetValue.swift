import Datasets

/// A dataset of the program.
public final class DatasetValue: HeapObject {
  public let dataset: Dataset
  public init(_ dataset: Dataset) {
    self.dataset = dataset
    super.init(.dataset)
  }
}
