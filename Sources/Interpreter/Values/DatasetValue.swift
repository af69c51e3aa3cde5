import Datasets

/// A dataset of the program.
public final class DatasetValue: HeapObject {
  public let dataset: Dataset
  /// Functions that `train` applies to each example of a batch, one after the other.
  let augmentation: [Value]

  init(_ dataset: Dataset, augmentation: [Value] = []) {
    self.dataset = dataset
    self.augmentation = augmentation
    super.init(.dataset)
  }
}
