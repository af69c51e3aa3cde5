/// What decides random draws at the top level. A failed prompt entry sets it back.
public struct RandomState: Sendable {
  public var seed: UInt64 = 0
  /// Calls and draws that the top level has made.
  var topLevelCount: UInt64 = 0
  /// Models in use, numbered as they are first called.
  var modelCount = 0
  public init() {}
}

extension Machine {
  /// What has to be kept before an entry runs, to be set back if it fails.
  public var randomState: RandomState {
    get {
      var state = random
      state.topLevelCount = frames.pointee.count
      return state
    }
    set {
      random = newValue
      frames.pointee.count = newValue.topLevelCount
      forgetAddresses()
    }
  }

  /// Starts the draws anew from `seed`.
  public func setSeed(_ seed: UInt64) {
    random = RandomState()
    random.seed = seed
    var current = frames
    while current <= frame {
      current.pointee.count = 0
      current += 1
    }
    forgetAddresses()
  }

  private func forgetAddresses() {
    var current = frames
    while current <= frame {
      current.pointee.address = 0
      current += 1
    }
  }

  /// The number of a model that is called for the first time.
  func modelNumber() -> Int {
    defer { random.modelCount += 1 }
    return random.modelCount
  }

  /// The address of the next draw: it depends on the seed, the calls under way (each by its number within its caller)
  /// and the number of the draw within the function now running.
  func nextDraw() -> UInt64 {
    frame.pointee.count += 1
    return Self.mix(address(of: frame), frame.pointee.count)
  }

  /// Runs `body` with `base` as the address of the current frame, from draw 0 on.
  func withDrawBase<T, Failure: Error>(_ base: UInt64, _ body: () throws(Failure) -> T) throws(Failure) -> T {
    let current = frame
    let old = (current.pointee.address, current.pointee.count)
    current.pointee.address = base | 1 << 63
    current.pointee.count = 0
    defer { (current.pointee.address, current.pointee.count) = old }
    return try body()
  }

  private func address(of frame: UnsafeMutablePointer<Frame>) -> UInt64 {
    if frame.pointee.address != 0 { return frame.pointee.address }
    var known = frame
    while known > frames, known.pointee.address == 0 { known -= 1 }
    if known.pointee.address == 0 { known.pointee.address = Self.mix(0x9e37_79b9_7f4a_7c15, random.seed) | 1 << 63 }
    while known < frame {
      let caller = known.pointee
      known += 1
      known.pointee.address =
        known.pointee.isTopLevel ? caller.address : Self.mix(caller.address, caller.count) | 1 << 63
    }
    return frame.pointee.address
  }

  /// The finaliser of SplitMix64 over both words.
  static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var z = a ^ (b &* 0x9e37_79b9_7f4a_7c15)
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
