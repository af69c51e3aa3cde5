import CKernelSupport
import KernelTypes

// Convolutions of each channel by itself: vectors run along the channels, so there is nothing to pack.

func depthwiseF32(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer)
  -> Int
{
  depthwiseRows(LanesF32.self, arguments.assumingMemoryBound(to: ConvolutionArguments.self).pointee, begin, end)
}

func depthwiseF64(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer)
  -> Int
{
  depthwiseRows(LanesF64.self, arguments.assumingMemoryBound(to: ConvolutionArguments.self).pointee, begin, end)
}

func depthwiseWeightF32(
  _ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer
) -> Int {
  depthwiseWeightParts(
    LanesF32.self, arguments.assumingMemoryBound(to: ConvolutionWeightArguments.self).pointee, begin, end)
}

func depthwiseWeightF64(
  _ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer
) -> Int {
  depthwiseWeightParts(
    LanesF64.self, arguments.assumingMemoryBound(to: ConvolutionWeightArguments.self).pointee, begin, end)
}

/// The taps that lie inside the image for a result at `position`.
@inline(__always)
func insideTaps(_ axis: TapAxis, _ position: Int) -> Range<Int> {
  let start = position * axis.stride + axis.firstOffset
  var first = 0, end = axis.count
  while first < end, start + first * axis.offsetStep < 0 { first += 1 }
  while end > first, start + (end - 1) * axis.offsetStep >= axis.sources { end -= 1 }
  return first..<end
}

/// Items are rows of results.
@inline(__always)
func depthwiseRows<L: Lanes>(_: L.Type, _ c: ConvolutionArguments, _ begin: Int, _ end: Int) -> Int {
  let channels = c.sourceChannels
  let weight = c.weight.assumingMemoryBound(to: L.Element.self)
  for item in begin..<end {
    let y = item % c.y.results, image = item / c.y.results
    let source = c.source.assumingMemoryBound(to: L.Element.self) + image * c.y.sources * c.x.sources * channels
    var target = c.target.assumingMemoryBound(to: L.Element.self) + image * c.targetImage + y * c.targetRow
    let rows = insideTaps(c.y, y)
    let top = y * c.y.stride + c.y.firstOffset
    for x in 0..<c.x.results {
      let columns = insideTaps(c.x, x)
      let left = x * c.x.stride + c.x.firstOffset
      var channel = 0
      while channel < channels {
        var sum = L.splat(0)
        for tapRow in rows {
          let line = source + (top + tapRow * c.y.offsetStep) * c.x.sources * channels + channel
          let taps = weight + (c.y.firstTap + tapRow * c.y.tapStep) * c.weightTaps * channels + channel
          for tap in columns {
            sum = L.multiplyAdd(
              L.load(line + (left + tap * c.x.offsetStep) * channels),
              L.load(taps + (c.x.firstTap + tap * c.x.tapStep) * channels), sum)
          }
        }
        let rest = channels - channel
        if rest >= L.count { L.store(target + channel, sum) } else { L.storeFirst(target + channel, sum, rest) }
        channel += L.count
      }
      target += c.targetColumn
    }
  }
  return 0
}

/// Items are parts of the rows of results.
@inline(__always)
func depthwiseWeightParts<L: Lanes>(_: L.Type, _ w: ConvolutionWeightArguments, _ begin: Int, _ end: Int) -> Int {
  let c = w.patches
  let channels = c.sourceChannels
  let rows = c.batch * c.y.results
  for part in begin..<end {
    let sums = w.partials.assumingMemoryBound(to: L.Element.self) + part * w.weightCount
    for tapRow in 0..<c.y.count {
      for tap in 0..<c.x.count {
        // The results whose tap lies inside the image.
        let offset = tap * c.x.offsetStep + c.x.firstOffset
        var first = 0, last = c.x.results
        while first < last, first * c.x.stride + offset < 0 { first += 1 }
        while last > first, (last - 1) * c.x.stride + offset >= c.x.sources { last -= 1 }
        var channel = 0
        while channel < channels {
          var sum = L.splat(0)
          for row in (rows * part / w.parts)..<(rows * (part + 1) / w.parts) {
            let y = row % c.y.results, image = row / c.y.results
            let line = y * c.y.stride + c.y.firstOffset + tapRow * c.y.offsetStep
            if line < 0 || line >= c.y.sources { continue }
            var source = c.source.assumingMemoryBound(to: L.Element.self)
              + ((image * c.y.sources + line) * c.x.sources + first * c.x.stride + offset) * channels + channel
            var cotangent = w.cotangent.assumingMemoryBound(to: L.Element.self)
              + (row * c.x.results + first) * channels + channel
            for _ in first..<last {
              sum = L.multiplyAdd(L.load(source), L.load(cotangent), sum)
              source += c.x.stride * channels
              cotangent += channels
            }
          }
          let target = sums + (tapRow * c.x.count + tap) * channels + channel
          let rest = channels - channel
          if rest >= L.count { L.store(target, sum) } else { L.storeFirst(target, sum, rest) }
          channel += L.count
        }
      }
    }
  }
  return 0
}
