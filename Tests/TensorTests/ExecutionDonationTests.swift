import Execution
import Foundation
import SourceText
import TensorGraph
import TensorRuntime
import TensorTypes
import Testing

/// Interrupts are one flag for the whole process, so what depends on it runs one test at a time.
@Suite(.serialized) struct ExecutionDonationTests {
  static let update = """
    graph(%0: f32[4], %1: f32[4], %2: f32[]) {
      %3: f32[4] = broadcast %2 axes []
      %4: f32[4] = multiply %1 %3
      %5: f32[4] = subtract %0 %4
      return %5
    }
    """

  @Test func aDonatedInputIsUpdatedInPlace() throws {
    let program = try Program.compile(try GraphReader.parse(Self.update))
    #expect(program.plan.donations.map(\.input) == [0])
    var parameter: Tensor? = try floats([1, 2, 3, 4])
    let address = try #require(parameter).address
    let gradient = try floats([1, 1, 1, 1])
    let rate = try floats([0.5], [])
    var inputs = [try #require(parameter), gradient, rate]
    parameter = nil
    let result = try program.run(&inputs, donating: [true, false, false])
    #expect(result[0].floats == [0.5, 1.5, 2.5, 3.5])
    #expect(result[0].address == address)
  }

  @Test func whatOthersStillReferToIsCopied() throws {
    let program = try Program.compile(try GraphReader.parse(Self.update))
    let parameter = try floats([1, 2, 3, 4])
    var inputs = [parameter, try floats([1, 1, 1, 1]), try floats([0.5], [])]
    let result = try program.run(&inputs, donating: [true, false, false])
    #expect(result[0].floats == [0.5, 1.5, 2.5, 3.5])
    #expect(parameter.floats == [1, 2, 3, 4])
    #expect(result[0].address != parameter.address)
  }

  @Test func withoutDonationNothingIsOverwritten() throws {
    let program = try Program.compile(try GraphReader.parse(Self.update))
    var inputs = [try floats([1, 2, 3, 4]), try floats([1, 1, 1, 1]), try floats([0.5], [])]
    let address = inputs[0].address
    let result = try program.run(&inputs)
    #expect(result[0].address != address)
  }

  @Test func aValueThatIsReadLaterIsNotOverwritten() throws {
    // %0 is read by a product after the only place where %3 could be computed.
    let text = """
      graph(%0: f32[2, 2], %1: f32[2, 2]) {
        %2: f32[2, 2] = add %0 %1
        %3: f32[2, 2] = exp %2
        %4: f32[2, 2] = matmul %3 %0
        return %3 %4
      }
      """
    let program = try Program.compile(try GraphReader.parse(text))
    for donating in [[false, false], [true, true]] {
      var inputs = [try floats([0, 0, 0, 0], [2, 2]), try floats([0, 0, 0, 0], [2, 2])]
      inputs[0] = try floats([1, 2, 3, 4], [2, 2])
      inputs[1] = try floats([-1, -2, -3, -4], [2, 2])
      let result = try program.run(&inputs, donating: donating)
      #expect(result.map(\.floats) == [[1, 1, 1, 1], [4, 6, 4, 6]])
    }
  }

  @Test func aProblemLeavesDonatedInputsAsTheyWere() throws {
    let text = """
      graph(%0: f32[2], %1: bool[], %2: i64[1]) {
        %3: f32[2] = add %0 %0
        %4: f32[1] = take %3 %2 axis 0
        check %1 "no"
        return %3 %4
      }
      """
    let program = try Program.compile(try GraphReader.parse(text))
    #expect(program.plan.donations.isEmpty)
    // The same without the index that depends on the result: the check runs first, the update is in place.
    let independent = """
      graph(%0: f32[2], %1: bool[]) {
        %2: f32[2] = add %0 %0
        check %1 "no"
        return %2
      }
      """
    let checked = try Program.compile(try GraphReader.parse(independent))
    #expect(checked.plan.donations.map(\.input) == [0])
    #expect(checked.plan.steps.first?.text == "check")
  }

  @Test func aCarryIsUpdatedInPlace() throws {
    let text = """
      graph(%0: f32[4], %1: f32[3, 4]) {
        %2: f32[4] = scan %0 %1 constants 0 carry 1 length 3
          body(%0: f32[4], %1: f32[4]) {
            %2: f32[4] = add %0 %1
            return %2
          }
        return %2
      }
      """
    let program = try Program.compile(try GraphReader.parse(text))
    // No second buffer for the carry.
    #expect(program.plan.arenaBytes == 0)
  }

  /// In a process of its own: the flag would stop what other tests run.
  @Test func anInterruptStopsALoop() async {
    await #expect(processExitsWith: .success) {
      let text = """
        graph(%0: i64[]) {
          %1: i64[] = whileLoop %0 constants 0
            condition(%0: i64[]) {
              %1: bool[] = equal %0 %0
              return %1
            }
            body(%0: i64[]) {
              return %0
            }
          return %1
        }
        """
      let program = try Program.compile(try GraphReader.parse(text))
      Interrupt.isRequested = true
      do {
        _ = try program.run([integers([0], [])])
        exit(EXIT_FAILURE)
      } catch {
        guard case .interrupted = error as? ExecutionProblem else { exit(EXIT_FAILURE) }
      }
    }
  }

