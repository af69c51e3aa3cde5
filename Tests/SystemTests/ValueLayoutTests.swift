import Interpreter
import Testing

/// The machine reads and writes the tag of a value by itself: 8 bytes of payload, then one byte that tells the case.
struct ValueLayoutTests {
  @Test func tagsAreWhatTheMachineExpects() {
    func bytes(_ value: Value) -> (payload: UInt64, tag: UInt8) {
      withUnsafeBytes(of: value) { ($0.load(as: UInt64.self), $0[8]) }
    }
    #expect(MemoryLayout<Value>.size == 9 && MemoryLayout<Value>.stride == 16)
    #expect(bytes(.bool(true)).tag == 0)
    #expect(bytes(.int(-5)) == (UInt64(bitPattern: -5), 1))
    #expect(bytes(.float(1.5)) == (1.5.bitPattern, 2))
    let object = TextValue("t")
    let address = UInt64(UInt(bitPattern: Unmanaged.passUnretained(object).toOpaque()))
    #expect(bytes(.object(object)) == (address, 3))
    #expect(bytes(.none) == (0, 4))
  }
}