  @Test func aProblemNamesThePlaceOfTheGraphThatAsked() throws {
    let cache = ProgramCache()
    for start in [10, 20] {
      var graph = Graph()
      let operands = [TensorType(.f32, [3]), TensorType(.i64, [1])].map { graph.addInput($0) }
      let origin = Origin(span: Span(file: FileID(index: 0), start: start, end: start + 1))
      graph.outputs = try graph.apply(.take(axis: 0), operands, origin: origin)
      do {
        _ = try cache.program(for: graph).run([floats([1, 2, 3]), integers([3])])
        Issue.record("the index was accepted")
      } catch {
        guard case .kernel(_, let place) = error as? ExecutionProblem else { throw error }
        #expect(place.span.start == Int32(start))
      }
    }
    #expect(cache.hits == 1)
  }

  /// A result does not take the place of an operand of which other places are still to be read.
  @Test func anOperandThatIsReadTwiceStays() throws {
    let input = try floats((0..<6400).map { Float($0 % 101) / 50 - 1 }, [100, 64])
    _ = try run(
      """
      graph(%0: f32[100, 64]) {
        %1: f32[100, 64] = tanh %0
        %2: f32[100, 64] = reverse %1 axes [0]
        %3: f32[100, 64] = add %1 %2
        %4: f32[100, 64] = reverse %3 axes [1]
        %5: f32[100, 64] = multiply %3 %4
        %6: f32[100, 64] = reverse %5 axes [0, 1]
        %7: f32[100, 64] = subtract %5 %6
        return %7
      }
      """, [input])
  }

  @Test func aLargeBlockIsUsedAgain() throws {
    let size = 37 << 20
    var storage = Storage(byteCount: size)
    let address = try #require(storage).address
    storage = nil
    #expect(try #require(Storage(byteCount: size)).address == address)
  }

  @Test func programsAreShared() throws {
    let cache = ProgramCache(capacity: 2)
    let update = try GraphReader.parse(Self.update)
    let first = try cache.program(for: update)
    #expect(try cache.program(for: GraphReader.parse(Self.update)) === first)
    #expect((cache.hits, cache.misses) == (1, 1))
    for size in [1, 2] {
      _ = try cache.program(for: GraphReader.parse("graph(%0: f32[\(size)]) { return %0 }"))
    }
    #expect(cache.count == 2)
    _ = try cache.program(for: update)
    #expect((cache.hits, cache.misses) == (1, 4))
  }
}
